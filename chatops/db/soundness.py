"""Whether a database can be served on: SQLite finds nothing broken in the file, and the audit log is guarded.

It looks once, at the start and when asked. `PRAGMA quick_check` takes 0.14 s per 100 MB in memory, and as long as
reading the file takes where it is not; `integrity_check` is a third slower and adds only indexes, which are made anew
by REINDEX. What SQLite cannot see, bytes changed inside a value, the audit log's own chain shows (`AuditLog.verify`,
6 s per 100 MB, so not at every start).
"""

from chatops.core.failures import Permanent, Reason
from chatops.db.database import Database

GUARDS = {
    "audit_refuses_update": "BEFORE UPDATE ON audit",
    "audit_refuses_delete": "BEFORE DELETE ON audit",
    "audit_refuses_gaps": "BEFORE INSERT ON audit WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM audit)",
}
"""The triggers that make the audit log append-only, by when they refuse."""

_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"


def ensure_sound(database: Database) -> None:
    """Raises Permanent, with the mend, for a file that must not be served on; Temporary when it cannot be read now."""

    def work() -> tuple[str, dict[str, str]]:
        connection = database.tables.connection
        said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
        return said, {name: " ".join(str(sql).split()) for name, sql in connection.execute(_TRIGGERS)}

    try:
        said, triggers = database.read(work)
    except Permanent as failure:
        raise _damaged(database, failure.detail) from failure
    if said != "ok":
        raise _damaged(database, said)
    missing = {name for name, when in GUARDS.items() if not _refuses(triggers.get(name, ""), name, when)}
    if more := triggers.keys() - GUARDS.keys():
        # One that ignores what is inserted would let things happen that nobody wrote down.
        raise Permanent(
            Reason.REFUSED,
            f"the audit log of {database.path} has triggers that are not ours ({', '.join(sorted(more))}): "
            "somebody put them there; check it with `audit verify --head` and drop them",
        )
    if missing:
        names = ", ".join(sorted(missing))
        raise Permanent(
            Reason.REFUSED,
            f"the audit log of {database.path} is not guarded ({names} missing): somebody took the triggers away; "
            "check it with `audit verify --head` and restore a copy from before",
        )


def _refuses(sql: str, name: str, when: str) -> bool:
    return sql.startswith(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT,")


def _damaged(database: Database, said: str) -> Permanent:
    words = " ".join(said.split())[:200]
    return Permanent(
        Reason.SERVER_ERROR,
        f"the database file {database.path} is damaged ({words}): restore a copy of it, or save what is left with "
        "`sqlite3 FILE .recover` and look for the cause in the disk",
    )
