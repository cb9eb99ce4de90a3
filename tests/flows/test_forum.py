"""A group with topics, over the real wire: a critical incident's topic and its pin, from the alert to its end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chatops.sandbox.botapi.person import Conversation, Seen
from tests.flows.town import ANNA, PATIENCE, Town, crash_loop, town, until

GROUP = -1_007


@contextmanager
def forum(folder: Path) -> Iterator[tuple[Town, Conversation, Seen]]:
    """A town with a group where topics are switched on, and the card of a critical incident in it."""
    with town(folder, TELEGRAM_CHATS=f"{ANNA},{GROUP}") as place:
        group = place.bot_api.group(GROUP, "Ops", [place.anna], topics={5: "other"}, bot_status="administrator")
        place.anna.send("/chat@chatops_bot", chat=group)
        setup = group.wait_for("This chat", timeout=PATIENCE)
        place.press(setup, "A topic each")
        question = group.wait_for("The group has to be a forum", timeout=PATIENCE)
        # Sooner is taken for a double tap.
        time.sleep(0.8)
        assert "Done" in place.press(question, "Yes")
        assert place.post(crash_loop(severity="critical")) == 200
        card = group.wait_for(lambda m: "#1" in m.text and "critical" in m.text, timeout=PATIENCE)
        yield place, group, card


def said_of_pins(group: Conversation) -> list[bool]:
    """Of each line that the group said about a pin whether it is gone."""
    return [message.deleted for message in group._chat.messages.values() if "pinned_message" in message.service]


def test_a_critical_incident_lives_in_a_topic_and_is_pinned_there(tmp_path: Path) -> None:
    with forum(tmp_path) as (place, group, card):
        thread, topics = card.thread_id, group._chat.topics
        assert thread
        assert topics is not None
        assert topics[thread].startswith("🔴 #1 ")
        until(lambda: group.message(card.id).pinned, "it is pinned")
        until(lambda: said_of_pins(group) == [True], "what the chat said of it is gone")
        links = [str(entity.get("url")) for entity in group.message(card.id).entities]
        assert "https://t.me/chatops_bot?start=inc_1" in links

        place.press(group.message(card.id), "Timeline")
        below = group.wait_for("Timeline", after=card.id, timeout=PATIENCE)
        assert (below.thread_id, below.reply_to, below.silent) == (thread, card.id, True)

        assert place.post(crash_loop(severity="critical", ended=True)) == 200
        until(lambda: not group.message(card.id).pinned, "it is unpinned")
        until(lambda: thread in group._chat.closed_topics, "its topic is closed")
        assert topics[thread].startswith("🟢 #1 ")


def test_r15_a_deleted_topic_takes_its_card_with_it_and_that_comes_back_in_the_general_one(tmp_path: Path) -> None:
    """R15: and the admins are told."""
    with forum(tmp_path) as (place, group, card):
        place.bot_api.delete_topic(group, card.thread_id or 0)
        place.press(place.card("#1", "Take"), "Take")
        again = group.wait_for("#1", after=card.id, timeout=PATIENCE)
        assert again.thread_id is None
        place.card("is closed or deleted")
        with place.store() as store:
            known = store.cards.get(GROUP, 1)
            assert known is not None
            assert (known.message_id, known.thread_id) == (again.id, 0)
