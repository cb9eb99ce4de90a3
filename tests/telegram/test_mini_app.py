"""Buttons and the menu that open the Mini App, at servers that take them and at those that do not."""

import json

import pytest

from chatops.core.failures import Permanent, Reason
from chatops.core.outgoing import EditMessage, Key, RichForm, SendMessage
from chatops.core.telegram_features import Feature
from chatops.sandbox.botapi import Knows
from chatops.telegram.client import Telegram
from tests.telegram.conftest import CANARY

APP = "https://ops.example/app/"
KEYS = ((Key("Take", data="t1", style="success"), Key("Open app", web_app=APP + "#/incident/96")),)


def labels(anna):
    return anna.messages()[-1].buttons


def test_a_button_opens_it_for_who_presses(telegram, server, anna):
    telegram.deliver(SendMessage(anna.id, "card", KEYS))
    assert anna.open_web_app(anna.messages()[-1]).startswith(APP + "#/incident/96?tgWebAppData=")
    assert len(server.requests("sendMessage")) == 1


def test_beside_a_rich_message_too(telegram, anna):
    telegram.deliver(SendMessage(anna.id, "card", KEYS, rich=RichForm("<p>card</p>", KEYS)))
    seen = anna.messages()[-1]
    assert seen.rich
    assert anna.open_web_app(seen)


@pytest.mark.parametrize("address", ["http://ops.example/app/", "https://ops.example/app/"])
def test_a_card_whose_button_is_refused_comes_without_it(telegram, server, anna, refused, address):
    """By an address that Telegram does not open, or by a server that knows no Mini Apps."""
    if address.startswith("https"):
        without_apps(server)
    keys = ((Key("Take", data="t1", style="success"), Key("Open app", web_app=address)),)
    number = telegram.deliver(SendMessage(anna.id, "card", keys))
    assert labels(anna) == ["Take"]
    telegram.deliver(EditMessage(anna.id, number, "card!", keys))
    assert labels(anna) == ["Take"]
    assert anna.messages()[-1].button("Take")["style"] == "success"
    assert refused == [Feature.APPS]
    assert len(server.requests("sendMessage")) == 2
    assert len(server.requests("editMessageText")) == 1


def without_apps(server):
    run = server._door._run

    def picky(name, given):
        if "web_app" in given.text("reply_markup"):
            from chatops.sandbox.botapi.refusals import bad_request

            raise bad_request("BUTTON_TYPE_INVALID")
        return run(name, given)

    server._door._run = picky


def test_in_a_group_no_card_is_lost_by_it(telegram, server, anna):
    group = server.group(-1005, "Ops", [anna])
    telegram.deliver(SendMessage(group.id, "card", KEYS))
    assert group.last().buttons == ["Take"]


@pytest.mark.parametrize("address", ["http://prometheus:9090/", "javascript:alert(1)", "https://a.example/a b"])
def test_r15_an_address_that_is_none_is_left_out(telegram, server, anna, address):
    """R15: before it is asked for."""
    telegram.deliver(SendMessage(anna.id, "card", ((Key("Open app", web_app=address),),)))
    assert labels(anna) == []
    assert len(server.requests("sendMessage")) == 1


def test_an_older_server_and_a_newer_one(telegram, server, anna):
    server.be_older(rich=Knows.REFUSED)
    telegram.deliver(SendMessage(anna.id, "card", KEYS, rich=RichForm("<p>card</p>", KEYS)))
    assert anna.open_web_app(anna.messages()[-1])


def test_the_menu_button(telegram, server, anna):
    assert telegram.profile.menu() == ""
    telegram.profile.set_menu("Incidents", APP)
    assert telegram.profile.menu() == APP
    assert anna.open_web_app().startswith(APP + "#tgWebAppData=")
    (asked,) = server.requests("setChatMenuButton")
    assert json.loads(asked.parameters["menu_button"])["text"] == "Incidents"
    assert "chat_id" not in asked.parameters
    telegram.profile.delete_menu()
    assert telegram.profile.menu() == ""


def test_a_menu_button_that_is_refused(telegram):
    with pytest.raises(Permanent) as caught:
        telegram.profile.set_menu("Incidents", "http://ops.example/app/")
    assert caught.value.reason is Reason.REFUSED
    assert "Only HTTPS links are allowed" in caught.value.detail


def test_whether_it_is_the_bots_main_app(telegram, server):
    assert not telegram.me().main_app
    server.mini_app(APP)
    assert telegram.me().main_app


def test_a_menu_that_is_none(oddity):
    oddity.answer(b'{"ok": true, "result": []}')
    with pytest.raises(Exception, match="not one of a Bot API server"):
        Telegram(CANARY, oddity.url).profile.menu()
