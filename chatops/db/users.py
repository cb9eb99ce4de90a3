"""The people who may use the bot, with what was granted to them."""

from collections.abc import Callable, Sequence
from typing import Any

from chatops.core.audit import Entry
from chatops.core.people import Grant, Role, User
from chatops.db.audit import append_entries
from chatops.db.columns import clean
from chatops.db.database import Database
from chatops.db.entities import Tables
from chatops.db.handled import write_off
from chatops.db.querying import put_row, select

ADMIN = Role.ADMIN.value

Decision = tuple[User, tuple[Entry, ...]]
"""A user as they are from now on, and the lines of the log that say why."""


class Users:
    """Users by their Telegram id. Nobody is ever deleted: a disabled user keeps their name in old entries."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables = database.tables

    def get(self, user_id: int) -> User | None:
        def work() -> User | None:
            return find_user(self._tables, user_id)

        return self._database.read(work)

    def put(self, user: User, entries: Sequence[Entry] = ()) -> None:
        """Make the user known, or replace all that is known of them, grants included; and say so in the log."""

        def work() -> None:
            write_user(self._tables, user)
            append_entries(self._tables, entries)

        self._database.write(work)

    def change(
        self,
        user_id: int,
        decide: Callable[[User | None, frozenset[int]], Decision | None],
        *,
        update_id: int | None = None,
    ) -> User | None:
        """What `decide` makes of the user as they are now, stored together with its entries in one transaction.

        So is "done" on the Telegram update that asked for it: told again it would be one more attempt. `decide` is also
        given the ids of the admins who are not disabled. None, and nothing is stored, where it decides so.
        """

        def work() -> User | None:
            decided = decide(find_user(self._tables, user_id), frozenset(admin_ids_of(self._tables)))
            if decided is None:
                return None
            user, entries = decided
            write_user(self._tables, user)
            append_entries(self._tables, entries)
            write_off(self._tables, update_id)
            return user

        return self._database.write(work)

    def rename(self, user_id: int, name: str) -> None:
        """Nothing happens for somebody unknown. What was granted stays as it is, whoever changes it meanwhile."""

        def work() -> None:
            row = self._tables.User.get(id=user_id)
            if row is not None:
                row.name = clean(name)

        self._database.write(work)

    def set_language(self, user_id: int, language: str) -> None:
        """Nothing happens for somebody unknown."""

        def work() -> None:
            row = self._tables.User.get(id=user_id)
            if row is not None:
                row.language = clean(language)

        self._database.write(work)

    def all(self) -> tuple[User, ...]:
        """Everybody, by id."""
        tables = self._tables

        def work() -> tuple[User, ...]:
            grants: dict[int, list[Any]] = {}
            for row in tables.Grant.select():
                grants.setdefault(row.user_id, []).append(row)
            return tuple(_user(row, grants.get(row.id, ())) for row in tables.User.select().order_by(tables.User.id))

        return self._database.read(work)

    def admin_ids(self) -> tuple[int, ...]:
        """Ids of the admins who are not disabled."""
        return self._database.read(lambda: admin_ids_of(self._tables))


def admin_ids_of(tables: Tables) -> tuple[int, ...]:
    users, grants = tables.User, tables.Grant
    admins = select(
        grant.user_id for grant in grants if grant.role == ADMIN and grant.cluster == "*" and grant.namespace == "*"
    )
    ids = set(admins)
    return tuple(sorted(row.id for row in users.select(lambda row: not row.disabled) if row.id in ids))


def find_user(tables: Tables, user_id: int) -> User | None:
    row = tables.User.get(id=user_id)
    return None if row is None else _user(row, _grants_of(tables, user_id))


def _grants_of(tables: Tables, user_id: int) -> Sequence[Any]:
    return list(tables.Grant.select(lambda grant: grant.user_id == user_id))


def write_user(tables: Tables, user: User) -> None:
    columns = {"name": clean(user.name), "language": clean(user.language), "disabled": user.disabled}
    put_row(tables.User, {"id": user.id}, columns)
    wanted = {(grant.role.value, clean(grant.cluster), clean(grant.namespace)) for grant in user.grants}
    held = {(row.role, row.cluster, row.namespace): row for row in _grants_of(tables, user.id)}
    for key in held.keys() - wanted:
        held[key].delete()
    for role, cluster, namespace in sorted(wanted - held.keys()):
        tables.Grant(user_id=user.id, role=role, cluster=cluster, namespace=namespace)


def _user(row: Any, grants: Sequence[Any]) -> User:
    held = [Grant(Role(grant.role), grant.cluster, grant.namespace) for grant in grants]
    held.sort(key=lambda grant: (grant.cluster, grant.namespace, list(Role).index(grant.role)))
    return User(row.id, row.name, tuple(held), row.language, row.disabled)
