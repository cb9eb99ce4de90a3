"""What is for one person of a group: seen by them alone where the server takes it so, and by everybody elsewhere."""

from collections.abc import Callable

import pytest

from chatops.core.failures import Permanent, Reason
from chatops.core.outgoing import EditMessage, Ephemeral, EphemeralId, ForPresser, Key, SendDocument, SendMessage
from chatops.core.telegram_features import CERTAIN, Feature
from chatops.sandbox.botapi import BotApiServer, Conversation, HandClock, Knows, Person
from chatops.sandbox.botapi.refusals import bad_request
from chatops.telegram.client import Telegram

KEYS = ((Key("Roll back", data="t1", style="danger"), Key("Copy", copy="kubectl get pods")),)
NEWER = 'since <tg-time unix="1790000000" format="r">09:13</tg-time>'
GROUP = -100_500


@pytest.fixture
def group(server: BotApiServer, anna: Person) -> Conversation:
    return server.group(GROUP, "on call", [anna])


@pytest.fixture
def only(telegram: Telegram, group: Conversation, anna: Person) -> Callable[[], ForPresser]:
    card = telegram.deliver(SendMessage(GROUP, "card", ((Key("Logs", data="t"),),)))

    def press() -> ForPresser:
        return ForPresser(anna.id, anna.tap(group.message(card), "Logs").query_id)

    return press


def asked(server: BotApiServer, method: str = "sendMessage") -> list[bool]:
    """Whether each request that followed the card's was for one person."""
    return ["ephemeral_message_parameters" in each.parameters for each in server.requests(method)][1:]


def test_it_is_seen_by_that_person(telegram, server, group, anna, only, refused):
    number = telegram.deliver(SendMessage(GROUP, NEWER, KEYS, reply_to=1, only=only()))
    (seen,) = anna.shown_alone(group)
    assert isinstance(number, EphemeralId)
    assert (number, seen.text, seen.buttons) == (seen.ephemeral_id, "since 09:13", ["Roll back", "Copy"])
    assert len(group.messages()) == 1
    # Whether it may answer a message that everybody sees, nobody says.
    assert "reply_parameters" not in server.requests("sendMessage")[-1].parameters
    assert refused == []


def test_a_file_too(telegram, group, anna, only):
    telegram.deliver(SendDocument(GROUP, "logs.txt", b"line", reply_to=1, only=only()))
    assert [each.document for each in anna.shown_alone(group)] == [b"line"]
    assert len(group.messages()) == 1


def test_it_is_edited_by_its_own_method(telegram, server, group, anna, only):
    number = telegram.deliver(SendMessage(GROUP, "one", KEYS, only=only()))
    edit = EditMessage(GROUP, -5, "two " + NEWER, KEYS, Ephemeral(anna.id, number))
    assert telegram.deliver(edit) == telegram.deliver(edit) == -5
    assert [each.text for each in anna.shown_alone(group)] == ["two since 09:13"]
    assert server.requests("editMessageText") == []


def test_switched_off_everybody_sees_it(server, group, anna, only):
    telegram = Telegram(server.token, server.url, features=CERTAIN)
    number = telegram.deliver(SendMessage(GROUP, "hush", KEYS, reply_to=1, only=only()))
    assert (group.last().id, group.last().text, group.last().reply_to) == (number, "hush", 1)
    assert asked(server) == [False]


def test_too_late_after_the_press_everybody_sees_it_and_the_next_is_tried_again(
    telegram, server, group, anna, only, clock: HandClock, refused
):
    late = only()
    clock.advance(16)
    number = telegram.deliver(SendMessage(GROUP, NEWER, KEYS, reply_to=1, only=late))
    assert (group.last().id, group.last().text, group.last().reply_to) == (number, "since 09:13", 1)
    assert asked(server) == [True, False]
    telegram.deliver(SendMessage(GROUP, "in time", only=only()))
    assert [each.text for each in anna.shown_alone(group)] == ["in time"]
    assert refused == []


def test_a_person_who_left_is_no_reason_to_give_it_up(telegram, server, group, anna, only, refused):
    telegram.deliver(SendMessage(GROUP, "x", only=ForPresser(999, "1")))
    assert asked(server) == [True, True, False]
    telegram.deliver(SendMessage(GROUP, "y", only=only()))
    assert [each.text for each in anna.shown_alone(group)] == ["y"]
    assert refused == []


def test_a_server_that_passes_over_it_is_not_asked_again(telegram, server, group, only, refused):
    server.be_older(ephemeral=Knows.IGNORED)
    for text in ("one", "two"):
        number = telegram.deliver(SendMessage(GROUP, text, KEYS, only=only()))
        assert (group.last().id, group.last().text, type(number)) == (number, text, int)
    assert asked(server) == [True, False]
    assert len(group.messages()) == 3
    assert refused == [Feature.EPHEMERAL]


def test_a_server_that_refuses_it_costs_some_refusals_once(telegram, server, group, only, refused):
    server.be_older(ephemeral=Knows.REFUSED)
    for text in ("one", "two"):
        telegram.deliver(SendMessage(GROUP, text + NEWER, KEYS, only=only()))
        assert group.last().text.startswith(text)
        assert group.last().buttons == ["Roll back", "Copy"]
    # In full, without what else is new, and as bare text: only then the server's words are surely about this.
    assert asked(server) == [True, True, True, False, False]
    assert [entity["type"] for entity in group.last().entities] == ["date_time"]
    assert refused == [Feature.EPHEMERAL]


def test_what_else_is_too_new_costs_no_secrecy(telegram, server, group, anna, only, refused):
    def older(name, given, run=server._door._run):
        if "<tg-time" in given.text("text"):
            raise bad_request('can\'t parse entities: Unsupported start tag "tg-time" at byte offset 0')
        return run(name, given)

    server._door._run = older
    telegram.deliver(SendMessage(GROUP, NEWER, only=only()))
    assert [each.text for each in anna.shown_alone(group)] == ["since 09:13"]
    assert len(group.messages()) == 1
    assert refused == [Feature.TIMES]


@pytest.mark.parametrize("knows", [Knows.YES, Knows.IGNORED, Knows.REFUSED])
def test_an_edit_that_is_never_taken_means_that_it_is_gone(telegram, server, group, anna, only, knows):
    number = telegram.deliver(SendMessage(GROUP, "one", KEYS, only=only()))
    anna.restart_app()
    server.be_older(ephemeral=knows)
    with pytest.raises(Permanent) as refusal:
        telegram.deliver(EditMessage(GROUP, -5, "two", KEYS, Ephemeral(anna.id, number)))
    assert refusal.value.reason is Reason.MESSAGE_GONE


def test_a_flood_wait_is_kept_to(telegram, server, group, only):
    server.fail("sendMessage", status=429, retry_after=7)
    with pytest.raises(Exception, match="throttled"):
        telegram.deliver(SendMessage(GROUP, "x", only=only()))
    assert asked(server) == [True]
    assert len(group.messages()) == 1
