"""Forum topics: one per critical incident where that is switched on, never two, and the general one in need."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.actors.addresses import chat_address
from chatops.actors.chat_messages import CatchUp, HelpWanted, TopicGone
from chatops.actors.conversation.topics import TopicAsked
from chatops.actors.telegram_messages import Deliver, Delivered
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.buttons import Button, Verb
from chatops.core.chat_settings import ON, Setting, Topic
from chatops.core.failures import Reason
from chatops.core.outgoing import CreateTopic, DeleteTopic, SendMessage, ShowTopic
from tests.actors.group import GROUP, asked_of, fires, grouped, in_group, quiet, refuses, shown, told
from tests.actors.house import ANNA, House

NAME = "🔴 #1 Crash loop · checkout"


def switch_on(shop: House) -> None:
    (token,) = shop.store.buttons.offer(GROUP, 1, [Button("x", Verb.SET_CHAT)], shop.clock())
    entry = Entry(EntryType.CHAT_CHANGED, SYSTEM, shop.clock())
    assert shop.store.chat_settings.set(GROUP, Setting.TOPICS, ON, entry, token=token, by="1", now=shop.clock())


@pytest.fixture
def forum(tmp_path: Path) -> Iterator[House]:
    with grouped(tmp_path) as built:
        switch_on(built)
        built.start()
        yield built


def made(shop: House) -> list[object]:
    return asked_of(shop, CreateTopic)


def thread_of(shop: House, number: int = 1) -> int:
    shown(shop, number)
    card = shop.store.cards.get(GROUP, number)
    assert card
    return card.thread_id


def test_nothing_is_switched_on_by_itself(tmp_path):
    with grouped(tmp_path) as built:
        built.start()
        fires(built)
        assert thread_of(built) == 0
        quiet(built)
        assert made(built) == []


def test_a_critical_incident_begins_in_a_topic_of_its_own(forum):
    fires(forum)
    thread = thread_of(forum)
    assert made(forum) == [CreateTopic(GROUP, NAME)]
    assert thread == forum.store.topics.get(GROUP, 1).thread_id != 0


def test_a_warning_never_does(forum):
    fires(forum, severity="warning")
    assert thread_of(forum) == 0
    fires(forum)
    forum.until(lambda: forum.store.cards.get(GROUP, 1).pinned)
    quiet(forum)
    assert made(forum) == [], "nor one that got worse: its card stands elsewhere already"


def test_what_belongs_to_it_goes_there_too(forum):
    fires(forum)
    thread = thread_of(forum)
    forum.directory.tell(chat_address(GROUP), HelpWanted(1, "@oleg"))
    call = in_group(forum, "asks for help with")
    assert isinstance(call, SendMessage)
    assert call.thread_id == thread


def test_it_ends_and_begins_again_with_its_incident(forum):
    fires(forum)
    thread = thread_of(forum)
    forum.clock.move(minutes=5)
    fires(forum, ended=True)
    forum.until(lambda: forum.store.topics.get(GROUP, 1).closed)
    forum.clock.move(minutes=5)
    fires(forum)
    forum.until(lambda: not forum.store.topics.get(GROUP, 1).closed)
    quiet(forum)
    assert asked_of(forum, ShowTopic) == [
        ShowTopic(GROUP, thread, NAME.replace("🔴", "🟢"), True),
        ShowTopic(GROUP, thread, NAME, False),
    ]
    assert len(made(forum)) == 1


@pytest.mark.parametrize("words", ["not enough rights to create a topic", "the chat is not a forum"])
def test_r15_where_no_topic_can_be_made_all_goes_to_the_general_one(forum, words):
    """R15: the admins are told once, and it is tried again when the bot's rights change."""
    asked = refuses(forum, CreateTopic, words=words)
    fires(forum)
    assert thread_of(forum) == 0
    fires(forum, deployment="orders")
    assert thread_of(forum, 2) == 0
    quiet(forum)
    assert len(asked) == 1
    assert [words in each for each in told(forum, "makes no topics")] == [True]
    refuses(forum)
    forum.join(GROUP, by=ANNA)
    quiet(forum)
    fires(forum, deployment="mail")
    assert thread_of(forum, 3) != 0


def test_a_lost_answer_is_never_asked_for_twice(forum):
    asked = refuses(forum, CreateTopic, reason=Reason.UNKNOWN_OUTCOME, words="Telegram did not answer in time")
    fires(forum)
    assert thread_of(forum) == 0
    forum.directory.tell(chat_address(GROUP), CatchUp())
    quiet(forum)
    assert len(asked) == 1
    refuses(forum)
    fires(forum, deployment="orders")
    assert thread_of(forum, 2) != 0, "the next is tried again"


def test_one_that_was_asked_for_before_a_crash_is_not_asked_for_again(tmp_path):
    with grouped(tmp_path) as built:
        switch_on(built)
        built.start()
        refuses(built, SendMessage, CreateTopic, reason=Reason.BLOCKED)
        fires(built)
        built.until(lambda: built.store.chats.get(GROUP).unreachable)
        built.stop()
        # As a process leaves it that ends between asking and hearing.
        built.store.topics.put(Topic(GROUP, 1))
        built.store.chats.set_unreachable(GROUP, "")
        refuses(built)
        built.start()
        built.directory.tell(chat_address(GROUP), CatchUp())
        assert thread_of(built) == 0
        quiet(built)
        assert made(built) == []
        # Its answer comes all the same: the topic holds nothing.
        built.directory.tell(chat_address(GROUP), Delivered(TopicAsked(1), 77))
        built.post.wait(lambda post: DeleteTopic(GROUP, 77) in post.others)
        built.until(lambda: built.store.topics.get(GROUP, 1).gone)


def test_a_chat_out_of_reach_has_its_topic_when_it_is_back(forum):
    asked = refuses(forum, CreateTopic, reason=Reason.BLOCKED)
    fires(forum)
    forum.until(lambda: forum.store.chats.get(GROUP).unreachable)
    assert forum.store.topics.get(GROUP, 1) is None
    refuses(forum)
    forum.join(GROUP, by=ANNA)
    assert thread_of(forum) != 0
    assert len(asked) == 1


def test_r15_a_topic_that_somebody_closed_or_deleted_is_left_for_the_general_one(forum):
    """R15: the admins are told once."""
    fires(forum)
    thread = thread_of(forum)
    for _ in range(2):
        forum.directory.tell(chat_address(GROUP), TopicGone(thread))
    forum.until(lambda: forum.store.topics.get(GROUP, 1).gone)
    forum.directory.tell(chat_address(GROUP), HelpWanted(1, "@oleg"))
    call = in_group(forum, "asks for help with")
    assert isinstance(call, SendMessage)
    assert call.thread_id is None
    quiet(forum)
    assert len(told(forum, "is closed or deleted")) == 1
    forum.clock.move(minutes=5)
    fires(forum, ended=True)
    forum.until(lambda: not forum.store.incidents.get(1).open)
    quiet(forum)
    assert asked_of(forum, ShowTopic) == []


def test_a_card_on_its_way_into_a_topic_that_is_gone_is_known_to_be_in_the_general_one(forum):
    def as_the_door(deliver: Deliver) -> None:
        thread_id = getattr(deliver.outgoing, "thread_id", None)
        if isinstance(deliver.outgoing, SendMessage) and thread_id:
            forum.directory.tell(chat_address(GROUP), TopicGone(thread_id))

    forum.post.refuse = as_the_door
    fires(forum)
    assert thread_of(forum) == 0
    assert forum.store.topics.get(GROUP, 1).gone


def test_a_topic_that_cannot_be_closed_is_left_as_it_is(forum):
    fires(forum)
    thread_of(forum)
    asked = refuses(forum, ShowTopic)
    forum.clock.move(minutes=5)
    fires(forum, ended=True)
    forum.until(lambda: told(forum, "makes no topics"))
    forum.directory.tell(chat_address(GROUP), CatchUp())
    quiet(forum)
    assert len(asked) == 1
    assert len(told(forum, "makes no topics")) == 1


def test_after_a_start_a_topic_is_closed_that_should_have_been(tmp_path):
    with grouped(tmp_path) as built:
        switch_on(built)
        built.start()
        fires(built)
        thread = thread_of(built)
        refuses(built, ShowTopic, reason=Reason.MIGRATED)
        built.clock.move(minutes=5)
        fires(built, ended=True)
        built.until(lambda: not built.store.incidents.get(1).open)
        quiet(built)
        built.stop()
        assert built.store.topics.chats_behind() == (GROUP,)
        refuses(built)
        built.start()
        built.directory.tell(chat_address(GROUP), CatchUp())
        built.until(lambda: built.store.topics.get(GROUP, 1).closed)
        assert asked_of(built, ShowTopic)[-1].thread_id == thread
        assert built.store.topics.chats_behind() == ()
