-- Digests: one message of a chat that stands for many incidents, and which.

CREATE TABLE storms (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    chat_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    began_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    ended_at TEXT,
    wanted INTEGER NOT NULL,
    shown INTEGER NOT NULL,
    filed INTEGER NOT NULL
);

CREATE INDEX storms_chat ON storms (chat_id, id);
CREATE UNIQUE INDEX storms_standing ON storms (chat_id) WHERE ended_at IS NULL;
CREATE INDEX storms_behind ON storms (chat_id) WHERE shown <> wanted;

CREATE TABLE storm_members (
    chat_id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    storm_id INTEGER NOT NULL REFERENCES storms (id),
    joined_at TEXT NOT NULL,
    number INTEGER NOT NULL,
    causes TEXT NOT NULL,
    PRIMARY KEY (chat_id, incident_id)
);

CREATE INDEX storm_members_storm ON storm_members (storm_id, incident_id);
CREATE INDEX storm_members_incident ON storm_members (incident_id);
