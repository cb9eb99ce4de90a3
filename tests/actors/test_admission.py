"""Admins decide who may, in their private chat: grants, invitations, access taken away, each with its line."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.actors.telegram_messages import NotDelivered
from chatops.core.access import DECIDING
from chatops.core.audit import EntryType
from chatops.core.buttons import Button
from chatops.core.people import Chat, ChatKind, Grant, Role, User, everywhere
from tests.actors.house import ANNA, House, house
from tests.actors.scene import Scene, body

OLEG, NEW = 1002, 1005
GROUP = -100_500


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as built:
        built.cluster.answer = Scene(built.clock)
        built.store.users.put(User(OLEG, "@oleg", (Grant(Role.OPERATOR, namespace="shop"),)))
        yield built


def people(shop: House) -> int:
    shop.write("/users")
    listed = shop.post.wait_text("2 people")
    shop.until(lambda: shop.store.positions.get(ANNA, listed))
    return listed


def types(shop: House) -> list[EntryType]:
    return [stored.entry.type for stored in shop.store.audit.page(limit=1_000)]


def shown(shop: House, message: int, text: str) -> None:
    shop.post.wait(lambda post: text in post.messages[message].html)


def sure(shop: House, at: int, label: str, asked: str) -> str:
    """Read the question, and press what does it; the toast."""
    shown(shop, at, asked)
    shop.clock.move(seconds=2)
    return shop.press(at, label)


def told(shop: House, user: int, text: str) -> int:
    """The private message that says so."""
    found = shop.post.wait(lambda post: [n for n, m in post.messages.items() if m.chat_id == user and text in m.html])
    return int(found[-1])


def test_a_right_is_given_for_a_place_that_was_seen_and_taken_back(shop):
    shop.post_webhook(body("firing_group_of_3"))
    shop.post.wait_text("keeps crashing")
    at = people(shop)
    shop.press(at, "@oleg")
    shown(shop, at, "<b>operator</b> in namespace <code>shop</code>")
    shop.press(at, "Grant")
    shown(shop, at, "Grant to")
    shop.press(at, "viewer")
    shown(shop, at, "to hold?")
    shop.press(at, "everywhere")
    shown(shop, at, "Will be able to read incidents, logs and the cluster there.")
    assert len(shop.store.users.get(OLEG).grants) == 1
    assert "Granted" in sure(shop, at, "✅ Grant", "<b>viewer</b> everywhere")
    assert Grant(Role.VIEWER) in shop.store.users.get(OLEG).grants
    shown(shop, at, "<code>shop</code>")
    shop.press(at, "operator · */shop")
    shown(shop, at, "Keeps: <b>viewer</b> everywhere.")
    assert "Taken away" in sure(shop, at, "✖️ Take away", "Take this away from")
    assert shop.store.users.get(OLEG).grants == (Grant(Role.VIEWER),)
    assert types(shop)[-2:] == [EntryType.GRANTED, EntryType.REVOKED]
    assert shop.store.audit.verify() is None


def test_a_place_is_typed_and_shown_before_it_is_given(shop):
    at = people(shop)
    for label, text in (("@oleg", "1002"), ("Grant", "Grant to"), ("operator", "to hold?")):
        shop.press(at, label)
        shown(shop, at, text)
    shop.write("no place at all")
    shown(shop, at, "names no place")
    shop.write("prod-*/mail")
    shown(shop, at, "in namespace <code>mail</code> of cluster <code>prod-*</code>")
    assert len(shop.store.users.get(OLEG).grants) == 1
    shop.press(at, "prod-*/mail")
    sure(shop, at, "✅ Grant", "take incidents and to change the cluster")
    assert Grant(Role.OPERATOR, "prod-*", "mail") in shop.store.users.get(OLEG).grants


def test_somebody_is_disabled_and_enabled(shop):
    at = people(shop)
    shop.press(at, "@oleg")
    shown(shop, at, "1002")
    shop.press(at, "Disable")
    shown(shop, at, "Will have no access any more, from this moment on.")
    assert not shop.store.users.get(OLEG).disabled
    assert "Disabled" in sure(shop, at, "🚫 Disable", "What is granted is kept")
    shown(shop, at, "🚫 Disabled")
    assert shop.store.users.get(OLEG).disabled
    shop.press(at, "Enable")
    sure(shop, at, "✅ Enable", "Will have again: <b>operator</b> in namespace <code>shop</code>.")
    shop.until(lambda: not shop.store.users.get(OLEG).disabled)
    assert types(shop)[-2:] == [EntryType.DISABLED, EntryType.ENABLED]


def test_the_last_admin_cannot_shut_the_door_behind_them(shop):
    at = people(shop)
    shop.press(at, "@u1001")
    shown(shop, at, "1001")
    before = types(shop)
    shop.press(at, "Disable")
    assert "no admin would be left" in sure(shop, at, "🚫 Disable", "Disable <b>")
    shown(shop, at, "admin</b> everywhere")
    shop.press(at, "admin · everywhere")
    assert "no admin would be left" in sure(shop, at, "✖️ Take away", "Take this away")
    shown(shop, at, "<b>@u1001</b> <code>1001</code>\n\n<b>admin")
    assert shop.store.users.admin_ids() == (ANNA,)
    assert types(shop) == [*before, EntryType.DENIED, EntryType.DENIED]
    told = shop.store.audit.page(limit=999)[-1].entry
    assert told.detail == {
        "what": "revoke",
        "why": "not_decided",
        "user": str(ANNA),
        "role": "admin",
        "cluster": "*",
        "namespace": "*",
    }
    shop.store.users.put(User(OLEG, "@oleg", everywhere(Role.ADMIN)))
    shop.press(at, "Disable")
    assert "Disabled" in sure(shop, at, "🚫 Disable", "Disable <b>")
    shown(shop, at, "One message is one incident")
    assert "don't know you" in shop.press(at, "All open")


def invited(shop: House, role: str = "viewer") -> str:
    """The start parameter of a fresh invitation."""
    shop.write("/invite")
    at = shop.post.wait_text("A viewer reads")
    shop.until(lambda: shop.store.positions.get(ANNA, at))
    shop.press(at, role)
    if role != "admin":
        shown(shop, at, "to hold?")
        shop.press(at, "everywhere")
    shown(shop, at, "Works once")
    return re.search(r"/start (inv_[\w-]+)", shop.post.messages[at].html).group(1)


def test_an_invitation_lets_one_person_in_once(shop):
    token = invited(shop)
    assert len(token) <= 64
    assert token not in str(shop.store.audit.page(limit=99))
    shop.write(f"/start {token}", user=NEW, chat=NEW)
    shop.post.wait_text("You are <b>@u1005</b>, role <b>viewer</b>")
    assert shop.store.users.get(NEW).grants == (Grant(Role.VIEWER),)
    shop.write(f"/start {token}", user=NEW + 1, chat=NEW + 1)
    shop.post.wait_text("I don't know you yet")
    assert shop.store.users.get(NEW + 1) is None
    assert [t for t in types(shop) if t in (EntryType.INVITED, EntryType.USER_ADDED)] == [
        EntryType.INVITED,
        EntryType.USER_ADDED,
    ]


@pytest.mark.parametrize("how", ["late", "guessed", "in a group", "inviter gone", "to a disabled one"])
def test_an_invitation_that_does_not_count(shop, how):
    token = invited(shop, "admin")
    chat = NEW
    match how:
        case "late":
            shop.clock.move(hours=24)
        case "guessed":
            token = token[:-1] + ("A" if token[-1] != "A" else "B")
        case "in a group":
            chat = GROUP
        case "inviter gone":
            shop.store.users.put(User(OLEG, "@oleg", everywhere(Role.ADMIN)))
            shop.store.users.put(User(ANNA, "@anna", everywhere(Role.OPERATOR)))
        case "to a disabled one":
            shop.store.users.put(User(NEW, "@u1005", disabled=True))
    before = shop.store.users.get(NEW)
    shop.write(f"/start {token}", user=NEW, chat=chat)
    shop.post.wait_text("Only people known" if how == "in a group" else "I don't know you yet")
    assert shop.store.users.get(NEW) == before
    assert types(shop)[-1] is EntryType.DENIED


def test_only_admins_and_only_in_private(shop):
    shop.write("/users", user=OLEG, chat=OLEG)
    shop.post.wait_text("Only an admin decides who may")
    assert types(shop)[-1] is EntryType.DENIED
    shop.store.chats.put(Chat(GROUP, ChatKind.GROUP, "on-call", subscribed=True))
    shop.write("/invite", chat=GROUP)
    shop.post.wait_text("in a private chat with me")
    assert not any("A viewer reads" in m.html for m in shop.post.messages.values())


@pytest.mark.parametrize("verb", sorted(DECIDING))
def test_no_button_of_these_works_for_who_is_no_admin(shop, verb):
    shop.write("/help", user=OLEG, chat=OLEG)
    at = shop.post.wait_text("One message is one incident")
    button = Button("x", verb, {"user": str(OLEG), "role": "admin", "act": "give"})
    (token,) = shop.store.buttons.offer(OLEG, at, [button], shop.clock())
    assert "Only an admin" in shop.press_token(at, token, user=OLEG, chat=OLEG)
    assert types(shop)[-1] is EntryType.DENIED
    assert shop.store.users.admin_ids() == (ANNA,)


# Two taps, as for a change in the cluster


def asked(shop: House, label: str = "Disable", text: str = "Disable <b>") -> int:
    """The question about Oleg that stands in the message."""
    at = people(shop)
    shop.press(at, "@oleg")
    shown(shop, at, "1002")
    shop.press(at, label)
    shown(shop, at, text)
    return at


@pytest.mark.parametrize("how", ["at once", "too late", "by another admin", "cancelled"])
def test_a_decision_counts_from_who_was_asked_and_in_time(shop, how):
    at = asked(shop)
    token = shop.post.button(at, "🚫 Disable")
    shop.clock.move(seconds=2 if how != "at once" else 0)
    match how:
        case "at once":
            assert "That was quick" in shop.press_token(at, token)
        case "too late":
            shop.clock.move(seconds=60)
            assert "expired" in shop.press_token(at, token)
        case "by another admin":
            shop.store.users.put(User(NEW, "@new", everywhere(Role.ADMIN)))
            assert "only they can confirm" in shop.press_token(at, token, user=NEW)
        case "cancelled":
            shop.press(at, "Cancel")
            shown(shop, at, "<b>operator</b> in namespace")
    assert not shop.store.users.get(OLEG).disabled
    assert EntryType.DISABLED not in types(shop)


def test_a_decision_is_made_once(shop):
    at = asked(shop)
    token = shop.post.button(at, "🚫 Disable")
    shop.clock.move(seconds=2)
    assert "Disabled" in shop.press_token(at, token)
    shop.store.users.put(User(OLEG, "@oleg", (Grant(Role.VIEWER),)))
    assert "pressed already" in shop.press_token(at, token)
    assert not shop.store.users.get(OLEG).disabled


def test_an_admin_no_more_decides_nothing_that_was_asked_before(shop):
    at = asked(shop)
    shop.store.users.put(User(NEW, "@new", everywhere(Role.ADMIN)))
    shop.store.users.put(User(ANNA, "@anna", everywhere(Role.OPERATOR)))
    shop.clock.move(seconds=2)
    assert "Only an admin" in shop.press(at, "🚫 Disable")
    assert not shop.store.users.get(OLEG).disabled


# Who is concerned is told


def test_somebody_disabled_is_told_that_and_no_more(shop):
    at = asked(shop)
    sure(shop, at, "🚫 Disable", "Disable <b>")
    message = shop.post.messages[told(shop, OLEG, "no access any more")]
    assert message.html == "🚫 You have no access any more."
    assert message.keyboard == ()


def test_somebody_loses_one_of_two_grants_and_then_the_last(shop):
    shop.store.users.put(User(OLEG, "@oleg", (Grant(Role.VIEWER), Grant(Role.OPERATOR, namespace="shop"))))
    at = asked(shop, "viewer · everywhere", "Take this away")
    sure(shop, at, "✖️ Take away", "Keeps: <b>operator</b>")
    told(shop, OLEG, "Taken away from you: <b>viewer</b> everywhere")
    shown(shop, at, "<code>1002</code>\n\n<b>operator")
    shop.press(at, "operator · */shop")
    sure(shop, at, "✖️ Take away", "no access any more, from this moment on")
    told(shop, OLEG, "🚫 You have no access any more.")


@pytest.mark.parametrize("subscribed", [False, True])
def test_somebody_granted_something_sees_what_is_open(shop, subscribed):
    """Cards where they want them; else how to get them, and the list."""
    shop.store.users.put(User(OLEG, "@oleg", (Grant(Role.VIEWER, namespace="bank"),)))
    shop.store.chats.put(Chat(OLEG, ChatKind.PRIVATE, subscribed=subscribed))
    shop.post_webhook(body("firing_group_of_3"))
    shop.post.wait_text("keeps crashing")
    assert not [m for m in shop.post.messages.values() if m.chat_id == OLEG]
    at = asked(shop, "Grant", "Grant to")
    shop.press(at, "operator")
    shown(shop, at, "to hold?")
    shop.press(at, "*/shop")
    sure(shop, at, "✅ Grant", "operator</b> in namespace <code>shop</code>")
    message = told(shop, OLEG, "You have access:</b> <b>operator</b> in namespace <code>shop</code>")
    assert shop.post.button(message, "All open · 1")
    if subscribed:
        shop.until(lambda: shop.store.cards.get(OLEG, 1))
    else:
        assert "/subscribe starts it" in shop.post.messages[message].html
        assert shop.store.cards.get(OLEG, 1) is None


def test_who_cannot_be_reached_is_no_error(shop):
    """They blocked the bot, or never wrote to it."""
    shop.post.refuse = lambda deliver: (
        NotDelivered(deliver.tag, "blocked", "bot can't initiate conversation with a user")
        if getattr(deliver.outgoing, "chat_id", 0) == OLEG
        else None
    )
    at = asked(shop)
    assert "Disabled" in sure(shop, at, "🚫 Disable", "Disable <b>")
    shown(shop, at, "🚫 Disabled")
    shop.press(at, "Enable")
    assert "Enabled" in sure(shop, at, "✅ Enable", "Enable <b>")
    assert shop.failed == []


def test_who_was_let_in_sees_the_cards_of_their_chat(shop):
    """Their chat was subscribed before they were let in."""
    shop.store.chats.put(Chat(NEW, ChatKind.PRIVATE, subscribed=True))
    shop.store.users.put(User(NEW, "@u1005"))
    shop.post_webhook(body("firing_group_of_3"))
    shop.post.wait_text("keeps crashing")
    token = invited(shop)
    shop.write(f"/start {token}", user=NEW, chat=NEW)
    shop.until(lambda: shop.store.cards.get(NEW, 1))


def test_who_was_let_in_is_offered_the_list_and_how_to_subscribe(shop):
    shop.post_webhook(body("firing_group_of_3"))
    shop.post.wait_text("keeps crashing")
    token = invited(shop)
    shop.write(f"/start {token}", user=NEW, chat=NEW)
    at = told(shop, NEW, "/subscribe starts it")
    assert shop.post.button(at, "All open · 1")
