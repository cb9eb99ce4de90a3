"""What is made up for after a look at Alertmanager's own list, and what is left alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chatops.core.alerts import parse
from chatops.core.roll_call import Held, Listed, ListedGroup, Mute, Roll, Rolls, compare
from chatops.core.standing import HEARD, Standing

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
UP = NOW - timedelta(days=3)
OURS = {"chatops": "prod"}


def listed(fingerprint: str, *, minutes: float = 1, muted: bool = False) -> Listed:
    labels = {"alertname": "CrashLoop", "namespace": "shop", "pod": fingerprint}
    return Listed(fingerprint, labels, {"summary": "it crashes"}, NOW - timedelta(minutes=minutes), muted=muted)


def held(fingerprint: str, *, was_listed: bool = True, source: str = "prod", standing: Standing = HEARD) -> Held:
    return Held(source, 7, fingerprint, {"alertname": "CrashLoop"}, NOW - timedelta(hours=1), was_listed, standing)


def roll(*alerts: Listed, receiver: str = "chatops", started_at: datetime | None = UP) -> Roll:
    return Roll((ListedGroup(receiver, {"alertname": "CrashLoop"}, alerts),) if alerts else (), started_at)


def rounds(rolls, holding=(), sources=OURS, times: int = 2):
    """What the last of so many rounds, a minute apart, makes of it."""
    missed, found = {}, None
    for n in range(times):
        found = compare(Rolls(rolls), holding, sources, missed, now=NOW + timedelta(minutes=n))
        missed = found.missed
    return found


def told(found):
    """Fingerprints by what is told of them."""
    alerts = [
        (alert.fingerprint, alert.firing)
        for body in found.bodies
        for alert in parse(body.body, received_at=NOW, cluster_label="cluster").alerts
    ]
    return sorted(alerts)


def test_what_is_held_and_listed_is_no_news():
    assert rounds([roll(listed("a"))], [held("a")]).bodies == ()


def test_r8_an_old_alert_that_was_never_told_is_told_at_once():
    found = rounds([roll(listed("a", minutes=6))], times=1)
    assert told(found) == [("a", True)]
    assert [body.source for body in found.bodies] == ["prod"]


def test_a_young_one_may_be_on_its_way_and_is_told_in_the_second_round():
    assert rounds([roll(listed("a"))], times=1).bodies == ()
    assert told(rounds([roll(listed("a"))], times=2)) == [("a", True)]


def test_r7_what_was_left_out_of_a_group_is_told_at_once_with_the_whole_group():
    found = rounds([roll(listed("a"), listed("b"), listed("c"))], [held("a")], times=1)
    assert told(found) == [("a", True), ("b", True), ("c", True)]
    assert len(found.bodies) == 1


def test_the_same_group_is_told_under_the_same_key():
    first = rounds([roll(listed("a"))])
    again = rounds([roll(listed("a"), listed("b"))], [held("a")])
    keys = {parse(f.bodies[0].body, received_at=NOW, cluster_label="cluster").group_key for f in (first, again)}
    assert len(keys) == 1


@pytest.mark.parametrize(
    "rolls",
    [
        [roll(listed("a", minutes=60), receiver="somebody-else")],
        [roll(listed("a", minutes=60, muted=True))],
        [None],
    ],
    ids=["of another receiver", "muted", "no answer"],
)
def test_what_is_not_for_us_is_not_told(rolls):
    assert rounds(rolls).bodies == ()


def test_muted_by_one_peer_and_not_by_the_other_is_told():
    rolls = [roll(listed("a", minutes=60, muted=True)), roll(listed("a", minutes=60))]
    assert told(rounds(rolls)) == [("a", True)]
    assert told(rounds(rolls[::-1])) == [("a", True)]


def test_r8_what_is_listed_no_longer_has_ended():
    found = rounds([roll()], [held("a"), held("b", source="stage")])
    assert told(found) == [("a", False), ("b", False)]
    assert [body.source for body in found.bodies] == ["prod", "stage"]


@pytest.mark.parametrize(
    ("rolls", "holding", "times"),
    [
        ([roll()], held("a"), 1),
        ([roll(), None], held("a"), 2),
        ([roll(started_at=NOW - timedelta(minutes=2))], held("a"), 2),
        ([roll(started_at=None)], held("a"), 2),
        ([roll()], held("a", was_listed=False), 2),
        ([roll()], held("~a"), 2),
        ([roll(listed("a", muted=True))], held("a"), 2),
        ([roll(listed("a"), receiver="somebody-else")], held("a"), 2),
    ],
    ids=[
        "missing once",
        "one peer is silent",
        "just started",
        "since when it runs is not known",
        "never listed there",
        "a fingerprint of ours",
        "muted but listed",
        "told to another receiver now",
    ],
)
def test_an_end_is_believed_only_when_it_is_sure(rolls, holding, times):
    assert rounds(rolls, [holding], times=times).bodies == ()


def test_what_comes_back_in_between_is_not_missing_for_the_second_time():
    first = compare(Rolls((roll(),)), [held("a")], OURS, {}, now=NOW)
    again = compare(Rolls((roll(listed("a")),)), [held("a")], OURS, first.missed, now=NOW + timedelta(minutes=1))
    last = compare(Rolls((roll(),)), [held("a")], OURS, again.missed, now=NOW + timedelta(minutes=2))
    assert (first.bodies, again.bodies, last.bodies) == ((), (), ())


def test_what_is_listed_for_the_first_time_is_marked():
    found = rounds([roll(listed("a"), listed("b"), listed("c"))], [held("a", was_listed=False), held("b")])
    assert found.listed == {("prod", "a")}


MUTED = Listed("a", {"alertname": "CrashLoop"}, {}, NOW, muted=True, silences=("s1", "s2", "unknown"))
MUTES = {"s1": Mute("oleg", NOW + timedelta(hours=1)), "s2": Mute("vera", NOW + timedelta(hours=3))}


def with_mutes(*alerts: Listed) -> Roll:
    return Roll((ListedGroup("chatops", {"alertname": "CrashLoop"}, alerts),), UP, MUTES)


def test_hidden_by_a_silence_it_stands_as_muted_by_the_one_that_ends_last():
    found = rounds([with_mutes(MUTED)], [held("a")], times=1)
    assert found.standings == {7: Standing(muted_by="vera", muted_until=NOW + timedelta(hours=3))}


def test_hidden_by_no_silence_it_is_inhibited():
    assert rounds([roll(listed("a", muted=True))], [held("a")], times=1).standings == {7: Standing(inhibited=True)}


def test_one_alert_that_is_heard_makes_it_heard():
    muted = Standing(inhibited=True)
    rolls = [roll(listed("a", muted=True), listed("b"))]
    assert rounds(rolls, [held("a", standing=muted), held("b", standing=muted)], times=1).standings == {7: HEARD}


def test_what_was_found_before_is_no_news():
    standing = Standing(inhibited=True)
    assert rounds([roll(listed("a", muted=True))], [held("a", standing=standing)], times=1).standings == {}


def test_never_listed_for_five_minutes_it_is_stale():
    unlisted = [held("a", was_listed=False)]
    assert rounds([roll()], unlisted, times=5).standings == {}
    assert rounds([roll()], unlisted, times=6).standings == {7: Standing(stale_since=NOW)}
    stale = [held("a", was_listed=False, standing=Standing(stale_since=NOW))]
    assert rounds([roll()], stale, times=9).standings == {}
    assert rounds([roll(listed("a"))], stale, times=1).standings == {7: HEARD}


def test_where_nobody_can_know_it_stands_as_it_stood():
    stale = Standing(stale_since=NOW)
    assert rounds([roll(), None], [held("a", was_listed=False)], times=9).standings == {}
    assert rounds([roll(), None], [held("a", was_listed=False, standing=stale)], times=9).standings == {}


def test_what_is_over_does_not_stand_at_all():
    over = replace(held("a"), active=False)
    assert rounds([roll(listed("a", muted=True))], [over], times=1).standings == {}
