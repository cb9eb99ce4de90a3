"""Small things the service remembers between its runs, by name."""

from chatops.db.columns import clean
from chatops.db.database import Database
from chatops.db.querying import put_row


class Settings:
    """Text by key."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def get(self, key: str) -> str | None:
        def work() -> str | None:
            row = self._tables.Setting.get(key=key)
            return None if row is None else str(row.value)

        return self._database.read(work)

    def set(self, key: str, value: str) -> None:
        self._database.write(lambda: put_row(self._tables.Setting, {"key": key}, {"value": clean(value)}))
