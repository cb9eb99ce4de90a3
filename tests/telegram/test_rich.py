"""A message with a rich form: as that where the server takes it, and as it is elsewhere, with the same buttons."""

import pytest

from chatops.core.failures import Temporary
from chatops.core.outgoing import EditMessage, Ephemeral, ForPresser, Key, RichForm, SendMessage
from chatops.core.telegram_features import EVERY, Feature
from chatops.sandbox.botapi import BotApiServer, Knows, Person
from chatops.telegram.client import Telegram

POD, LOGS = Key("🔴 x2k4q", data="t1"), Key("Logs", data="t2", style="primary")
TABLE = (
    '<p><b>Pods</b></p><table compact><tr><td><tg-button type="callback_data" style="link" data="t1">🔴 x2k4q'
    "</tg-button></td><td>Running</td></tr></table>"
)
RICH = RichForm(TABLE, ((LOGS,),))
HTML, KEYS = "<b>Pods</b>\n🔴 x2k4q  Running", ((POD,), (LOGS,))


def asked(server: BotApiServer) -> list[str]:
    """The methods, those with a rich message marked."""
    rich = "rich_message"
    return [each.method + "+" * (rich in each.parameters and "Rich" not in each.method) for each in server.requests()]


def test_it_goes_as_a_table_and_its_buttons_are_the_same(telegram, server, anna, refused):
    number = telegram.deliver(SendMessage(anna.id, HTML, KEYS, rich=RICH))
    seen = anna.messages()[-1]
    assert (seen.id, seen.rich, seen.buttons) == (number, True, ["🔴 x2k4q", "Logs"])
    assert telegram.deliver(EditMessage(anna.id, number, HTML + "!", KEYS, rich=RICH)) == number
    assert telegram.deliver(EditMessage(anna.id, number, "plain", KEYS)) == number
    assert (anna.messages()[-1].rich, anna.messages()[-1].text) == (False, "plain")
    assert asked(server) == ["sendRichMessage", "editMessageText+", "editMessageText"]
    assert refused == []


def test_switched_off_it_is_text(server, anna):
    telegram = Telegram(server.token, server.url, features=EVERY - {Feature.RICH})
    telegram.deliver(SendMessage(anna.id, HTML, KEYS, rich=RICH))
    assert (anna.messages()[-1].rich, anna.messages()[-1].buttons) == (False, ["🔴 x2k4q", "Logs"])
    assert asked(server) == ["sendMessage"]


@pytest.mark.parametrize("knows", [Knows.IGNORED, Knows.REFUSED])
def test_an_older_server_costs_one_refusal(telegram, server, anna, refused, knows):
    server.be_older(rich=knows)
    for _ in range(2):
        telegram.deliver(SendMessage(anna.id, HTML, KEYS, rich=RICH))
    assert asked(server) == ["sendRichMessage", "sendMessage", "sendMessage"]
    assert [(m.text, m.buttons) for m in anna.messages()] == [("Pods\n🔴 x2k4q  Running", ["🔴 x2k4q", "Logs"])] * 2
    assert refused == [Feature.RICH]


@pytest.mark.parametrize("knows", [Knows.IGNORED, Knows.REFUSED])
def test_so_does_an_edit(telegram, server, anna, refused, knows):
    server.be_older(rich=knows)
    number = telegram.deliver(SendMessage(anna.id, "one"))
    for text in ("two", "three"):
        telegram.deliver(EditMessage(anna.id, number, text, KEYS, rich=RICH))
        assert anna.messages()[-1].text == text
    assert asked(server) == ["sendMessage", "editMessageText+", "editMessageText", "editMessageText"]
    assert refused == [Feature.RICH]


def test_one_that_is_too_long_is_no_reason_to_give_it_up(telegram, server, anna, refused):
    long = RichForm("<p>" + "x" * 40_000 + "</p>", ((LOGS,),))
    telegram.deliver(SendMessage(anna.id, "short", KEYS, rich=long))
    telegram.deliver(SendMessage(anna.id, HTML, KEYS, rich=RICH))
    assert [m.rich for m in anna.messages()] == [False, True]
    assert refused == []


def test_a_server_that_fails_is_asked_again_later_for_the_same(telegram, server, anna, refused):
    server.fail("sendRichMessage", status=502)
    with pytest.raises(Temporary):
        telegram.deliver(SendMessage(anna.id, HTML, KEYS, rich=RICH))
    assert asked(server) == ["sendRichMessage"]
    assert refused == []


def test_in_a_group_for_one_person_too(telegram, server, anna: Person, refused):
    group = server.group(-100_500, "on call", [anna])
    telegram.deliver(SendMessage(group.id, "card", KEYS))
    only = ForPresser(anna.id, anna.tap(group.last(), "Logs").query_id)
    number = telegram.deliver(SendMessage(group.id, HTML, KEYS, only=only, rich=RICH))
    (seen,) = anna.shown_alone(group)
    assert (seen.rich, seen.buttons, seen.ephemeral_id) == (True, ["🔴 x2k4q", "Logs"], number)
    server.be_older(rich=Knows.REFUSED)
    telegram.deliver(EditMessage(group.id, -1, "text", KEYS, Ephemeral(anna.id, number), RICH))
    (seen,) = anna.shown_alone(group)
    assert (seen.rich, seen.text) == (False, "text")
    assert len(group.messages()) == 1
    assert refused == [Feature.RICH]


def test_where_neither_is_known_it_is_text_for_everybody(telegram, server, anna: Person, refused):
    group = server.group(-100_500, "on call", [anna])
    telegram.deliver(SendMessage(group.id, "card", KEYS))
    server.be_older(ephemeral=Knows.REFUSED, rich=Knows.REFUSED)
    for text in ("one", "two"):
        only = ForPresser(anna.id, anna.tap(group.message(1), "Logs").query_id)
        telegram.deliver(SendMessage(group.id, text, KEYS, only=only, rich=RICH))
    assert [m.text for m in group.messages()] == ["card", "one", "two"]
    assert sorted(refused) == [Feature.EPHEMERAL, Feature.RICH]
    assert asked(server)[-1] == "sendMessage"
