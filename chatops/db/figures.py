"""What is counted for the metrics, and takes no longer the more there ever was: what has ended is not counted."""

from collections import Counter
from typing import Any

from chatops.core.figures import Figures
from chatops.db.database import Database

_ACTIVE = """
SELECT severity, taken_by_id IS NOT NULL, count(*) FROM incidents WHERE status = 'active' AND revision > 0 GROUP BY 1, 2
"""
"""Along the index of what is active."""

_SIZE_SQLITE = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
_SIZE_POSTGRES = "SELECT pg_database_size(current_database())"


class FiguresOfAll:
    """Counted in one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def read(self) -> Figures:
        def work() -> Figures:
            rows: Any = self._tables.connection.execute
            active: Counter[tuple[str, str]] = Counter()
            for severity, taken, number in rows(_ACTIVE):
                active[severity, "taken" if taken else "open"] += number
            size = _SIZE_POSTGRES if self._tables.on_postgres else _SIZE_SQLITE
            return Figures(dict(active), int(rows(size).fetchone()[0]))

        return self._database.read(work)
