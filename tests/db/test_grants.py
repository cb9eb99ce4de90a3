"""What was granted to whom: stored as it was given, made of the roles there were, changed together with the log."""

import sqlite3
from pathlib import Path

import pytest

from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.people import Grant, Role, User, everywhere
from chatops.db.migrate import MIGRATIONS, migrate
from chatops.db.store import Store

from .building import NOW

ANNA = User(1, "@anna", everywhere(Role.ADMIN))
ENTRY = Entry(EntryType.USER_ADDED, SYSTEM, NOW)


def test_grants_come_back_as_they_were_given(store: Store) -> None:
    grants = (Grant(Role.VIEWER), Grant(Role.OPERATOR, "*", "shop-*"), Grant(Role.OPERATOR, "prod", "*"))
    store.users.put(User(1, "@anna", grants))
    store.users.put(User(2, "@oleg"))
    assert store.users.get(1) == User(1, "@anna", grants)
    assert store.users.all() == (User(1, "@anna", grants), User(2, "@oleg"))
    store.users.put(User(1, "@anna", grants[:1]))
    assert store.users.get(1) == User(1, "@anna", grants[:1])


def test_an_admin_is_who_is_one_everywhere(store: Store) -> None:
    store.users.put(ANNA)
    store.users.put(User(2, "@oleg", (Grant(Role.ADMIN, "prod", "*"), Grant(Role.ADMIN, "*", "shop"))))
    store.users.put(User(3, "@eve", everywhere(Role.ADMIN), disabled=True))
    store.users.put(User(4, "@ivan", (*everywhere(Role.ADMIN), Grant(Role.VIEWER, "prod"))))
    assert store.users.admin_ids() == (1, 4)


def test_a_new_name_brings_no_right_back(store: Store) -> None:
    store.users.put(ANNA)
    store.users.put(User(1, "@anna", disabled=True))
    store.users.rename(1, "@anya")
    store.users.rename(9, "@nobody")
    assert store.users.all() == (User(1, "@anya", disabled=True),)


def test_a_change_and_its_lines_are_one(store: Store) -> None:
    store.users.put(ANNA, [ENTRY])

    def fail(user: User | None, admins: frozenset[int]) -> tuple[User, tuple[Entry, ...]]:
        assert user == ANNA
        assert admins == {1}
        return User(1, "@anna"), (Entry(EntryType.USER_ADDED, SYSTEM, NOW, incident_id=2**70),)

    with pytest.raises(Exception, match=r"."):
        store.users.change(1, fail)
    assert store.users.get(1) == ANNA
    assert store.users.change(1, lambda user, admins: None) is None
    assert store.users.change(1, lambda user, admins: (User(1, "@anna"), (ENTRY,))) == User(1, "@anna")
    assert len(store.audit.page()) == 2


def before_grants(path: Path) -> sqlite3.Connection:
    """A database as the version before left it."""
    migrate(f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    connection.executescript((MIGRATIONS / "sqlite" / "0004_grants.rollback.sql").read_text())
    return connection


def test_a_role_becomes_a_grant_on_everything(tmp_path: Path) -> None:
    with before_grants(tmp_path / "a.db") as connection:
        for user_id, role, disabled in ((1, "admin", 0), (2, "operator", 1), (3, "viewer", 0)):
            connection.execute("INSERT INTO users VALUES (?, 'x', '', ?, ?)", (user_id, disabled, role))
        connection.executescript((MIGRATIONS / "sqlite" / "0004_grants.sql").read_text())
        rows = connection.execute("SELECT * FROM grants ORDER BY user_id").fetchall()
        assert rows == [(1, "admin", "*", "*"), (2, "operator", "*", "*"), (3, "viewer", "*", "*")]
        assert connection.execute("SELECT id, disabled FROM users").fetchall() == [(1, 0), (2, 1), (3, 0)]


def test_going_back_lets_nobody_in_further(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/a.db")
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.executemany("INSERT INTO users VALUES (?, 'x', '', 0)", [(1,), (2,), (3,), (4,)])
        connection.executemany(
            "INSERT INTO grants VALUES (?, ?, ?, ?)",
            [
                (1, "admin", "*", "*"),
                (2, "admin", "prod", "*"),
                (3, "viewer", "*", "*"),
                (3, "operator", "*", "shop"),
            ],
        )
        connection.executescript((MIGRATIONS / "sqlite" / "0004_grants.rollback.sql").read_text())
        rows = connection.execute("SELECT id, role, disabled FROM users").fetchall()
        assert rows == [(1, "admin", 0), (2, "viewer", 1), (3, "viewer", 0), (4, "viewer", 1)]
