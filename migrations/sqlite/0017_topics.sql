-- What is set for a chat beyond its language. `..._refused` is empty, or Telegram's words with which it refused to pin,
-- or to make topics: neither is asked for again until somebody changes what the bot may there, or sets it anew.

CREATE TABLE chat_settings (
    chat_id INTEGER NOT NULL PRIMARY KEY,
    pins INTEGER NOT NULL DEFAULT 1 CHECK (pins IN (0, 1)),
    topics INTEGER NOT NULL DEFAULT 0 CHECK (topics IN (0, 1)),
    pins_refused TEXT NOT NULL DEFAULT '',
    topics_refused TEXT NOT NULL DEFAULT ''
);

-- The forum topic a card stands in (0: none), and the message of it that we pinned (0: none).

ALTER TABLE cards ADD COLUMN thread_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cards ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;

CREATE INDEX cards_pinned ON cards (chat_id) WHERE pinned <> 0;

-- Topics of one incident each. A row without a thread was asked for, and nobody knows whether it was made.
-- `gone`: nothing is sent there any more.

CREATE TABLE topics (
    chat_id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    thread_id INTEGER NOT NULL DEFAULT 0,
    name TEXT NOT NULL DEFAULT '',
    closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
    gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
    PRIMARY KEY (chat_id, incident_id)
);

CREATE INDEX topics_incident ON topics (incident_id);

-- Messages below a group's card in which one person looks at something: taken away once they are left alone.

CREATE TABLE asides (
    chat_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    below INTEGER NOT NULL,
    sent_at TEXT NOT NULL,
    PRIMARY KEY (chat_id, message_id)
);
