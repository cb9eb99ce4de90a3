"""Pony's own words for mapping and querying. Its stubs leave them untyped, so here they are openly Any."""

from typing import Any

from pony import orm

PrimaryKey: Any = orm.PrimaryKey
select: Any = orm.select
exists: Any = orm.exists
count: Any = orm.count
desc: Any = orm.desc
greatest: Any = orm.max


def put_row(entity: Any, key: dict[str, Any], columns: dict[str, Any]) -> None:
    """Within the caller's session: the row with this key gets these columns, and is made where there is none."""
    row = entity.get(**key)
    if row is None:
        entity(**key, **columns)
    else:
        row.set(**columns)
