"""Admins decide who may, in their private chat: grants, invitations, access taken away, each with its line."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.core.audit import EntryType
from chatops.core.buttons import Button, Verb
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
    assert "Granted" in shop.press(at, "everywhere")
    shown(shop, at, "<b>viewer</b> everywhere")
    assert Grant(Role.VIEWER) in shop.store.users.get(OLEG).grants
    assert "Taken away" in shop.press(at, "operator · */shop")
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
    assert Grant(Role.OPERATOR, "prod-*", "mail") in shop.store.users.get(OLEG).grants


def test_somebody_is_disabled_and_enabled(shop):
    at = people(shop)
    shop.press(at, "@oleg")
    shown(shop, at, "1002")
    shop.press(at, "Disable")
    shown(shop, at, "🚫 Disabled")
    assert shop.store.users.get(OLEG).disabled
    shop.press(at, "Enable")
    shop.until(lambda: not shop.store.users.get(OLEG).disabled)
    assert types(shop)[-2:] == [EntryType.DISABLED, EntryType.ENABLED]


def test_the_last_admin_cannot_shut_the_door_behind_them(shop):
    at = people(shop)
    shop.press(at, "@u1001")
    shown(shop, at, "1001")
    before = types(shop)
    assert "no admin would be left" in shop.press(at, "Disable")
    assert "no admin would be left" in shop.press(at, "admin · everywhere")
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
    assert "Disabled" in shop.press(at, "Disable")
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


@pytest.mark.parametrize("verb", [Verb.PEOPLE, Verb.PERSON, Verb.GRANT, Verb.GIVE, Verb.REVOKE, Verb.DISABLE])
def test_no_button_of_these_works_for_who_is_no_admin(shop, verb):
    shop.write("/help", user=OLEG, chat=OLEG)
    at = shop.post.wait_text("One message is one incident")
    button = Button("x", verb, {"user": str(OLEG), "role": "admin"})
    (token,) = shop.store.buttons.offer(OLEG, at, [button], shop.clock())
    assert "Only an admin" in shop.press_token(at, token, user=OLEG, chat=OLEG)
    assert types(shop)[-1] is EntryType.DENIED
    assert shop.store.users.admin_ids() == (ANNA,)
