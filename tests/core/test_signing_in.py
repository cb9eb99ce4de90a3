"""A launch of the Mini App counts when Telegram signed every field of it lately; nothing else does."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.access import Right
from chatops.core.signing_in import AHEAD, LAUNCH_LIFETIME, Launch, Refused, Scope, launched_by

TOKEN = "123456:AAEEsandboxsandboxsandboxsandboxsand"
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ANNA = {"id": 1001, "first_name": "Anna", "last_name": "Ivanova", "username": "anna", "language_code": "ru"}


def fields(**changed: str) -> dict[str, str]:
    told = {
        "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
        "user": json.dumps(ANNA),
        "auth_date": str(int(NOW.timestamp())),
        "signature": "opaque",
    }
    return {**told, **changed}


def signed(told: dict[str, str], token: str = TOKEN) -> str:
    """As Telegram's page says, written down a second time."""
    text = "\n".join(f"{name}={value}" for name, value in sorted(told.items()))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode({**told, "hash": hmac.new(key, text.encode(), hashlib.sha256).hexdigest()})


def test_what_telegram_signed_says_who_it_is():
    launch = launched_by(signed(fields()), TOKEN, now=NOW + timedelta(minutes=5))
    assert isinstance(launch, Launch)
    assert (launch.user_id, launch.name, launch.language_code, launch.at) == (1001, "@anna", "ru", NOW)


def test_telegrams_own_example():
    """The vector that the libraries of others check themselves with (telegram-mini-apps, `init-data`)."""
    data = (
        "query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%22%2C%22last_name"
        "%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%7D"
        "&auth_date=1662771648&hash=c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2"
    )
    at = datetime.fromtimestamp(1662771648, UTC)
    launch = launched_by(data, "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8", now=at)
    assert isinstance(launch, Launch)
    assert launch.user_id == 279058397


@pytest.mark.parametrize("name", sorted(fields()))
def test_each_field_is_signed(name):
    pairs = dict(parse_qsl(signed(fields())))
    pairs[name] += "1"
    assert launched_by(urlencode(pairs), TOKEN, now=NOW) is Refused.FORGED
    del pairs[name]
    assert launched_by(urlencode(pairs), TOKEN, now=NOW) is Refused.FORGED


def test_a_field_more_is_not_what_was_signed():
    assert launched_by(signed(fields()) + "&start_param=inc_1", TOKEN, now=NOW) is Refused.FORGED


def test_of_two_fields_of_one_name_neither_counts():
    assert launched_by(signed(fields()) + "&user=%7B%22id%22%3A1%7D", TOKEN, now=NOW) is Refused.MALFORMED


def test_another_bots_launch():
    assert launched_by(signed(fields(), token=TOKEN + "x"), TOKEN, now=NOW) is Refused.FORGED


@pytest.mark.parametrize("given_hash", ["", "0" * 64, "é", "\ud800"])
def test_hashes_that_are_none(given_hash):
    data = urlencode({**fields(), "hash": given_hash}, errors="surrogatepass")
    assert launched_by(data, TOKEN, now=NOW) is Refused.FORGED


@pytest.mark.parametrize(
    ("age", "counts"),
    [
        (-AHEAD, True),
        (-AHEAD - timedelta(seconds=1), False),
        (LAUNCH_LIFETIME, True),
        (LAUNCH_LIFETIME + timedelta(seconds=1), False),
    ],
)
def test_how_old_it_may_be(age, counts):
    assert isinstance(launched_by(signed(fields()), TOKEN, now=NOW + age), Launch) is counts


@pytest.mark.parametrize(
    "changed",
    [
        {"auth_date": "soon"},
        {"auth_date": "9" * 30},
        {"user": "null"},
        {"user": "[]"},
        {"user": '{"id": "x"}'},
        {"user": '{"first_name": "Anna"}'},
        {"user": "{"},
    ],
)
def test_signed_nonsense_is_nobody(changed):
    assert launched_by(signed(fields(**changed)), TOKEN, now=NOW) is Refused.MALFORMED


@given(st.text(max_size=300) | st.binary(max_size=200).map(lambda b: b.decode("latin-1")))
def test_anything_at_all_is_refused_without_a_fall(data):
    assert isinstance(launched_by(data, TOKEN, now=NOW), Refused)


def test_a_person_without_a_username_is_called_by_name():
    user = {"id": 7, "first_name": "Oleg", "last_name": "P"}
    launch = launched_by(signed(fields(user=json.dumps(user))), TOKEN, now=NOW)
    assert isinstance(launch, Launch)
    assert launch.name == "Oleg P"


def test_a_scope_holds_those_below_it():
    assert Scope.READ.rights == {Right.READ}
    assert Scope.ACT.rights == {Right.READ, Right.ACT}
    assert Scope.DECIDE.rights == set(Right)
