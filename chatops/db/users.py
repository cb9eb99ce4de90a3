"""The people who may use the bot."""

from typing import Any

from chatops.core.people import Role, User
from chatops.db.columns import clean
from chatops.db.database import Database
from chatops.db.querying import put_row, select

ADMIN = Role.ADMIN.value


class Users:
    """Users by their Telegram id. Nobody is ever deleted: a disabled user keeps their name in old entries."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def get(self, user_id: int) -> User | None:
        def work() -> User | None:
            row = self._tables.User.get(id=user_id)
            return None if row is None else _user(row)

        return self._database.read(work)

    def put(self, user: User) -> None:
        """Make the user known, or replace what is known of them."""
        columns = {
            "name": clean(user.name),
            "role": user.role.value,
            "language": clean(user.language),
            "disabled": user.disabled,
        }
        self._database.write(lambda: put_row(self._tables.User, {"id": user.id}, columns))

    def set_language(self, user_id: int, language: str) -> None:
        """Nothing happens for somebody unknown."""

        def work() -> None:
            row = self._tables.User.get(id=user_id)
            if row is not None:
                row.language = clean(language)

        self._database.write(work)

    def all(self) -> tuple[User, ...]:
        """Everybody, by id."""
        users = self._tables.User
        return self._database.read(lambda: tuple(_user(row) for row in users.select().order_by(users.id)))

    def admin_ids(self) -> tuple[int, ...]:
        """Ids of the admins who are not disabled."""
        users = self._tables.User
        return self._database.read(
            lambda: tuple(sorted(select(row.id for row in users if row.role == ADMIN and not row.disabled))),
        )


def _user(row: Any) -> User:
    return User(row.id, row.name, Role(row.role), row.language, row.disabled)
