"""What webhooks make of an incident, one rule at a time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatops.core.alerts import Severity, parse
from chatops.core.audit import ALERTMANAGER, EntryType
from chatops.core.incidents import Decision, Incident, Look, Status
from chatops.core.incidents import decide as decided
from chatops.core.incidents.alerting import HAND_CLOSED_GRACE
from chatops.core.incidents.episodes import LATE_WINDOW, REPEATED_AFTER
from chatops.core.incidents.events import AlertsReceived, Reject, Resolve, Take
from tests.core.bodies import CAPTURED
from tests.core.scene import ANNA, NEW, START, after, an_alert, at, hear, opened, press, told

GRACE_MINUTES = HAND_CLOSED_GRACE / timedelta(minutes=1)
LATE_MINUTES = LATE_WINDOW / timedelta(minutes=1)
REPEAT_MINUTES = REPEATED_AFTER / timedelta(minutes=1)


def types(decision: Decision) -> list[EntryType]:
    assert all(entry.subject == ALERTMANAGER for entry in decision.entries)
    assert all(entry.incident_id == decision.incident.id for entry in decision.entries)
    return [entry.type for entry in decision.entries]


def unchanged(decision: Decision, before: Incident) -> None:
    assert decision.incident.revision == before.revision
    assert decision.incident.status is before.status
    assert decision.entries == ()
    assert decision.effects == ()


def heard(incident: Incident, capture: str, minute: float) -> Decision:
    return decided(incident, AlertsReceived(parse(CAPTURED[capture], received_at=at(minute))), now=at(minute))


def test_the_first_alert_opens() -> None:
    decision = hear(NEW, an_alert(), minute=1)
    incident = decision.incident
    assert (incident.revision, incident.status, incident.title) == (1, Status.ACTIVE, "Crash loop")
    assert (incident.severity, incident.namespace, incident.receiver) == (Severity.WARNING, "shop", "chatops")
    assert incident.started_at == START
    assert types(decision) == [EntryType.OPENED]
    assert decision.effects == (Look(),)


def test_a_repeat_says_nothing() -> None:
    incident = opened()
    unchanged(hear(incident, an_alert(), minute=240), incident)


def test_another_order_of_the_same_alerts_says_nothing() -> None:
    incident = opened(an_alert("a"), an_alert("b"))
    unchanged(hear(incident, an_alert("b"), an_alert("a"), minute=2), incident)


def test_an_annotation_that_changes_is_shown_and_is_no_entry() -> None:
    incident = opened()
    decision = hear(incident, replace(an_alert(), annotations={"summary": "95 % used"}), minute=2)
    assert decision.incident.revision == incident.revision + 1
    assert decision.entries == ()
    assert decision.effects == ()


def test_a_group_that_grows() -> None:
    incident = opened()
    decision = hear(incident, an_alert(), an_alert("b", since=3), minute=4)
    assert [episode.firing for episode in decision.incident.episodes] == [True, True]
    assert decision.incident.revision == incident.revision + 1
    assert types(decision) == [EntryType.ALERTS_CHANGED]
    assert decision.effects == (Look(),)


def test_a_group_partly_resolved_stays_active() -> None:
    incident = opened(an_alert("a"), an_alert("b"))
    decision = hear(incident, an_alert("a", firing=False, until=5), an_alert("b"), minute=6)
    assert decision.incident.status is Status.ACTIVE
    assert [e.alert.fingerprint for e in decision.incident.firing] == ["b"]
    assert decision.incident.revision == incident.revision + 1
    assert types(decision) == [EntryType.ALERTS_CHANGED]


def test_all_resolved_ends_it() -> None:
    decision = hear(opened(), an_alert(firing=False, until=5), minute=6)
    assert decision.incident.status is Status.RESOLVED
    assert (decision.incident.closed_at, decision.incident.closed_by) == (at(6), None)
    assert types(decision) == [EntryType.ALERTS_CHANGED, EntryType.ALERTS_RESOLVED]
    assert decision.effects == ()


def test_resolved_twice_says_nothing() -> None:
    incident = hear(opened(), an_alert(firing=False, until=5), minute=6).incident
    unchanged(hear(incident, an_alert(firing=False, until=5), minute=7), incident)


def test_an_end_told_some_milliseconds_apart_says_nothing() -> None:
    incident = hear(opened(), an_alert(firing=False, until=5), minute=6).incident
    other = replace(an_alert(firing=False), ends_at=at(5) + timedelta(milliseconds=40))
    decision = hear(incident, other, minute=6.1)
    unchanged(decision, incident)


def test_a_later_end_is_shown() -> None:
    incident = hear(opened(), an_alert(firing=False, until=5), minute=6).incident
    decision = hear(incident, an_alert(firing=False, until=8), minute=9)
    assert decision.incident.revision == incident.revision + 1
    assert decision.incident.episodes[0].ends_at == at(8)


def test_firing_again_reopens() -> None:
    incident = after(opened(), Take(press()), minute=2)
    incident = hear(incident, an_alert(firing=False, until=5), minute=6).incident
    decision = hear(incident, an_alert(since=10), minute=11)
    again = decision.incident
    assert (again.status, again.reopened, again.closed_at, again.taken_by) == (Status.ACTIVE, 1, None, None)
    assert again.episodes[0].starts_at == at(10)
    assert types(decision) == [EntryType.REOPENED]
    assert decision.effects == (Look(),)


def test_a_late_duplicate_is_recorded_once_and_not_shown() -> None:
    incident = hear(opened(), an_alert(firing=False, until=5), minute=6).incident
    late = hear(incident, an_alert(), minute=6.01)
    assert types(late) == [EntryType.LATE_DUPLICATE]
    assert (late.incident.revision, late.incident.status) == (incident.revision, Status.RESOLVED)
    unchanged(hear(late.incident, an_alert(), minute=6.02), late.incident)


def test_a_late_duplicate_that_repeats_is_shown() -> None:
    incident = hear(opened(), an_alert(firing=False, until=5), minute=6).incident
    late = hear(incident, an_alert(), minute=6).incident
    decision = hear(late, an_alert(), minute=6 + REPEAT_MINUTES)
    assert decision.incident.status is Status.ACTIVE
    assert types(decision) == [EntryType.REOPENED]


def test_quick_repeats_of_a_late_duplicate_do_not_put_off_its_showing() -> None:
    incident = hear(opened(), an_alert(firing=False, until=5), minute=6).incident
    for part in (0, 0.6):
        incident = hear(incident, an_alert(), minute=6 + REPEAT_MINUTES * part).incident
        assert incident.status is Status.RESOLVED
    assert hear(incident, an_alert(), minute=6 + REPEAT_MINUTES * 1.2).incident.status is Status.ACTIVE


def test_a_start_at_the_very_end_is_late_and_one_after_it_is_new() -> None:
    """`startsAt` not later than the recorded end is a late duplicate."""
    incident = hear(opened(), an_alert(firing=False, until=5), minute=6).incident
    assert types(hear(incident, an_alert(since=5), minute=6)) == [EntryType.LATE_DUPLICATE]
    assert types(hear(incident, an_alert(since=5.01), minute=6)) == [EntryType.REOPENED]


def test_an_old_start_long_after_the_end_is_shown_at_once() -> None:
    """Alertmanager ends an alert it lost sight of, and tells it again with its old start."""
    incident = hear(opened(), an_alert(firing=False, until=5), minute=6).incident
    decision = hear(incident, an_alert(), minute=5 + LATE_MINUTES + 1)
    assert decision.incident.status is Status.ACTIVE
    assert decision.incident.episodes[0].starts_at == START


def test_a_late_duplicate_beside_firing_alerts_changes_nothing_shown() -> None:
    incident = opened(an_alert("a"), an_alert("b"))
    incident = hear(incident, an_alert("a", firing=False, until=5), an_alert("b"), minute=5.5).incident
    decision = hear(incident, an_alert("a"), an_alert("b"), minute=6)
    assert types(decision) == [EntryType.LATE_DUPLICATE]
    assert decision.incident.revision == incident.revision


def test_the_end_of_an_earlier_episode_told_late_ends_nothing() -> None:
    incident = hear(opened(), an_alert(firing=False, until=5), minute=6).incident
    incident = hear(incident, an_alert(since=10), minute=11).incident
    unchanged(hear(incident, an_alert(firing=False, since=0, until=5), minute=12), incident)


def test_the_end_of_an_earlier_episode_told_after_the_next_one_ended_moves_no_start() -> None:
    incident = hear(opened(), an_alert(firing=False, until=5), minute=6).incident
    incident = hear(incident, an_alert(since=10), minute=11).incident
    incident = hear(incident, an_alert(firing=False, since=10, until=12), minute=13).incident
    decision = hear(incident, an_alert(firing=False, since=0, until=5), minute=14)
    unchanged(decision, incident)
    assert decision.incident.episodes[0].starts_at == at(10)


def test_an_earlier_start_is_taken_and_a_later_one_is_not() -> None:
    incident = hear(opened(an_alert(since=2)), an_alert(since=1), minute=3).incident
    assert incident.started_at == at(1)
    unchanged(hear(incident, an_alert(since=2), minute=4), incident)


def test_resolved_before_it_was_heard_firing() -> None:
    decision = hear(opened(), an_alert(), an_alert("b", firing=False, since=1, until=2), minute=3)
    assert decision.incident.status is Status.ACTIVE
    assert [e.firing for e in decision.incident.episodes] == [True, False]
    assert decision.entries == ()


def test_an_incident_of_which_only_the_end_is_heard_is_written_down_and_closed() -> None:
    decision = hear(NEW, an_alert(firing=False, until=5), minute=6)
    assert types(decision) == [EntryType.OPENED, EntryType.ALERTS_RESOLVED]
    assert (decision.incident.status, decision.incident.title) == (Status.RESOLVED, "Crash loop")


# Severity and title


@pytest.mark.parametrize(("before", "now"), [("warning", "critical"), ("critical", "info")])
def test_a_severity_that_changes_is_written_down(before: str, now: str) -> None:
    incident = opened(an_alert("a", severity=before))
    ended = an_alert("a", firing=False, until=4, severity=before)
    decision = hear(incident, ended, an_alert("b", severity=now), minute=5)
    assert decision.incident.severity is Severity.of(now)
    (entry,) = [e for e in decision.entries if e.type is EntryType.SEVERITY_CHANGED]
    assert entry.detail == {"before": before, "after": now}


def test_the_worst_alert_speaks_for_the_incident() -> None:
    incident = opened(an_alert("a", severity="info"), an_alert("b", severity="critical", alertname="KubeNodeNotReady"))
    assert (incident.severity, incident.title) == (Severity.CRITICAL, "Node not ready")


def test_once_nothing_fires_title_and_severity_stay() -> None:
    critical = an_alert("a", severity="critical", alertname="KubeNodeNotReady")
    incident = opened(critical, an_alert("b"))
    ended = replace(critical, firing=False, ends_at=at(3))
    incident = hear(incident, ended, an_alert("b"), minute=4).incident
    incident = hear(incident, an_alert("b", firing=False, until=5), minute=6).incident
    assert (incident.severity, incident.title) == (Severity.WARNING, "Crash loop")
    unchanged(hear(incident, ended, an_alert("b", firing=False, until=5), minute=7), incident)


def test_an_incident_of_truncated_alerts_only_is_described_by_its_group() -> None:
    labels = {"alertname": "KubePodNotReady", "severity": "critical", "cluster": "eu1", "namespace": "shop"}
    notification = replace(told(truncated=3), group_labels=labels)
    incident = decided(NEW, AlertsReceived(notification), now=at(1)).incident
    assert (incident.title, incident.severity) == ("Pod not ready", Severity.CRITICAL)
    assert (incident.cluster, incident.namespace, incident.status) == ("eu1", "shop", Status.ACTIVE)


# Truncated


def test_truncated_alerts_are_shown_and_keep_it_open() -> None:
    incident = opened(an_alert(), truncated=3)
    assert incident.truncated == 3
    decision = hear(incident, an_alert(firing=False, until=5), minute=6, truncated=2)
    assert (decision.incident.status, decision.incident.truncated) == (Status.ACTIVE, 2)
    ended = hear(decision.incident, an_alert(firing=False, until=5), minute=7)
    assert ended.incident.status is Status.RESOLVED
    assert types(ended) == [EntryType.ALERTS_RESOLVED]


def test_truncated_alerts_open_again_what_the_alerts_had_ended() -> None:
    incident = hear(opened(), an_alert(firing=False, until=5), minute=6).incident
    decision = hear(incident, an_alert(firing=False, until=5), minute=7, truncated=4)
    assert decision.incident.status is Status.ACTIVE
    assert types(decision) == [EntryType.REOPENED]


def test_alerts_that_could_not_be_read_are_counted() -> None:
    incident = opened()
    decision = decided(incident, AlertsReceived(told(an_alert(), skipped=2)), now=at(2))
    assert (decision.incident.skipped, decision.incident.revision) == (2, incident.revision + 1)


# A notification of another group


def test_a_foreign_group_changes_only_the_alerts_known_here() -> None:
    incident = opened(an_alert("a"), an_alert("b"))
    decision = hear(
        incident,
        an_alert("a", firing=False, until=5),
        an_alert("c", severity="critical"),
        minute=6,
        truncated=9,
        home=False,
    )
    known = {e.alert.fingerprint: e.firing for e in decision.incident.episodes}
    assert known == {"a": False, "b": True}
    assert decision.incident.truncated == 0


# Closed by a person


def test_closed_by_hand_stays_quiet_for_a_while_and_then_reopens() -> None:
    closed = after(opened(), Resolve(press()), minute=10)
    quiet = hear(closed, an_alert(), minute=10 + GRACE_MINUTES - 1)
    unchanged(quiet, closed)
    decision = hear(quiet.incident, an_alert(), minute=10 + GRACE_MINUTES)
    assert (decision.incident.status, decision.incident.reopened) == (Status.ACTIVE, 1)
    assert (decision.incident.closed_by, decision.incident.taken_by) == (None, None)
    assert types(decision) == [EntryType.REOPENED]


def test_closed_by_hand_with_truncated_alerts_reopens_too() -> None:
    closed = after(opened(truncated=3), Resolve(press()), minute=10)
    ended = an_alert(firing=False, until=11)
    quiet = hear(closed, ended, minute=12, truncated=3).incident
    assert quiet.status is Status.RESOLVED
    assert hear(quiet, ended, minute=10 + GRACE_MINUTES, truncated=3).incident.status is Status.ACTIVE


def test_closed_by_hand_and_then_resolved_stays_closed_by_that_hand() -> None:
    closed = after(opened(), Resolve(press()), minute=10)
    decision = hear(closed, an_alert(firing=False, until=12), minute=13)
    assert (decision.incident.status, decision.incident.closed_by) == (Status.RESOLVED, ANNA)
    assert decision.incident.closed_at == at(10)
    assert types(decision) == [EntryType.ALERTS_CHANGED]


def test_rejected_stays_quiet_however_long_it_repeats() -> None:
    rejected = after(opened(truncated=2), Reject(press(), "noise"), minute=10)
    for minute in (11, 10 + GRACE_MINUTES, 10_000):
        unchanged(hear(rejected, an_alert(), minute=minute, truncated=2), rejected)


def test_a_new_alert_reopens_what_was_rejected() -> None:
    rejected = after(opened(), Reject(press(), "noise"), minute=10)
    decision = hear(rejected, an_alert(), an_alert("b", since=11), minute=12)
    assert (decision.incident.status, decision.incident.reason) == (Status.ACTIVE, "")
    assert types(decision) == [EntryType.REOPENED]


def test_a_rejected_alert_that_resolved_and_fires_anew_reopens() -> None:
    rejected = after(opened(), Reject(press(), "noise"), minute=10)
    ended = hear(rejected, an_alert(firing=False, until=12), minute=13).incident
    assert ended.status is Status.REJECTED
    assert hear(ended, an_alert(since=20), minute=21).incident.status is Status.ACTIVE


# As captured


@pytest.mark.parametrize("order", [("ha_duplicate_a", "ha_duplicate_b"), ("ha_duplicate_b", "ha_duplicate_a")])
def test_a_pair_tells_one_incident_in_either_order(order: tuple[str, str]) -> None:
    first = heard(NEW, order[0], 1)
    second = heard(first.incident, order[1], 1.2)
    assert types(first) == [EntryType.OPENED]
    assert types(second) == []
    assert len(second.incident.episodes) == 1
    starts = [parse(CAPTURED[name], received_at=at(0)).alerts[0].starts_at for name in order]
    assert second.incident.started_at == min(starts)


def test_the_captured_group_lives_its_whole_life() -> None:
    incident, seen = NEW, []
    for minute, name in enumerate(
        ("firing_group_of_3", "firing_group_grown_to_4", "group_partly_resolved", "group_all_resolved"), start=1
    ):
        decision = heard(incident, name, minute)
        incident = decision.incident
        seen.append((types(decision), len(incident.firing), incident.status))
    assert seen == [
        ([EntryType.OPENED], 3, Status.ACTIVE),
        ([EntryType.ALERTS_CHANGED], 4, Status.ACTIVE),
        ([EntryType.ALERTS_CHANGED], 3, Status.ACTIVE),
        ([EntryType.ALERTS_CHANGED, EntryType.ALERTS_RESOLVED], 0, Status.RESOLVED),
    ]
    assert incident.revision == 4
