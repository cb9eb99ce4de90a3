"""Alerts that always fire: how often they come is learned, and one that stops is an incident."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.alerts import Alert, parse
from chatops.core.heartbeats import Heartbeat, alarm, beaten, silent

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
LABELS = {"alertname": "Watchdog", "severity": "none", "cluster": "prod"}


def told(*, firing: bool = True) -> Alert:
    return Alert("f", firing, LABELS, {}, NOON, None if firing else NOON)


def heard(*minutes: float) -> Heartbeat:
    """Of a watchdog that came at these minutes past noon."""
    known = None
    for each in minutes:
        known = beaten(known, "eu", told(), NOON + timedelta(minutes=each))
    assert known
    return known


def quiet(heartbeat: Heartbeat, at: float, *, listening_since: float = -60) -> bool:
    return silent(
        heartbeat,
        listening_since=NOON + timedelta(minutes=listening_since),
        now=NOON + timedelta(minutes=at),
    )


def test_r12_one_that_stops_is_missed_after_twice_its_gap():
    heartbeat = heard(0, 5, 10)
    assert not quiet(heartbeat, 20)
    assert quiet(heartbeat, 20.6)


def test_of_one_that_came_once_or_twice_nobody_knows_how_often_it_comes():
    assert not quiet(heard(0), 600)
    assert not quiet(heard(0, 1), 600)


def test_the_longest_of_the_last_gaps_counts():
    assert heard(0, 5, 35, 40, 45, 50).patience == timedelta(minutes=60, seconds=30)
    assert heard(0, 30, 35, 40, 45, 50).patience == timedelta(minutes=10, seconds=30)


def test_duplicates_of_a_peer_are_no_gaps():
    assert heard(0, 5, 5.25, 5.3, 10, 10.25).gaps == (300.0, pytest.approx(282.0))


def test_what_came_while_nobody_listened_is_not_missed():
    heartbeat = heard(0, 5, 10)
    assert not quiet(heartbeat, 120, listening_since=115)
    assert quiet(heartbeat, 126, listening_since=115)


def test_r12_its_end_is_its_silence_and_its_return_the_end_of_that():
    heartbeat = beaten(heard(0, 5), "eu", told(firing=False), NOON + timedelta(minutes=6))
    assert heartbeat
    assert quiet(heartbeat, 6)
    back = beaten(heartbeat, "eu", told(), NOON + timedelta(minutes=60))
    assert back
    assert not quiet(back, 61)


def test_the_gap_of_a_silence_teaches_nothing():
    heartbeat = replace(heard(0, 5, 10), silent_since=NOON + timedelta(minutes=21))
    back = beaten(heartbeat, "eu", told(), NOON + timedelta(minutes=600))
    assert back
    assert back.gaps == heartbeat.gaps


def test_the_end_of_one_that_never_came_is_nothing():
    assert beaten(None, "eu", told(firing=False), NOON) is None


def test_its_alarm_is_an_alert_that_fires_and_ends():
    heartbeat = replace(heard(0, 5), silent_since=NOON + timedelta(minutes=20))
    fires, ends = (
        parse(alarm(heartbeat, NOON + timedelta(hours=1), over=over).body, received_at=NOON) for over in (False, True)
    )
    assert fires.group_key == ends.group_key
    (firing,), (ended,) = fires.alerts, ends.alerts
    assert firing.fingerprint == ended.fingerprint
    assert firing.starts_at == ended.starts_at == heartbeat.silent_since
    assert (firing.firing, ended.firing) == (True, False)
    assert firing.labels == {
        "alertname": "MonitoringSilent",
        "severity": "critical",
        "watchdog": "Watchdog",
        "cluster": "prod",
    }


def test_beats_are_none_of_a_notifications_alerts():
    body = alarm(heard(0), NOON, over=False).body
    read = parse(body, received_at=NOON, watchdogs={"MonitoringSilent"})
    assert (len(read.alerts), len(read.beats)) == (0, 1)


@given(st.lists(st.floats(0.2, 600), min_size=2, max_size=20))
def test_while_it_comes_as_it_always_did_it_is_never_missed(gaps):
    """Whatever its rhythm: no beat that comes within twice the longest of the last gaps finds it silent."""
    at, heartbeat = 0.0, heard(0)
    for gap in gaps:
        patience = heartbeat.patience
        at += gap
        if patience is not None and timedelta(minutes=gap) < patience - timedelta(seconds=1):
            assert not quiet(heartbeat, at, listening_since=-1e6)
        told_again = beaten(heartbeat, "eu", told(), NOON + timedelta(minutes=at))
        assert told_again
        heartbeat = told_again
