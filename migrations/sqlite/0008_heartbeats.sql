-- Alerts that always fire, and how often they came.

CREATE TABLE heartbeats (
    source TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    labels TEXT NOT NULL,
    last_at TEXT NOT NULL,
    gaps TEXT NOT NULL,
    ended INTEGER NOT NULL CHECK (ended IN (0, 1)),
    silent_since TEXT,
    PRIMARY KEY (source, fingerprint)
);
