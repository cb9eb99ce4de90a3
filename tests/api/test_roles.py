"""Every operation that is described, by every kind of person: a new one is here by itself, and is of one kind."""

from typing import Any

import pytest

from tests.api.door import ANNA, DISABLED, ELSEWHERE, NOBODY, OLEG, VERA, ApiHouse

OPEN = {"sign_in"}
"""For who is nobody yet."""

OF_ONES_OWN = {"me", "wish", "sign_out", "list_tokens", "make_token", "revoke_token"}
READING = {
    "list_incidents",
    "changes",
    "places",
    "incident",
    "timeline",
    "export",
    "offers",
    "logs",
    "describe",
    "statistics",
    "health",
}
ACTING = {
    "acknowledge",
    "release",
    "resolve",
    "reject",
    "reopen",
    "note",
    "silence",
    "unsilence",
    "stop",
    "preview",
    "confirm",
}
DECIDING = {"audit", "list_users", "grant", "revoke", "disable", "enable"}

REF = {"kind": "Deployment", "name": "checkout", "namespace": "shop", "uid": "uid-1"}
BODIES: dict[str, Any] = {
    "wish": {"language": "en"},
    "make_token": {"name": "x"},
    "reject": {"reason": "noise"},
    "note": {"text": "x"},
    "silence": {"length": "1h"},
    "preview": {"action": "rollout_restart", "ref": REF},
    "grant": {"role": "viewer"},
    "revoke": {"role": "viewer"},
}
OBJECT = "?kind=Deployment&name=checkout&namespace=shop"


def operations(shop: ApiHouse) -> dict[str, tuple[str, str]]:
    """Method and path of each, ready to be asked for of incident 1."""
    found = {}
    for path, methods in shop.get("/openapi.json", by=None)["paths"].items():
        for method, told in methods.items():
            name = told.get("operationId", "")
            if name:
                here = path.removeprefix("/api/v1").replace("{number}", "1").replace("{token}", "x" * 20)
                found[name] = (method.upper(), here + (OBJECT if name in ("offers", "logs", "describe") else ""))
    return found


def asked(shop: ApiHouse, name: str, where: tuple[str, str], by: int | None) -> tuple[int, str]:
    method, path = where
    shop.passes(2)
    content = BODIES.get(name, {}) if method in ("POST", "PATCH") else None
    answer = shop.ask(method, path, content, by=by)
    return answer.status, "" if answer.status < 400 else answer.code


def test_every_operation_is_of_one_kind(shop: ApiHouse) -> None:
    kinds = (OPEN, OF_ONES_OWN, READING, ACTING, DECIDING)
    assert set(operations(shop)) == set().union(*kinds)
    assert sum(map(len, kinds)) == len(operations(shop))


@pytest.mark.parametrize(("by", "code"), [(None, "unauthenticated"), (NOBODY, "stranger"), (DISABLED, "disabled")])
def test_who_may_nothing_is_answered_nothing(shop: ApiHouse, by: int | None, code: str) -> None:
    shop.opened()
    for name, where in operations(shop).items():
        if name not in OPEN:
            assert asked(shop, name, where, by)[1] == code, name


def test_who_may_look_may_look(shop: ApiHouse) -> None:
    shop.opened()
    there = operations(shop)
    for name in READING | OF_ONES_OWN - {"revoke_token", "sign_out"}:
        assert asked(shop, name, there[name], VERA)[0] in (200, 201), name
    for name in ACTING - {"confirm"}:
        assert asked(shop, name, there[name], VERA) == (403, "no_right"), name
    assert asked(shop, "confirm", there["confirm"], VERA) == (404, "unknown")
    for name in DECIDING:
        assert asked(shop, name, there[name], VERA) == (403, "admins_only"), name


def test_who_may_act_elsewhere_sees_nothing_here(shop: ApiHouse) -> None:
    shop.opened()
    for name, where in operations(shop).items():
        if "/incidents/1" in where[1]:
            assert asked(shop, name, where, ELSEWHERE) == (404, "not_found"), name
        elif name in DECIDING:
            assert asked(shop, name, where, ELSEWHERE) == (403, "admins_only"), name


def test_who_may_act_does_not_decide(shop: ApiHouse) -> None:
    shop.opened()
    there = operations(shop)
    for name in DECIDING:
        assert asked(shop, name, there[name], OLEG) == (403, "admins_only"), name
    assert asked(shop, "preview", there["preview"], OLEG)[0] == 200
    assert asked(shop, "acknowledge", there["acknowledge"], OLEG)[0] == 200


def test_an_admin_is_refused_nothing_for_want_of_a_right(shop: ApiHouse) -> None:
    shop.opened()
    for name, where in operations(shop).items():
        if name not in OPEN:
            assert asked(shop, name, where, ANNA)[0] not in (401, 403), name
