"""Merging: what a press makes of the merged incident and of the other, and which others are offered first."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.actions import ActionState
from chatops.core.alerts import Severity
from chatops.core.audit import SYSTEM, EntryType
from chatops.core.incidents import (
    Answer,
    Brought,
    Decision,
    Episode,
    Incident,
    LiftSilence,
    Merge,
    SendOver,
    Status,
    StopCalling,
    decide,
)
from chatops.core.incidents.alerting import HAND_CLOSED_GRACE
from chatops.core.incidents.escalation import waits
from chatops.core.incidents.events import (
    Escalate,
    Event,
    HandOver,
    Judge,
    MergeInto,
    Noted,
    Reject,
    Release,
    Reopen,
    RequestSilence,
    Resolve,
    Silenced,
    Take,
    TakeIn,
    Unanswered,
)
from chatops.core.incidents.likeness import Trait, alike_first
from chatops.core.incidents.merging import joined
from chatops.core.maintenance import Maintenance
from tests.core.scene import (
    ANNA,
    NEW,
    OLEG,
    a_run,
    after,
    an_alert,
    an_incident,
    at,
    hear,
    opened,
    press,
    run_action,
)

OTHER = 40


def merged(incident: Incident, *, into: int = OTHER, minute: float = 5) -> Decision:
    return decide(incident, MergeInto(press(), into), now=at(minute))


def brought(incident: Incident, *, minute: float = 5) -> TakeIn:
    return TakeIn(Merge(incident.id, ANNA, Brought.of(incident)))


def taken_in(other: Incident, incident: Incident, *, minute: float = 5) -> Decision:
    return decide(other, brought(incident), now=at(minute))


def other(*fingerprints: str, **labels: str) -> Incident:
    alerts = [an_alert(each, **labels) for each in fingerprints or ("z",)]
    return hear(replace(NEW, id=OTHER), *alerts, minute=1).incident


def toast(decision: Decision) -> str:
    return next(each.toast for each in decision.effects if isinstance(each, Answer))


def lines(decision: Decision) -> list[EntryType]:
    return [entry.type for entry in decision.entries]


# The merged one


def test_it_is_closed_and_nothing_fires_in_it_any_more() -> None:
    decision = merged(opened(an_alert("a"), an_alert("b")))
    gone = decision.incident
    assert (gone.status, gone.merged_into, gone.closed_by, gone.closed_at) == (Status.REJECTED, OTHER, ANNA, at(5))
    assert not gone.firing
    assert [episode.ends_at for episode in gone.episodes] == [at(5), at(5)]
    assert lines(decision) == [EntryType.MERGED]
    assert decision.entries[0].detail == {"into": "40", "alerts": "2"}
    assert decision.effects == (Answer(press(), "merged", {"number": "96", "into": "40"}), SendOver(OTHER))


@pytest.mark.parametrize("state", [ActionState.REQUESTED, ActionState.PERFORMED])
def test_a_change_that_runs_comes_first(state: ActionState) -> None:
    before = replace(opened(), run=a_run(state))
    decision = merged(before)
    assert (toast(decision), decision.incident, lines(decision)) == ("merge_runs", before, [EntryType.DENIED])
    assert decision.entries[0].detail == {"what": "merge", "why": "merge_runs", "into": "40"}
    over = merged(replace(opened(), run=a_run(ActionState.INTERRUPTED)))
    assert toast(over) == "merged"


def test_its_silence_is_lifted_by_whoever_merged_it() -> None:
    asked = after(opened(), RequestSilence(press(OLEG), "key", timedelta(hours=1)), minute=2)
    assert toast(merged(asked)) == "merge_silence"
    standing = after(asked, Silenced("key", "am-id", 0), minute=3)
    decision = merged(standing)
    silence = decision.incident.silence
    assert silence is not None
    assert (silence.lifting, silence.lifted_by_id) == (True, ANNA.id)
    assert LiftSilence(silence) in decision.effects
    assert lines(decision) == [EntryType.MERGED, EntryType.UNSILENCE_REQUESTED]
    assert [each.toast for each in decision.effects if isinstance(each, Answer)] == ["merged"]
    longer = replace(standing, silence=replace(silence, lifting=False, extending_to=at(200)))
    assert toast(merged(longer)) == "merge_silence"


def test_nobody_is_called_for_it_any_more() -> None:
    critical = opened(an_alert(severity="critical"))
    assert waits(critical)
    called = after(critical, Unanswered(at(1)), minute=10)
    decision = merged(called, minute=11)
    assert not waits(decision.incident)
    assert decision.incident.escalation.since is None
    assert StopCalling() in decision.effects


def test_what_is_over_is_not_merged_nor_into_itself() -> None:
    closed = after(opened(), Resolve(press(OLEG)), minute=2)
    assert toast(merged(closed)) == "already_resolved_by"
    assert toast(merged(opened(), into=96)) == "merge_gone"


@pytest.mark.parametrize(
    "event",
    [
        *(each(press(OLEG)) for each in (Take, Release, Resolve, Reopen, Escalate)),
        Reject(press(OLEG), "noise"),
        HandOver(press(OLEG), OLEG),
        Judge(press(OLEG), real=False),
        RequestSilence(press(OLEG), "key", timedelta(hours=1)),
        MergeInto(press(OLEG), 41),
    ],
    ids=lambda event: type(event).__name__,
)
def test_people_are_sent_to_the_other(event: Event) -> None:
    gone = merged(opened()).incident
    decision = decide(gone, event, now=at(9))
    assert (decision.incident, lines(decision)) == (gone, [EntryType.DENIED])
    assert decision.effects == (Answer(press(OLEG), "merged_away", {"number": "40"}),)


def test_a_note_and_an_undo_stay_with_it() -> None:
    gone = merged(opened()).incident
    assert lines(decide(gone, Noted(press(), "it was the disk"), now=at(9))) == [EntryType.NOTED]
    undone = decide(gone, run_action(), now=at(9))
    assert lines(undone) == [EntryType.ACTION_REQUESTED]
    assert (undone.incident.taken_by, undone.incident.status) == (None, Status.REJECTED)


def test_what_fires_in_it_all_the_same_is_shown() -> None:
    """Routing sends nothing here any more. Were it to, nothing that was accepted may be hidden."""
    gone = merged(opened()).incident
    again = hear(gone, an_alert("new", since=9), minute=9).incident
    assert (again.open, again.merged_into) == (True, None)


# The other


def test_it_goes_on_with_the_alerts_of_both() -> None:
    decision = taken_in(other("z"), opened(an_alert("a", severity="critical"), an_alert("b")))
    both = decision.incident
    assert [episode.alert.fingerprint for episode in both.firing] == ["z", "a", "b"]
    assert both.severity is Severity.CRITICAL
    assert waits(both), "somebody has to take it now"
    assert both.revision == other("z").revision + 1
    assert lines(decision) == [EntryType.MERGED_IN, EntryType.SEVERITY_CHANGED]
    entry = decision.entries[0]
    assert entry.subject == SYSTEM
    assert entry.detail == {"number": "96", "by": "@anna", "alert": "Crash loop", "alerts": "2"}
    over = hear(both, *(an_alert(each, firing=False, until=6) for each in "zab"), minute=7).incident
    assert over.status is Status.RESOLVED


def test_it_is_whose_it_was_else_whose_the_merged_one_was() -> None:
    mine = after(opened(), Take(press(ANNA)), minute=2)
    free = taken_in(other(), mine, minute=5).incident
    assert (free.taken_by, free.taken_at, free.acknowledged_at) == (ANNA, at(2), at(2))
    theirs = after(other(), Take(press(OLEG)), minute=3)
    kept = taken_in(theirs, mine, minute=5).incident
    assert (kept.taken_by, kept.taken_at, kept.acknowledged_at) == (OLEG, at(3), at(2))
    assert taken_in(other(), opened()).incident.taken_by is None


def test_one_that_was_closed_in_that_moment_opens_again() -> None:
    """The merge was stored while it was open; what fires must not be lost to who closed it a moment later."""
    closed = after(other(), Resolve(press(OLEG)), minute=4)
    mine = after(opened(), Take(press(ANNA)), minute=2)
    decision = taken_in(closed, mine)
    assert (decision.incident.status, decision.incident.taken_by) == (Status.ACTIVE, ANNA)
    assert EntryType.REOPENED in lines(decision)
    quiet = hear(opened(), an_alert(firing=False, until=2), minute=2).incident
    still = taken_in(closed, quiet).incident
    assert (still.status, still.taken_by) == (Status.RESOLVED, OLEG)


def test_what_is_expected_stays_quiet_only_with_what_is_expected() -> None:
    window = Maintenance(1, at(60), "upgrade", "@oleg")
    quiet = replace(other(), maintenance=window)
    assert taken_in(quiet, opened()).incident.maintenance is None
    assert taken_in(quiet, replace(opened(), maintenance=window)).incident.maintenance == window
    ended = hear(opened(), an_alert(firing=False, until=2), minute=2).incident
    assert taken_in(quiet, ended).incident.maintenance == window


def test_truncated_alerts_keep_the_other_open() -> None:
    both = taken_in(other("z"), opened(an_alert("a"), truncated=3)).incident
    assert both.truncated == 3
    assert merged(opened(truncated=3)).incident.truncated == 0


def test_the_grace_of_a_closed_one_is_not_the_other_s() -> None:
    """The merged one is never reopened by its own silence being over, or by time."""
    gone = merged(opened()).incident
    late = 5 + HAND_CLOSED_GRACE.total_seconds() / 60 + 1
    assert not hear(gone, an_alert(firing=False, until=4), minute=late, home=False).incident.open


# Both, whatever they hold

MOMENTS = st.integers(0, 9)


@st.composite
def episodes(draw: st.DrawFn) -> tuple[Episode, ...]:
    found = []
    for fingerprint in draw(st.lists(st.sampled_from("abcd"), unique=True)):
        since = draw(MOMENTS)
        until = draw(st.none() | st.integers(since, 10))
        alert = an_alert(fingerprint, firing=until is None, since=since, until=until or 0)
        found.append(Episode(alert, at(since), None if until is None else at(until)))
    return tuple(found)


def told_of(found: tuple[Episode, ...]) -> set[tuple[str, object, object]]:
    return {(episode.alert.fingerprint, episode.starts_at, episode.ends_at) for episode in found}


@given(episodes(), episodes(), episodes())
def test_alerts_come_together_in_any_order_and_any_number_of_times(
    one: tuple[Episode, ...], two: tuple[Episode, ...], three: tuple[Episode, ...]
) -> None:
    both = joined(one, two)
    assert told_of(both) == told_of(joined(two, one))
    assert told_of(joined(both, two)) == told_of(both) == told_of(joined(both, both))
    assert told_of(joined(both, three)) == told_of(joined(one, joined(two, three)))
    names = [episode.alert.fingerprint for episode in both]
    assert len(names) == len(set(names))
    assert set(names) == {episode.alert.fingerprint for episode in (*one, *two)}


@given(episodes(), episodes(), st.sampled_from([None, ANNA]), st.sampled_from([None, OLEG]), st.booleans())
def test_nothing_that_fires_is_lost(
    one: tuple[Episode, ...], two: tuple[Episode, ...], by_one: object, by_two: object, closed: bool
) -> None:
    """What fired in either fires in the other from then on, which is open, and nowhere else."""
    held = [{"taken_by": by, "taken_at": at(1) if by else None} for by in (by_one, by_two)]
    incident = an_incident(id=96, run=None, episodes=one, **held[0])
    target = an_incident(id=OTHER, run=None, episodes=two, **held[1])
    if closed:
        target = after(target, Resolve(press(OLEG)), minute=20)
    gone = merged(incident, minute=21)
    both = taken_in(target, incident, minute=22)
    fired = {each.alert.fingerprint for each in (*incident.firing, *target.firing)}
    assert not gone.incident.firing
    assert {each.alert.fingerprint for each in both.incident.firing} == fired
    new = fired - {each.alert.fingerprint for each in target.firing}
    assert both.incident.open == (not closed or bool(new))
    again = taken_in(both.incident, incident, minute=23).incident
    assert told_of(again.episodes) == told_of(both.incident.episodes)
    assert both.incident.open is False or (both.incident.taken_by is not None) >= (by_two is not None and not closed)


# Which others


def test_the_same_object_comes_before_the_same_alert_and_that_before_the_namespace() -> None:
    mine = opened(an_alert("a", deployment="checkout"))

    def one(number: int, minute: float = 0, **labels: str) -> Incident:
        told = an_alert("x", since=minute, **labels)
        return hear(replace(NEW, id=number, opened_at=at(minute)), told, minute=minute).incident

    others = [
        one(1, 60, namespace="mail", pod="relay", alertname="DiskFull"),
        one(2, 60, namespace="shop", pod="", deployment="cart", alertname="DiskFull"),
        one(3, 60, namespace="mail", pod="", deployment="relay"),
        one(4, 60, namespace="shop", deployment="checkout", alertname="DiskFull"),
        one(5, 2, namespace="mail", pod="relay", alertname="DiskFull"),
    ]
    found = alike_first(mine, [*others, mine])
    assert [each.incident.id for each in found] == [4, 3, 2, 5, 1]
    assert found[0].traits == (Trait.OBJECT, Trait.NAMESPACE)
    assert [each.traits for each in found[1:]] == [(Trait.ALERT,), (Trait.NAMESPACE,), (Trait.TIME,), ()]
    elsewhere = replace(others[3], cluster="us")
    assert Trait.OBJECT not in alike_first(mine, [elsewhere])[0].traits


def test_what_says_the_same_of_another_object_is_the_same_alert() -> None:
    def says(incident: Incident, title: str, summary: str) -> Incident:
        (episode,) = incident.episodes
        alert = replace(episode.alert, annotations={"summary": summary})
        return replace(incident, title=title, episodes=(replace(episode, alert=alert),))

    mine = says(opened(), "A", "disk sda7 of worker-31 is full")
    assert Trait.ALERT in alike_first(mine, [says(other(), "B", "disk sda9 of worker-7 is full")])[0].traits
    assert Trait.ALERT not in alike_first(mine, [says(other(), "B", "disk sda9 of worker-7 is slow")])[0].traits
    assert Trait.ALERT not in alike_first(says(mine, "A", ""), [says(other(), "B", "")])[0].traits
