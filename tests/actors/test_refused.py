"""What Telegram refuses for good, at the chat: told once to who can mend it, moved, posted anew, never insisted on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import chatops
from chatops.actors.addresses import chat_address
from chatops.actors.chat_messages import IncidentChanged
from chatops.actors.telegram_messages import Deliver, NotDelivered
from chatops.core.failures import Reason
from chatops.core.outgoing import EditMessage, SendMessage
from chatops.core.people import Chat, ChatKind
from tests.actors.house import ANNA, House, Post, house
from tests.actors.scene import Scene, body

GROUP, NEW_GROUP = -500, -100_500


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        built.store.chats.put(Chat(GROUP, ChatKind.GROUP, "on-call <b>", subscribed=True))
        yield built


def refuse_group(shop: House, reason: str, *, moved: int | None = None) -> list[Deliver]:
    """Telegram has this answer to all that goes to the group; what went there."""
    asked: list[Deliver] = []

    def refuse(deliver: Deliver) -> NotDelivered | None:
        if getattr(deliver.outgoing, "chat_id", 0) != GROUP:
            return None
        asked.append(deliver)
        refused = deliver.outgoing if moved else None
        return NotDelivered(deliver.tag, reason, "Bad Request: its own words", moved, refused)

    shop.post.refuse = refuse
    return asked


def opened(shop: House) -> int:
    """The card in Anna's own chat."""
    shop.post_webhook(body("firing_group_of_3"))

    def mine(post: Post) -> int | None:
        return next((n for n, m in post.messages.items() if m.chat_id == ANNA and "keeps crashing" in m.html), None)

    return int(shop.post.wait(mine))


def alarms(shop: House, text: str) -> list[str]:
    return [m.html for m in shop.post.messages.values() if m.chat_id == ANNA and text in m.html]


def quiet(shop: House) -> None:
    """All that was under way has come to its end."""
    for chat in (GROUP, ANNA):
        shop.write("/help", chat=chat)
    shop.until(lambda: not shop.store.updates.pending())


@pytest.mark.parametrize("reason", [Reason.BLOCKED, Reason.CHAT_GONE])
def test_r15_a_chat_out_of_reach_is_told_to_the_admins_once_and_left_alone(shop, reason):
    """R15: kicked, or not found; the incident is still shown everywhere else."""
    asked = refuse_group(shop, reason)
    card = opened(shop)
    shop.post.wait(lambda post: alarms(shop, "cannot be reached, so incidents are not shown there"))
    assert "on-call &lt;b&gt; (-500)" in alarms(shop, "cannot be reached")[0]
    shop.until(lambda: shop.store.chats.get(GROUP).unreachable == reason)
    shop.post_webhook(body("firing_group_grown_to_4"))
    shop.post.wait(lambda post: "4 alerts" in post.messages[card].html)
    before = len(asked)
    shop.post_webhook(body("group_partly_resolved"))
    shop.post.wait(lambda post: "3 alerts" in post.messages[card].html)
    shop.directory.tell(chat_address(GROUP), IncidentChanged(1, 99))
    shop.until(lambda: len(alarms(shop, "cannot be reached")) == 1)
    assert len(asked) == before


@pytest.mark.parametrize(
    "reason", [Reason.REFUSED, Reason.FORBIDDEN, Reason.BAD_MARKUP, Reason.TOO_LONG, Reason.NOT_FOUND]
)
def test_r15_what_telegram_does_not_take_is_told_once_and_not_repeated(shop, reason):
    """R15: the door has tried it in plain text by then; a poison message waits for the next change."""
    asked = refuse_group(shop, reason)
    card = opened(shop)
    shop.post.wait(lambda post: alarms(shop, "Telegram does not take what should be shown"))
    assert "its own words" in alarms(shop, "does not take")[0]
    shop.post_webhook(body("firing_group_grown_to_4"))
    shop.post.wait(lambda post: "4 alerts" in post.messages[card].html)
    quiet(shop)
    assert len(alarms(shop, "does not take")) == 1
    # Each change of the incident once, and the /help: nothing is insisted on.
    assert len(asked) <= shop.store.incidents.get(1).revision + 1


def test_r15_the_next_refusal_after_a_success_is_told_again(shop):
    """R15: it was mended, and broke again."""
    card = opened(shop)
    for number in (1, 2):
        refuse_group(shop, Reason.FORBIDDEN)
        shop.write("/help", chat=GROUP)
        shop.post.wait(lambda post, number=number: len(alarms(shop, "does not take")) == number)
        shop.post.refuse = lambda deliver: None
        sent = shop.post.sent
        shop.write("/help", chat=GROUP)
        shop.post.wait(lambda post, sent=sent: post.sent > sent)
    assert card


def test_r15_an_admin_s_own_chat_that_takes_nothing_is_no_endless_loop(shop):
    """R15: the alarm about it cannot be told there either."""
    asked: list[Deliver] = []

    def refuse(deliver: Deliver) -> NotDelivered | None:
        asked.append(deliver)
        return NotDelivered(deliver.tag, Reason.REFUSED, "no")

    shop.post.refuse = refuse
    shop.post_webhook(body("firing_group_of_3"))
    shop.until(lambda: len(asked) >= 3)
    shop.write("/help")
    shop.until(lambda: not shop.store.updates.pending())
    assert len(asked) < 20


def test_r16_a_message_on_its_way_while_the_group_moves_is_sent_once_to_the_new_one(shop):
    """R16: an answer to a command, with buttons that work in the new chat."""
    asked = refuse_group(shop, Reason.MIGRATED, moved=NEW_GROUP)
    shop.write("/incidents", chat=GROUP)
    message = shop.post.wait_text("All quiet")
    assert shop.post.messages[message].chat_id == NEW_GROUP
    assert len(asked) == 1
    shop.until(lambda: shop.store.positions.get(NEW_GROUP, message))
    assert shop.store.chats.get(GROUP) is None
    assert shop.store.chats.get(NEW_GROUP).subscribed
    told = shop.press(message, "🔄", chat=NEW_GROUP)
    assert "⛔" not in told
    assert [m.html for m in shop.post.messages.values() if "All quiet" in m.html] != []
    assert shop.post.sent == 1


def test_r16_a_first_card_on_its_way_while_the_group_moves_is_sent_once(shop):
    """R16: and none to the old id afterwards."""
    asked = refuse_group(shop, Reason.MIGRATED, moved=NEW_GROUP)
    opened(shop)
    shop.until(lambda: shop.store.cards.get(NEW_GROUP, 1))
    shop.post_webhook(body("firing_group_grown_to_4"))
    card = shop.store.cards.get(NEW_GROUP, 1).message_id
    shop.post.wait(lambda post: "4 alerts" in post.messages[card].html)
    there = [m for m in shop.post.messages.values() if m.chat_id == NEW_GROUP]
    assert len(there) == 1
    assert {type(each.outgoing) for each in asked} == {SendMessage}


def test_r18_a_deleted_message_of_a_closed_incident_is_not_posted_again(shop):
    """R18: whoever deleted it wanted it gone."""
    card = opened(shop)
    shop.press(card, "Resolve")
    shop.post.wait(lambda post: "🟢" in post.messages[card].html)
    shop.post.refuse = lambda deliver: (
        NotDelivered(deliver.tag, Reason.MESSAGE_GONE, "message to edit not found")
        if isinstance(deliver.outgoing, EditMessage) and deliver.outgoing.message_id == card
        else None
    )
    sent = shop.post.sent
    shop.press(card, "Timeline")
    shop.until(lambda: shop.store.positions.get(ANNA, card) is None)
    quiet(shop)
    assert [m for n, m in shop.post.messages.items() if n > sent and "#1" in m.html] == []


def test_r18_no_card_is_ever_deleted() -> None:
    """R18: Telegram would refuse it after 48 hours, and nobody would know what had been said.

    What is deleted are asides before that, and what Telegram itself says of a pin.
    """
    package = Path(chatops.__file__).parent
    served = [path for path in package.rglob("*.py") if "sandbox" not in path.parts]
    found = [path.name for path in served if re.search(r"delete_?message", path.read_text(), re.IGNORECASE)]
    assert (len(served) > 200, sorted(found)) == (True, ["asides.py", "client.py", "outgoing.py", "pins.py"])
