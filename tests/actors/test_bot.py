"""Every process knows the bot's name once one of them was told it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.actors.bot import Bot
from chatops.db.database import Database
from chatops.db.store import Store
from chatops.telegram.client import Me
from tests.databases import database_at

TOKEN = "42:secret"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(database_at(tmp_path / "chatops.db"))
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


def test_one_that_was_never_told_knows_it_from_one_that_was(store: Store) -> None:
    leads, stands_by = Bot(store.settings, TOKEN), Bot(store.settings, TOKEN)
    assert stands_by.name() == ""
    leads.told(Me(42, "ops_bot"))
    assert (leads.name(), stands_by.name()) == ("@ops_bot", "@ops_bot")
    leads.told(Me(42, "renamed_bot"))
    assert stands_by.name() == "@renamed_bot"


def test_the_name_of_another_bot_is_not_ours(store: Store) -> None:
    Bot(store.settings, "41:secret").told(Me(41, "old_bot"))
    assert Bot(store.settings, TOKEN).name() == ""


def test_a_database_that_is_away_costs_no_more_than_the_name(database: Database, store: Store) -> None:
    bot, other = Bot(store.settings, TOKEN), Bot(store.settings, TOKEN)
    database.close()
    bot.told(Me(42, "ops_bot"))
    assert bot.name() == "@ops_bot"
    assert other.name() == ""
