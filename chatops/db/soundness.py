"""Whether a database can be served on: nothing in it is found broken, and the audit log is guarded.

It looks once, at the start and when asked. SQLite's `PRAGMA quick_check` takes 0.14 s per 100 MB in memory, and as
long as reading the file takes where it is not; `integrity_check` is a third slower and adds only indexes, which are
made anew by REINDEX. PostgreSQL looks after its files itself. What neither can see, bytes changed inside a value, the
audit log's own chain shows (`AuditLog.verify`, 2 s per 100 MB, so not at every start).
"""

from chatops.core.failures import Permanent, Reason
from chatops.db.database import Database
from chatops.db.entities import Tables

_BEFORE_INSERT = "BEFORE INSERT ON audit WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM audit)"

SQLITE_GUARDS = {
    "audit_refuses_update": "BEFORE UPDATE ON audit",
    "audit_refuses_delete": "BEFORE DELETE ON audit",
    "audit_refuses_gaps": _BEFORE_INSERT,
}
"""The triggers that make the audit log append-only, by when they refuse."""

POSTGRES_GUARDS = {
    "audit_refuses_update": "BEFORE UPDATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses('changed')",
    "audit_refuses_delete": "BEFORE DELETE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses('removed')",
    "audit_refuses_truncate": "BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses('removed')",
    "audit_refuses_gaps": "BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuses_gaps()",
}

POSTGRES_REFUSALS = {
    "audit_refuses": "BEGIN RAISE EXCEPTION 'the audit log is append-only: no line can be %', TG_ARGV[0]; END;",
    "audit_refuses_gaps": "BEGIN IF NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM audit) THEN RAISE EXCEPTION "
    "'the audit log is append-only: the number is not the next one'; END IF; RETURN NEW; END;",
}
"""What the triggers run, to the letter."""

_TRIGGERS_OF_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"

# One that is not enabled always is no guard: whoever copies rows could pass it.
_TRIGGERS_OF_POSTGRES = """
SELECT tgname, CASE tgenabled WHEN 'A' THEN pg_get_triggerdef(oid, true) ELSE '' END FROM pg_trigger
WHERE tgrelid = 'audit'::regclass AND NOT tgisinternal
UNION ALL SELECT rulename, '' FROM pg_rewrite WHERE ev_class = 'audit'::regclass
"""

_REFUSING = """
SELECT proname, prosrc FROM pg_proc
WHERE proname IN ('audit_refuses', 'audit_refuses_gaps') AND pronamespace = current_schema()::regnamespace
"""


def ensure_sound(database: Database) -> None:
    """Raises Permanent, with the mend, for a database that must not be served on; Temporary when it cannot be read."""
    look = _look_at_postgres if database.tables.on_postgres else _look_at_sqlite
    try:
        said, guards, others = database.read(lambda: look(database.tables))
    except Permanent as failure:
        raise _damaged(database, failure.detail) from failure
    if said != "ok":
        raise _damaged(database, said)
    if others:
        # One that ignores what is inserted would let things happen that nobody wrote down.
        raise Permanent(
            Reason.REFUSED,
            f"the audit log of {database.where} has triggers or rules that are not ours ({', '.join(sorted(others))}): "
            "somebody put them there; check it with `audit verify --head` and drop them",
        )
    missing = {name for name, guards_it in guards.items() if not guards_it}
    if missing:
        names = ", ".join(sorted(missing))
        raise Permanent(
            Reason.REFUSED,
            f"the audit log of {database.where} is not guarded ({names} missing): somebody took the triggers away; "
            "check it with `audit verify --head` and restore a copy from before",
        )


Looked = tuple[str, dict[str, bool], set[str]]
"""What the database says of itself, whether each guard guards, and triggers that are none."""


def _look_at_sqlite(tables: Tables) -> Looked:
    connection = tables.connection
    said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    found = {name: " ".join(str(sql).split()) for name, sql in connection.execute(_TRIGGERS_OF_SQLITE)}
    guards = {
        name: found.get(name, "").startswith(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT,")
        for name, when in SQLITE_GUARDS.items()
    }
    return said, guards, found.keys() - guards.keys()


def _look_at_postgres(tables: Tables) -> Looked:
    connection = tables.connection
    refusing = {name: " ".join(source.split()) for name, source in connection.execute(_REFUSING)}
    whole = refusing == POSTGRES_REFUSALS
    found = dict(connection.execute(_TRIGGERS_OF_POSTGRES).fetchall())
    guards = {
        name: whole and found.get(name) == f"CREATE TRIGGER {name} {when}" for name, when in POSTGRES_GUARDS.items()
    }
    return "ok", guards, found.keys() - guards.keys()


def _damaged(database: Database, said: str) -> Permanent:
    words = " ".join(said.split())[:200]
    if database.tables.on_postgres:
        return Permanent(
            Reason.SERVER_ERROR,
            f"{database.where} cannot be served on ({words}): look into the server's log, and restore a backup if it "
            "names damage",
        )
    return Permanent(
        Reason.SERVER_ERROR,
        f"the database file {database.where} is damaged ({words}): restore a copy of it, or save what is left with "
        "`sqlite3 FILE .recover` and look for the cause in the disk",
    )
