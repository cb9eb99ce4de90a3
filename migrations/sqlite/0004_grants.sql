-- Who may do what, by cluster and namespace; and invitations. A user's role becomes a grant on everything.
-- In a pattern `*` stands for any text. An invitation's token is kept as its SHA-256 only.

CREATE TABLE grants (
    user_id INTEGER NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    cluster TEXT NOT NULL CHECK (cluster <> ''),
    namespace TEXT NOT NULL CHECK (namespace <> ''),
    PRIMARY KEY (user_id, role, cluster, namespace)
);

INSERT INTO grants (user_id, role, cluster, namespace)
SELECT id, role, '*', '*' FROM users WHERE role IN ('viewer', 'operator', 'admin');

ALTER TABLE users DROP COLUMN role;

CREATE TABLE invites (
    token_hash TEXT NOT NULL PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    cluster TEXT NOT NULL CHECK (cluster <> ''),
    namespace TEXT NOT NULL CHECK (namespace <> ''),
    by_id INTEGER NOT NULL,
    by_name TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
);
