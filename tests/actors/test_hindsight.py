"""Handing over, reopening, verdicts and postmortems by messages: who is told, and who may not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.actors.addresses import incident_address
from chatops.actors.messages import MailArrived
from chatops.core.audit import EntryType
from chatops.core.buttons import Verb
from chatops.core.outgoing import SendDocument, SendMessage
from chatops.core.people import Grant, Role, User, everywhere
from chatops.core.presses import DOUBLE_TAP
from tests.actors.house import ANNA, House, Post, house
from tests.actors.scene import Scene, body, resolved

OLEG, EVE, BORIS = 1002, 1003, 1004


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        built.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR)))
        built.store.users.put(User(EVE, "@eve", everywhere(Role.VIEWER)))
        built.store.users.put(User(BORIS, "@boris", (Grant(Role.OPERATOR, "*", "elsewhere"),)))
        yield built


def open_card(shop: House) -> int:
    shop.post_webhook(body("firing_group_of_3"))
    return shop.post.wait_text("keeps crashing")


def types(shop: House) -> list[EntryType]:
    return [stored.entry.type for stored in shop.store.audit.page(limit=1_000)]


def told(post: Post) -> list[SendMessage]:
    return [m for m in post.messages.values() if isinstance(m, SendMessage) and "handed this over" in m.html]


def test_only_those_who_may_act_are_offered_and_the_chosen_one_is_told(shop: House) -> None:
    card = open_card(shop)
    shop.press(card, "Hand over")
    shop.post.wait(lambda post: "Hand over #1" in post.messages[card].html)
    shown = [key.label for row in shop.post.messages[card].keyboard for key in row]
    assert "@oleg" in shown
    assert not {"@eve", "@boris"} & set(shown)
    assert "@oleg has it now" in shop.press(card, "@oleg")
    shop.post.wait(lambda post: len(told(post)) == 1)
    (message,) = told(shop.post)
    assert (message.chat_id, message.silent) == (OLEG, False)
    assert "@u1001" in message.html
    shop.post.wait(lambda post: "@oleg" in post.messages[card].html)
    assert types(shop)[-1] is EntryType.HANDED_OVER


def test_it_is_told_once_also_when_a_start_tells_it_again(shop: House) -> None:
    card = open_card(shop)
    shop.press(card, "Hand over")
    shop.post.wait(lambda post: "Hand over #1" in post.messages[card].html)
    shop.press(card, "@oleg")
    shop.post.wait(lambda post: len(told(post)) == 1)
    since = shop.store.incidents.get(1)
    assert since is not None
    assert since.handed_at is not None
    shop.until(lambda: shop.store.positions.shown_since(OLEG, 1, Verb.HAND_OVER, since.handed_at))
    assert shop.store.unfinished.handed() == (1,)
    shop.stop()
    shop.start()
    shop.directory.tell(incident_address(1), MailArrived())
    shop.write("/help", user=OLEG, chat=OLEG)
    shop.post.wait(lambda post: any(m.chat_id == OLEG and "/incidents" in m.html for m in post.messages.values()))
    assert len(told(shop.post)) == 1


def test_somebody_who_lost_the_right_meanwhile_does_not_get_it(shop: House) -> None:
    card = open_card(shop)
    shop.press(card, "Hand over")
    shop.post.wait(lambda post: "Hand over #1" in post.messages[card].html)
    shop.store.users.put(User(OLEG, "@oleg", everywhere(Role.VIEWER)))
    assert "may not act here" in shop.press(card, "@oleg")
    incident = shop.store.incidents.get(1)
    assert incident is not None
    assert incident.taken_by is None
    assert types(shop)[-1] is EntryType.DENIED
    assert not told(shop.post)


def test_a_closed_one_is_reopened_by_two_taps_of_one_person(shop: House) -> None:
    card = open_card(shop)
    shop.press(card, "Resolve")
    shop.post.wait(lambda post: "resolved" in post.messages[card].html)
    shop.press(card, "Reopen")
    shop.post.wait(lambda post: "Reopen #1?" in post.messages[card].html)
    assert "That was quick" in shop.press(card, "Reopen")
    shop.clock.move(seconds=DOUBLE_TAP.total_seconds() + 1)
    assert "only they" in shop.press(card, "Reopen", user=OLEG)
    assert "#1 is open again" in shop.press(card, "Reopen")
    shop.post.wait(lambda post: "FIRING" in post.messages[card].html)
    assert EntryType.REOPENED in types(shop)


def test_each_has_one_verdict_and_the_card_counts_them(shop: House) -> None:
    card = open_card(shop)
    shop.press(card, "Resolve")
    shop.post.wait(lambda post: "resolved" in post.messages[card].html)
    assert "⛔" in shop.press(card, "Noise", user=EVE)
    assert "Counted as noise" in shop.press(card, "Noise")
    shop.post.wait(lambda post: [k for row in post.messages[card].keyboard for k in row if k.label == "👎 Noise · 1"])
    assert "You said so already" in shop.press(card, "Noise")
    assert "Counted as real" in shop.press(card, "It was real", user=OLEG)
    kept = shop.store.incidents.get(1)
    assert kept is not None
    assert [(each.by.id, each.real) for each in kept.verdicts] == [(ANNA, False), (OLEG, True)]


def test_a_postmortem_is_sent_below_the_card(shop: House) -> None:
    card = open_card(shop)
    shop.press(card, "Take")
    shop.post_webhook(resolved("firing_group_of_3"))
    shop.post.wait(lambda post: "resolved" in post.messages[card].html)
    assert "Sent below" in shop.press(card, "Postmortem")
    shop.post.wait(lambda post: post.others)
    (document,) = shop.post.others
    assert isinstance(document, SendDocument)
    assert document.reply_to == card
    text = document.content.decode()
    assert "## Root causes" in text
    assert "took it" in text
    assert shop.store.positions.get(ANNA, card) is not None
