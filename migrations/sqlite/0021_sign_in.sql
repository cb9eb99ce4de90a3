-- Ways into the API. Of everything that opens a door only the SHA-256 is kept.

CREATE TABLE logins (
    code_hash TEXT NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL,
    expires_at TEXT NOT NULL
);

-- Signed launches of the Mini App that were used up, until they would be too old anyway.
CREATE TABLE launches (
    hash TEXT NOT NULL PRIMARY KEY,
    expires_at TEXT NOT NULL
);

CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL,
    began_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);

CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE api_tokens (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    token_hash TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('read', 'act', 'decide')),
    made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
);

CREATE INDEX api_tokens_user ON api_tokens (user_id, id);
