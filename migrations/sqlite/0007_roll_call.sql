-- When Alertmanager's own list first had the alert: only what it has listed can be missing from it.

ALTER TABLE alerts ADD COLUMN listed_at TEXT;

-- How an incident stands with Alertmanager, as JSON; empty where it lists its alerts and tells of them.

ALTER TABLE incidents ADD COLUMN standing TEXT NOT NULL DEFAULT '';
