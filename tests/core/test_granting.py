"""What an admin's act makes of a user, and that there is always an admin left."""

from datetime import timedelta

import pytest

from chatops.core.audit import EntryType, Subject
from chatops.core.granting import Act, Invite, admitted, decided, grant_detail, grant_of, place_typed
from chatops.core.people import Grant, Role, User, everywhere
from tests.core.scene import at

ANNA, OLEG = User(1, "@anna", everywhere(Role.ADMIN)), User(2, "@oleg", (Grant(Role.OPERATOR, "*", "shop"),))
SHOP = Grant(Role.VIEWER, "prod", "shop")


def act(type: EntryType, grant: Grant | None = None, by: int = 1) -> Act:
    return Act(type, Subject.person(by, f"@{by}"), at(0), 1, grant)


@pytest.mark.parametrize(
    ("done", "before", "after"),
    [
        (act(EntryType.GRANTED, SHOP), OLEG, User(2, "@oleg", (*OLEG.grants, SHOP))),
        (act(EntryType.GRANTED, OLEG.grants[0]), OLEG, None),
        (act(EntryType.REVOKED, OLEG.grants[0]), OLEG, User(2, "@oleg")),
        (act(EntryType.REVOKED, SHOP), OLEG, None),
        (act(EntryType.DISABLED), OLEG, User(2, "@oleg", OLEG.grants, disabled=True)),
        (act(EntryType.ENABLED), User(2, "@oleg", disabled=True), User(2, "@oleg")),
        (act(EntryType.ENABLED), OLEG, None),
        (act(EntryType.GRANTED, SHOP), None, None),
    ],
)
def test_an_act(done: Act, before: User | None, after: User | None) -> None:
    found = decided(done, before, {1})
    if after is None:
        assert found is None
        return
    assert found is not None
    user, (entry,) = found
    assert user == after
    assert (entry.type, entry.subject.id, entry.detail["user"]) == (done.type, "1", "2")
    assert grant_of(dict(entry.detail)) == done.grant


@pytest.mark.parametrize("done", [act(EntryType.DISABLED), act(EntryType.REVOKED, Grant(Role.ADMIN))])
def test_the_last_admin_stays_one(done: Act) -> None:
    assert decided(done, ANNA, {1}) is None
    assert decided(done, ANNA, {1, 2}) is not None


def test_who_is_no_admin_any_more_decides_nothing() -> None:
    assert decided(act(EntryType.DISABLED, by=3), OLEG, {1}) is None
    assert decided(act(EntryType.DISABLED, by=3), ANNA, {1}) is None


INVITE = Invite(SHOP, 1, "@anna", at(60))


def test_an_invitation_makes_a_user() -> None:
    found = admitted(INVITE, None, {1}, User(9, "@new", (), "ru"), now=at(59))
    assert found is not None
    user, (entry,) = found
    assert user == User(9, "@new", (SHOP,), "ru")
    assert (entry.type, entry.subject.id) == (EntryType.USER_ADDED, "9")
    assert entry.detail == {"user": "9", "invited_by": "@anna (1)", **grant_detail(SHOP)}


def test_an_invitation_adds_to_what_somebody_has() -> None:
    found = admitted(INVITE, OLEG, {1}, User(2, "@x"), now=at(0))
    assert found is not None
    assert found[0] == User(2, "@oleg", (*OLEG.grants, SHOP))


def test_an_invitation_that_does_not_count() -> None:
    new = User(9, "@new")
    assert admitted(INVITE, None, {1}, new, now=at(60)) is None
    assert admitted(INVITE, None, {2}, new, now=at(0)) is None, "who invited is no admin any more"
    assert admitted(INVITE, User(9, "@new", disabled=True), {1}, new, now=at(0)) is None
    assert admitted(INVITE, None, {1}, new, now=at(60) - timedelta(seconds=1)) is not None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("shop", ("*", "shop")),
        (" shop-* ", ("*", "shop-*")),
        ("prod/shop", ("prod", "shop")),
        ("prod/*", ("prod", "*")),
        ("*", ("*", "*")),
        ("***/**", ("*", "*")),
        ("arn:aws:eks:eu:1:cluster/prod/shop", ("arn:aws:eks:eu:1:cluster/prod", "shop")),
        ("", None),
        ("/", None),
        ("prod/", None),
        ("/shop", None),
        ("two words", None),
        ("a\nb", None),
        ("x" * 254, None),
        ("a\u202eb", None),
    ],
)
def test_a_place_as_it_is_typed(text: str, place: tuple[str, str] | None) -> None:
    assert place_typed(text) == place


def test_a_grant_from_a_button() -> None:
    assert grant_of({"role": "admin"}) == Grant(Role.ADMIN)
    assert grant_of({"role": "viewer"}) is None
    assert grant_of({"role": "king", "cluster": "*", "namespace": "*"}) is None
    assert grant_of({"role": "admin", "cluster": "prod", "namespace": "*"}) == Grant(Role.ADMIN, "prod")
