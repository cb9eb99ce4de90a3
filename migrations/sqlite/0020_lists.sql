-- What lists show and search of each incident, beside the incident itself: narrow, and in the order it is read.
-- Times that are compared here are whole microseconds since 1970; a NULL `search` is still to be filled in.

CREATE TABLE places (
    id INTEGER NOT NULL PRIMARY KEY,
    cluster TEXT NOT NULL,
    namespace TEXT NOT NULL,
    changed INTEGER NOT NULL,
    UNIQUE (cluster, namespace)
);

CREATE TABLE listed (
    incident_id INTEGER NOT NULL PRIMARY KEY REFERENCES incidents (id),
    changed INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    place_id INTEGER NOT NULL REFERENCES places (id),
    kind INTEGER NOT NULL,
    owner INTEGER NOT NULL,
    urgency INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    ended INTEGER,
    began INTEGER NOT NULL,
    acknowledged INTEGER,
    finished INTEGER,
    object TEXT NOT NULL,
    started_at TEXT NOT NULL,
    firing INTEGER NOT NULL,
    silenced_until TEXT,
    running INTEGER NOT NULL CHECK (running IN (0, 1)),
    merged_into INTEGER,
    search TEXT
);

-- What was closed at once is told apart by a microsecond: `ended` is the place in the list of what has ended. How long
-- something took is counted from when its first alert `began` until its last one, or a person, had it `finished`.

INSERT INTO places (cluster, namespace, changed)
SELECT cluster, namespace, max(id) FROM incidents WHERE revision > 0 GROUP BY cluster, namespace;

INSERT INTO listed (incident_id, changed, revision, place_id, kind, owner, urgency, opened, ended, began, acknowledged,
    finished, object, started_at, firing, silenced_until, running, merged_into)
SELECT i.id, i.id, i.revision, p.id,
    CASE i.status WHEN 'active' THEN 0 WHEN 'resolved' THEN 4 ELSE 8 END
        + CASE i.severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 WHEN 'info' THEN 2 ELSE 3 END,
    coalesce(i.taken_by_id, 0), i.list_rank * 4503599627370496 - i.opened, i.opened,
    CASE WHEN i.status <> 'active' THEN
        max(i.closed - i.nth) FILTER (WHERE i.status <> 'active') OVER (ORDER BY i.status = 'active', i.nth) + i.nth
    END,
    min(i.opened, coalesce(
        (SELECT CAST(strftime('%s', min(starts_at)) AS INTEGER) * 1000000 + CAST(substr(min(starts_at), 21, 6) AS INTEGER)
         FROM alerts WHERE incident_id = i.id),
        i.opened
    )),
    CAST(strftime('%s', i.acknowledged_at) AS INTEGER) * 1000000 + CAST(substr(i.acknowledged_at, 21, 6) AS INTEGER),
    CASE WHEN i.closed_at IS NOT NULL THEN coalesce(
        CASE WHEN i.closed_by_id IS NULL THEN
            (SELECT CAST(strftime('%s', max(ends_at)) AS INTEGER) * 1000000 + CAST(substr(max(ends_at), 21, 6) AS INTEGER)
             FROM alerts WHERE incident_id = i.id)
        END,
        i.closed
    ) END,
    '',
    coalesce(
        (SELECT min(starts_at) FROM alerts WHERE incident_id = i.id AND ends_at IS NULL),
        (SELECT min(starts_at) FROM alerts WHERE incident_id = i.id),
        i.opened_at
    ),
    (SELECT count(*) FROM alerts WHERE incident_id = i.id AND ends_at IS NULL),
    (SELECT max(ends_at) FROM silences WHERE incident_id = i.id AND ended_at IS NULL AND silence_id <> ''),
    EXISTS (SELECT 1 FROM actions WHERE id = i.run_id AND state IN ('requested', 'performed')),
    i.merged_into
FROM (
    SELECT id, revision, status, severity, list_rank, cluster, namespace, taken_by_id, opened_at, run_id, merged_into,
        acknowledged_at, closed_at, closed_by_id,
        CAST(strftime('%s', opened_at) AS INTEGER) * 1000000 + CAST(substr(opened_at, 21, 6) AS INTEGER) AS opened,
        CAST(strftime('%s', coalesce(closed_at, opened_at)) AS INTEGER) * 1000000
            + CAST(substr(coalesce(closed_at, opened_at), 21, 6) AS INTEGER) AS closed,
        row_number() OVER (PARTITION BY status = 'active' ORDER BY coalesce(closed_at, opened_at), id) AS nth
    FROM incidents WHERE revision > 0
) AS i
JOIN places AS p ON p.cluster = i.cluster AND p.namespace = i.namespace;

CREATE INDEX listed_changed ON listed (changed, place_id);
CREATE INDEX listed_open ON listed (urgency, incident_id DESC, place_id, kind, owner) WHERE ended IS NULL;
CREATE UNIQUE INDEX listed_ended ON listed (ended) WHERE ended IS NOT NULL;
CREATE INDEX listed_kind ON listed (kind, ended, place_id, owner) WHERE ended IS NOT NULL;
CREATE INDEX listed_place ON listed (place_id, kind, ended, owner) WHERE ended IS NOT NULL;
CREATE INDEX listed_owner ON listed (owner, ended, place_id, kind) WHERE ended IS NOT NULL;
CREATE INDEX listed_opened ON listed (opened, kind, place_id, merged_into);
CREATE INDEX listed_unfilled ON listed (incident_id) WHERE search IS NULL;

-- Words of what has ended, by `ended`. What is open is few, and read as it is.

CREATE VIRTUAL TABLE listed_words USING fts5 (
    words, content = '', columnsize = 0, detail = none, prefix = '1 2 3', tokenize = "ascii tokenchars '='"
);

-- All words that were ever in it: how a word begins is looked up here first.

CREATE TABLE listed_vocabulary (word TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID;

-- Which database the numbers of changes are of: one row.

CREATE TABLE changes_of (life TEXT NOT NULL);
INSERT INTO changes_of (life) VALUES (lower(hex(randomblob(6))));

-- The audit log is looked through by what happened and by whom.

CREATE INDEX audit_type ON audit (type, id);
CREATE INDEX audit_person ON audit (subject_id, id) WHERE subject_kind = 'person';
CREATE INDEX audit_people ON audit (id) WHERE subject_kind = 'person';
