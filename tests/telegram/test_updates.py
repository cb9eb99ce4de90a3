import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.people import ChatKind, Sender
from chatops.core.updates import Faceless, Membership, Namelessness, Tap, TextMessage
from chatops.telegram.updates import read, translated

ANNA = {"id": 101, "is_bot": False, "first_name": "Anna", "username": "anna", "language_code": "ru"}
GROUP = {"id": -100123, "type": "supergroup", "title": "Ops"}
MESSAGE = {"message_id": 5, "date": 1790000000, "chat": GROUP, "from": ANNA, "text": "/start"}
TAP = {"id": "77", "from": ANNA, "chat_instance": "1", "data": "token", "message": {**MESSAGE, "text": "card"}}
MOVED = {"chat": GROUP, "from": ANNA, "date": 1790000000, "new_chat_member": {"status": "member", "user": {}}}


def message(**changes):
    return translated({"update_id": 9, "message": {**MESSAGE, **changes}})


def tap(**changes):
    return translated({"update_id": 9, "callback_query": {**TAP, **changes}})


def moved(**standing):
    return translated({"update_id": 9, "my_chat_member": {**MOVED, "new_chat_member": standing}})


def test_a_message():
    update = message(message_thread_id=3, is_topic_message=True, reply_to_message={"message_id": 2})
    assert isinstance(update, TextMessage)
    assert (update.update_id, update.chat_id, update.chat_kind, update.chat_title) == (
        9,
        -100123,
        ChatKind.GROUP,
        "Ops",
    )
    assert update.sender == Sender(101, "@anna", "ru")
    assert (update.message_id, update.text, update.reply_to, update.thread_id) == (5, "/start", 2, 3)
    assert update.sent_at.isoformat() == "2026-09-21T14:13:20+00:00"


def test_a_thread_outside_a_forum_is_none():
    assert message(message_thread_id=3).thread_id is None


def test_a_private_chat_is_named_by_its_person():
    update = message(chat={"id": 101, "type": "private", "first_name": "Anna", "username": "anna"})
    assert (update.chat_kind, update.chat_title) == (ChatKind.PRIVATE, "@anna")


def test_without_a_username_the_first_name_is_the_name():
    assert message(**{"from": {"id": 1, "first_name": "Олег\n\u0000 !"}}).sender.name == "Олег \x00 !"
    assert message(**{"from": {"id": 1}}).sender.name == "1"


NAMELESS = [
    ({"sender_chat": {"id": -100123, "type": "supergroup"}}, Namelessness.ANONYMOUS),
    ({"sender_chat": None}, Namelessness.ANONYMOUS),
    (
        {
            "sender_chat": {"id": -100123, "type": "supergroup", "title": "Ops"},
            "from": {"id": 1087968824, "is_bot": True, "username": "GroupAnonymousBot"},
        },
        Namelessness.ANONYMOUS,
    ),
    ({"from": {"id": 1087968824, "is_bot": True, "username": "GroupAnonymousBot"}}, Namelessness.ANONYMOUS),
    ({"from": None}, Namelessness.ANONYMOUS),
    ({"from": {"id": 136817688, "is_bot": True, "username": "Channel_Bot"}}, Namelessness.CHANNEL),
    ({"from": {"id": 777000, "first_name": "Telegram"}}, Namelessness.CHANNEL),
    ({"is_automatic_forward": True, "sender_chat": {"id": -1, "type": "channel"}}, Namelessness.CHANNEL),
    ({"forward_origin": {"type": "user"}}, Namelessness.FORWARDED),
    ({"forward_date": 1}, Namelessness.FORWARDED),
    ({"forward_from": ANNA}, Namelessness.FORWARDED),
    ({"forward_from_chat": GROUP}, Namelessness.FORWARDED),
    ({"forward_sender_name": "x"}, Namelessness.FORWARDED),
    ({"via_bot": {"id": 1}}, Namelessness.VIA_BOT),
    ({"from": {"id": 5, "is_bot": True, "first_name": "bot"}}, Namelessness.BOT),
]


@pytest.mark.parametrize(("changes", "why"), NAMELESS)
def test_s4_nobody_acts_under_a_borrowed_name(changes, why):
    """S4: a command in nobody's own name has no sender that anything could be decided by."""
    told = message(text="/Resolve@chatops_bot 5", **changes)
    assert isinstance(told, Faceless)
    assert (told.why, told.command, told.callback_id) == (why, "resolve", "")
    talk = message(text="good morning", **changes)
    assert talk is None or talk.sender is None


def test_s4_a_channel_s_own_post_is_nobody_s():
    """S4: it is not asked for, and may come all the same."""
    posted = {name: value for name, value in MESSAGE.items() if name != "from"}
    channel = {"id": -100999, "type": "channel", "title": "News"}
    told = translated({"update_id": 9, "channel_post": {**posted, "chat": channel, "sender_chat": channel}})
    assert told == Faceless(
        9, -100999, ChatKind.CHANNEL, 5, Sender(-100999, "News"), Namelessness.CHANNEL, command="start"
    )
    assert translated({"update_id": 9, "channel_post": {**posted, "text": "news"}}) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"text": None},
        {"text": 5},
        {"chat": {"id": 0, "type": "group"}},
        {"chat": {"id": -1, "type": "sect"}},
        {"chat": []},
        {"message_id": "5"},
        {"message_id": 2**70},
        {"date": 10**30},
        {"date": True},
    ],
)
def test_what_is_not_for_the_bot_is_none(changes):
    assert message(**changes) is None


@pytest.mark.parametrize("kind", ["edited_message", "edited_channel_post", "poll", "inline_query", "unheard_of"])
def test_other_kinds_are_none(kind):
    assert translated({"update_id": 9, kind: MESSAGE}) is None


def test_a_tap():
    assert tap() == Tap(9, "77", -100123, ChatKind.GROUP, "Ops", 5, Sender(101, "@anna", "ru"), "token")


@pytest.mark.parametrize(
    ("changes", "why", "chat_id"),
    [
        ({"message": None}, Namelessness.INLINE, 101),
        ({"message": None, "inline_message_id": "x"}, Namelessness.INLINE, 101),
        ({"from": {"id": 5, "is_bot": True}}, Namelessness.BOT, -100123),
        ({"from": {"id": 1087968824, "is_bot": True}}, Namelessness.ANONYMOUS, -100123),
        ({"from": {}}, Namelessness.ANONYMOUS, -100123),
        ({"from": {"id": True}}, Namelessness.ANONYMOUS, -100123),
    ],
)
def test_s4_a_tap_without_a_person_or_a_message_is_nobody_s(changes, why, chat_id):
    """S4: an inline message is in no chat that the bot knows."""
    told = tap(**changes)
    assert isinstance(told, Faceless)
    assert (told.why, told.chat_id, told.callback_id, told.command) == (why, chat_id, "77", "")


@pytest.mark.parametrize("changes", [{"data": None}, {"data": 7}, {"id": 5}, {"message": None, "from": None}])
def test_a_tap_without_what_makes_it_one_is_none(changes):
    assert tap(**changes) is None


def test_a_tap_on_a_message_too_old_to_be_shown():
    assert tap(message={"message_id": 5, "date": 0, "chat": GROUP}).message_id == 5


@pytest.mark.parametrize(
    ("standing", "present"),
    [
        ({"status": "member"}, True),
        ({"status": "administrator"}, True),
        ({"status": "restricted", "can_send_messages": True}, True),
        ({"status": "restricted", "can_send_messages": False}, False),
        ({"status": "left"}, False),
        ({"status": "kicked"}, False),
    ],
)
def test_standing(standing, present):
    expected = Membership(9, -100123, ChatKind.GROUP, "Ops", Sender(101, "@anna", "ru"), present)
    assert moved(**standing) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(st.data())
def test_no_shape_breaks_it(data):
    """Any value at any place of a good update: an update or None, and what it holds can be stored."""
    update = copy.deepcopy(
        data.draw(
            st.sampled_from(
                [
                    {"update_id": 1, "message": {**MESSAGE, "reply_to_message": MESSAGE}},
                    {"update_id": 1, "callback_query": TAP},
                    {"update_id": 1, "my_chat_member": MOVED},
                ]
            )
        )
    )
    place = update
    while isinstance(place, dict) and place:
        key = data.draw(st.sampled_from(sorted(place)))
        if not isinstance(place[key], dict) or data.draw(st.booleans()):
            place[key] = data.draw(JSON)
            break
        place = place[key]
    told = read(json.dumps(update).encode())
    assert told is None or isinstance(told, TextMessage | Tap | Membership | Faceless)
    if told is not None:
        repr(told).encode()
        assert abs(told.chat_id) < 2**63


@given(st.binary(max_size=40))
def test_no_bytes_break_it(raw):
    assert read(raw) is None


@pytest.mark.parametrize("raw", [b"[" * 100_000, b"{}", b"[]", b'{"update_id": 1}', b'{"update_id": "1"}', b"\xff"])
def test_odd_bytes(raw):
    assert read(raw) is None


def test_half_a_surrogate_pair_is_replaced():
    assert message(text="a\ud800b").text == "a\ufffdb"


def test_a_tap_in_a_message_that_one_person_sees():
    alone = {**MESSAGE, "message_id": 0, "ephemeral_message_id": 29_341_834, "receiver_user": {"id": 101}}
    told = tap(message=alone)
    assert (told.message_id, told.ephemeral_id) == (0, 29_341_834)
    assert tap(message={**alone, "ephemeral_message_id": "x"}).ephemeral_id == 0
