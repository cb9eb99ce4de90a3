"""Calls for help and notes by messages: who hears of them, and who does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.actors.addresses import chat_address
from chatops.actors.calling import Caller
from chatops.actors.chat_messages import Notice
from chatops.core.audit import EntryType
from chatops.core.budgets import BURST
from chatops.core.buttons import Verb
from chatops.core.incidents.escalation import QUIET
from chatops.core.outgoing import SendMessage
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from tests.actors.house import ANNA, House, Post, house
from tests.actors.scene import Scene, body, resolved

OLEG, EVE, STRANGER = 1002, 1003, 1004
GROUP = -100_500


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        built.store.users.put(User(OLEG, "@oleg", everywhere(Role.ADMIN)))
        built.store.users.put(User(EVE, "@eve", everywhere(Role.VIEWER)))
        yield built


def open_card(shop: House) -> int:
    """The card in Anna's own chat."""
    shop.post_webhook(body("firing_group_of_3"))

    def mine(post: Post) -> int | None:
        shown = (n for n, m in post.messages.items() if m.chat_id == ANNA and "keeps crashing" in m.html)
        return next(shown, None)

    return int(shop.post.wait(mine))


def types(shop: House) -> list[EntryType]:
    return [stored.entry.type for stored in shop.store.audit.page(limit=1_000)]


def calls(shop: House) -> dict[int, SendMessage]:
    return {
        message.chat_id: message
        for message in shop.post.messages.values()
        if isinstance(message, SendMessage) and "asks for help" in message.html
    }


# Help


def test_admins_and_chats_that_show_it_are_called_and_not_the_caller(shop):
    shop.store.chats.put(Chat(GROUP, ChatKind.GROUP, subscribed=True))
    card = open_card(shop)
    assert "Everybody was asked" in shop.press(card, "Escalate")
    shop.post.wait(lambda post: len(calls(shop)) == 2)
    assert set(calls(shop)) == {OLEG, GROUP}
    assert "📣 <b>@u1001</b> asks for help with <code>#1</code>" in calls(shop)[OLEG].html
    assert not calls(shop)[OLEG].silent
    assert types(shop)[-1] is EntryType.ESCALATED


def test_the_call_leads_to_the_card(shop):
    card = open_card(shop)
    shop.press(card, "Escalate")
    shop.post.wait(lambda post: calls(shop))
    called = next(n for n, m in shop.post.messages.items() if "asks for help" in m.html)
    shop.press(called, "Open #1", user=OLEG, chat=OLEG)
    shop.post.wait(lambda post: "keeps crashing" in post.messages[called].html)


def test_help_is_not_called_twice_in_a_row(shop):
    card = open_card(shop)
    shop.press(card, "Escalate")
    assert "less than 5 minutes" in shop.press(card, "Escalate")
    shop.clock.move(seconds=QUIET.total_seconds())
    assert "Everybody" in shop.press(card, "Escalate")
    assert types(shop).count(EntryType.ESCALATED) == 2


def test_who_was_called_is_not_called_again_after_a_start(shop):
    """R1: a start tells the last call again, for those whom it did not reach."""
    card = open_card(shop)
    shop.press(card, "Escalate")
    shop.post.wait(lambda post: len(calls(shop)) == 1)
    shop.until(lambda: shop.store.positions.shown_since(OLEG, 1, Verb.ESCALATE, shop.clock() - QUIET))
    sent = len(shop.post.messages)
    incident = shop.store.incidents.get(1)
    Caller(known=lambda: incident, store=shop.store, clock=shop.clock, tell=shop.directory.tell).resume()
    shop.directory.tell(chat_address(OLEG), Notice("wrong_token"))
    shop.post.wait(lambda post: len(post.messages) > sent)
    assert len([m for m in shop.post.messages.values() if "asks for help" in getattr(m, "html", "")]) == 1


def test_a_viewer_may_not_call(shop):
    card = open_card(shop)
    assert "⛔" in shop.press(card, "Escalate", user=EVE)
    assert not calls(shop)


# Notes


def test_a_reply_to_the_card_is_a_note(shop):
    card = open_card(shop)
    shop.write("it was the <backup>\nagain", reply_to=card)
    shop.post.wait_text("Noted in the timeline of #1")
    (entry,) = [s.entry for s in shop.store.audit.page(limit=99) if s.entry.type is EntryType.NOTED]
    assert entry.detail == {"text": "it was the <backup> again"}
    assert entry.subject.id == str(ANNA)
    assert shop.store.updates.pending() == ()
    shop.press(card, "Timeline")
    shop.post.wait_text("@u1001: it was the &lt;backup&gt; again")


def test_a_reply_to_a_screen_of_the_incident_and_to_a_closed_one_too(shop):
    card = open_card(shop)
    shop.press(card, "Resources")
    shop.post.wait_text("› Resources")
    shop.write("from below", reply_to=card)
    shop.until(lambda: types(shop).count(EntryType.NOTED) == 1)
    shop.post_webhook(resolved("firing_group_of_3"))
    shop.until(lambda: not shop.store.incidents.get(1).open)
    shop.write("afterwards", reply_to=card)
    shop.until(lambda: types(shop).count(EntryType.NOTED) == 2)


@pytest.mark.parametrize("text", ["/help", "/nothing"])
def test_a_command_is_no_note(shop, text):
    card = open_card(shop)
    shop.write(text, reply_to=card)
    shop.post.wait_text("One message is one incident")
    assert EntryType.NOTED not in types(shop)


def test_talk_that_answers_nothing_of_the_bot_is_no_note(shop):
    open_card(shop)
    shop.write("good morning")
    shop.write("yes", reply_to=4_711)
    shop.write("/help")
    shop.post.wait_text("One message is one incident")
    assert EntryType.NOTED not in types(shop)


def test_a_stranger_s_reply_does_nothing(shop):
    card = open_card(shop)
    sent = shop.post.sent
    shop.write("let me in", user=STRANGER, reply_to=card)
    shop.write("/help")
    shop.post.wait_text("One message is one incident")
    assert shop.post.sent == sent + 1
    assert EntryType.NOTED not in types(shop)
    (denied,) = [s.entry for s in shop.store.audit.page(limit=999) if s.entry.type is EntryType.DENIED]
    assert (denied.subject.id, denied.incident_id) == (str(STRANGER), 1)
    assert denied.detail == {"what": "note", "why": "stranger"}


def test_s17_a_flood_of_refused_notes_is_written_down_within_a_budget(shop):
    """S17: what people say in a group costs nothing, and still cannot fill the log."""
    shop.store.chats.put(Chat(GROUP, ChatKind.GROUP, subscribed=True))
    open_card(shop)
    found = lambda post: next((n for n, m in post.messages.items() if m.chat_id == GROUP), None)  # noqa: E731
    card = shop.post.wait(found)
    shop.until(lambda: shop.store.cards.by_message(GROUP, card))
    for _ in range(BURST + 10):
        shop.write("let me in", user=STRANGER, chat=GROUP, reply_to=card)
    shop.until(lambda: not shop.store.updates.pending())
    why = [s.entry.detail["why"] for s in shop.store.audit.page(limit=999) if s.entry.type is EntryType.DENIED]
    assert set(why[:-1]) <= {"stranger"}
    assert (len(why), why[-1]) == (BURST + 1, "too_fast")


def test_a_viewer_is_told_in_private_and_written_down(shop):
    card = open_card(shop)
    shop.write("me too", user=EVE, reply_to=card)
    shop.post.wait_text("Role viewer")
    assert types(shop)[-1] is EntryType.DENIED
    assert EntryType.NOTED not in types(shop)


# The past


def test_past_incidents_tell_what_helped(shop):
    card = open_card(shop)
    shop.press(card, "Roll back to 42")
    shop.post.wait_text("to revision 42?")
    shop.clock.move(seconds=2)
    shop.press(card, "↩️ Roll back")
    shop.post.wait_text("Rolled back")
    shop.clock.move(minutes=4)
    shop.post_webhook(resolved("firing_group_of_3"))
    shop.until(lambda: not shop.store.incidents.get(1).open)
    shop.clock.move(hours=2)
    shop.post_webhook(body("firing_group_of_3").replace(b"T08:", b"T10:"))
    shop.until(lambda: shop.store.incidents.get(2) and shop.store.incidents.get(2).survey)
    second = shop.post.wait_text("#2")
    shop.press(second, "Past incidents")
    shop.post.wait_text("Roll back to 42: resolved 4 min later")
    assert "Resolved within 15 minutes of an action: 1." in shop.post.messages[second].html
