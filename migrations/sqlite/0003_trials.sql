-- What helped before: one row per action that succeeded while an alert fired. It ranks the next suggestion.

CREATE TABLE trials (
    run_id TEXT NOT NULL PRIMARY KEY,
    alert TEXT NOT NULL,
    action TEXT NOT NULL,
    at TEXT NOT NULL,
    helped INTEGER NOT NULL CHECK (helped IN (0, 1))
);

CREATE INDEX trials_alert ON trials (alert, at);
