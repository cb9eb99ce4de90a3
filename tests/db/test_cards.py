"""What each chat shows, what it should show, and what happens to it when the chat moves."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chatops.core.buttons import Button, Verb
from chatops.core.cards import Card, Position
from chatops.core.failures import Failure, Reason
from chatops.core.incidents.values import Status
from chatops.core.people import Chat, ChatKind
from chatops.db.database import Database
from chatops.db.store import Store
from tests.outside import refuse

from .building import DEPLOYMENT, MINUTE, NOW, body, deliver, told

GROUP, OTHER = -5, -6


@pytest.fixture
def two(store: Store) -> Store:
    """Two incidents and a subscribed group."""
    store.chats.put(Chat(GROUP, ChatKind.GROUP, "On call", "ru", subscribed=True))
    told(store, body("A", firing="a"))
    told(store, body("B", firing="b"))
    return store


def changed(store: Store, incident_id: int, **fields: object) -> None:
    incident = store.incidents.get(incident_id)
    assert incident is not None
    assert store.incidents.apply(replace(incident, **fields), now=NOW)


def test_a_subscribed_chat_wants_every_active_incident(two: Store) -> None:
    deliver(two, body("C", firing="c"))
    assert two.cards.stale(GROUP) == (1, 2), "the third is not decided yet"
    assert two.cards.stale(OTHER) == ()
    changed(two, 1, status=Status.RESOLVED)
    assert two.cards.stale(GROUP) == (2,), "no card is begun for what has ended"


def test_a_card_is_stale_until_it_shows_the_newest_revision(two: Store) -> None:
    two.cards.put(Card(GROUP, 1, 10, 1))
    two.cards.put(Card(GROUP, 2, 11, 1))
    assert two.cards.stale(GROUP) == ()
    changed(two, 1, revision=2, status=Status.RESOLVED)
    assert two.cards.stale(GROUP) == (1,), "also when it has ended"
    changed(two, 1, revision=3)
    two.cards.put(Card(GROUP, 1, 10, 2))
    assert two.cards.stale(GROUP) == (1,), "it changed while the message was on its way"
    two.cards.put(Card(GROUP, 1, 10, 3))
    assert two.cards.stale(GROUP) == ()
    two.chats.put(Chat(GROUP, ChatKind.GROUP))
    assert two.cards.chats_behind() == ()
    changed(two, 2, revision=2)
    assert two.cards.stale(GROUP) == (2,), "a chat that wants no new ones still has its old ones kept true"
    assert two.cards.chats_behind() == (GROUP,), "and is not forgotten at a start"


def test_cards_are_found_by_what_is_known_of_them(two: Store, opened: Callable[..., Database]) -> None:
    two.cards.put(Card(GROUP, 1, 10, 1))
    two.cards.put(Card(GROUP, 2, 11, 1))
    two.cards.put(Card(GROUP, 1, 12, 1))
    two.cards.put(Card(GROUP, 99, 13, 1))
    reopened = Store(opened())
    for store in (two, reopened):
        assert store.cards.get(GROUP, 1) == Card(GROUP, 1, 12, 1)
        assert store.cards.get(OTHER, 1) is None
        assert store.cards.by_message(GROUP, 11) == Card(GROUP, 2, 11, 1)
        assert store.cards.by_message(GROUP, 10) is None, "posted again as 12"
        assert store.cards.for_chat(GROUP) == (Card(GROUP, 2, 11, 1), Card(GROUP, 1, 12, 1))
        assert store.cards.for_chat(GROUP, 1) == (Card(GROUP, 2, 11, 1),)
    two.cards.delete(GROUP, 1)
    two.cards.delete(GROUP, 1)
    assert two.cards.stale(GROUP) == (1,)


def test_the_audience_is_who_shows_it_and_who_wants_every_incident(two: Store) -> None:
    assert two.cards.audience(1) == (GROUP,)
    two.cards.put(Card(OTHER, 1, 10, 1))
    two.positions.put(Position(7, 3, Verb.TIMELINE, 1))
    assert two.cards.audience(1) == (OTHER, GROUP, 7)
    changed(two, 1, status=Status.REJECTED)
    assert two.cards.audience(1) == (OTHER, GROUP, 7)
    assert two.cards.audience(99) == (GROUP,)


def test_positions_come_back(two: Store, opened: Callable[..., Database]) -> None:
    full = Position(GROUP, 10, Verb.LOGS, 1, {"container": "app"}, DEPLOYMENT, NOW)
    bare = Position(GROUP, 11, Verb.INCIDENTS)
    two.positions.put(replace(full, screen=Verb.POD, ref=None))
    two.positions.put(full)
    two.positions.put(bare)
    reopened = Store(opened())
    assert reopened.positions.get(GROUP, 10) == full
    assert reopened.positions.get(GROUP, 11) == bare
    assert reopened.positions.get(OTHER, 10) is None
    two.positions.delete(GROUP, 10)
    two.positions.delete(GROUP, 10)
    assert two.positions.get(GROUP, 10) is None
    assert two.positions.prune(NOW) == 0


def test_only_screens_of_the_incident_itself_follow_it(two: Store) -> None:
    for message_id, screen in enumerate((Verb.CARD, Verb.LOGS, Verb.RESOURCES, Verb.CONFIRM, Verb.CARD)):
        two.positions.put(Position(GROUP, message_id, screen, 1, touched_at=NOW + message_id * MINUTE))
    two.positions.put(Position(GROUP, 9, Verb.CARD, 2, touched_at=NOW))
    two.positions.put(Position(OTHER, 9, Verb.CARD, 1, touched_at=NOW))
    assert [position.message_id for position in two.positions.showing(GROUP, 1)] == [4, 2, 0]
    assert [position.message_id for position in two.positions.showing(GROUP, 1, limit=1)] == [4]
    assert two.positions.prune(NOW + 2 * MINUTE) == 4


@pytest.mark.parametrize("table", ["chats", "cards", "positions", "buttons"])
def test_r16_a_group_moves_whole_or_not_at_all(two: Store, url: str, table: str) -> None:
    """R16: in one transaction, so that a crash leaves no half of a chat behind."""
    two.cards.put(Card(GROUP, 1, 10, 1))
    two.positions.put(Position(GROUP, 10, Verb.CARD, 1))
    (token,) = two.buttons.offer(GROUP, 10, [Button("x", Verb.TAKE)], NOW)
    event = "DELETE" if table == "chats" else "UPDATE OF chat_id"
    refuse(url, event, table, "crash")
    with pytest.raises(Failure, match="crash"):
        two.cards.move_chat(GROUP, -1005)
    assert two.chats.get(-1005) is None
    assert two.chats.get(GROUP) is not None
    assert two.cards.for_chat(GROUP) != ()
    assert two.positions.get(GROUP, 10) is not None
    offered = two.buttons.find(token)
    assert offered is not None
    assert offered.chat_id == GROUP


@pytest.mark.parametrize("new_is_known", [False, True])
def test_r16_a_moved_group_keeps_what_it_had(two: Store, new_is_known: bool) -> None:
    """R16: and doing it again changes nothing."""
    new = -1005
    two.chats.set_unreachable(GROUP, Reason.MIGRATED)
    two.cards.put(Card(GROUP, 1, 10, 1))
    two.cards.put(Card(GROUP, 2, 11, 1))
    two.positions.put(Position(GROUP, 10, Verb.CARD, 1))
    two.positions.put(Position(GROUP, 50, Verb.HELP))
    two.positions.put(Position(OTHER, 10, Verb.CARD, 1))
    (token,) = two.buttons.offer(GROUP, 10, [Button("x", Verb.TAKE)], NOW)
    if new_is_known:
        two.chats.put(Chat(new, ChatKind.GROUP, "New title"))
        two.cards.put(Card(new, 2, 3, 1))
        two.positions.put(Position(new, 50, Verb.HISTORY))
    for _ in range(2):
        two.cards.move_chat(GROUP, new)
    assert two.chats.get(GROUP) is None
    title = "New title" if new_is_known else "On call"
    assert two.chats.get(new) == Chat(new, ChatKind.GROUP, title, "ru", subscribed=True)
    assert two.cards.for_chat(GROUP) == ()
    second = Card(new, 2, 3, 1) if new_is_known else Card(new, 2, 11, 1)
    assert two.cards.for_chat(new) == (second, Card(new, 1, 10, 1))
    assert two.positions.get(new, 10) == Position(new, 10, Verb.CARD, 1)
    kept = two.positions.get(new, 50)
    assert kept is not None
    assert kept.screen is (Verb.HISTORY if new_is_known else Verb.HELP)
    assert two.positions.get(OTHER, 10) is not None
    offered = two.buttons.find(token)
    assert offered is not None
    assert offered.chat_id == new
    two.cards.move_chat(new, new)
    assert two.chats.get(new) is not None


def test_the_message_touched_last_is_known(two: Store) -> None:
    assert two.positions.latest(GROUP) is None
    touched = ((1, GROUP, NOW), (2, GROUP, NOW + MINUTE), (3, OTHER, NOW + 2 * MINUTE), (4, GROUP, None))
    for message_id, chat_id, at in touched:
        two.positions.put(Position(chat_id, message_id, Verb.SEARCH, touched_at=at))
    found = two.positions.latest(GROUP)
    assert found is not None
    assert (found.message_id, found.screen) == (2, Verb.SEARCH)
    two.positions.put(Position(GROUP, 1, Verb.CARD, touched_at=NOW + 3 * MINUTE))
    assert two.positions.latest(GROUP) == Position(GROUP, 1, Verb.CARD, touched_at=NOW + 3 * MINUTE)
