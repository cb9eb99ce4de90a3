"""How a Mini App is opened: menu buttons, buttons, links, and what Telegram signs for the app."""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import parse_qsl, urlsplit

import pytest
import telebot
from telebot import types

from chatops.sandbox.botapi import BotApiServer, HandClock, NotOpened, Person
from chatops.sandbox.botapi.launch import hash_of

from .conftest import Raw

APP = "https://ops.example.com/app/"


def parameters(url: str) -> dict[str, str]:
    """What the app's page is told behind the `#`."""
    fragment = urlsplit(url).fragment
    return dict(parse_qsl(fragment.partition("?")[2] if "?" in fragment else fragment, strict_parsing=True))


def signed(url: str) -> dict[str, str]:
    return dict(parse_qsl(parameters(url)["tgWebAppData"], strict_parsing=True))


def holds(token: str, told: dict[str, str]) -> bool:
    """As the documentation has the bot check it, written once more."""
    rest = {name: value for name, value in told.items() if name != "hash"}
    checked = "\n".join(f"{name}={rest[name]}" for name in sorted(rest)).encode()
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return hmac.new(key, checked, hashlib.sha256).hexdigest() == told["hash"]


def test_the_hash_is_that_of_a_launch_that_telegram_signed() -> None:
    """From the documentation of the @telegram-apps libraries."""
    told = {
        "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
        "user": '{"id":279058397,"first_name":"Vladislav","last_name":"Kibenko","username":"vdkfrost",'
        '"language_code":"ru","is_premium":true}',
        "auth_date": "1662771648",
    }
    token = "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8"
    assert hash_of(token, told) == "c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2"


def test_a_button_opens_the_app_with_who_presses(
    bot: telebot.TeleBot, server: BotApiServer, clock: HandClock, anna: Person
) -> None:
    row = [types.InlineKeyboardButton("Open", web_app=types.WebAppInfo(APP + "#/incident/96"))]
    bot.send_message(anna.id, "card", reply_markup=types.InlineKeyboardMarkup([row]))
    url = anna.open_web_app(anna.messages()[-1])
    assert url.startswith(APP + "#/incident/96?tgWebAppData=")
    told = signed(url)
    assert holds(server.token, told)
    assert set(told) == {"query_id", "user", "auth_date", "signature", "hash"}
    assert json.loads(told["user"])["id"] == anna.id
    assert "\\/" in told["user"]
    assert int(told["auth_date"]) == int(clock())
    assert (parameters(url)["tgWebAppVersion"], parameters(url)["tgWebAppPlatform"]) == ("9.1", "web")
    assert json.loads(parameters(url)["tgWebAppThemeParams"])["bg_color"] == "#ffffff"
    again = anna.open_web_app(anna.messages()[-1], "Open", dark=True)
    assert signed(again)["hash"] != told["hash"]
    assert json.loads(parameters(again)["tgWebAppThemeParams"])["bg_color"] == "#212121"


def test_a_button_that_is_not_there_opens_nothing(bot: telebot.TeleBot, anna: Person) -> None:
    row = [types.InlineKeyboardButton("Open", web_app=types.WebAppInfo(APP))]
    sent = bot.send_message(anna.id, "card", reply_markup=types.InlineKeyboardMarkup([row]))
    old = anna.messages()[-1]
    bot.edit_message_text("card", anna.id, sent.message_id)
    with pytest.raises(NotOpened, match="BUTTON_INVALID"):
        anna.open_web_app(old)
    with pytest.raises(NotOpened, match="no button that opens a Mini App"):
        anna.open_web_app(anna.messages()[-1])


def test_the_menu_button(bot: telebot.TeleBot, call: Raw, server: BotApiServer, anna: Person) -> None:
    oleg = server.person(102, "Oleg")
    with pytest.raises(NotOpened):
        anna.open_web_app()
    assert bot.set_chat_menu_button(None, types.MenuButtonWebApp("Incidents", types.WebAppInfo(APP)))
    assert bot.set_chat_menu_button(oleg.id, types.MenuButtonCommands())
    assert bot.get_chat_menu_button().text == "Incidents"
    assert call("getChatMenuButton", chat_id=anna.id)["result"]["web_app"] == {"url": APP}
    assert bot.get_chat_menu_button(oleg.id).type == "commands"
    told = signed(anna.open_web_app())
    assert holds(server.token, told)
    assert "query_id" in told
    with pytest.raises(NotOpened):
        oleg.open_web_app()
    assert bot.set_chat_menu_button(None, types.MenuButtonDefault())
    assert bot.get_chat_menu_button(anna.id).type == "commands"


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        ("{", "can't parse menu button JSON object"),
        ("[]", "can't parse menu button: MenuButton must be an Object"),
        ({}, "can't parse menu button: Can't find field \"type\""),
        ({"type": "none"}, "can't parse menu button: MenuButton has unsupported type"),
        ({"type": "web_app", "web_app": {"url": APP}}, "can't parse menu button: Can't find field \"text\""),
        ({"type": "web_app", "text": "x"}, "can't parse menu button: Can't find field \"web_app\""),
        ({"type": "web_app", "text": "x", "web_app": {}}, "can't parse menu button: Can't find field \"url\""),
        ({"type": "web_app", "text": "", "web_app": {"url": APP}}, "menu button text can't be empty"),
        (
            {"type": "web_app", "text": "x", "web_app": {"url": "http://ops.example.com"}},
            "menu button Web App URL 'http://ops.example.com' is invalid: Only HTTPS links are allowed",
        ),
    ],
)
def test_menu_buttons_that_are_refused(call: Raw, button: object, expected: str) -> None:
    answer = call("setChatMenuButton", menu_button=button)
    assert (answer["ok"], answer["description"]) == (False, f"Bad Request: {expected}")


def test_only_a_persons_chat_has_a_menu_button(call: Raw, server: BotApiServer, anna: Person) -> None:
    group = server.group(-1001, "Shop", [anna])
    button = {"type": "commands"}
    for chat_id, expected in ((group.id, "invalid chat_id specified"), (999, "user not found")):
        answer = call("setChatMenuButton", chat_id=chat_id, menu_button=button)
        assert answer["description"] == f"Bad Request: {expected}"


def test_links_open_the_apps_that_botfather_was_told_of(
    bot: telebot.TeleBot, server: BotApiServer, anna: Person
) -> None:
    group = server.group(-1001, "Shop", [anna])
    assert not bot.get_me().has_main_web_app
    for link in ("https://t.me/chatops_bot/ops?startapp=inc_96", "https://t.me/chatops_bot?startapp=inc_96"):
        with pytest.raises(NotOpened):
            anna.open_web_app(link)
    server.mini_app(APP, "ops")
    server.mini_app(APP)
    assert bot.get_me().has_main_web_app
    url = anna.open_web_app("https://t.me/chatops_bot/ops?startapp=inc_96", chat=group)
    told = signed(url)
    assert holds(server.token, told)
    assert set(told) == {"user", "auth_date", "start_param", "chat_type", "chat_instance", "signature", "hash"}
    assert (told["start_param"], told["chat_type"]) == ("inc_96", "supergroup")
    assert dict(parse_qsl(urlsplit(url).query)) == {"tgWebAppStartParam": "inc_96"}
    main = signed(anna.open_web_app("tg://resolve?domain=ChatOps_bot&startapp"))
    assert (main.get("start_param"), main["chat_type"]) == (None, "sender")


@pytest.mark.parametrize(
    "link",
    [
        "https://t.me/chatops_bot",
        "https://t.me/chatops_bot?start=inc_96",
        "https://t.me/other_bot/ops?startapp=inc_96",
        "https://example.com/chatops_bot/ops?startapp=inc_96",
        "https://t.me/chatops_bot/ops?startapp=inc%2096",
        "https://t.me/chatops_bot/ops/more?startapp=inc_96",
        "https://t.me/chatops_bot/ops?startapp=" + "x" * 513,
        "http://[",
    ],
)
def test_links_that_open_nothing(server: BotApiServer, anna: Person, link: str) -> None:
    server.mini_app(APP, "ops")
    server.mini_app(APP)
    with pytest.raises(NotOpened):
        anna.open_web_app(link)


def test_botfather_takes_what_telegram_takes(server: BotApiServer) -> None:
    with pytest.raises(ValueError, match="Only HTTPS links are allowed"):
        server.mini_app("http://ops.example.com", "ops")
