-- When an incident first had somebody, and when it was handed to who has it.

ALTER TABLE incidents ADD COLUMN acknowledged_at TEXT;
ALTER TABLE incidents ADD COLUMN handed_at TEXT;
ALTER TABLE incidents ADD COLUMN handed_by TEXT NOT NULL DEFAULT '';

UPDATE incidents SET acknowledged_at = taken_at;

-- What people said of it once it was over: one verdict each, as JSON, and how many of each kind.

ALTER TABLE incidents ADD COLUMN verdicts TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN said_real INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN said_noise INTEGER NOT NULL DEFAULT 0;

-- A report is about a span of time.

CREATE INDEX incidents_opened ON incidents (opened_at);
