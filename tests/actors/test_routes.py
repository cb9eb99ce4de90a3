"""/routes: who says what a chat is shown, how that is asked, and that nobody else does."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chatops.actors.addresses import chat_address
from chatops.actors.chat_messages import IncidentChanged
from chatops.core.alerts import Severity
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.people import Chat, ChatKind
from chatops.core.routes import ChatRules, Route, matcher_of, quiet_of
from tests.actors.house import ANNA
from tests.actors.routed import GROUP, OLEG, OTHER, Routed, alert, entries, routed


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Routed]:
    with routed(tmp_path) as built:
        yield built


def test_a_route_by_buttons(shop):
    shop.store.chats.put(Chat(OTHER, ChatKind.GROUP))
    shop.post_webhook(alert(1, namespace="mail"))
    shop.card(1, GROUP)
    message = shop.ask("/routes")
    assert "Every incident is shown in this chat" in shop.post.messages[message].html
    shop.follow(message, "Another route", "Any cluster", "mail", "warning and worse", "Only critical", "night")
    shop.post.wait(lambda post: "Show this in the chat?" in post.messages[message].html)
    assert shop.confirm(message) == "🧭 Done"
    told = "1. warning and worse · <code>*/mail</code> · 🔔 aloud only critical · calls by the chain <code>night</code>"
    shop.post.wait(lambda post: told in post.messages[message].html)
    (entry,) = entries(shop, EntryType.ROUTES_CHANGED)
    assert (entry.subject.id, entry.chat_id, entry.detail["act"]) == (str(ANNA), GROUP, "add")
    route = Route(namespaces=("mail",), least=Severity.WARNING, loud=(Severity.CRITICAL,), chain="night")
    assert shop.store.routes.of(GROUP).routes == (route,)
    shop.post_webhook(alert(2))
    shop.card(2, ANNA)
    # Whoever tells the chat of it, as of a press there.
    shop.directory.tell(chat_address(GROUP), IncidentChanged(2, 1))
    shop.settled(GROUP)
    assert not shop.cards(2, GROUP)
    shop.follow(message, "✖️ 1", says="Take this route away?")
    shop.confirm(message)
    # What was not shown for its sake is shown at once.
    shop.card(2, GROUP)


def test_a_route_in_one_line_is_asked_first_and_cannot_become_markup(shop):
    message = shop.ask("/routes prod/shop-* critical team=<b>x</b> silent topic:7")
    assert "<code>team=&lt;b&gt;x&lt;/b&gt;</code>" in shop.post.messages[message].html
    assert shop.store.routes.of(GROUP) == ChatRules()
    token = shop.post.button(message, "Yes")
    shop.clock.move(seconds=2)
    assert shop.press_token(message, token, chat=GROUP) == "🧭 Done"
    assert "already" in shop.press_token(message, token, chat=GROUP)
    assert len(entries(shop, EntryType.ROUTES_CHANGED)) == 1
    (route,) = shop.store.routes.of(GROUP).routes
    assert route == Route(("prod",), ("shop-*",), Severity.CRITICAL, (matcher_of("team=<b>x</b>"),), (), 7)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("team=x y", "is no matcher"),
        ("shop team=~(a", "is no regular expression"),
        ("shop chain:day", "names a chain that ONCALL_FILE has not: there are night"),
        ("quiet soon", "is no span of the day"),
        ("zone Mars", "is no time zone"),
    ],
)
def test_what_cannot_be_read_is_explained(shop, line, why):
    shown = shop.post.messages[shop.ask(f"/routes {line}")].html
    assert "⚠️ What you wrote" in shown
    assert why in shown


def test_only_admins_say_it(shop):
    message = shop.ask("/routes shop", OLEG)
    assert "Only an admin" in shop.post.messages[message].html
    message = shop.ask("/routes shop")
    shop.clock.move(seconds=2)
    toast = shop.press(message, "Yes", user=OLEG, chat=GROUP)
    assert "⛔" in toast
    assert shop.store.routes.of(GROUP) == ChatRules()
    assert len(entries(shop, EntryType.DENIED)) == 2


def test_quiet_hours_and_zone_by_buttons(shop):
    message = shop.ask("/routes")
    shop.follow(message, "Quiet hours", "22:00-08:00", says="from 22:00-08:00?")
    shop.confirm(message)
    shop.follow(message, "Time zone", "Asia/Tokyo", says="Go by the clock of Asia/Tokyo?")
    shop.confirm(message)
    shop.post.wait(lambda post: "by the clock of Asia/Tokyo" in post.messages[message].html)
    assert shop.store.routes.of(GROUP) == ChatRules(quiet=quiet_of("22:00-08:00"), zone=ZoneInfo("Asia/Tokyo"))
    message = shop.ask("/routes quiet off")
    shop.confirm(message)
    assert shop.store.routes.of(GROUP).quiet is None


def test_where_the_file_says_it_nothing_is_changed_here(shop):
    message = shop.ask("/routes quiet 22:00-08:00")
    entry = Entry(EntryType.ROUTES_CHANGED, SYSTEM, shop.clock())
    shop.store.routes.follow_file([(GROUP, ChatRules((Route(namespaces=("shop",)),)))], lambda *_: entry)
    assert "Nothing was changed" in shop.confirm(message)
    shop.post.wait(lambda post: "ROUTES_FILE says so" in post.messages[message].html)
    assert not shop.post.messages[message].keyboard
    assert shop.store.routes.of(GROUP).quiet is None
    assert [entry.detail["act"] for entry in entries(shop, EntryType.DENIED)] == ["quiet"]


def test_a_card_goes_into_the_topic_that_its_route_names(shop):
    shop.say(GROUP, Route(namespaces=("mail",), topic=12), Route())
    shop.post_webhook(alert(1, namespace="mail"))
    assert shop.card(1, GROUP).thread_id == 12
    shop.post_webhook(alert(2))
    assert shop.card(2, GROUP).thread_id is None
