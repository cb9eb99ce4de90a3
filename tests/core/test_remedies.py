"""What a card suggests, and above all what it must not."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.actions import ACTIONS, ActionState
from chatops.core.incidents import Incident
from chatops.core.objects import ObjectView
from chatops.core.remedies import FRESH_ROLLOUT, MOST_REMEDIES, Suggestion, suggest
from chatops.core.resources import Health, ObjectRef, PodView, WorkloadView
from chatops.core.screens.confirm import REASONS
from chatops.core.screens.wording import WORDS, filling
from tests.core.scene import (
    POD,
    REPLICA_SET,
    START,
    WORKLOAD,
    a_container,
    a_good_pod,
    a_plan,
    a_pod,
    a_rollout,
    a_run,
    a_survey,
    a_workload,
    an_incident,
    at,
)


def seeing(*workloads: WorkloadView, **fields: Any) -> Incident:
    return an_incident(survey=a_survey(*workloads, **fields))


def remedies(incident: Incident) -> list[str]:
    return [suggestion.action for suggestion in suggest(incident).remedies]


def reading(incident: Incident) -> Suggestion | None:
    return suggest(incident).reading


def test_nothing_before_the_cluster_was_seen() -> None:
    assert suggest(an_incident(survey=None)).remedies == ()
    assert reading(an_incident(survey=None)) is None


@pytest.mark.parametrize("problem", ["unreachable", "not_configured", "forbidden"])
def test_nothing_while_the_cluster_cannot_be_asked(problem: str) -> None:
    incident = seeing(a_workload(), problem=problem)
    assert remedies(incident) == []
    assert reading(incident) is None


def test_nothing_for_what_the_cluster_does_not_know() -> None:
    assert remedies(seeing(missing=(POD,))) == []


def test_a_fresh_rollout_is_suspected_first() -> None:
    incident = seeing(a_workload())
    assert remedies(incident) == ["rollout_undo", "delete_pod", "rollout_restart"]
    first = suggest(incident).remedies[0]
    assert (first.ref, first.why, first.params) == (WORKLOAD, "fresh_rollout", {"revision": "42"})


def test_an_old_rollout_comes_last_while_the_workload_is_broken() -> None:
    since = START - FRESH_ROLLOUT
    assert remedies(seeing(a_workload(rollout=a_rollout(since=since))))[0] == "rollout_undo"
    old = a_rollout(since=at(-61))
    assert remedies(seeing(a_workload(rollout=old))) == ["delete_pod", "rollout_restart", "rollout_undo"]
    assert "rollout_undo" not in remedies(seeing(a_workload(rollout=old, health=Health.WARN)))
    assert "rollout_undo" not in remedies(seeing(a_workload(rollout=a_rollout(since=None), health=Health.WARN)))


@pytest.mark.parametrize("rollout", [None, a_rollout(previous=None), a_rollout(paused=True)])
def test_no_way_back_where_there_is_none(rollout: Any) -> None:
    assert "rollout_undo" not in remedies(seeing(a_workload(rollout=rollout)))


@pytest.mark.parametrize("action", ["rollout_undo", "rollout_restart"])
@pytest.mark.parametrize("state", list(ActionState))
def test_the_own_rollout_is_not_taken_back_to_what_was_broken(action: str, state: ActionState) -> None:
    own = a_workload(rollout=a_rollout(revision=44, previous=43, since=at(12.1)))
    incident = replace(seeing(own), run=a_run(state, a_plan(action)))
    assert "rollout_undo" not in remedies(incident)
    elsewhere = a_run(state, a_plan(action, replace(WORKLOAD, name="orders")))
    assert remedies(replace(incident, run=elsewhere))[0] == "rollout_undo"


def test_a_rollback_brings_back_an_old_replica_set_and_is_known_all_the_same() -> None:
    own = a_workload(rollout=a_rollout(revision=44, previous=43, since=at(-5)))
    for run in (a_run(ActionState.SUCCEEDED), a_run(ActionState.FAILED, undo=a_plan(revision="43"))):
        assert "rollout_undo" not in remedies(replace(seeing(own), run=run))


def test_a_rollback_that_was_refused_may_be_suggested_again() -> None:
    assert remedies(replace(seeing(a_workload()), run=a_run(ActionState.FAILED)))[0] == "rollout_undo"


def test_what_was_rolled_out_before_the_own_restart_is_still_suspected() -> None:
    incident = replace(seeing(a_workload()), run=a_run(ActionState.SUCCEEDED, a_plan("rollout_restart")))
    assert remedies(incident)[0] == "rollout_undo"


def test_no_restart_where_it_changes_nothing() -> None:
    assert "rollout_restart" not in remedies(seeing(a_workload(on_delete=True)))
    assert "rollout_restart" not in remedies(seeing(a_workload(rollout=a_rollout(paused=True))))


@pytest.mark.parametrize(
    "fields",
    [
        {"autoscaler": "checkout 2-5"},
        {"ref": replace(WORKLOAD, kind="DaemonSet")},
        {"desired": 0},
    ],
)
def test_no_scaling_where_somebody_else_counts(fields: dict[str, Any]) -> None:
    healthy = a_workload(health=Health.GOOD, pods=(a_good_pod(),))
    assert "scale_up" in remedies(seeing(healthy))
    assert "scale_up" not in remedies(seeing(replace(healthy, **fields)))


def test_a_healthy_workload_may_need_more_replicas() -> None:
    incident = seeing(a_workload(health=Health.GOOD, pods=(a_good_pod(),), rollout=a_rollout(since=at(-999))))
    assert remedies(incident) == ["rollout_restart", "scale_up"]
    assert suggest(incident).remedies[1].params == {"replicas": "6"}


# Deleting a pod


@pytest.mark.parametrize(
    "fields",
    [
        {"owner": None},
        {"owner": ObjectRef("Node", "worker-3")},
        {"health": Health.GOOD},
        {"status": "Terminating"},
    ],
)
def test_a_pod_is_not_deleted_where_that_helps_nobody(fields: dict[str, Any]) -> None:
    assert "delete_pod" not in remedies(seeing(pods=(a_pod(**fields),)))
    assert "delete_pod" not in remedies(seeing(a_workload(pods=(a_pod(**fields),))))


def test_an_owned_pod_is_recreated() -> None:
    (suggestion,) = suggest(seeing(pods=(a_pod(),))).remedies
    assert (suggestion.action, suggestion.ref, suggestion.why) == ("delete_pod", POD, "recreates_pod")


@pytest.mark.parametrize("status", ["Pending", "Unknown", "ContainerCreating", "NodeLost", "Init:0/3", "Init:Error"])
def test_a_stuck_pod_is_recreated_before_anything_is_restarted(status: str) -> None:
    old = a_rollout(since=at(-999))
    stuck = a_workload(rollout=old, pods=(a_pod(status=status),))
    assert remedies(seeing(stuck))[:2] == ["delete_pod", "rollout_restart"]


# What to read


@pytest.mark.parametrize(
    ("pod", "action", "why"),
    [
        (a_pod(), "logs_previous", "last_words"),
        (a_pod(containers=(a_container(last_exit=None),)), "logs_previous", "last_words"),
        (a_pod(containers=(a_container(last_exit=None, restarts=0),)), "describe", "why_waiting"),
        (a_pod(status="Pending", containers=()), "events", "why_pending"),
        (a_pod(containers=(a_container(last_exit=None, restarts=0, state="running"),)), "logs", "read_logs"),
        (a_good_pod(), "logs", "read_logs"),
    ],
)
def test_the_most_telling_thing_to_read(pod: PodView, action: str, why: str) -> None:
    suggestion = reading(seeing(pods=(pod,)))
    assert suggestion
    assert (suggestion.action, suggestion.why, suggestion.ref) == (action, why, pod.ref)


def test_without_pods_the_object_itself_is_read() -> None:
    suggestion = reading(seeing(a_workload(pods=())))
    assert suggestion
    assert (suggestion.action, suggestion.ref) == ("describe", WORKLOAD)
    node = ObjectRef("Node", "worker-3")
    suggestion = reading(seeing(others=(ObjectView(node),)))
    assert suggestion
    assert (suggestion.action, suggestion.ref) == ("describe", node)
    assert reading(seeing(missing=(node,))) is None


# Whatever was seen

PODS = st.builds(
    a_pod,
    ref=st.sampled_from([replace(POD, name=name) for name in "abc"]),
    status=st.sampled_from(["Running", "Pending", "Terminating", "CrashLoopBackOff", "Init:0/1", "Completed"]),
    health=st.sampled_from(Health),
    restarts=st.integers(0, 20),
    owner=st.sampled_from([None, REPLICA_SET, ObjectRef("Node", "n")]),
    containers=st.sampled_from([(), (a_container(),), (a_container(last_exit=None, restarts=0),)]),
)
ROLLOUTS = st.none() | st.builds(
    a_rollout,
    since=st.none() | st.sampled_from([at(-999), at(-4), at(13)]),
    previous=st.none() | st.just(42),
    paused=st.booleans(),
)
WORKLOADS = st.builds(
    a_workload,
    ref=st.sampled_from([replace(WORKLOAD, kind=kind) for kind in ("Deployment", "StatefulSet", "DaemonSet")]),
    health=st.sampled_from(Health),
    desired=st.integers(0, 3),
    rollout=ROLLOUTS,
    pods=st.lists(PODS, max_size=3).map(tuple),
    autoscaler=st.sampled_from(["", "checkout 2-5"]),
    on_delete=st.booleans(),
)
SURVEYS = st.builds(a_survey, WORKLOADS, WORKLOADS, pods=st.lists(PODS, max_size=2).map(tuple))


@given(SURVEYS)
def test_whatever_was_seen_a_suggestion_can_work(survey: Any) -> None:
    suggested = suggest(an_incident(survey=survey))
    assert len(suggested.remedies) <= MOST_REMEDIES
    assert len({s.action for s in suggested.remedies}) == len(suggested.remedies)
    pods = {pod.ref: pod for pod in survey.all_pods}
    for suggestion in suggested.remedies:
        assert ACTIONS[suggestion.action].changes
        assert suggestion.ref.kind in ACTIONS[suggestion.action].kinds
        assert suggestion.why in REASONS
        WORDS[suggestion.action].label.format(**filling(suggestion.params, name="x"))
        if suggestion.action == "delete_pod":
            assert any(pod.owner for pod in survey.all_pods if pod.ref == suggestion.ref)
    if suggested.reading:
        assert not ACTIONS[suggested.reading.action].changes
        assert suggested.reading.ref in pods or suggested.reading.ref in {w.ref for w in survey.workloads}
