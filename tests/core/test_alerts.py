"""Webhook bodies: what Alertmanager really sends, what a wrong receiver sends, and what nobody should send."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatops.core.alerts import MAX_NAME, Notification, NotUnderstood, Severity, parse
from tests.core.bodies import CAPTURED, STRANGE, a_body, an_alert
from tests.core.fuzz import NOW, read, try_body, usable

# What a real Alertmanager sent


def test_the_captured_bodies_are_there() -> None:
    assert len(CAPTURED) == 17


@pytest.mark.parametrize("name", CAPTURED)
def test_a_captured_body_is_read_whole(name: str) -> None:
    raw = json.loads(CAPTURED[name])
    told = read(CAPTURED[name])
    usable(told)
    assert told.skipped == ()
    assert (told.receiver, told.group_key, told.group_labels) == (raw["receiver"], raw["groupKey"], raw["groupLabels"])
    assert (told.truncated, told.external_url) == (raw.get("truncatedAlerts", 0), raw["externalURL"])
    assert [alert.fingerprint for alert in told.alerts] == [entry["fingerprint"] for entry in raw["alerts"]]
    for alert, entry in zip(told.alerts, raw["alerts"], strict=True):
        assert alert.firing == (entry["status"] == "firing")
        assert (alert.labels, alert.annotations) == (entry["labels"], entry["annotations"])
        assert alert.generator_url == entry["generatorURL"]
        assert f"{alert.starts_at:%Y-%m-%dT%H:%M:%S}" == entry["startsAt"][:19]


def test_times_keep_their_microseconds() -> None:
    (alert,) = read(CAPTURED["resolved_single"]).alerts
    assert alert.starts_at == datetime(2026, 11, 23, 8, 34, 51, 461454, tzinfo=UTC)
    assert alert.ends_at == datetime(2026, 11, 23, 8, 35, 10, 478989, tzinfo=UTC)


def test_a_group_can_mix_firing_and_resolved() -> None:
    told = read(CAPTURED["group_partly_resolved"])
    assert [alert.firing for alert in told.alerts] == [False, True, True, True]


def test_truncation_is_told() -> None:
    told = read(CAPTURED["truncated_max_alerts_2_of_5"])
    assert (len(told.alerts), told.truncated) == (2, 3)


def test_both_of_a_pair_tell_the_same_alert_of_the_same_group() -> None:
    one, other = read(CAPTURED["ha_duplicate_a"]), read(CAPTURED["ha_duplicate_b"])
    assert one.key_hash == other.key_hash
    assert [a.fingerprint for a in one.alerts] == [a.fingerprint for a in other.alerts]


def test_unicode_comes_through_as_it_is() -> None:
    (alert,) = read(CAPTURED["unicode"]).alerts
    assert alert.name == "Память_заканчивается"
    assert alert.labels["emoji"] == "👩‍🚀"
    assert alert.annotations["summary"] == "Мало памяти на «узел-7» 🔥 <b>&amp;</b>"


# What cannot be used, and says why

HOPELESS = {
    "nothing": (b"", "not JSON"),
    "not json": (b"alertname=Up", "not JSON"),
    "cut short": (a_body()[:-2], "not JSON"),
    "not utf-8": (b'{"version": "\xff\xfe"}', "version is"),
    "a bare surrogate's bytes": (b'{"version": "\xed\xa0\x80"}', "version is"),
    "NaN": (a_body().replace(b'"truncatedAlerts": 0', b'"truncatedAlerts": NaN'), "not JSON"),
    "deeper than the stack": (b'{"version": "4", "alerts": ' + b"[" * 200_000, "not JSON"),
    "a list": (b"[]", "not an object"),
    "a string": (b'"4"', "not an object"),
    "null": (b"null", "not an object"),
    "version 5": (a_body(version="5"), "version is '5'"),
    "version as a number": (a_body(version=4), "version is 4"),
    "no version": (a_body(version=...), "version is missing"),
    "a custom payload": (b'{"text": "KubePodCrashLooping fires"}', "version is missing"),
    "another tool's webhook": (b'{"version": "1", "title": "x", "alerts": [{}]}', "version is '1'"),
    "a very long version": (a_body(version="9" * 10_000), "version is '999"),
    "no group key": (a_body(groupKey=...), "groupKey is missing"),
    "an empty group key": (a_body(groupKey=""), "groupKey is missing"),
    "a group key that is a list": (a_body(groupKey=["a"]), "groupKey is missing"),
    "no alerts": (a_body(alerts=...), "alerts is missing"),
    "alerts as an object": (a_body(alerts={}), "alerts is missing"),
    "alerts empty": (a_body(alerts=[]), "alerts is empty"),
    "alerts of nothing": (a_body(None, 1, "x"), "alerts[0]: is not an object"),
    "no labels": (a_body(an_alert(labels={})), "alerts[0]: has no labels"),
    "labels as a list": (a_body(an_alert(labels=["a"])), "alerts[0]: has no labels"),
    "labels of nothing readable": (a_body(an_alert(labels={"a": [1], "b": None})), "alerts[0]: has no labels"),
    "no status": (a_body(an_alert(status=None)), "alerts[0]: status is missing"),
    "an unknown status": (a_body(an_alert(status="<script>" * 9)), "alerts[0]: status is '<script>"),
    "a status that is a list": (a_body(an_alert(status=["firing"])), "alerts[0]: status is ['firing']"),
}


@pytest.mark.parametrize(("body", "problem"), HOPELESS.values(), ids=HOPELESS)
def test_a_body_that_cannot_be_used_says_why(body: bytes, problem: str) -> None:
    with pytest.raises(NotUnderstood) as told:
        read(body)
    assert problem in str(told.value)
    assert len(str(told.value)) < 500
    str(told.value).encode()


# What is odd and can be used

ODD: dict[str, tuple[bytes, dict[str, Any]]] = {
    "nanoseconds": (a_body(an_alert(startsAt="2026-11-23T08:52:00.123456789Z")), {"starts": "08:52:00.123457"}),
    "no time zone": (a_body(an_alert(startsAt="2026-11-23T08:52:00")), {"starts": "08:52:00.000000"}),
    "another time zone": (a_body(an_alert(startsAt="2026-11-23T11:52:00+03:00")), {"starts": "08:52:00.000000"}),
    "year 1": (a_body(an_alert(startsAt="0001-01-01T00:00:00Z")), {"starts": "09:00:00.000000"}),
    "year 1 east of Greenwich": (a_body(an_alert(startsAt="0001-01-01T00:00:00+05:00")), {"starts": "09:00:00.000000"}),
    "year 9999 west of it": (a_body(an_alert(startsAt="9999-12-31T23:59:59-05:00")), {"starts": "09:00:00.000000"}),
    "year 12000": (a_body(an_alert(startsAt="12000-01-01T00:00:00Z")), {"starts": "09:00:00.000000"}),
    "a time that is a number": (a_body(an_alert(startsAt=1e300)), {"starts": "09:00:00.000000"}),
    "no time": (a_body(an_alert(startsAt=None)), {"starts": "09:00:00.000000"}),
    "not a time": (a_body(an_alert(startsAt="yesterday")), {"starts": "09:00:00.000000"}),
    "the 30th of February": (a_body(an_alert(startsAt="2026-02-30T00:00:00Z")), {"starts": "09:00:00.000000"}),
    "firing with an end": (a_body(an_alert(endsAt="2026-11-23T08:53:00Z")), {"ends": None}),
    "the end before the start": (
        a_body(an_alert(status="resolved", endsAt="2026-11-23T08:51:00Z")),
        {"ends": "08:52:00.000000"},
    ),
    "resolved without an end": (a_body(an_alert(status="resolved", endsAt=None)), {"ends": "09:00:00.000000"}),
    "resolved in year 1": (a_body(an_alert(status="resolved")), {"ends": "09:00:00.000000"}),
    "labels that are numbers": (
        a_body(an_alert(labels={"code": 500, "ratio": 0.5, "on": True, "gone": None, "many": [1]})),
        {"labels": {"code": "500", "ratio": "0.5", "on": "True"}},
    ),
    "a huge number": (
        a_body(an_alert(labels={"n": 10**400})).replace(b'"truncatedAlerts": 0', b'"truncatedAlerts": 1'),
        {"truncated": 1},
    ),
    "NUL": (a_body(an_alert(labels={"a\0": "b\0c"})), {"labels": {"a�": "b�c"}}),
    "truncated as text": (a_body(truncatedAlerts="3"), {"truncated": 0}),
    "truncated below zero": (a_body(truncatedAlerts=-3), {"truncated": 0}),
    "truncated as a boolean": (a_body(truncatedAlerts=True), {"truncated": 0}),
    "truncated as a fraction": (a_body(truncatedAlerts=2.5), {"truncated": 0}),
    "truncated beyond a database column": (a_body(truncatedAlerts=10**30), {"truncated": 2**31 - 1}),
    "annotations missing": (a_body(an_alert(annotations=None)), {"annotations": {}}),
    "a receiver without end": (a_body(receiver="r" * 9_999), {"receiver": "r" * MAX_NAME}),
    "no receiver": (a_body(receiver=None), {"receiver": ""}),
    "fields of the future": (a_body(notification_reason="repeat", more={"a": [1]}), {"receiver": "chatops"}),
    "a key told twice": (
        a_body().replace(b'"receiver": "chatops"', b'"receiver": "a", "receiver": "b"'),
        {"receiver": "b"},
    ),
    "only truncated alerts": (a_body(truncatedAlerts=3, alerts=[]), {"truncated": 3}),
}


@pytest.mark.parametrize(("body", "facts"), ODD.values(), ids=ODD)
def test_an_odd_body_is_used(body: bytes, facts: dict[str, Any]) -> None:
    told = read(body)
    usable(told)
    alert = told.alerts[0] if told.alerts else None
    if alert:
        found: dict[str, Any] = {
            "starts": f"{alert.starts_at:%H:%M:%S.%f}",
            "ends": f"{alert.ends_at:%H:%M:%S.%f}" if alert.ends_at else None,
            "labels": alert.labels,
            "annotations": alert.annotations,
        }
    else:
        found = {}
    found |= {"truncated": told.truncated, "receiver": told.receiver}
    assert {name: found[name] for name in facts} == facts


def test_halves_of_surrogate_pairs_do_not_reach_the_database() -> None:
    body = a_body(an_alert(labels={"a": "x\ud800y"}), receiver="\udfff", groupKey="{}:\ud834")
    try:
        told = read(body)
    except NotUnderstood:
        return
    usable(told)


def test_a_fingerprint_told_twice_is_one_alert_the_last_one() -> None:
    told = read(a_body(an_alert(), an_alert(status="resolved", endsAt="2026-11-23T08:55:00Z")))
    assert [alert.firing for alert in told.alerts] == [False]


@pytest.mark.parametrize("given_one", [None, "", 7, "x" * 65, "наш", "a\nb"])
def test_a_missing_fingerprint_is_made_of_the_labels(given_one: object) -> None:
    def made(**labels: str) -> str:
        return read(a_body(an_alert(fingerprint=given_one, labels=labels))).alerts[0].fingerprint

    assert made(a="1", b="2") == made(b="2", a="1")
    assert made(a="1", b="2") != made(a="1", b="3")
    assert made(a="1").startswith("~")


def test_a_million_labels_are_only_slow() -> None:
    body = a_body(an_alert(labels={f"l{number}": "v" for number in range(1_000_000)}))
    assert len(read(body).alerts[0].labels) == 1_000_000


def test_ten_thousand_alerts_are_all_read() -> None:
    told = read(a_body(*(an_alert(fingerprint=f"{number:016x}") for number in range(10_000))))
    assert len(told.alerts) == 10_000


def test_good_alerts_beside_broken_ones_are_used_and_the_broken_ones_named() -> None:
    told = read(a_body(an_alert(), None, an_alert(status="odd"), an_alert(labels=3), an_alert(fingerprint="b2")))
    assert [alert.fingerprint for alert in told.alerts] == ["00000000000000a1", "b2"]
    assert told.skipped == (
        "alerts[1]: is not an object",
        "alerts[2]: status is 'odd'",
        "alerts[3]: has no labels",
    )


# Anything at all

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
TELLING = st.sampled_from(
    ["4", "firing", "resolved", "", "0001-01-01T00:00:00Z", "2026-11-23T08:52:00Z", "9999-12-31T23:59:59-12:00"]
)


def survives(body: bytes) -> None:
    try:
        told = read(body)
    except NotUnderstood as problem:
        str(problem).encode()
    else:
        usable(told)


@given(st.binary(max_size=200))
@example(b"\xef\xbb\xbf{}")
def test_any_bytes_are_understood_or_not(body: bytes) -> None:
    survives(body)


@given(JSON)
def test_any_json_is_understood_or_not(value: object) -> None:
    survives(json.dumps(value).encode())


@given(
    st.fixed_dictionaries(
        {"version": st.just("4"), "groupKey": st.text(min_size=1), "alerts": st.lists(JSON | st.just(an_alert()))},
        optional=dict.fromkeys(("receiver", "truncatedAlerts", "groupLabels", "externalURL", "status"), JSON),
    )
)
def test_any_webhook_shape_is_understood_or_not(body: dict[str, Any]) -> None:
    survives(json.dumps(body).encode())


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path into a JSON value, the root left out."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, below in inner for path in ((*here, key), *places(below, (*here, key)))]


@st.composite
def bent(draw: st.DrawFn) -> bytes:
    """A captured body in which a few places were removed or replaced."""
    body = json.loads(draw(st.sampled_from(sorted(CAPTURED.values()))))
    for _ in range(draw(st.integers(1, 4))):
        paths = places(body)
        if not paths:
            break
        *above, last = draw(st.sampled_from(paths))
        holder = body
        for key in above:
            holder = holder[key]
        if draw(st.booleans()):
            del holder[last]
        else:
            holder[last] = draw(TELLING | JSON)
    return json.dumps(body).encode()


@settings(max_examples=300)
@given(bent())
def test_a_bent_real_body_is_understood_or_not(body: bytes) -> None:
    survives(body)


@given(st.sampled_from(sorted(CAPTURED.values())), st.data())
def test_a_real_body_with_a_byte_changed_is_understood_or_not(body: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(body) - 1))
    byte = data.draw(st.integers(0, 255))
    survives(body[:at] + bytes([byte]) + body[at + 1 :])


@given(st.text(), st.text())
def test_the_group_key_decides_the_hash(one: str, other: str) -> None:
    def of(key: str) -> str:
        return Notification("", key, {}, ()).key_hash

    assert (of(one) == of(other)) == (one == other)


# Severity


@pytest.mark.parametrize(
    ("label", "severity"),
    [
        ("critical", Severity.CRITICAL),
        (" Page ", Severity.CRITICAL),
        ("P1", Severity.CRITICAL),
        ("warning", Severity.WARNING),
        ("ERROR", Severity.WARNING),
        ("whatever", Severity.WARNING),
        ("<b>", Severity.WARNING),
        ("info", Severity.INFO),
        ("p4", Severity.INFO),
        ("none", Severity.NONE),
        ("", Severity.NONE),
    ],
)
def test_the_spellings_of_severity(label: str, severity: Severity) -> None:
    assert Severity.of(label) is severity


def test_severities_sort_worst_first() -> None:
    assert sorted(Severity, key=lambda s: s.rank) == [
        Severity.CRITICAL,
        Severity.WARNING,
        Severity.INFO,
        Severity.NONE,
    ]


def test_now_is_later_than_the_captured_bodies() -> None:
    """The stand-in for missing times must not be mistaken for one that was told."""
    newest = max(alert.starts_at for body in CAPTURED.values() for alert in read(body).alerts)
    assert newest < NOW - timedelta(minutes=5)


def test_another_label_may_name_the_cluster() -> None:
    raw = json.dumps(
        {
            "version": "4",
            "groupKey": "g",
            "groupLabels": {"k8s_cluster": "eu1"},
            "alerts": [
                {"status": "firing", "labels": {"alertname": "A", "k8s_cluster": "eu1", "cluster": "cassandra"}},
                {"status": "firing", "labels": {"alertname": "B", "cluster": "cassandra"}},
            ],
        }
    ).encode()
    told = parse(raw, received_at=datetime(2026, 11, 23, tzinfo=UTC), cluster_label="k8s_cluster")
    assert [alert.labels["cluster"] for alert in told.alerts] == ["eu1", "cassandra"]
    assert told.group_labels["cluster"] == "eu1"
    plain = parse(raw, received_at=datetime(2026, 11, 23, tzinfo=UTC))
    assert [alert.labels["cluster"] for alert in plain.alerts] == ["cassandra", "cassandra"]
    assert [alert.fingerprint for alert in plain.alerts] == [alert.fingerprint for alert in told.alerts]


def test_r9_thousands_of_bent_bodies_are_read_or_refused_in_words() -> None:
    """R9: a seeded slice of `make fuzz`; each becomes an incident with a card, or a sentence for an admin."""
    outcomes = [try_body(random.Random(number)) for number in range(2_000)]
    assert min(outcomes.count("used"), outcomes.count("refused")) > 600


def test_r9_good_alerts_of_a_twisted_body_are_still_used() -> None:
    """R9: whatever stands beside it, an alert that was left whole is read as it was told."""
    good = an_alert(fingerprint="00000000000000ff")
    whole = read(a_body(good)).alerts[0]
    for number in range(500):
        dice = random.Random(number)
        bad = [dice.choice(STRANGE) for _ in range(3)]
        bent = {"fingerprint": f"{number}", dice.choice(sorted(good)): dice.choice(STRANGE)}
        bad.append(an_alert(**bent))
        body = a_body(*bad, good)
        try:
            msgspec.json.decode(body)
        except msgspec.DecodeError:
            # NaN and halves of surrogate pairs are no JSON: nothing of such a body can be told apart.
            continue
        told = read(body)
        assert whole in told.alerts
        assert len(told.alerts) + len(told.skipped) in (4, 5)
