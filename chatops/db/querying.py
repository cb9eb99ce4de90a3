"""Pony's own words for mapping and querying. Its stubs leave them untyped, so here they are openly Any."""

from typing import Any

from pony import orm

PrimaryKey: Any = orm.PrimaryKey
select: Any = orm.select
exists: Any = orm.exists
count: Any = orm.count
desc: Any = orm.desc
greatest: Any = orm.max
