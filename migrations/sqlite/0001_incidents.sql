-- Incidents, what was accepted for them, what they show, and the log of what was done.
-- Times are UTC text, "YYYY-MM-DD HH:MM:SS.ffffff". JSON is text. Booleans are 0 and 1.

CREATE TABLE users (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    language TEXT NOT NULL DEFAULT '',
    disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1))
);

CREATE TABLE chats (
    id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    subscribed INTEGER NOT NULL DEFAULT 0 CHECK (subscribed IN (0, 1)),
    unreachable TEXT NOT NULL DEFAULT ''
);

CREATE TABLE inbox (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    received_at TEXT NOT NULL,
    source TEXT NOT NULL,
    body BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'routed', 'quarantined')),
    problem TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX inbox_state ON inbox (state, id);

CREATE TABLE incidents (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    receiver TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'resolved', 'rejected')),
    revision INTEGER NOT NULL,
    severity TEXT NOT NULL,
    list_rank INTEGER NOT NULL,
    title TEXT NOT NULL,
    cluster TEXT NOT NULL,
    namespace TEXT NOT NULL,
    group_labels TEXT NOT NULL,
    truncated INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    opened_at TEXT NOT NULL,
    closed_at TEXT,
    closed_by_id INTEGER,
    closed_by_name TEXT NOT NULL,
    taken_by_id INTEGER,
    taken_by_name TEXT NOT NULL,
    taken_at TEXT,
    reason TEXT NOT NULL,
    reopened INTEGER NOT NULL,
    survey TEXT NOT NULL,
    run_id TEXT NOT NULL
);

CREATE INDEX incidents_open ON incidents (list_rank, opened_at DESC, id DESC) WHERE status = 'active';
CREATE INDEX incidents_closed ON incidents (closed_at DESC, id DESC) WHERE closed_at IS NOT NULL;
CREATE INDEX incidents_alike ON incidents (title, namespace, cluster, opened_at);

CREATE TABLE group_keys (
    source TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    PRIMARY KEY (source, key_hash)
);

CREATE TABLE mail (
    inbox_id INTEGER NOT NULL REFERENCES inbox (id) ON DELETE CASCADE,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    home INTEGER NOT NULL CHECK (home IN (0, 1)),
    done_at TEXT,
    PRIMARY KEY (inbox_id, incident_id)
);

CREATE INDEX mail_pending ON mail (incident_id, inbox_id) WHERE done_at IS NULL;

CREATE TABLE alerts (
    id INTEGER NOT NULL PRIMARY KEY,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    source TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT,
    late_at TEXT,
    told_firing INTEGER NOT NULL CHECK (told_firing IN (0, 1)),
    told_starts_at TEXT NOT NULL,
    told_ends_at TEXT,
    labels TEXT NOT NULL,
    annotations TEXT NOT NULL,
    generator_url TEXT NOT NULL,
    UNIQUE (incident_id, fingerprint)
);

CREATE INDEX alerts_open ON alerts (fingerprint, source, incident_id) WHERE ends_at IS NULL;

CREATE TABLE actions (
    id TEXT NOT NULL PRIMARY KEY,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    action TEXT NOT NULL,
    state TEXT NOT NULL,
    by_id INTEGER NOT NULL,
    by_name TEXT NOT NULL,
    chat_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    requested_at TEXT NOT NULL,
    finished_at TEXT,
    problem TEXT NOT NULL,
    detail TEXT NOT NULL,
    plan TEXT NOT NULL,
    undo TEXT NOT NULL,
    progress TEXT NOT NULL
);

CREATE INDEX actions_running ON actions (incident_id) WHERE state IN ('requested', 'performed');
CREATE INDEX actions_incident ON actions (incident_id, requested_at);

CREATE TABLE audit (
    id INTEGER NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    type TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    incident_id INTEGER,
    object_kind TEXT,
    object_name TEXT,
    object_namespace TEXT,
    object_uid TEXT,
    object_cluster TEXT,
    chat_id INTEGER,
    message_id INTEGER,
    detail TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE INDEX audit_incident ON audit (incident_id, id) WHERE incident_id IS NOT NULL;

CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: no line can be changed');
END;

CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: no line can be removed');
END;

-- INSERT OR REPLACE fires no delete trigger, so a number that is not the next one is refused before it can replace.
CREATE TRIGGER audit_refuses_gaps BEFORE INSERT ON audit
WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM audit)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only: the number is not the next one');
END;

CREATE TABLE cards (
    chat_id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    message_id INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    wanted INTEGER NOT NULL,
    PRIMARY KEY (chat_id, incident_id)
);

CREATE INDEX cards_message ON cards (chat_id, message_id);
CREATE INDEX cards_incident ON cards (incident_id);
CREATE INDEX cards_stale ON cards (chat_id) WHERE revision <> wanted;

CREATE TABLE positions (
    chat_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    screen TEXT NOT NULL,
    incident_id INTEGER,
    args TEXT NOT NULL,
    ref TEXT NOT NULL,
    touched_at TEXT,
    PRIMARY KEY (chat_id, message_id)
);

CREATE TABLE buttons (
    token TEXT NOT NULL PRIMARY KEY,
    chat_id INTEGER NOT NULL,
    message_id INTEGER,
    shape TEXT NOT NULL,
    verb TEXT NOT NULL,
    args TEXT NOT NULL,
    ref TEXT NOT NULL,
    incident_id INTEGER,
    for_user INTEGER,
    once INTEGER NOT NULL CHECK (once IN (0, 1)),
    offered_at TEXT NOT NULL,
    expires_at TEXT,
    used_at TEXT,
    used_by TEXT NOT NULL
);

CREATE INDEX buttons_message ON buttons (chat_id, message_id, shape);
CREATE INDEX buttons_expiry ON buttons (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE updates (
    id INTEGER NOT NULL PRIMARY KEY,
    chat_id INTEGER NOT NULL,
    body BLOB NOT NULL,
    received_at TEXT NOT NULL,
    done_at TEXT
);

CREATE INDEX updates_pending ON updates (id) WHERE done_at IS NULL;

CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
