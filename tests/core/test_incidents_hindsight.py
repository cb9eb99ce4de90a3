"""Handing over, reopening and verdicts: what each press makes of an incident, and what it leaves alone."""

from dataclasses import replace

import pytest

from chatops.core.audit import EntryType
from chatops.core.durations import Durations, durations_of
from chatops.core.incidents import Answer, Incident, Status, TellHolder, Verdict, decide
from chatops.core.incidents.alerting import HAND_CLOSED_GRACE
from chatops.core.incidents.events import Event, HandOver, Judge, Reject, Release, Reopen, Resolve, Take
from tests.core.scene import ANNA, OLEG, after, an_alert, at, hear, opened, press, run_action


def answered(before: Incident, event: Event, minute: float = 9) -> tuple[str, Incident, list[EntryType]]:
    decision = decide(before, event, now=at(minute))
    toasts = [each.toast for each in decision.effects if isinstance(each, Answer)]
    return toasts[0], decision.incident, [entry.type for entry in decision.entries]


# Handing over


def test_it_is_given_to_another_who_is_told() -> None:
    taken = after(opened(), Take(press(ANNA)), minute=2)
    decision = decide(taken, HandOver(press(ANNA), OLEG), now=at(9))
    given = decision.incident
    assert (given.taken_by, given.taken_at, given.handed_at, given.handed_by) == (OLEG, at(9), at(9), "@anna")
    assert TellHolder(OLEG, ANNA) in decision.effects
    (entry,) = decision.entries
    assert (entry.type, entry.detail) == (EntryType.HANDED_OVER, {"to": "@oleg", "user": "2", "from": "@anna"})
    assert given.revision == taken.revision + 1


def test_what_nobody_has_can_be_given_and_to_oneself_is_no_news() -> None:
    decision = decide(opened(), HandOver(press(ANNA), ANNA), now=at(9))
    assert decision.incident.taken_by == ANNA
    assert decision.incident.handed_at is None
    assert not [each for each in decision.effects if isinstance(each, TellHolder)]


def test_it_is_not_given_twice_nor_once_it_is_over() -> None:
    taken = after(opened(), Take(press(OLEG)), minute=2)
    assert answered(taken, HandOver(press(ANNA), OLEG)) == ("already_theirs", taken, [EntryType.DENIED])
    closed = after(opened(), Resolve(press(OLEG)), minute=2)
    assert answered(closed, HandOver(press(ANNA), OLEG)) == ("already_resolved_by", closed, [EntryType.DENIED])


@pytest.mark.parametrize("event", [Take(press(ANNA)), Release(press(ANNA))])
def test_who_takes_it_back_was_handed_nothing(event: Event) -> None:
    given = after(opened(), HandOver(press(ANNA), OLEG), minute=2)
    assert after(given, event, minute=3).handed_at is None


# First had by somebody


def test_the_first_who_had_it_counts_for_ever() -> None:
    taken = after(opened(), Take(press(ANNA)), minute=2)
    again = after(taken, Release(press(ANNA)), Take(press(OLEG)), Resolve(press(OLEG)), minute=7)
    assert (taken.acknowledged_at, again.acknowledged_at) == (at(2), at(2))
    for event in (Resolve(press()), Reject(press(), "noise"), run_action(), HandOver(press(), OLEG)):
        assert after(opened(), event, minute=4).acknowledged_at == at(4)


def test_durations_are_counted_from_the_alerts() -> None:
    taken = decide(opened(an_alert(since=0)), Take(press()), now=at(2))
    acted = decide(taken.incident, run_action(), now=at(3))
    over = hear(acted.incident, an_alert(firing=False, until=18), minute=19)
    lines = (*taken.entries, *acted.entries, *over.entries)
    assert durations_of(over.incident, lines) == Durations(at(2) - at(0), at(18) - at(0), 1)
    assert durations_of(opened(), ()) == Durations(None, None, 0)
    closed = after(opened(), Resolve(press()), minute=5)
    assert durations_of(closed, ()).resolved == at(5) - at(0)


# Reopening


def test_a_closed_one_is_opened_again_by_hand() -> None:
    closed = after(opened(), Reject(press(OLEG), "noise"), minute=2)
    toast, again, types = answered(closed, Reopen(press(ANNA)))
    assert (toast, types) == ("reopened", [EntryType.REOPENED])
    assert (again.status, again.closed_at, again.closed_by, again.reason) == (Status.ACTIVE, None, None, "")
    assert (again.taken_by, again.reopened, again.revision) == (ANNA, 1, closed.revision + 1)
    assert answered(again, Reopen(press(OLEG))) == ("open_already", again, [EntryType.DENIED])


def test_a_repeated_end_does_not_close_it_again() -> None:
    ended = an_alert(firing=False, until=2)
    over = hear(opened(), ended, minute=2).incident
    again = after(over, Reopen(press()), minute=5)
    assert hear(again, ended, minute=6).incident.open
    refired = hear(again, an_alert(since=7), minute=7).incident
    assert hear(refired, an_alert(since=7, firing=False, until=9), minute=9).incident.status is Status.RESOLVED


# Rejected


def test_repeats_of_a_rejected_group_stay_quiet_until_it_resolves() -> None:
    rejected = after(opened(an_alert("a"), an_alert("b")), Reject(press(), "planned"), minute=2)
    long_after = 2 + HAND_CLOSED_GRACE.total_seconds() / 60 + 600
    repeated = hear(rejected, an_alert("a"), an_alert("b"), minute=long_after)
    assert repeated.incident == rejected
    assert repeated.entries == ()
    half = hear(rejected, an_alert("a", firing=False, until=3), an_alert("b"), minute=3).incident
    assert half.status is Status.REJECTED
    over = hear(half, an_alert("b", firing=False, until=5), minute=5).incident
    assert (over.status, over.reason) == (Status.REJECTED, "planned")


def test_a_new_alert_of_a_rejected_group_is_shown() -> None:
    rejected = after(opened(an_alert("a")), Reject(press(), "planned"), minute=2)
    shown = hear(rejected, an_alert("a"), an_alert("c", since=3), minute=3)
    assert (shown.incident.status, shown.incident.reason, shown.incident.taken_by) == (Status.ACTIVE, "", None)
    assert EntryType.REOPENED in [entry.type for entry in shown.entries]


# Verdicts


def test_each_has_one_verdict_and_may_change_it() -> None:
    closed = after(opened(), Resolve(press(OLEG)), minute=2)
    judged = after(closed, Judge(press(ANNA), True), Judge(press(OLEG), False), minute=3)
    assert judged.verdicts == (Verdict(ANNA, True), Verdict(OLEG, False))
    assert answered(judged, Judge(press(ANNA), True)) == ("said_already", judged, [EntryType.DENIED])
    decision = decide(judged, Judge(press(ANNA), False), now=at(9))
    assert decision.incident.verdicts == (Verdict(OLEG, False), Verdict(ANNA, False))
    (entry,) = decision.entries
    assert (entry.type, entry.detail) == (EntryType.JUDGED, {"verdict": "noise", "instead_of": "real"})


def test_an_open_one_is_not_judged() -> None:
    assert answered(opened(), Judge(press(), True)) == ("not_over", opened(), [EntryType.DENIED])


def test_where_it_ended_follows_its_alerts_or_whoever_closed_it() -> None:
    over = hear(opened(), an_alert(firing=False, until=4), minute=6).incident
    assert (over.began_at, over.ended_at) == (at(0), at(4))
    assert replace(over, closed_by=OLEG).ended_at == at(6)
    assert opened().ended_at is None
