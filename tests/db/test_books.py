"""What the self-audit reads: gaps that have no reason, and none that has one."""

from dataclasses import replace
from datetime import timedelta

from chatops.core.buttons import Verb
from chatops.core.cards import Card, Position
from chatops.core.people import Chat, ChatKind
from tests.core.bodies import a_body
from tests.db.building import NOW, deliver, told

GROUP = Chat(-5, ChatKind.GROUP, subscribed=True)


def test_p4_a_card_that_is_missing_in_a_subscribed_chat(store):
    store.chats.put(GROUP)
    store.chats.put(Chat(-6, ChatKind.GROUP))
    (incident,) = told(store, a_body())
    books = store.books.read(NOW)
    assert [(gap.chat_id, gap.incident_id) for gap in books.missing] == [(-5, incident)]
    assert books.unseen == 1
    revision = store.incidents.get(incident).revision
    store.cards.put(Card(-5, incident, 10, revision))
    books = store.books.read(NOW)
    assert (books.missing, books.behind, books.unseen, books.waiting) == ((), (), 0, 0)


def test_p4_a_chat_that_cannot_be_reached_or_wants_nothing_is_a_reason(store):
    store.chats.put(replace(GROUP, unreachable="blocked"))
    (incident,) = told(store, a_body())
    assert store.books.read(NOW).missing == ()
    assert store.books.read(NOW).unseen == 1
    store.cards.put(Card(-5, incident, 10, 0))
    assert store.books.read(NOW).behind == ()
    store.chats.put(replace(GROUP, subscribed=False))
    assert store.books.read(NOW).missing == ()
    assert [gap.shown for gap in store.books.read(NOW).behind] == [0]


def test_p4_a_card_somebody_reads_on_is_left_alone(store):
    store.chats.put(GROUP)
    (incident,) = told(store, a_body())
    store.cards.put(Card(-5, incident, 10, 0))
    store.positions.put(Position(-5, 10, Verb.RESOURCES, incident, touched_at=NOW))
    assert store.books.read(NOW + timedelta(minutes=1)).behind == ()
    assert store.books.read(NOW + timedelta(hours=1)).behind


def test_p4_bodies_not_worked_through(store):
    deliver(store, a_body(), at=NOW)
    books = store.books.read(NOW)
    assert (books.waiting, books.waiting_since) == (1, NOW)
    assert books.missing == ()
