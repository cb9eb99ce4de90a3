"""People, chats, updates and settings come back as they were put."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from chatops.core.failures import Reason
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from chatops.db.database import Database
from chatops.db.store import Store

from .building import MINUTE, NOW, entry

ANNA = User(2**40, "@anna", everywhere(Role.ADMIN), "ru")
BORIS = User(7, "Борис 🔥", everywhere(Role.OPERATOR))


def test_a_chat_and_its_line_stand_or_fall_together(store: Store) -> None:
    """A start that adds several is done with all of them or with none."""
    two = (Chat(1, ChatKind.PRIVATE, subscribed=True), Chat(2, ChatKind.PRIVATE, subscribed=True))
    with pytest.raises(AttributeError):
        store.chats.put(*two, entries=[entry(), None])  # type: ignore[list-item]  # what fails between the two
    assert store.chats.all() == ()
    store.chats.put(*two, entries=[entry()])
    assert store.chats.all() == two
    assert store.audit.head()[0] == 1


def test_a_line_writes_its_update_off(store: Store) -> None:
    """R20: what an update comes to is there once, however often it is told."""
    store.updates.store([(1, 7, b"{}"), (2, 7, b"{}")], NOW)
    store.audit.append([entry()], update_id=1)
    assert [update[0] for update in store.updates.pending()] == [2]


def test_users(store: Store, opened: Callable[..., Database]) -> None:
    assert store.users.admin_ids() == ()
    for user in (ANNA, BORIS, User(8, "gone", everywhere(Role.ADMIN), disabled=True)):
        store.users.put(user)
    assert store.users.get(ANNA.id) == ANNA
    assert store.users.get(1) is None
    assert store.users.admin_ids() == (ANNA.id,)
    store.users.set_language(7, "en")
    store.users.set_language(1, "en")
    store.users.put(User(ANNA.id, " padded \ud800", everywhere(Role.VIEWER)))
    assert Store(opened()).users.all() == (
        User(7, "Борис 🔥", everywhere(Role.OPERATOR), "en"),
        User(8, "gone", everywhere(Role.ADMIN), disabled=True),
        User(ANNA.id, " padded �", everywhere(Role.VIEWER)),
    )


def test_chats(store: Store, opened: Callable[..., Database]) -> None:
    group = Chat(-(2**40), ChatKind.GROUP, "On call", "ru", subscribed=True)
    for chat in (Chat(7, ChatKind.PRIVATE), group, Chat(-3, ChatKind.CHANNEL, "News", unreachable="blocked")):
        store.chats.put(chat)
    assert store.chats.get(group.id) == group
    assert store.chats.get(1) is None
    store.chats.set_unreachable(7, Reason.BLOCKED)
    store.chats.set_unreachable(1, Reason.BLOCKED)
    store.chats.set_unreachable(-3, "")
    again = Store(opened()).chats
    assert again.subscribed() == (group,)
    assert again.all() == (group, Chat(-3, ChatKind.CHANNEL, "News"), Chat(7, ChatKind.PRIVATE, unreachable="blocked"))


def test_an_update_is_new_once(store: Store) -> None:
    assert store.updates.last_id() is None
    assert store.updates.store([], NOW) == ()
    assert store.updates.store([(5, -1, b"{}"), (6, -1, b""), (5, -1, b"again")], NOW) == (5, 6)
    assert store.updates.store([(6, -1, b"again"), (7, 2, b"\xff")], NOW + MINUTE) == (7,)
    assert store.updates.pending() == (
        (5, -1, b"{}", NOW),
        (6, -1, b"", NOW),
        (7, 2, b"\xff", NOW + MINUTE),
    )
    assert store.updates.last_id() == 7


def test_an_update_redelivered_at_once_is_new_to_one(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: store.updates.store([(5, -1, b"{}")], NOW), range(32)))
    assert sorted(told) == [()] * 31 + [(5,)]


def test_what_is_done_stays_known_until_pruned_and_the_newest_id_always(store: Store) -> None:
    store.updates.store([(number, -1, b"{}") for number in (5, 6, 7)], NOW)
    for number in (5, 7, 7, 99):
        store.updates.done(number)
    assert [update[0] for update in store.updates.pending()] == [6]
    assert store.updates.store([(5, -1, b"{}")], NOW) == ()
    assert store.updates.prune(NOW) == 0
    assert store.updates.prune(NOW + MINUTE) == 1
    assert store.updates.last_id() == 7
    assert [update[0] for update in store.updates.pending()] == [6]


def test_settings(store: Store, opened: Callable[..., Database]) -> None:
    assert store.settings.get("code") is None
    store.settings.set("code", "one")
    store.settings.set("code", "")
    assert Store(opened()).settings.get("code") == ""
