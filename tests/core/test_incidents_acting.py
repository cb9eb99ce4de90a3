"""An action in an incident's eyes: one request, one run, one outcome, however the news of it comes."""

from dataclasses import replace

import pytest

from chatops.core.actions import ActionState, Progress
from chatops.core.audit import SYSTEM, EntryType
from chatops.core.failures import Reason
from chatops.core.incidents import Answer, Decision, Follow, Incident, Look, LookUp, Perform, decide
from chatops.core.incidents.acting import ABSENT, FOLLOW_LIMIT, FOUND, OVERDUE
from chatops.core.incidents.events import (
    ActionEnded,
    ActionPerformed,
    ActionProgressed,
    Event,
    LookedUp,
    Resolve,
    Surveyed,
    Take,
)
from tests.core.scene import (
    ANNA,
    OLEG,
    a_plan,
    a_survey,
    a_workload,
    after,
    an_incident,
    at,
    opened,
    press,
    run_action,
)

UNDO = a_plan(revision="43")
ACTION_TYPES = {EntryType.ACTION_REQUESTED, EntryType.ACTION_PERFORMED, EntryType.ACTION_FINISHED}


def requested() -> Incident:
    return after(opened(), run_action(), minute=12)


def performed() -> Incident:
    return after(requested(), ActionPerformed("run-1", UNDO, "1001"), minute=12.1)


def state(incident: Incident) -> ActionState:
    assert incident.run
    return incident.run.state


def nothing(decision: Decision, before: Incident) -> None:
    assert decision == Decision(before)


# Requesting


def test_a_request_is_written_down_with_everything_that_repeats_it() -> None:
    before = opened()
    decision = decide(before, run_action(a_plan(revision="42", action_id="x")), now=at(12))
    (entry,) = decision.entries
    assert (entry.type, entry.subject, entry.object) == (EntryType.ACTION_REQUESTED, ANNA.subject, a_plan().ref)
    assert entry.detail == {"action": "rollout_undo", "run": "run-1", "revision": "42", "before_version": "1000"}
    assert (entry.chat_id, entry.message_id) == (-100, 7)
    assert decision.incident.revision == before.revision + 1
    run = decision.incident.run
    assert run
    assert (run.state, run.by_name, run.requested_at) == (ActionState.REQUESTED, "@anna", at(12))
    assert decision.effects == (Answer(press(), "started"), Perform(run))


def test_acting_takes_what_nobody_has_and_leaves_what_somebody_has() -> None:
    assert requested().taken_by == ANNA
    taken = after(opened(), Take(press(OLEG)), minute=2)
    assert after(taken, run_action(), minute=12).taken_by == OLEG


def test_acting_on_a_closed_incident_takes_nothing() -> None:
    closed = after(opened(), Resolve(press(OLEG)), minute=2)
    acted = after(closed, run_action(), minute=12)
    assert (acted.taken_by, state(acted)) == (OLEG, ActionState.REQUESTED)


def test_one_confirm_is_one_run_however_often_it_is_pressed() -> None:
    for incident in (requested(), performed(), after(performed(), progress(finished=True), minute=13)):
        decision = decide(incident, run_action(), now=at(14))
        assert decision.incident == incident
        (denied,) = decision.entries
        assert (denied.type, denied.object) == (EntryType.DENIED, a_plan().ref)
        assert (denied.detail["why"], denied.detail["run"]) == ("already_confirmed", run_action().run_id)
        assert decision.effects == (Answer(press(), "already_confirmed"),)


def test_another_action_waits_for_the_one_that_runs() -> None:
    for incident in (requested(), performed()):
        decision = decide(incident, run_action(by=OLEG, run_id="run-2"), now=at(13))
        assert decision.incident == incident
        (denied,) = decision.entries
        assert (denied.type, denied.subject, denied.incident_id) == (EntryType.DENIED, OLEG.subject, incident.id)
        assert (denied.object, denied.chat_id, denied.message_id) == (a_plan().ref, -100, 7)
        assert denied.detail == {"what": "rollout_undo", "why": "busy", "run": "run-2", "before_version": "1000"}
        assert decision.effects == (Answer(press(OLEG), "busy", {"name": "@anna"}),)


@pytest.mark.parametrize("outcome", [ActionState.FAILED, ActionState.INTERRUPTED])
def test_after_an_outcome_the_next_action_may_run(outcome: ActionState) -> None:
    ended = after(requested(), ActionEnded("run-1", outcome, Reason.CONFLICT, ""), minute=13)
    again = after(ended, run_action(run_id="run-2"), minute=14)
    assert again.run
    assert (again.run.id, again.run.state) == ("run-2", ActionState.REQUESTED)


# Following


def progress(done: int = 5, total: int = 5, **fields: object) -> ActionProgressed:
    return ActionProgressed("run-1", replace(Progress(done, total), **fields))  # type: ignore[arg-type]  # by name


def test_what_the_cluster_took_is_written_down_and_followed() -> None:
    decision = decide(requested(), ActionPerformed("run-1", UNDO, "1001"), now=at(12.1))
    (entry,) = decision.entries
    assert (entry.type, entry.subject) == (EntryType.ACTION_PERFORMED, SYSTEM)
    assert entry.detail["before_version"] == "1000"
    assert entry.detail["after_version"] == "1001"
    run = decision.incident.run
    assert run
    assert (run.state, run.undo) == (ActionState.PERFORMED, UNDO)
    assert decision.effects == (Follow(run),)


def test_what_the_cluster_took_told_twice_is_written_down_once() -> None:
    event = ActionPerformed("run-1", UNDO, "1001")
    known = decide(requested(), event, now=at(12.1)).incident
    assert decide(known, event, now=at(12.2)) == Decision(known)


def test_progress_is_shown_when_it_moves_and_written_down_never() -> None:
    before = performed()
    moved = decide(before, progress(3), now=at(12.5))
    assert moved.incident.revision == before.revision + 1
    assert moved.entries == ()
    same = decide(moved.incident, progress(3), now=at(12.6))
    assert same.incident == moved.incident
    assert isinstance(same.effects[0], Follow)


def test_arrived() -> None:
    decision = decide(performed(), progress(finished=True), now=at(13.25))
    assert state(decision.incident) is ActionState.SUCCEEDED
    (entry,) = decision.entries
    assert entry.type is EntryType.ACTION_FINISHED
    assert entry.detail == {
        "action": "rollout_undo",
        "run": "run-1",
        "outcome": "succeeded",
        "seconds": "75",
        "before_version": "1000",
        "after_version": "1001",
    }
    assert decision.effects == (Look(),)


def test_a_rollout_that_fails_says_so_in_the_clusters_words() -> None:
    decision = decide(performed(), progress(2, failed="ProgressDeadlineExceeded"), now=at(13))
    assert state(decision.incident) is ActionState.FAILED
    assert decision.entries[0].detail["detail"] == "ProgressDeadlineExceeded"


def test_k8_what_never_arrives_is_called_failed_in_the_end() -> None:
    limit = FOLLOW_LIMIT.total_seconds() / 60
    assert state(after(performed(), progress(2), minute=12 + limit)) is ActionState.PERFORMED
    late = after(performed(), progress(2), minute=12.1 + limit)
    assert late.run
    assert (late.run.state, late.run.detail) == (ActionState.FAILED, OVERDUE)
    assert state(after(performed(), progress(finished=True), minute=99)) is ActionState.SUCCEEDED


def test_a_clock_that_was_set_back_makes_no_negative_length() -> None:
    decision = decide(performed(), progress(finished=True), now=at(-600))
    assert decision.entries[0].detail["seconds"] == "0"


# Ending


@pytest.mark.parametrize("reason", [Reason.CONFLICT, Reason.FORBIDDEN, Reason.UNREACHABLE])
def test_failed_at_the_door(reason: Reason) -> None:
    decision = decide(requested(), ActionEnded("run-1", ActionState.FAILED, reason, "no"), now=at(13))
    run = decision.incident.run
    assert run
    assert (run.state, run.problem, run.detail, run.finished_at) == (ActionState.FAILED, reason, "no", at(13))
    assert decision.entries[0].detail["problem"] == reason
    assert decision.effects == (Look(),)


def interrupted(detail: str = "") -> Decision:
    event = ActionEnded("run-1", ActionState.INTERRUPTED, Reason.UNKNOWN_OUTCOME, detail)
    return decide(requested(), event, now=at(13))


@pytest.mark.parametrize("detail", ["", "connection reset by peer"])
@pytest.mark.parametrize(("happened", "found"), [(True, FOUND), (False, ABSENT)])
def test_k2_an_interrupted_run_is_looked_up_and_never_sent_again(detail: str, happened: bool, found: str) -> None:
    decision = interrupted(detail)
    run = decision.incident.run
    assert run
    assert decision.effects == (Look(), LookUp(run))
    assert decision.entries[0].detail.get("detail", "") == detail
    later = decide(decision.incident, LookedUp("run-1", happened), now=at(14))
    assert later.incident.run
    assert (later.incident.run.state, later.incident.run.detail) == (ActionState.INTERRUPTED, found)
    assert [entry.type for entry in later.entries] == [EntryType.ACTION_LOOKED_UP]
    assert later.effects == ()
    nothing(decide(later.incident, LookedUp("run-1", not happened), now=at(15)), later.incident)


# News that comes too late or to the wrong door

NEWS: list[Event] = [
    ActionPerformed("run-1", UNDO),
    progress(3),
    progress(finished=True),
    ActionEnded("run-1", ActionState.FAILED, Reason.CONFLICT, ""),
    ActionEnded("run-1", ActionState.INTERRUPTED, Reason.UNKNOWN_OUTCOME, ""),
]


@pytest.mark.parametrize("event", NEWS, ids=lambda event: type(event).__name__)
def test_news_of_a_run_that_is_over_changes_nothing(event: Event) -> None:
    over = after(performed(), progress(finished=True), minute=13)
    nothing(decide(over, event, now=at(14)), over)
    ended = interrupted().incident
    nothing(decide(ended, event, now=at(14)), ended)


@pytest.mark.parametrize("event", [*NEWS, LookedUp("run-1", True)], ids=lambda event: type(event).__name__)
def test_news_of_another_run_or_of_none_changes_nothing(event: Event) -> None:
    quiet = opened()
    nothing(decide(quiet, event, now=at(14)), quiet)
    other = after(opened(), run_action(run_id="run-2"), minute=12)
    nothing(decide(other, event, now=at(14)), other)


def test_a_run_that_is_not_interrupted_is_not_looked_up() -> None:
    for incident in (requested(), performed()):
        nothing(decide(incident, LookedUp("run-1", True), now=at(14)), incident)


def test_a_closed_incident_still_follows_its_run() -> None:
    closed = after(performed(), Resolve(press()), minute=12.5)
    assert state(after(closed, progress(finished=True), minute=13)) is ActionState.SUCCEEDED


# Surveys


def test_a_survey_that_says_the_same_changes_nothing() -> None:
    before = an_incident()
    nothing(decide(before, Surveyed(a_survey(a_workload(), taken_at=at(99))), now=at(99)), before)


def test_a_survey_that_says_something_else_is_shown() -> None:
    before = an_incident()
    decision = decide(before, Surveyed(a_survey(a_workload(ready=5))), now=at(99))
    assert decision.incident.revision == before.revision + 1
    assert (decision.entries, decision.effects) == ((), ())


def test_the_first_survey_is_shown() -> None:
    before = an_incident(survey=None)
    assert decide(before, Surveyed(a_survey()), now=at(99)).incident.revision == before.revision + 1
