-- How far an incident that nobody takes has been carried, as JSON; empty where nothing was said of it. Beside it from
-- when the time until the next step is counted, NULL while it waits for nobody.

ALTER TABLE incidents ADD COLUMN escalation TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN waits_since TEXT;

CREATE INDEX incidents_waiting ON incidents (waits_since) WHERE waits_since IS NOT NULL;

-- Who stands in for whom the rotation says, from when to when. An end that was moved forward is the new end.

CREATE TABLE covers (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    rota TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    user_name TEXT NOT NULL,
    begins_at TEXT NOT NULL,
    ends_at TEXT NOT NULL
);

CREATE INDEX covers_end ON covers (ends_at);
