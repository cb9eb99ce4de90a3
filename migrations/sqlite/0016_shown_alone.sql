-- Messages that one person of a group sees: Telegram gives them no id in the chat, and may give another the same one
-- once they are gone. Each has a number of ours, never used again; -number stands where a message's id would.
-- sent = 0: known from a press only, before it was written down that it was sent.

CREATE TABLE shown_alone (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    chat_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    ephemeral_id INTEGER NOT NULL,
    known_at TEXT NOT NULL,
    sent INTEGER NOT NULL CHECK (sent IN (0, 1))
);

CREATE UNIQUE INDEX shown_alone_message ON shown_alone (chat_id, user_id, ephemeral_id);
