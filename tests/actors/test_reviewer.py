"""The review by messages: each week by itself, once and silently; at any time by command, for what one may read."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest

from chatops.actors.reviewer import STILL_NEWS, LookAtCalendar, ReviewerActor
from chatops.core.outgoing import SendDocument, SendMessage
from chatops.core.people import Chat, ChatKind, Grant, Role, User
from chatops.core.schedule import weekly_of
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene, body

GROUP, OLEG = -100_500, 1002
WEEK = timedelta(days=7)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        yield built


@pytest.fixture
def reviewer(shop: House) -> Iterator[Any]:
    """The house's clock begins on a Monday at 9:00."""
    ref = ReviewerActor.start(
        directory=shop.directory,
        address=("reviewer",),
        store=shop.store,
        clock=shop.clock,
        schedule=weekly_of("Mon 10:00", UTC),
    )
    ref.ask(LookAtCalendar(), timeout=10)
    yield ref
    ref.stop(timeout=10)


def reviews(shop: House) -> list[SendMessage]:
    return [m for m in shop.post.messages.values() if isinstance(m, SendMessage) and "📊" in m.html]


def look(shop: House, reviewer: Any) -> None:
    """The calendar was looked at, and each chat has done what it was told."""
    reviewer.ask(LookAtCalendar(), timeout=10)
    sent = shop.post.sent
    shop.write("/help")
    shop.post.wait(
        lambda post: post.sent > sent and "One message is one incident" in list(post.messages.values())[-1].html
    )


def test_it_comes_once_a_week_to_each_chat_without_a_sound(shop: House, reviewer: Any) -> None:
    shop.store.chats.put(Chat(GROUP, ChatKind.GROUP, subscribed=True), Chat(OLEG, ChatKind.PRIVATE))
    shop.post_webhook(body("firing_group_of_3"))
    shop.post.wait_text("keeps crashing")
    look(shop, reviewer)
    assert reviews(shop) == []
    shop.clock.move(hours=1)
    for _ in range(3):
        look(shop, reviewer)
    shop.post.wait(lambda post: len(reviews(shop)) == 2)
    assert {message.chat_id for message in reviews(shop)} == {ANNA, GROUP}
    assert all(message.silent and "<b>1 incident</b>" in message.html for message in reviews(shop))
    assert all("Week 47" in message.html for message in reviews(shop))
    shop.clock.move(days=7)
    look(shop, reviewer)
    shop.post.wait(lambda post: len(reviews(shop)) == 4)


def test_one_that_was_missed_for_long_is_left_out(shop: House, reviewer: Any) -> None:
    shop.clock.now += timedelta(hours=1) + STILL_NEWS + timedelta(minutes=1)
    look(shop, reviewer)
    assert reviews(shop) == []
    shop.clock.now += WEEK - STILL_NEWS
    look(shop, reviewer)
    shop.post.wait(lambda post: len(reviews(shop)) == 1)


def test_a_command_asks_for_a_span_and_files_of_it_are_sent_below(shop: House) -> None:
    shop.post_webhook(body("firing_group_of_3"))
    shop.post.wait_text("keeps crashing")
    shop.clock.move(minutes=1)
    shop.write("/report 30d")
    message = shop.post.wait_text("30 days")
    assert "<b>1 incident</b>" in shop.post.messages[message].html
    assert "Sent below" in shop.press(message, "CSV")
    shop.press(message, "Markdown")
    shop.post.wait(lambda post: len(post.others) == 2)
    sheet, text = shop.post.others
    assert isinstance(sheet, SendDocument)
    assert sheet.file_name.endswith(".csv")
    assert sheet.content.decode("utf-8-sig").splitlines()[1].startswith("1,")
    assert text.content.decode().startswith("# Incidents from ")
    shop.press(message, "7 days")
    shop.post.wait(lambda post: "7 days" in post.messages[message].html)
    shop.write("/report nowhere")
    message = shop.post.wait_text("nowhere")
    assert "<b>0 incidents</b>" in shop.post.messages[message].html


def test_it_holds_what_who_asked_may_read(shop: House, reviewer: Any) -> None:
    shop.store.users.put(User(OLEG, "@oleg", (Grant(Role.VIEWER, "*", "elsewhere"),)))
    shop.store.chats.put(Chat(OLEG, ChatKind.PRIVATE, subscribed=True))
    shop.post_webhook(body("firing_group_of_3"))
    shop.post.wait_text("keeps crashing")
    shop.clock.move(hours=1)
    shop.write("/report", user=OLEG, chat=OLEG)
    shop.post.wait(lambda post: [m for m in reviews(shop) if m.chat_id == OLEG and "<b>0 incidents</b>" in m.html])
    look(shop, reviewer)
    shop.post.wait(lambda post: [m for m in reviews(shop) if m.chat_id == OLEG and "Week" in m.html])
    assert all("<b>0 incidents</b>" in m.html for m in reviews(shop) if m.chat_id == OLEG)
