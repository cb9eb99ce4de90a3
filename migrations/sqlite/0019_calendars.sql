-- What the calendars of rotas last said, and what the admins were told of each. A copy: the calendars have it.

CREATE TABLE calendars (
    rota TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    copy TEXT NOT NULL,
    read_at TEXT,
    spread_at TEXT,
    late_told INTEGER NOT NULL CHECK (late_told IN (0, 1)),
    strangers_told TEXT NOT NULL
);
