"""Pins, topics and taking messages away, through the door and past what it is refused."""

import pytest

from chatops.core.failures import Permanent, Reason, Temporary
from chatops.core.outgoing import CreateTopic, DeleteMessage, DeleteTopic, PinMessage, SendMessage, ShowTopic
from chatops.core.updates import Pinned
from chatops.telegram.client import Telegram
from chatops.telegram.updates import read, translated


@pytest.fixture
def forum(server, anna):
    return server.group(-1007, "Ops", [anna], topics={}, bot_status="administrator")


def test_a_pin_is_silent_and_told_as_an_update(telegram, forum):
    card = telegram.deliver(SendMessage(forum.id, "card"))
    for _ in range(2):
        # The second time it is so already.
        assert telegram.deliver(PinMessage(forum.id, card)) == 0
    assert forum.message(card).pinned
    (raw,) = telegram.updates(None, 1)
    said = read(raw.body)
    assert said == Pinned(raw.id, forum.id, card + 1, card)
    assert forum.message(card + 1).silent
    telegram.deliver(DeleteMessage(forum.id, card + 1))
    assert forum.message(card + 1).deleted
    telegram.deliver(PinMessage(forum.id, card, pinned=False))
    assert not forum.message(card).pinned


def test_who_pinned_what_somebody_else_wrote_is_nobodys_business():
    chat = {"id": -5, "type": "supergroup", "title": "Ops"}
    pinned = {"message_id": 7, "chat": chat, "date": 1, "from": {"id": 1, "is_bot": True}}

    def heard(by, what):
        return translated(
            {"update_id": 9, "message": {"message_id": 8, "chat": chat, "date": 2, "from": by, "pinned_message": what}}
        )

    assert heard({"id": 1, "is_bot": True}, pinned) == Pinned(9, -5, 8, 7)
    assert heard({"id": 2, "is_bot": False}, pinned) is None
    for nonsense in (None, [], {}, {"message_id": "7"}, {**pinned, "from": None}):
        assert heard({"id": 1}, nonsense) is None
    assert heard(None, pinned) is None


def test_a_topic_is_made_named_closed_and_opened(telegram, forum):
    thread = telegram.deliver(CreateTopic(forum.id, "🔴 #1 Crash loop"))
    telegram.deliver(SendMessage(forum.id, "card", thread_id=thread))
    assert forum.last().thread_id == thread
    topics = forum._chat.topics
    for closed, name in ((True, "🟢 #1 Crash loop"), (True, "🟢 #1 Crash loop"), (False, "🔴 #1 Crash loop")):
        telegram.deliver(ShowTopic(forum.id, thread, name, closed))
        assert (topics[thread], thread in forum._chat.closed_topics) == (name, closed)
    telegram.deliver(DeleteTopic(forum.id, thread))
    assert thread not in topics


@pytest.mark.parametrize(
    "outgoing", [PinMessage(-1007, 1), PinMessage(-1007, 1, pinned=False), CreateTopic(-1007, "x")]
)
def test_r15_who_may_not_is_told_so(telegram, server, anna, outgoing):
    """R15: for the whole chat, and not for this message alone."""
    group = server.group(-1007, "Ops", [anna], topics={5: "prod"})
    telegram.deliver(SendMessage(group.id, "card"))
    # The first message's id; a forum's first numbers are its topics'.
    outgoing = PinMessage(-1007, group.last().id, outgoing.pinned) if isinstance(outgoing, PinMessage) else outgoing
    with pytest.raises(Permanent, match="not enough rights") as refusal:
        telegram.deliver(outgoing)
    assert refusal.value.reason is Reason.FORBIDDEN


def test_a_group_without_topics_says_so(telegram, server, anna):
    server.group(-1007, "Ops", [anna], bot_status="administrator")
    with pytest.raises(Permanent, match="not a forum") as refusal:
        telegram.deliver(CreateTopic(-1007, "x"))
    assert refusal.value.reason is Reason.FORBIDDEN


def test_a_topic_whose_answer_is_lost_is_not_made_twice(telegram, server, forum):
    server.drop("createForumTopic", processed=True)
    with pytest.raises(Permanent) as failure:
        telegram.deliver(CreateTopic(forum.id, "x"))
    assert failure.value.reason is Reason.UNKNOWN_OUTCOME
    server.fail("createForumTopic", status=502)
    with pytest.raises(Permanent) as failure:
        telegram.deliver(CreateTopic(forum.id, "x"))
    assert failure.value.reason is Reason.UNKNOWN_OUTCOME


def test_one_that_was_surely_not_made_is_asked_for_again(telegram, server, forum):
    server.fail("createForumTopic", status=429, retry_after=1)
    with pytest.raises(Temporary) as failure:
        telegram.deliver(CreateTopic(forum.id, "x"))
    assert failure.value.reason is Reason.THROTTLED
    server.go_away()
    try:
        with pytest.raises(Temporary) as failure:
            telegram.deliver(CreateTopic(forum.id, "x"))
        assert failure.value.reason is Reason.UNREACHABLE
    finally:
        server.come_back()


def test_r15_the_chat_is_told_which_topic_is_gone(server, anna):
    """R15: before the message arrives in the general one."""
    group = server.group(-1007, "Ops", [anna], topics={5: "prod"})
    heard: list[tuple[int, int, int]] = []
    door = Telegram(
        server.token,
        server.url,
        on_topic_gone=lambda chat, thread: heard.append((chat, thread, len(group.messages()))),
    )
    door.deliver(SendMessage(group.id, "a", thread_id=5))
    assert heard == []
    server.delete_topic(group, 5)
    door.deliver(SendMessage(group.id, "b", thread_id=5))
    assert heard == [(group.id, 5, 0)]
    assert group.last().text == "b"
