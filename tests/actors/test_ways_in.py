"""The ways into the Mini App: cards that open it, and links that sign a browser in."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chatops.core.audit import EntryType
from chatops.core.mini_app import NO_APP, MiniApp
from chatops.core.outgoing import Key
from chatops.core.people import Chat, ChatKind
from tests.actors.house import ANNA, House
from tests.actors.scene import Scene, body

APP = MiniApp("https://ops.example", "incidents")
GROUP = -100_500
STRANGER = 1004


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    """Not started yet."""
    built = House(tmp_path)
    built.cluster.answer = Scene(built.clock)
    built.policy = replace(built.policy, app=APP)
    built.bot = "@ops_bot"
    yield built
    built.close()


def ways(shop: House, chat_id: int) -> list[Key]:
    """The buttons of the incident's card that open the Mini App."""
    shop.start()
    shop.store.chats.put(Chat(chat_id, ChatKind.PRIVATE if chat_id > 0 else ChatKind.GROUP, subscribed=True))
    shop.post_webhook(body("firing_group_of_3"))

    def keys_of_card() -> list[Key]:
        shown = (m for m in shop.post.messages.values() if m.chat_id == chat_id and "keeps crashing" in m.html)
        return [key for message in shown for row in message.keyboard for key in row]

    keys = shop.post.wait(lambda _post: keys_of_card())
    return [key for key in keys if key.web_app or "startapp" in key.url or "ops.example" in key.url]


def test_a_card_in_a_private_chat_opens_it(shop):
    (key,) = ways(shop, ANNA)
    assert (key.label, key.web_app, key.url) == ("📱 Mini App", "https://ops.example/app/#/incident/1", "")


def test_a_card_in_a_group_has_a_link_by_its_short_name(shop):
    (key,) = ways(shop, GROUP)
    assert (key.url, key.web_app) == ("https://t.me/ops_bot/incidents?startapp=inc_1", "")


def test_or_by_the_bot_where_it_is_its_main_one(shop):
    shop.policy, shop.main_app = replace(shop.policy, app=MiniApp(APP.address)), True
    assert [key.url for key in ways(shop, GROUP)] == ["https://t.me/ops_bot?startapp=inc_1"]


@pytest.mark.parametrize(("app", "bot"), [(MiniApp(APP.address), "@ops_bot"), (APP, ""), (NO_APP, "@ops_bot")])
def test_a_group_from_which_no_link_leads_there_has_none(shop, app, bot):
    shop.policy, shop.bot = replace(shop.policy, app=app), bot
    assert ways(shop, GROUP) == []


def test_without_a_mini_app_no_chat_is_offered_one(shop):
    shop.policy = replace(shop.policy, app=NO_APP)
    assert ways(shop, ANNA) == []


def test_a_login_link_is_for_who_asks_and_works_once(shop):
    shop.start()
    shop.write("/login")
    message = shop.post.messages[shop.post.wait_text("signed in as you")]
    ((key,),) = message.keyboard
    found = re.fullmatch(r"https://ops\.example/app/#login=([\w-]+)", key.url)
    assert found
    code = found[1]
    assert code not in message.html
    (entry,) = links(shop)
    assert (entry.subject.id, entry.chat_id, entry.decision) == (str(ANNA), ANNA, "allowed")
    assert code not in str(entry)
    assert shop.store.logins.by_code(code, shop.clock()) == ANNA
    assert shop.store.logins.by_code(code, shop.clock()) is None
    shop.until(lambda: not shop.store.updates.pending())


def test_in_a_group_there_is_none(shop):
    shop.start()
    shop.write("/login", chat=GROUP)
    message = shop.post.messages[shop.post.wait_text("in a private chat with me")]
    assert message.keyboard == ()
    assert links(shop) == []


@pytest.mark.parametrize("chat_id", [ANNA, GROUP])
def test_where_it_is_not_set_up_it_says_how(shop, chat_id):
    shop.policy = replace(shop.policy, app=NO_APP)
    shop.start()
    shop.write("/login", chat=chat_id)
    message = shop.post.messages[shop.post.wait_text("<code>PUBLIC_URL</code>")]
    assert message.keyboard == ()
    assert links(shop) == []


def test_a_stranger_gets_none(shop):
    shop.start()
    shop.write("/login", user=STRANGER, chat=STRANGER)
    message = shop.post.messages[shop.post.wait_text("I don't know you yet")]
    assert "app/" not in str(message)
    assert links(shop) == []
    denied = [each.entry for each in shop.store.audit.page(limit=100) if each.entry.type is EntryType.DENIED]
    assert [entry.detail["what"] for entry in denied] == ["/login"]


def links(shop: House):
    found = [each.entry for each in shop.store.audit.page(limit=1_000)]
    return [entry for entry in found if entry.type is EntryType.LOGIN_LINK]
