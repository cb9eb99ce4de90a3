-- Where and when trouble is expected: patterns of cluster and namespace, as in grants.

CREATE TABLE maintenance (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    cluster TEXT NOT NULL,
    namespace TEXT NOT NULL,
    begins_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    by_name TEXT NOT NULL
);

CREATE INDEX maintenance_end ON maintenance (ends_at);

-- The window an incident began inside, as JSON; empty where it began outside of any, and once the window is over.

ALTER TABLE incidents ADD COLUMN maintenance TEXT NOT NULL DEFAULT '';

CREATE INDEX incidents_maintained ON incidents (id) WHERE maintenance <> '';
