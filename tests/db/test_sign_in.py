"""Login links, launches, sessions and tokens: each opens what it should, once or until it is over."""

from datetime import UTC, datetime, timedelta

import pytest

from chatops.core.audit import Entry, EntryType, Subject
from chatops.core.signing_in import (
    LAUNCH_LIFETIME,
    LOGIN_LIFETIME,
    MOST_TOKENS,
    SESSION_IDLE,
    SESSION_LIFETIME,
    Launch,
    Scope,
)
from chatops.db.store import Store

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ANNA, OLEG = 1001, 1002


def entry(type: EntryType = EntryType.SIGNED_IN, at: datetime = NOW) -> Entry:
    return Entry(type, Subject.person(ANNA, "@anna"), at)


def types(store: Store) -> list[EntryType]:
    return [line.entry.type for line in store.audit.page()]


def test_a_login_link_works_once(store):
    code = store.logins.make(ANNA, NOW, entry=entry(EntryType.LOGIN_LINK))
    assert store.logins.by_code(code, NOW) == ANNA
    assert store.logins.by_code(code, NOW) is None
    assert types(store) == [EntryType.LOGIN_LINK]


def test_a_login_link_is_over_after_its_time(store):
    code = store.logins.make(ANNA, NOW)
    assert store.logins.by_code(code, NOW + LOGIN_LIFETIME) is None


def test_only_the_newest_link_of_a_person_works(store):
    first, others = store.logins.make(ANNA, NOW), store.logins.make(OLEG, NOW)
    second = store.logins.make(ANNA, NOW)
    assert store.logins.by_code(first, NOW) is None
    assert store.logins.by_code(second, NOW) == ANNA
    assert store.logins.by_code(others, NOW) == OLEG


def test_a_launch_is_used_up_once_for_as_long_as_it_could_be_shown(store):
    launch = Launch(ANNA, "@anna", "", NOW, "f" * 64)
    assert store.logins.use_launch(launch, NOW)
    assert not store.logins.use_launch(launch, NOW)
    other = Launch(ANNA, "@anna", "", NOW + LAUNCH_LIFETIME, "e" * 64)
    assert store.logins.use_launch(other, NOW + LAUNCH_LIFETIME)
    assert not store.logins.use_launch(launch, NOW + LAUNCH_LIFETIME)


def test_a_session_lasts_while_it_is_used_and_no_longer_than_its_life(store):
    token, ends = store.logins.begin(ANNA, NOW, entry())
    assert ends == NOW + SESSION_IDLE
    now = NOW
    while now + SESSION_IDLE / 2 < NOW + SESSION_LIFETIME:
        now += SESSION_IDLE / 2
        assert store.logins.session(token, now) == ANNA
    assert store.logins.session(token, NOW + SESSION_LIFETIME) is None
    assert types(store) == [EntryType.SIGNED_IN]


def test_a_session_that_is_not_used_ends(store):
    token, ends = store.logins.begin(ANNA, NOW, entry())
    assert store.logins.session(token, ends - timedelta(seconds=1)) == ANNA
    other, ends = store.logins.begin(ANNA, NOW, entry())
    assert store.logins.session(other, ends) is None


def test_sessions_are_ended(store):
    first, _ = store.logins.begin(ANNA, NOW, entry())
    second, _ = store.logins.begin(ANNA, NOW, entry())
    theirs, _ = store.logins.begin(OLEG, NOW, entry())
    store.logins.end(first)
    assert store.logins.session(first, NOW) is None
    assert store.logins.session(second, NOW) == ANNA
    store.logins.end_all(ANNA)
    assert store.logins.session(second, NOW) is None
    assert store.logins.session(theirs, NOW) == OLEG


def make(store: Store, user_id: int = ANNA, *, name: str = "ci", days: int = 30) -> tuple[str, int]:
    made = store.api_tokens.make(
        user_id, name, Scope.ACT, expires_at=NOW + timedelta(days=days), entry=entry(EntryType.TOKEN_MADE)
    )
    assert made
    return made[0], made[1].id


def test_a_token_opens_until_it_is_over(store):
    text, number = make(store)
    found = store.api_tokens.by_text(text, NOW)
    assert found
    assert (found.id, found.user_id, found.scope, found.name) == (number, ANNA, Scope.ACT, "ci")
    assert store.api_tokens.by_text(text, NOW + timedelta(days=30)) is None
    assert store.api_tokens.by_text(text + "x", NOW) is None
    assert text not in str(store.api_tokens.of(ANNA))


def test_it_is_seen_when_a_token_was_used(store):
    text, _ = make(store)
    assert store.api_tokens.of(ANNA)[0].used_at is None
    store.api_tokens.by_text(text, NOW + timedelta(hours=1))
    assert store.api_tokens.of(ANNA)[0].used_at == NOW + timedelta(hours=1)


def test_a_token_is_taken_back_by_its_owner_only(store):
    text, number = make(store)
    assert not store.api_tokens.revoke(number, OLEG, entry(EntryType.TOKEN_REVOKED))
    assert store.api_tokens.by_text(text, NOW)
    assert store.api_tokens.revoke(number, ANNA, entry(EntryType.TOKEN_REVOKED))
    assert store.api_tokens.by_text(text, NOW) is None
    assert types(store) == [EntryType.TOKEN_MADE, EntryType.TOKEN_REVOKED]


def test_a_person_has_only_so_many(store):
    for number in range(MOST_TOKENS):
        make(store, name=f"t{number}")
    assert store.api_tokens.make(ANNA, "more", Scope.READ, expires_at=NOW + timedelta(days=1), entry=entry()) is None
    make(store, OLEG)


@pytest.mark.parametrize("table", ["logins", "sessions", "api_tokens"])
def test_nothing_that_opens_a_door_is_in_the_database(store, table):
    text, _ = make(store)
    code, (session, _) = store.logins.make(ANNA, NOW), store.logins.begin(ANNA, NOW, entry())
    rows = store.logins._database.read(
        lambda: str(store.logins._tables.connection.execute(f"SELECT * FROM {table}").fetchall())
    )
    assert rows != "[]"
    assert not any(each in rows for each in (text, text.removeprefix("cop_"), code, session))
