"""The numbers of incidents that are opened many at a time, past their entity: each database keeps its own count."""

from chatops.db.entities import Tables

_SEQUENCE = "pg_get_serial_sequence('incidents', 'id')"


def last_incident(tables: Tables) -> int:
    """Within a session of its own: the greatest number ever given to an incident."""
    if tables.on_postgres:
        # Not the sequence: it goes up also where the transaction fails, and incidents are never removed.
        statement = "SELECT coalesce(max(id), 0) FROM incidents"
    else:
        statement = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'incidents'"
    return int(tables.connection.execute(statement).fetchone()[0])


def numbers_taken(tables: Tables, last: int) -> None:
    """The next incident's number comes after `last`. SQLite sees that from the rows."""
    if tables.on_postgres and last:
        tables.connection.execute(f"SELECT setval({_SEQUENCE}, ?)", (last,)).fetchall()
