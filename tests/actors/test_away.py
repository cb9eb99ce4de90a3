"""After an outage: nothing that was pressed meanwhile has run, and every open card says so, with buttons that work."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chatops.actors.addresses import chat_address
from chatops.actors.chat_messages import NotesOver, WasAway
from chatops.core.absence import NOTE_STANDS, Absence, note_of
from chatops.core.audit import Entry, EntryType
from chatops.core.outgoing import EditMessage
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene, body, resolved

OLEG = 1002
GROUP = -100_500
AWAY = "I was away 12 min: what was pressed in that time did not count"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        yield built


def gone(shop: House) -> Absence:
    return Absence(shop.clock() - timedelta(minutes=12), shop.clock())


def opened(shop: House, name: str = "firing_group_of_3", text: str = "keeps crashing", chat: int = ANNA) -> int:
    shop.post_webhook(body(name))

    def found(post):
        return next((n for n, m in post.messages.items() if m.chat_id == chat and text in m.html), None)

    card = int(shop.post.wait(found))
    shop.until(lambda: shop.store.cards.by_message(chat, card))
    return card


def returned(shop: House, *chats: int) -> None:
    for chat in chats or (ANNA,):
        shop.directory.tell(chat_address(chat), WasAway(gone(shop)))


def says(shop: House, card: int, text: str) -> None:
    shop.post.wait(lambda post: text in post.messages[card].html)


def silent(shop: House, card: int) -> None:
    shop.post.wait(lambda post: "I was away" not in post.messages[card].html)


def denials(shop: House) -> list[tuple[str, str]]:
    entries: list[Entry] = [stored.entry for stored in shop.store.audit.page(limit=1_000)]
    return [(e.detail["what"], e.detail["why"]) for e in entries if e.type is EntryType.DENIED]


def test_r21_open_cards_say_that_the_bot_was_away_and_their_buttons_work(shop):
    """R21: re-rendered with buttons that are listened to, and a note that goes with the next change."""
    card = opened(shop)
    returned(shop)
    says(shop, card, AWAY)
    assert "You took" in shop.press(card, "Take")
    says(shop, card, "has it since")
    silent(shop, card)
    assert shop.post.sent == 1
    assert shop.store.positions.get(ANNA, card).args == {}


def test_r21_the_note_goes_with_the_next_alert(shop):
    """R21: also when nobody presses anything."""
    card = opened(shop)
    returned(shop)
    says(shop, card, AWAY)
    shop.until(lambda: shop.store.cards.get(ANNA, 1).revision)
    shop.post_webhook(body("firing_group_grown_to_4"))
    says(shop, card, "4 alerts")
    silent(shop, card)


def test_r21_the_note_goes_after_a_while(shop):
    """R21: a card that never changes does not say it for ever."""
    card = opened(shop)
    returned(shop)
    says(shop, card, AWAY)
    shop.until(lambda: shop.store.cards.get(ANNA, 1).revision)
    shop.directory.tell(chat_address(ANNA), NotesOver())
    shop.press(card, "Timeline")
    shop.press(card, "«")
    shop.clock.move(seconds=NOTE_STANDS.total_seconds())
    returned(shop)
    says(shop, card, AWAY)
    shop.until(lambda: shop.store.cards.get(ANNA, 1).revision)
    shop.clock.move(seconds=NOTE_STANDS.total_seconds())
    shop.directory.tell(chat_address(ANNA), NotesOver())
    silent(shop, card)
    assert shop.store.positions.noted(ANNA) == ()


def test_r21_a_restart_forgets_no_note(shop):
    """R21: neither to show it, nor to take it away."""
    card = opened(shop)
    shop.stop()
    shop.store.cards.note_open(ANNA, note_of(gone(shop)))
    shop.start()
    shop.write("/help")
    says(shop, card, AWAY)
    shop.until(lambda: shop.store.cards.get(ANNA, 1).revision)
    shop.stop()
    shop.clock.move(seconds=NOTE_STANDS.total_seconds())
    shop.start()
    shop.directory.tell(chat_address(ANNA), NotesOver())
    silent(shop, card)


@pytest.mark.parametrize("label", ["Take", "Resolve", "Roll back to 42", "Timeline"])
def test_r21_a_late_press_does_nothing_is_audited_and_the_card_is_drawn_anew(shop, label):
    """R21: nothing pretends to have run."""
    card = opened(shop)
    told = shop.press(card, label, late=gone(shop))
    assert told == "⌛ I was away: this press did not count. Press again"
    says(shop, card, AWAY)
    assert [why for _, why in denials(shop)] == ["too_late"]
    incident = shop.store.incidents.get(1)
    assert (incident.taken_by, incident.run, incident.open) == (None, None, True)
    assert "did not count" not in shop.press(card, label)


def test_r21_a_late_confirm_does_nothing(shop):
    """R21: it was chosen before the outage, and confirmed in it."""
    card = opened(shop)
    shop.press(card, "Roll back to 42")
    says(shop, card, "to revision 42?")
    shop.clock.move(seconds=2)
    assert "did not count" in shop.press(card, "↩️ Roll back", late=gone(shop))
    says(shop, card, AWAY)
    assert denials(shop) == [("rollout_undo", "too_late")]
    assert not shop.cluster.answer.performed
    assert shop.store.incidents.get(1).run is None


def test_r21_a_stranger_s_late_press_is_a_stranger_s(shop):
    """R21: they learn nothing of an outage."""
    card = opened(shop)
    assert "I don't know you" in shop.press(card, "Take", user=666, late=gone(shop))
    assert denials(shop) == [("take", "stranger")]
    assert "away" not in shop.post.messages[card].html


def test_r21_every_chat_s_open_cards_and_no_closed_ones(shop):
    """R21: the group too, in its own language; what has ended has nothing to press in vain."""
    shop.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR)))
    shop.store.chats.put(Chat(GROUP, ChatKind.GROUP, "on-call", subscribed=True))
    card = opened(shop)
    shared = opened(shop, chat=GROUP)
    other = opened(shop, "firing_single", "High error rate")
    shop.post_webhook(resolved("firing_single"))
    shop.until(lambda: not shop.store.incidents.get(2).open)
    says(shop, other, "🟢")
    assert set(shop.store.cards.chats_of_open()) == {ANNA, GROUP}
    returned(shop, ANNA, GROUP)
    for each in (card, shared):
        says(shop, each, AWAY)
    shop.write("/help")
    shop.post.wait_text("One message is one incident")
    assert "away" not in shop.post.messages[other].html


def test_r21_a_way_down_that_was_left_in_the_outage_goes_back_to_the_card(shop):
    """R21: its buttons were pressed in vain as well."""
    card = opened(shop)
    shop.press(card, "Resources")
    says(shop, card, "› Resources")
    returned(shop)
    says(shop, card, AWAY)


def test_r21_the_worst_and_newest_first(shop):
    """R21: a hundred cards take minutes at Telegram's pace, and lie in the queue in this order."""
    for number, severity in enumerate(("warning", "critical", "info", "critical", "warning")):
        told = json.loads(body("firing_single"))
        told["groupKey"] += str(number)
        for alert in told["alerts"]:
            alert["fingerprint"] = f"{number:016x}"
            alert["labels"] |= {"severity": severity, "alertname": f"Alert{number}"}
        shop.post_webhook(json.dumps(told).encode())
        shop.until(lambda number=number: shop.store.cards.get(ANNA, number + 1))
    shop.until(lambda: all(shop.store.incidents.get(n).survey for n in range(1, 6)))
    shop.until(lambda: not shop.store.cards.stale(ANNA))
    severities = {n: shop.store.incidents.get(n).severity.value for n in range(1, 6)}
    expected = sorted(severities, key=lambda n: (["critical", "warning", "info"].index(severities[n]), -n))
    edited: list[int] = []

    def seen(deliver):
        if isinstance(deliver.outgoing, EditMessage) and "I was away" in deliver.outgoing.html:
            edited.append(shop.store.cards.by_message(ANNA, deliver.outgoing.message_id).incident_id)

    shop.post.refuse = seen
    returned(shop)
    shop.until(lambda: len(set(edited)) >= 5)
    assert list(dict.fromkeys(edited)) == expected
