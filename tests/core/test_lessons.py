"""What an incident teaches of the action that was run on it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatops.core.actions import ActionState
from chatops.core.incidents import Status
from chatops.core.incidents.lessons import lessons
from chatops.core.remedies import Trial
from chatops.core.remedies.experience import HELPED_WITHIN
from tests.core.scene import ANNA, a_run, an_incident, at

DONE = at(14)
RUN = a_run(ActionState.SUCCEEDED, finished_at=DONE)
TRIAL = Trial("run-1", "KubePodCrashLooping", "rollout_undo", DONE)


def ended(moment, **fields):
    return an_incident(run=RUN, status=Status.RESOLVED, closed_at=moment, **fields)


def test_a_success_is_a_trial():
    before = an_incident(run=a_run(ActionState.PERFORMED))
    assert lessons(before, an_incident(run=RUN)) == (TRIAL,)


@pytest.mark.parametrize("state", [state for state in ActionState if state is not ActionState.SUCCEEDED])
def test_anything_else_teaches_nothing(state):
    before = an_incident(run=a_run(ActionState.REQUESTED))
    assert lessons(before, an_incident(run=a_run(state, finished_at=DONE))) == ()


@pytest.mark.parametrize(
    ("after", "helped"),
    [(timedelta(0), True), (HELPED_WITHIN, True), (HELPED_WITHIN + timedelta(seconds=1), False)],
)
def test_it_helped_when_the_alerts_end_soon_after(after, helped):
    found = lessons(an_incident(run=RUN), ended(DONE + after))
    assert found == ((replace(TRIAL, helped=True),) if helped else ())


def test_the_alerts_may_end_while_a_rollout_is_still_followed():
    before = ended(
        at(13),
    )
    before = replace(before, run=a_run(ActionState.PERFORMED))
    assert lessons(before, ended(at(13))) == (replace(TRIAL, helped=True),)
    earlier = replace(before, closed_at=at(11))
    assert lessons(earlier, ended(at(11))) == (TRIAL,)


def test_what_a_person_closed_proves_nothing():
    assert lessons(an_incident(run=RUN), ended(DONE, closed_by=ANNA)) == ()
    assert lessons(an_incident(run=RUN), replace(ended(DONE), status=Status.REJECTED)) == ()


def test_nothing_is_learned_twice():
    assert lessons(an_incident(run=RUN), an_incident(run=RUN, revision=9)) == ()
    assert lessons(ended(DONE), ended(DONE)) == ()
