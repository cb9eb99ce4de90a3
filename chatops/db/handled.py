"""An update that is done with, for whatever else is written in the same transaction."""

from datetime import datetime

from chatops.db.columns import naive
from chatops.db.entities import Tables


def write_off(tables: Tables, update_id: int | None, now: datetime | None = None) -> None:
    """Within the caller's session: the update is done with what else it stores, so that it is done once."""
    row = tables.Update.get(id=update_id) if update_id is not None else None
    if row is not None and row.done_at is None:
        row.done_at = row.received_at if now is None else naive(now)
