"""What a person decided by a one-time button, the statement that does it and the line of the log that says so."""

from datetime import datetime
from typing import Any

from chatops.core.audit import Entry
from chatops.db.audit import append_entries
from chatops.db.buttons import use_token
from chatops.db.entities import Tables


def decide(
    tables: Tables, statement: str, values: tuple[Any, ...], entry: Entry, *, token: str, by: str, now: datetime
) -> bool:
    """Within the caller's session. False, and nothing is stored, when the button was used or expired."""
    if not use_token(tables, token, by, now):
        return False
    tables.connection.execute(statement, values)
    append_entries(tables, (entry,))
    return True
