"""Digests on disk: what they hold, what their message was seen to show, and what follows from it for all else."""

from dataclasses import replace

from chatops.core.cards import Card
from chatops.core.incidents import Person
from chatops.core.people import Chat, ChatKind
from chatops.core.storms import Cause
from chatops.db.store import Store
from tests.db.building import MINUTE, NOW, body, told

CHAT, OTHER = -100, -200
NODE = Cause("node", "worker-3")


def opened(store: Store, count: int) -> list[int]:
    return [told(store, body(f"g{number}", firing=[f"a{number}"]))[0] for number in range(count)]


def subscribe(store: Store, *chats: int) -> None:
    store.chats.put(*(Chat(chat, ChatKind.GROUP, subscribed=True) for chat in chats))


def changes(store: Store, incident_id: int) -> None:
    incident = store.incidents.get(incident_id)
    assert incident is not None
    taken = replace(incident, taken_by=Person(7, "@anna"), taken_at=NOW, revision=incident.revision + 1)
    store.incidents.apply(taken, before=incident, now=NOW)


def test_what_a_digest_holds_wants_no_card_and_no_survey(store: Store) -> None:
    subscribe(store, CHAT)
    first, second, third = opened(store, 3)
    storm = store.storms.join(CHAT, [(first, (NODE,)), (second, ())], NOW)
    assert store.storms.join(CHAT, [(second, ())], NOW).id == storm.id
    assert [each.id for each in store.storms.members(storm.id)] == [first, second]
    assert store.storms.members(storm.id)[0].causes == (NODE,)
    assert store.cards.stale(CHAT) == (third,)
    assert store.unfinished.unseen() == (third,)
    assert store.cards.audience(first) == (CHAT,)
    store.cards.put(Card(CHAT, first, 9, 1))
    assert not store.storms.holds(first)
    assert store.unfinished.unseen() == (first, third)


def test_a_member_counts_as_shown_once_the_digest_was_seen_since_it_joined(store: Store) -> None:
    subscribe(store, CHAT, OTHER)
    first, second = opened(store, 2)
    storm = store.storms.join(CHAT, [(first, ())], NOW)
    store.storms.join(OTHER, [(first, ()), (second, ())], NOW)
    store.storms.seen(storm.id, 5, storm.wanted)
    store.storms.join(CHAT, [(second, ())], NOW)
    missing = {(gap.chat_id, gap.incident_id) for gap in store.books.read(NOW).missing}
    assert missing == {(CHAT, second), (OTHER, first), (OTHER, second)}
    store.storms.lost(storm.id)
    assert (CHAT, first) in {(gap.chat_id, gap.incident_id) for gap in store.books.read(NOW).missing}


def test_a_change_of_a_member_puts_the_digest_behind(store: Store) -> None:
    """In the transaction that stores the change, so that whoever dies after it leaves it to be found."""
    (first,) = opened(store, 1)
    storm = store.storms.join(CHAT, [(first, ())], NOW)
    store.storms.seen(storm.id, 5, storm.wanted)
    store.storms.end(storm.id, NOW + MINUTE)
    ended = store.storms.get(storm.id)
    assert ended is not None
    store.storms.seen(storm.id, 5, ended.wanted)
    assert store.storms.chats_behind() == ()
    changes(store, first)
    assert store.storms.chats_behind() == (CHAT,)
    assert [each.id for each in store.storms.of_interest(CHAT)] == [storm.id]
    assert [gap.incident_id for gap in store.books.read(NOW).behind] == [first]


def test_a_group_that_moves_keeps_one_digest_that_takes_in(store: Store) -> None:
    first, second = opened(store, 2)
    old = store.storms.join(CHAT, [(first, ()), (second, ())], NOW)
    own = store.storms.join(OTHER, [(second, ())], NOW)
    store.cards.move_chat(CHAT, OTHER)
    standing = store.storms.standing(OTHER)
    assert standing is not None
    assert standing.id == own.id
    assert [each.id for each in store.storms.members(old.id)] == [first]
    assert [each.id for each in store.storms.members(own.id)] == [second]
    assert store.storms.standing(CHAT) is None


def test_arrivals_tell_what_a_chat_has(store: Store) -> None:
    carded, held, new = opened(store, 3)
    store.cards.put(Card(CHAT, carded, 9, 1))
    store.storms.join(CHAT, [(held, ())], NOW)
    found = {each.id: each for each in store.storms.arrivals(CHAT, [carded, held, new, 99])}
    assert set(found) == {carded, held, new}
    assert [found[each].new for each in (carded, held, new)] == [False, False, True]
    assert found[new].causes == (Cause("namespace", "shop"),)
    assert [each.critical for each in store.storms.begun(CHAT, NOW - MINUTE)] == [True]
    assert [each.id for each in store.storms.beside(CHAT, NOW - MINUTE, NOW + MINUTE)] == [carded]
