-- Incidents that turned out to be the same trouble: the merged one is rejected, its alerts are the other's.
-- brought: what it brings, as JSON, until the other has taken it in (done_at).

CREATE TABLE merges (
    merged_id INTEGER NOT NULL PRIMARY KEY REFERENCES incidents (id),
    into_id INTEGER NOT NULL REFERENCES incidents (id),
    at TEXT NOT NULL,
    by_id INTEGER NOT NULL,
    by_name TEXT NOT NULL,
    brought TEXT NOT NULL,
    done_at TEXT
);

CREATE INDEX merges_pending ON merges (into_id, merged_id) WHERE done_at IS NULL;

ALTER TABLE incidents ADD COLUMN merged_into INTEGER;
