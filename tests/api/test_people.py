"""People, grants and the log over the API: for admins, each act with its line, and there is always an admin left."""

import pytest

from chatops.core.audit import EntryType
from tests.api.door import ANNA, ELSEWHERE, NOBODY, OLEG, VERA, ApiHouse


def test_an_admin_sees_everybody_and_what_they_may(shop: ApiHouse) -> None:
    told = {each["id"]: each for each in shop.get("/users")["users"]}
    assert told[ELSEWHERE]["grants"] == [{"role": "operator", "cluster": "*", "namespace": "mail"}]
    assert told[ANNA]["disabled"] is False


@pytest.mark.parametrize("by", [OLEG, VERA, ELSEWHERE])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users"),
        ("GET", "/audit"),
        ("POST", "/users/1003/grants"),
        ("POST", "/users/1003/grants/revoke"),
        ("POST", "/users/1003/disable"),
        ("POST", "/users/1003/enable"),
    ],
)
def test_nobody_else_decides_or_reads_the_log(shop: ApiHouse, by: int, method: str, path: str) -> None:
    before = shop.store.users.all()
    content = {"role": "admin"} if method == "POST" else None
    assert shop.ask(method, path, content, by=by).code == "admins_only"
    assert shop.store.users.all() == before
    (line,) = shop.lines(EntryType.DENIED)
    assert line.subject.id == str(by)


def test_a_role_is_given_and_taken_away(shop: ApiHouse) -> None:
    given = {"role": "operator", "cluster": "*", "namespace": "mail"}
    answer = shop.do(f"/users/{VERA}/grants", given)
    assert answer.status == 200, answer.body
    assert given in answer.json()["grants"]
    assert shop.do(f"/users/{VERA}/grants", given).code == "not_decided"
    assert given not in shop.do(f"/users/{VERA}/grants/revoke", given).json()["grants"]
    granted, revoked = (shop.lines(type)[0] for type in (EntryType.GRANTED, EntryType.REVOKED))
    assert granted.detail["via"] == revoked.detail["via"] == "app"
    assert granted.chat_id is None


def test_somebody_is_shut_out_at_once_and_let_in_again(shop: ApiHouse) -> None:
    session = shop.session(OLEG)
    assert shop.do(f"/users/{OLEG}/disable").json()["disabled"] is True
    assert shop.ask("GET", "/me", by=session).status == 401
    assert shop.do(f"/users/{OLEG}/enable").json()["disabled"] is False
    assert shop.ask("GET", "/me", by=session).status == 401
    assert shop.get("/me", by=OLEG)["id"] == OLEG


def test_there_is_always_an_admin_left(shop: ApiHouse) -> None:
    assert shop.do(f"/users/{ANNA}/disable").code == "not_decided"
    assert shop.do(f"/users/{ANNA}/grants/revoke", {"role": "admin"}).code == "not_decided"
    assert shop.get("/me")["rights"]["decide"] is True


def test_nobody_is_made_up(shop: ApiHouse) -> None:
    assert shop.do(f"/users/{NOBODY}/grants", {"role": "viewer"}).code == "not_found"
    assert shop.do(f"/users/{OLEG}/grants", {"role": "viewer", "namespace": "a b"}).code == "bad_request"
    assert shop.do(f"/users/{OLEG}/grants", {"role": "root"}).code == "bad_request"


def test_the_log_is_read_newest_first_and_narrowed(shop: ApiHouse) -> None:
    number = shop.opened()
    shop.do(f"/incidents/{number}/acknowledge", by=OLEG)
    shop.do(f"/incidents/{number}/resolve", by=VERA)
    told = shop.get("/audit")["entries"]
    assert [each["id"] for each in told] == sorted((each["id"] for each in told), reverse=True)
    denied = shop.get("/audit", decision="denied")["entries"]
    assert [(each["type"], each["user"], each["incident"]) for each in denied] == [("denied", str(VERA), number)]
    mine = shop.get("/audit", user=OLEG, type="acknowledged")["entries"]
    assert [each["text"] for each in mine] == ["✋ @u1002 took it"]
    assert mine[0]["detail"]["via"] == "app"
    first = shop.get("/audit", limit=1)
    second = shop.get("/audit", limit=1, cursor=first["next"])
    assert first["entries"][0]["id"] == second["entries"][0]["id"] + 1
    assert shop.ask("GET", "/audit?cursor=x").code == "bad_cursor"


def test_health_is_for_who_is_known(shop: ApiHouse) -> None:
    assert shop.get("/health", by=VERA)["parts"]["telegram"]["state"] == "up"
    assert shop.ask("GET", "/health", by=None).code == "unauthenticated"
