"""What a card suggests, and above all what it must not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.actions import ACTIONS, ActionState
from chatops.core.incidents import Episode, Incident
from chatops.core.objects import ObjectView, Tie, TieRole, Trait
from chatops.core.remedies import FRESH_ROLLOUT, MOST_REMEDIES, Advice, Rule, Suggestion, Trial, experience_of, suggest
from chatops.core.resources import ContainerLimits, Health, ObjectRef, PodView, WorkloadView
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
    an_alert,
    an_incident,
    at,
)

NOW = at(20)


def seeing(*workloads: WorkloadView, **fields: Any) -> Incident:
    return an_incident(survey=a_survey(*workloads, **fields))


def remedies(incident: Incident) -> list[str]:
    return [suggestion.action for suggestion in suggest(incident, now=NOW).remedies]


def reading(incident: Incident) -> Suggestion | None:
    return suggest(incident, now=NOW).reading


def test_nothing_before_the_cluster_was_seen() -> None:
    assert suggest(an_incident(survey=None), now=NOW).remedies == ()
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
    first = suggest(incident, now=NOW).remedies[0]
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


def test_a_rollback_that_was_cut_short_and_did_not_happen_is_suggested_again() -> None:
    """The card says "choose again if it is needed": then it has to be there to choose."""
    cut_short = a_run(ActionState.INTERRUPTED)
    for detail, first in (("", False), ("found", False), ("absent", True)):
        told = remedies(replace(seeing(a_workload()), run=replace(cut_short, detail=detail)))
        assert (told[0] == "rollout_undo") is first, detail


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
    assert suggest(incident, now=NOW).remedies[1].params == {"replicas": "6"}


# Deleting a pod


@pytest.mark.parametrize(
    "fields",
    [
        {"owner": None},
        {"owner": ObjectRef("Node", "worker-3")},
        {"ref": replace(POD, name="checkout-6d9f7c5b8d-other"), "health": Health.GOOD},
        {"status": "Terminating"},
    ],
)
def test_a_pod_is_not_deleted_where_that_helps_nobody(fields: dict[str, Any]) -> None:
    assert "delete_pod" not in remedies(seeing(pods=(a_pod(**fields),)))
    assert "delete_pod" not in remedies(seeing(a_workload(pods=(a_pod(**fields),))))


def test_a_pod_that_the_alert_names_may_be_recreated_though_it_looks_well() -> None:
    well = a_workload(
        health=Health.GOOD, ready=5, pods=(a_good_pod(), a_pod(health=Health.GOOD, containers=())), rollout=None
    )
    assert [each.ref for each in suggest(seeing(well), now=NOW).remedies if each.action == "delete_pod"] == [POD]


def test_a_pod_that_fails_speaks_before_the_one_that_is_named() -> None:
    other = replace(POD, name="checkout-6d9f7c5b8d-other")
    failing = a_workload(pods=(a_pod(health=Health.GOOD), a_pod(ref=other)))
    assert [each.ref for each in suggest(seeing(failing), now=NOW).remedies if each.action == "delete_pod"] == [other]


def test_a_job_recreates_its_pods_itself() -> None:
    ref = ObjectRef("Job", "report", "shop")
    job = ObjectView(ref, Health.BAD, {Trait.FAILED: "yes"})
    incident = seeing(pods=(a_pod(owner=ref),), others=(job,))
    assert remedies(incident)[0] == "job_rerun"


@pytest.mark.parametrize("alert", ["KubeDeploymentGenerationMismatch", "UpdateNotRolledOut"])
def test_a_rollout_that_does_not_get_through_may_go_back(alert: str) -> None:
    old = replace(a_rollout(), since=START - 2 * FRESH_ROLLOUT)
    incident = seeing(a_workload(health=Health.GOOD, rollout=old))
    assert "rollout_undo" not in remedies(incident)
    assert "rollout_undo" in remedies(about(incident, alert))


def about(incident: Incident, alertname: str) -> Incident:
    return replace(incident, episodes=(Episode(an_alert(alertname=alertname), START),))


def test_an_owned_pod_is_recreated() -> None:
    (suggestion,) = suggest(seeing(pods=(a_pod(),)), now=NOW).remedies
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
    assert (suggestion.action, suggestion.ref) == ("node_status", node)
    assert reading(seeing(missing=(node,))) is None


# Memory, autoscalers, rollouts that wait

LIMITS = (ContainerLimits("app", "512Mi", "1"),)


def test_out_of_memory_puts_memory_first_after_a_fresh_rollout() -> None:
    old = a_workload(rollout=a_rollout(since=at(-999)), limits=LIMITS)
    first = suggest(seeing(old), now=NOW).remedies[0]
    assert (first.action, first.why, first.params) == (
        "raise_memory_limit",
        "out_of_memory",
        {"container": "app", "memory": "768Mi"},
    )
    assert remedies(seeing(a_workload(limits=LIMITS)))[:2] == ["rollout_undo", "raise_memory_limit"]


def test_no_memory_to_raise_where_nothing_limits_it() -> None:
    assert "raise_memory_limit" not in remedies(seeing(a_workload(limits=(ContainerLimits("app"),))))


def test_an_autoscaler_at_its_maximum_replaces_scaling() -> None:
    calm = a_rollout(since=at(-999))
    healthy = a_workload(health=Health.GOOD, pods=(a_good_pod(),), rollout=calm, autoscaler="checkout 2-5")
    (first, *_) = suggest(seeing(healthy), now=NOW).remedies
    assert (first.action, first.ref.kind, first.ref.name) == ("hpa_raise_max", "HorizontalPodAutoscaler", "checkout")
    assert "scale_up" not in remedies(seeing(healthy))
    assert "hpa_raise_max" not in remedies(seeing(replace(healthy, autoscaler="checkout 2-9")))


def test_a_paused_rollout_can_only_go_on() -> None:
    paused = a_workload(rollout=a_rollout(paused=True))
    assert remedies(seeing(paused))[0] == "rollout_resume"
    assert not {"rollout_undo", "rollout_restart", "rollout_pause"} & set(remedies(seeing(paused)))


def test_what_the_credentials_may_not_do_is_not_suggested() -> None:
    assert "rollout_undo" not in remedies(seeing(a_workload(denied=("rollout_undo",))))
    assert "delete_pod" not in remedies(seeing(pods=(a_pod(denied=("delete_pod",)),)))


def test_an_alert_of_the_pipeline_itself_suggests_nothing() -> None:
    watchdog = an_alert(alertname="Watchdog", severity="none", pod="", namespace="")
    assert remedies(an_incident(episodes=(Episode(watchdog, START),))) == []


# Objects


def of(kind: str, *ties: Tie, **traits: str) -> list[str]:
    """What is suggested for one object of this kind."""
    ref = ObjectRef(kind, "it", "shop", "uid-o", "prod-eu1")
    health = Health.WARN if traits.get("ready") == "True" else Health.BAD
    view = ObjectView(ref, health, {Trait(name): value for name, value in traits.items()}, ties)
    return remedies(seeing(others=(view,)))


HEAVY = Tie(TieRole.HEAVIEST, POD)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (of("Node", ready="True"), ["cordon", "drain"]),
        (of("Node", ready="False"), ["drain", "cordon"]),
        (of("Node", ready="False", control_plane="yes"), ["cordon"]),
        (of("Node", HEAVY, ready="True", pressures="MemoryPressure"), ["cordon", "evict_pod", "drain"]),
        (of("Node", ready="True", failed_pods="7", pressures="DiskPressure"), ["cleanup_pods", "cordon", "drain"]),
        (of("Node", Tie(TieRole.STUCK, POD), ready="False"), ["drain", "force_delete_pod", "cordon"]),
        (of("HorizontalPodAutoscaler", min="2", max="5", current="5", desired="5"), ["hpa_raise_max"]),
        (of("HorizontalPodAutoscaler", min="4", max="9", current="4", desired="4"), ["hpa_lower_min", "hpa_raise_max"]),
        (of("Job", failed="3"), ["job_rerun", "job_delete"]),
        (of("Job", active="1"), ["job_delete"]),
        (
            of("Job", Tie(TieRole.OWNER, ObjectRef("CronJob", "nightly", "shop")), failed="1"),
            ["job_rerun", "job_delete", "cronjob_suspend"],
        ),
        (of("CronJob", suspended="yes"), ["cronjob_resume", "cronjob_trigger"]),
        (of("CronJob"), ["cronjob_trigger", "cronjob_suspend"]),
        (of("PersistentVolumeClaim", phase="Bound", size="10Gi", expandable="yes"), ["pvc_expand"]),
        (of("PersistentVolumeClaim", phase="Bound", size="10Gi"), []),
        (of("PersistentVolumeClaim", phase="Pending", size="10Gi", expandable="yes"), []),
        (of("ResourceQuota", resource="requests.cpu", hard="10", used="10"), ["raise_quota"]),
        (of("Certificate", ready="False"), ["cert_renew"]),
        (of("Application", sync="OutOfSync"), ["gitops_sync"]),
        (of("HelmRelease", ready="False"), ["gitops_sync"]),
        (of("HelmRelease", ready="False", suspended="yes"), []),
        (of("PersistentVolume"), []),
        (of("Cluster"), []),
        (of("Cluster", Tie(TieRole.CORDONED, ObjectRef("Node", "w"))), ["uncordon"]),
    ],
)
def test_each_kind_has_its_own(found: list[str], expected: list[str]) -> None:
    assert found == expected


def test_a_cordoned_node_is_opened_and_one_that_takes_pods_is_not() -> None:
    assert of("Node", ready="True", unschedulable="yes")[0] == "uncordon"
    assert "cordon" not in of("Node", ready="True", unschedulable="yes")
    assert "uncordon" not in of("Node", ready="True")


# What helped before, and the operator's own rules


def trials(action: str, helped: int, of: int, *, days: float = 1) -> list[Trial]:
    moment = NOW - timedelta(days=days)
    return [Trial(f"{action}-{n}", "KubePodCrashLooping", action, moment, n < helped) for n in range(of)]


def ranked(*past: Trial, rules: tuple[Rule, ...] = (), incident: Incident | None = None) -> tuple[Suggestion, ...]:
    advice = Advice(experience_of(past, NOW), rules)
    return suggest(incident or seeing(OLD), now=NOW, advice=advice).remedies


OLD = a_workload(rollout=a_rollout(since=at(-999)))


def test_what_helped_before_comes_first_and_says_so() -> None:
    assert [s.action for s in ranked()] == ["delete_pod", "rollout_restart", "rollout_undo"]
    first = ranked(*trials("rollout_undo", 9, 10), *trials("delete_pod", 0, 6))[0]
    assert first.action in ("rollout_undo", "rollout_restart")
    helped = next(s for s in ranked(*trials("rollout_undo", 9, 10)) if s.action == "rollout_undo")
    assert helped.reasons["helped"] == "9/10"


def test_too_few_or_too_old_trials_say_nothing() -> None:
    assert ranked(*trials("rollout_undo", 4, 4)) == ranked()
    assert ranked(*trials("rollout_undo", 9, 9, days=90)) == ranked()


def test_experience_does_not_outrank_a_fresh_rollout() -> None:
    past = [*trials("rollout_undo", 0, 9), *trials("rollout_restart", 9, 9)]
    assert ranked(*past, incident=seeing(a_workload()))[0].action in ("rollout_undo", "rollout_restart")
    assert ranked(*past, incident=seeing(a_workload(pods=())))[0].action == "rollout_undo"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule(first=("rollout_undo",)), ["rollout_undo", "delete_pod", "rollout_restart"]),
        (Rule(first=("scale_up",)), ["scale_up", "delete_pod", "rollout_restart"]),
        (Rule(only=("rollout_restart",)), ["rollout_restart"]),
        (Rule(never=("delete_pod",)), ["rollout_restart", "rollout_undo", "scale_up"]),
        (Rule(only=("drain",)), []),
        (Rule(alert="Another*", only=("scale_up",)), ["delete_pod", "rollout_restart", "rollout_undo"]),
        (Rule(alert="Kube*", namespace="sh?p", labels={"severity": "warn*"}, only=("scale_up",)), ["scale_up"]),
        (Rule(labels={"team": "payments"}, only=("scale_up",)), ["delete_pod", "rollout_restart", "rollout_undo"]),
    ],
)
def test_a_rule_of_the_operator_s_own(rule: Rule, expected: list[str]) -> None:
    assert [s.action for s in ranked(rules=(rule,))] == expected


def test_a_rule_says_why_in_its_own_words_and_cannot_do_the_impossible() -> None:
    rule = Rule(first=("rollout_undo",), why="Runbook 12")
    first = ranked(rules=(rule,))[0]
    assert first.reasons == {"why": "rule", "told": "Runbook 12"}
    paused = seeing(a_workload(rollout=a_rollout(paused=True)))
    assert "rollout_undo" not in [s.action for s in ranked(rules=(rule,), incident=paused)]


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
    suggested = suggest(an_incident(survey=survey), now=NOW)
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
