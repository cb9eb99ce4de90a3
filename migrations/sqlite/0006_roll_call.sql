-- When Alertmanager's own list first had the alert: only what it has listed can be missing from it.

ALTER TABLE alerts ADD COLUMN listed_at TEXT;
