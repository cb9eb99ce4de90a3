"""Every door of the API: what opens it, once or for a while, and that nothing else does."""

from datetime import timedelta

import pytest

from chatops.core.audit import EntryType
from chatops.core.people import Role, User, everywhere
from chatops.core.signing_in import LAUNCH_LIFETIME, MOST_TOKENS, SESSION_IDLE
from tests.api.door import ANNA, DISABLED, NOBODY, OLEG, VERA, Answer, ApiHouse, launch


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def test_a_launch_opens_a_session_once(shop: ApiHouse) -> None:
    shown = shop.launched()
    answer = shop.ask("POST", "/session", by=shown)
    assert answer.status == 201
    told = answer.json()
    assert told["me"]["id"] == ANNA
    assert told["me"]["rights"] == {"read": True, "act": True, "decide": True}
    assert shop.get("/me", by=f"Bearer {told['token']}")["via"] == "session"
    assert refused(shop.ask("POST", "/session", by=shown)) == (401, "used_up")
    (line,) = shop.lines(EntryType.SIGNED_IN)
    assert line.detail == {"by": "launch", "via": "app"}


def test_a_launch_tells_what_somebody_is_called_now(shop: ApiHouse) -> None:
    shop.store.users.put(User(OLEG, "1002", everywhere(Role.OPERATOR)))
    told = shop.ask("POST", "/session", by=shop.launched(OLEG, name="oleg")).json()
    assert told["me"]["name"] == "@oleg"
    assert shop.get("/me", by=f"Bearer {told['token']}")["name"] == "@oleg"


def test_s6_a_launch_reads_for_its_hour_and_changes_once(shop: ApiHouse) -> None:
    number = shop.opened()
    shown = shop.launched()
    for _ in range(3):
        assert shop.get(f"/incidents/{number}", by=shown)["id"] == number
    assert shop.do(f"/incidents/{number}/acknowledge", by=shown).status == 200
    assert refused(shop.do(f"/incidents/{number}/release", by=shown)) == (401, "used_up")
    assert refused(shop.ask("POST", "/session", by=shown)) == (401, "used_up")
    assert shop.get("/me", by=shown)["via"] == "init_data"
    shop.clock.move(seconds=LAUNCH_LIFETIME.total_seconds() + 1)
    assert refused(shop.ask("GET", "/me", by=shown)) == (401, "expired")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda text: text.replace("1001", "1002"), "bad_init_data"),
        (lambda text: text.replace("query_id=q1", "query_id=q2"), "bad_init_data"),
        (lambda text: text + "&start_param=inc_2", "bad_init_data"),
        (lambda text: text.rpartition("hash=")[0] + "hash=" + "0" * 64, "bad_init_data"),
        (lambda text: text.partition("&")[2], "bad_init_data"),
        (lambda text: "", "bad_init_data"),
        (lambda text: "x" * 9_000, "bad_init_data"),
    ],
)
def test_s6_what_telegram_did_not_sign_opens_nothing(shop: ApiHouse, spoil, code) -> None:
    text = launch(ANNA, shop.clock())
    for method, path in (("GET", "/me"), ("POST", "/session")):
        assert refused(shop.ask(method, path, by=f"tma {spoil(text)}")) == (401, code)


def test_s6_a_launch_of_another_bot_opens_nothing(shop: ApiHouse) -> None:
    shown = f"tma {launch(ANNA, shop.clock(), token='654321:AAEEothersandboxsandboxsandboxsandbo')}"
    assert refused(shop.ask("POST", "/session", by=shown)) == (401, "bad_init_data")


@pytest.mark.parametrize(("user", "code"), [(NOBODY, "stranger"), (DISABLED, "disabled")])
def test_who_may_nothing_is_told_no_more_than_that(shop: ApiHouse, user: int, code: str) -> None:
    shop.opened()
    shown = shop.launched(user)
    for method, path in (("GET", "/incidents"), ("POST", "/session"), ("POST", "/incidents/1/acknowledge")):
        answer = shop.ask(method, path, by=shown)
        assert refused(answer) == (403, code)
        assert "checkout" not in answer.body.decode()


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer x", "Bearer cop_x", "Basic eDp4", "tma", "x" * 500])
def test_what_is_no_key_opens_nothing(shop: ApiHouse, shown: str) -> None:
    answer = shop.ask("GET", "/incidents", by=shown)
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_login_link_opens_a_session_once_and_not_for_long(shop: ApiHouse) -> None:
    code = shop.store.logins.make(OLEG, shop.clock())
    answer = shop.ask("POST", "/session", {"code": code}, by=None)
    assert answer.status == 201
    assert answer.json()["me"]["id"] == OLEG
    assert refused(shop.ask("POST", "/session", {"code": code}, by=None)) == (401, "login_link_gone")
    late = shop.store.logins.make(OLEG, shop.clock())
    shop.clock.move(minutes=5)
    assert refused(shop.ask("POST", "/session", {"code": late}, by=None)) == (401, "login_link_gone")


def test_a_session_ends_when_it_is_not_used_and_when_one_signs_out(shop: ApiHouse) -> None:
    session = shop.session(OLEG)
    assert shop.ask("DELETE", "/session", by=session).status == 204
    assert refused(shop.ask("GET", "/me", by=session)) == (401, "expired")
    other = shop.session(OLEG)
    shop.clock.move(seconds=SESSION_IDLE.total_seconds())
    assert refused(shop.ask("GET", "/me", by=other)) == (401, "expired")


def test_rights_are_those_of_now(shop: ApiHouse) -> None:
    number, session = shop.opened(), shop.session(OLEG)
    shop.store.users.put(User(OLEG, "@oleg", everywhere(Role.VIEWER)))
    assert refused(shop.do(f"/incidents/{number}/acknowledge", by=session)) == (403, "no_right")
    shop.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR), disabled=True))
    assert refused(shop.ask("GET", "/me", by=session)) == (403, "disabled")


def token(shop: ApiHouse, scope: str, by: int = ANNA) -> str:
    answer = shop.do("/tokens", {"name": f"for {scope}", "scope": scope, "days": 7}, by=by)
    assert answer.status == 201, answer.body
    return f"Bearer {answer.json()['token']}"


def test_a_token_may_no_more_than_its_scope_and_its_owner(shop: ApiHouse) -> None:
    number = shop.opened()
    reads, acts, all_of_it = (token(shop, scope) for scope in ("read", "act", "decide"))
    assert shop.get(f"/incidents/{number}", by=reads)["id"] == number
    assert refused(shop.do(f"/incidents/{number}/acknowledge", by=reads)) == (403, "token_scope")
    assert shop.do(f"/incidents/{number}/acknowledge", by=acts).status == 200
    assert refused(shop.ask("GET", "/users", by=acts)) == (403, "token_scope")
    assert shop.ask("GET", "/users", by=all_of_it).status == 200
    viewers = token(shop, "decide", by=VERA)
    assert refused(shop.do(f"/incidents/{number}/release", by=viewers)) == (403, "no_right")
    (line,) = shop.lines(EntryType.ACKNOWLEDGED)
    assert line.detail["via"] == "token for act"
    assert "acknowledge" not in shop.get(f"/incidents/{number}", by=reads)["can"]


def test_a_token_is_listed_without_its_text_and_taken_back(shop: ApiHouse) -> None:
    text = token(shop, "read", by=OLEG)
    (told,) = shop.get("/tokens", by=OLEG)["tokens"]
    assert text.removeprefix("Bearer ") not in str(told)
    assert refused(shop.ask("DELETE", f"/tokens/{told['id']}", by=VERA)) == (404, "not_found")
    assert shop.get("/me", by=text)["via"] == "token"
    assert shop.ask("DELETE", f"/tokens/{told['id']}", by=OLEG).status == 204
    assert refused(shop.ask("GET", "/me", by=text)) == (401, "unauthenticated")
    assert [line.type for line in shop.lines()][-2:] != []
    assert {line.type for line in shop.lines()} >= {EntryType.TOKEN_MADE, EntryType.TOKEN_REVOKED}


def test_a_token_makes_and_takes_back_no_tokens(shop: ApiHouse) -> None:
    text = token(shop, "decide")
    assert refused(shop.do("/tokens", {"name": "more"}, by=text)) == (403, "token_scope")
    assert refused(shop.ask("DELETE", "/tokens/1", by=text)) == (403, "token_scope")
    assert refused(shop.ask("DELETE", "/session", by=text)) == (409, "no_session")


def test_a_token_is_over_in_time_and_a_person_has_only_so_many(shop: ApiHouse) -> None:
    text = token(shop, "read")
    session = shop.session(ANNA)
    for _ in range(MOST_TOKENS - 1):
        shop.passes(2)
        assert shop.do("/tokens", {"name": "x"}, by=session).status == 201
    assert refused(shop.do("/tokens", {"name": "x"}, by=session)) == (409, "too_many")
    shop.clock.move(seconds=timedelta(days=7).total_seconds())
    assert refused(shop.ask("GET", "/me", by=text)) == (401, "unauthenticated")


def test_language_is_chosen(shop: ApiHouse) -> None:
    assert shop.ask("PATCH", "/me", {"language": "ru"}, by=OLEG).json()["language"] == "ru"
    assert shop.get("/me", by=OLEG)["language"] == "ru"
    assert shop.ask("PATCH", "/me", {"language": "de"}, by=OLEG).code == "bad_request"


def test_no_cookie_is_set_and_nothing_is_kept_by_caches(shop: ApiHouse) -> None:
    answer = shop.ask("POST", "/session", by=shop.launched())
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
