"""/oncall: who has it, who takes over, and who is told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, time
from pathlib import Path

import pytest

from chatops.core.audit import EntryType
from chatops.core.oncall import Member, Roster, Rotation, Step
from chatops.core.people import Grant, Role, User, everywhere
from tests.actors.house import ANNA, House

OLEG, EVE, VIEWER = 1002, 1003, 1004
MEMBERS = (Member(ANNA, "anna"), Member(OLEG, "oleg"))
ROSTER = Roster(MEMBERS, {"primary": Rotation(MEMBERS, 0, time(8), UTC, date(2026, 11, 23))}, (Step(rota="primary"),))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path)
    built.policy = replace(built.policy, roster=ROSTER)
    built.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR)))
    built.store.users.put(User(EVE, "@eve", (Grant(Role.OPERATOR, "prod", "shop"),)))
    built.store.users.put(User(VIEWER, "@viewer", everywhere(Role.VIEWER)))
    built.start()
    try:
        yield built
    finally:
        built.close()


def ask(shop: House, user: int = ANNA) -> int:
    before = set(shop.post.messages)
    shop.write("/oncall", user=user, chat=user)
    return int(shop.post.wait(lambda post: next((n for n in post.messages if n not in before), None)))


def shown(shop: House, message: int, words: str) -> None:
    shop.post.wait(lambda post: words in post.messages[message].html)


def confirm(shop: House, message: int, user: int = ANNA) -> str:
    shop.post.wait(lambda post: any("Yes" in key.label for row in post.messages[message].keyboard for key in row))
    shop.clock.move(seconds=2)
    return shop.press(message, "Yes", user=user, chat=user)


def changes(shop: House) -> list[dict[str, str]]:
    lines = shop.store.audit.page(limit=1_000)
    return [line.entry.detail for line in lines if line.entry.type is EntryType.ON_CALL_CHANGED]


def test_who_has_it_until_when_and_who_then(shop):
    message = ask(shop)
    html = shop.post.messages[message].html
    assert "primary: <b>anna</b> until" in html
    assert "30.11 08:00 UTC" in html
    assert "then oleg" in html


@pytest.mark.parametrize(
    ("span", "until"), [("1 h", "23.11 10:00"), ("8 h", "23.11 17:00"), ("until hand-over", "30.11 08:00")]
)
def test_somebody_takes_over(shop, span, until):
    message = ask(shop, EVE)
    shop.press(message, "Take over", user=EVE, chat=EVE)
    shown(shop, message, "For how long do you take over")
    shop.press(message, span, user=EVE, chat=EVE)
    shown(shop, message, "until <tg-time unix=")
    assert f"{until} UTC" in shop.post.messages[message].html
    assert confirm(shop, message, EVE) == "☎️ Done"
    shown(shop, message, "<b>@u1003</b> until")
    assert "instead of anna" in shop.post.messages[message].html
    assert [(each["name"], each["rota"]) for each in changes(shop)] == [("@u1003", "primary")]


def test_it_is_handed_over_to_somebody_who_is_told(shop):
    message = ask(shop)
    shop.press(message, "Hand over")
    shown(shop, message, "Who is to be on call")
    shop.press(message, "oleg")
    shown(shop, message, "For how long")
    shop.press(message, "8 h")
    shown(shop, message, "<b>oleg</b> is on call")
    confirm(shop, message)
    shop.post.wait(
        lambda post: any(m.chat_id == OLEG and "put you on call for primary" in m.html for m in post.messages.values())
    )
    assert changes(shop)[0]["user"] == str(OLEG)


def test_back_to_the_rotation(shop):
    message = ask(shop, EVE)
    shop.press(message, "Take over", user=EVE, chat=EVE)
    shown(shop, message, "For how long")
    shop.press(message, "8 h", user=EVE, chat=EVE)
    confirm(shop, message, EVE)
    shown(shop, message, "instead of")
    shop.press(message, "Back to the rotation", user=EVE, chat=EVE)
    shown(shop, message, "to count again")
    confirm(shop, message, EVE)
    shown(shop, message, "<b>anna</b> until")
    assert changes(shop)[1:] == [{"rota": "primary"}]


def test_one_confirm_is_one_change(shop):
    message = ask(shop)
    shop.press(message, "Take over")
    shown(shop, message, "For how long")
    shop.press(message, "1 h")
    shop.post.wait(lambda post: any("Yes" in key.label for row in post.messages[message].keyboard for key in row))
    token = shop.post.button(message, "Yes")
    shop.clock.move(seconds=2)
    shop.press_token(message, token)
    assert "already" in shop.press_token(message, token)
    assert len(changes(shop)) == 1


def test_a_question_is_over_after_a_minute(shop):
    message = ask(shop)
    shop.press(message, "Take over")
    shown(shop, message, "For how long")
    shop.press(message, "1 h")
    shop.post.wait(lambda post: any("Yes" in key.label for row in post.messages[message].keyboard for key in row))
    shop.clock.move(seconds=61)
    assert "expired" in shop.press(message, "Yes")
    assert changes(shop) == []


def test_a_viewer_sees_it_and_changes_nothing(shop):
    message = ask(shop, VIEWER)
    assert "viewer" in shop.press(message, "Take over", user=VIEWER, chat=VIEWER)
    lines = shop.store.audit.page(limit=1_000)
    assert lines[-1].entry.type is EntryType.DENIED


def test_somebody_else_does_not_confirm_it(shop):
    message = ask(shop)
    shop.press(message, "Take over")
    shown(shop, message, "For how long")
    shop.press(message, "1 h")
    shop.post.wait(lambda post: any("Yes" in key.label for row in post.messages[message].keyboard for key in row))
    shop.clock.move(seconds=2)
    assert "chose this" in shop.press(message, "Yes", user=OLEG)
    assert changes(shop) == []


def test_without_a_file_it_says_so(tmp_path):
    built = House(tmp_path)
    built.start()
    try:
        assert "there is no rota" in built.post.messages[ask(built)].html
    finally:
        built.close()
