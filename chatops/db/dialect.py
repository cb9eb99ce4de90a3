"""The statements of this folder, as PostgreSQL reads them. They are written as SQLite reads them, in what both share.

Three things differ and are exchanged here: how a value's place is marked, hints which index to walk and what to join
first (SQLite only: its planner keeps no statistics unless told to), and a list of numbers given as JSON text. `instr`
is a function of ours there (migrations/postgres).
"""

import re
from functools import lru_cache

_PARTS = re.compile(
    r"""
    (?P<text>'(?:[^']|'')*')
    | SELECT\ value\ FROM\ json_each\((?P<list>\?\d*)\)
    | \?(?P<number>\d*)
    | (?P<percent>%)
    | \s(?:INDEXED\ BY\ \w+|NOT\ INDEXED|CROSS(?=\ JOIN))
    """,
    re.VERBOSE,
)


@lru_cache(maxsize=2048)
def for_postgres(statement: str) -> tuple[str, bool]:
    """The statement with psycopg2's marks, and whether they are numbered: then values go as {"1": ..., "2": ...}."""
    numbered = False

    def mark(number: str) -> str:
        nonlocal numbered
        numbered = numbered or bool(number)
        return f"%({number})s" if number else "%s"

    def exchanged(found: re.Match[str]) -> str:
        if found["text"]:
            return found["text"].replace("%", "%%")
        if found["list"]:
            return f"SELECT value::bigint FROM json_array_elements_text({mark(found['list'][1:])}::json)"
        if found["number"] is not None:
            return mark(found["number"])
        return "%%" if found["percent"] else ""

    return _PARTS.sub(exchanged, statement), numbered
