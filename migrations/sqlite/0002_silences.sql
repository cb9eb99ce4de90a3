-- Silences in Alertmanager that were asked for here, and when help was last asked for.

CREATE TABLE silences (
    key TEXT NOT NULL PRIMARY KEY,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    silence_id TEXT NOT NULL,
    instance INTEGER NOT NULL,
    matchers TEXT NOT NULL,
    by_id INTEGER NOT NULL,
    by_name TEXT NOT NULL,
    created_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    until_resolved INTEGER NOT NULL CHECK (until_resolved IN (0, 1)),
    lifting INTEGER NOT NULL CHECK (lifting IN (0, 1)),
    lifted_by_id INTEGER,
    lifted_by_name TEXT NOT NULL,
    ended_at TEXT,
    problem TEXT NOT NULL,
    detail TEXT NOT NULL
);

CREATE INDEX silences_incident ON silences (incident_id, created_at);
CREATE INDEX silences_open ON silences (incident_id) WHERE ended_at IS NULL;

ALTER TABLE incidents ADD COLUMN escalated_at TEXT;
