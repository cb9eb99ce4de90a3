"""Which actions apply: every rule from both sides, and nothing offered that what was seen rules out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatops.core.actions import ACTIONS
from chatops.core.applicable import View, applicable
from chatops.core.objects import ObjectView, Trait
from chatops.core.resources import CLUSTER_WIDE, WORKLOADS, ContainerLimits, ObjectRef
from tests.core.scene import POD, WORKLOAD, a_container, a_good_pod, a_pod, a_rollout, a_workload, at

NOW = at(20)
KINDS = sorted({kind for action in ACTIONS.values() for kind in action.kinds})


def ids(view: View) -> set[str]:
    return {action.id for action in applicable(view, NOW)}


def seen(kind: str, **traits: str) -> ObjectView:
    ref = ObjectRef(kind, "x", "" if kind in CLUSTER_WIDE else "shop")
    return ObjectView(ref, traits={Trait(name): value for name, value in traits.items()})


def workload(kind: str = "Deployment", **fields: Any) -> set[str]:
    return ids(a_workload(ref=replace(WORKLOAD, kind=kind), **fields))


LIMITED = (ContainerLimits("app", "512Mi", "1"),)


# Workloads


def test_a_deployment_with_everything() -> None:
    assert {id for id in workload(limits=LIMITED) if ACTIONS[id].changes} == {
        "rollout_restart",
        "rollout_undo",
        "rollout_pause",
        "scale_up",
        "scale_down",
        "raise_memory_limit",
        "raise_cpu_limit",
    }


def test_a_paused_rollout_is_resumed_first() -> None:
    paused = workload(rollout=a_rollout(paused=True), limits=LIMITED)
    assert {id for id in paused if ACTIONS[id].changes} == {"rollout_resume", "scale_up", "scale_down"}


@pytest.mark.parametrize("rollout", [None, a_rollout(previous=None)])
def test_without_an_earlier_revision_there_is_no_way_back(rollout: Any) -> None:
    found = workload(rollout=rollout)
    assert "rollout_undo" not in found
    assert {"rollout_restart", "rollout_pause"} <= found


def test_what_is_replaced_on_delete_is_not_restarted() -> None:
    found = workload("StatefulSet", on_delete=True)
    assert "rollout_restart" not in found
    assert "rollout_undo" in found


def test_an_autoscaler_owns_the_count() -> None:
    assert not {"scale_up", "scale_down"} & workload(autoscaler="checkout 2-5")


def test_nothing_is_scaled_below_nothing() -> None:
    found = workload(desired=0)
    assert "scale_up" in found
    assert "scale_down" not in found


def test_a_daemon_set_has_no_count_and_no_pause() -> None:
    assert not {"scale_up", "scale_down", "rollout_pause", "rollout_resume"} & workload("DaemonSet")


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((), set()),
        ((ContainerLimits("app"),), set()),
        ((ContainerLimits("app", memory="1Gi"),), {"raise_memory_limit"}),
        ((ContainerLimits("app"), ContainerLimits("b", cpu="1")), {"raise_cpu_limit"}),
        (LIMITED, {"raise_memory_limit", "raise_cpu_limit"}),
    ],
)
def test_a_limit_is_raised_where_there_is_one(limits: tuple[ContainerLimits, ...], expected: set[str]) -> None:
    assert workload(limits=limits) & {"raise_memory_limit", "raise_cpu_limit"} == expected


@pytest.mark.parametrize("kind", WORKLOADS)
def test_every_workload_can_be_read(kind: str) -> None:
    reads = {action.id for action in ACTIONS.values() if kind in action.kinds and not action.changes}
    assert reads <= workload(kind, rollout=None, on_delete=True, autoscaler="x 1-2", limits=())


# Pods


def test_a_crashing_pod() -> None:
    assert {id for id in ids(a_pod()) if ACTIONS[id].changes} == {"delete_pod", "evict_pod"}


def test_a_pod_that_nobody_owns_can_be_deleted_all_the_same() -> None:
    assert {"delete_pod", "evict_pod"} <= ids(a_pod(owner=None))


@pytest.mark.parametrize("fields", [{}, {"status": "Unknown"}, {"deleting_since": at(0)}])
def test_a_mirror_pod_is_left_alone(fields: dict[str, Any]) -> None:
    pod = a_pod(owner=ObjectRef("Node", "worker-3"), **fields)
    assert not {id for id in ids(pod) if ACTIONS[id].changes}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"deleting_since": NOW + timedelta(seconds=30), "status": "Terminating"}, set()),
        ({"deleting_since": NOW - timedelta(seconds=1), "status": "Terminating"}, {"force_delete_pod"}),
        ({"status": "Terminating"}, set()),
        ({"deleting_since": NOW - timedelta(hours=1), "status": "Unknown"}, {"force_delete_pod"}),
        ({"status": "Unknown"}, {"delete_pod", "evict_pod", "force_delete_pod"}),
        ({"status": "Running"}, {"delete_pod", "evict_pod"}),
    ],
)
def test_force_is_for_what_does_not_go_by_itself(fields: dict[str, Any], expected: set[str]) -> None:
    assert {id for id in ids(a_pod(**fields)) if ACTIONS[id].changes} == expected


def test_crash_logs_need_a_crash() -> None:
    assert "logs_previous" in ids(a_pod())
    assert "logs_previous" not in ids(a_good_pod())
    assert "logs_previous" in ids(a_pod(containers=(a_container(restarts=0), a_container(name="b"))))


# Other objects

RULES: list[tuple[str, str, list[dict[str, str]], list[dict[str, str]]]] = [
    ("Node", "cordon", [{}, {"ready": "False"}], [{"unschedulable": "yes"}]),
    ("Node", "uncordon", [{"unschedulable": "yes"}], [{}]),
    ("Node", "drain", [{}, {"unschedulable": "yes"}, {"ready": "False"}], [{"control_plane": "yes"}]),
    (
        "Node",
        "delete_node",
        [{"ready": "False"}, {"ready": "Unknown"}],
        [{}, {"ready": "True"}, {"ready": "Unknown", "control_plane": "yes"}],
    ),
    ("Node", "cleanup_pods", [{"failed_pods": "3"}], [{}, {"failed_pods": "0"}, {"failed_pods": "many"}]),
    ("ResourceQuota", "cleanup_pods", [{"failed_pods": "3"}], [{}]),
    ("Cluster", "cleanup_pods", [{"failed_pods": "3"}], [{}]),
    ("HorizontalPodAutoscaler", "hpa_raise_max", [{"max": "5"}], [{}, {"max": "?"}]),
    ("HorizontalPodAutoscaler", "hpa_lower_min", [{"min": "2"}], [{}, {"min": "1"}, {"min": "0"}]),
    ("Job", "job_rerun", [{}, {"active": "0"}, {"failed": "yes"}], [{"active": "1"}, {"active": "yes"}]),
    ("Job", "job_delete", [{}, {"active": "1"}], []),
    ("CronJob", "cronjob_suspend", [{}], [{"suspended": "yes"}]),
    ("CronJob", "cronjob_resume", [{"suspended": "yes"}], [{}]),
    ("CronJob", "cronjob_trigger", [{}, {"suspended": "yes"}, {"active": "1"}], []),
    (
        "PersistentVolumeClaim",
        "pvc_expand",
        [{"expandable": "yes", "size": "10Gi"}, {"expandable": "yes", "size": "10Gi", "phase": "Bound"}],
        [{"size": "10Gi"}, {"expandable": "yes"}, {"expandable": "yes", "size": "10Gi", "phase": "Pending"}],
    ),
    (
        "ResourceQuota",
        "raise_quota",
        [{"resource": "requests.cpu", "hard": "8"}],
        [{}, {"resource": "requests.cpu"}, {"hard": "8"}],
    ),
    ("CertificateSigningRequest", "approve_csr", [{}, {"phase": "Pending"}], [{"phase": "Approved"}]),
    ("Certificate", "cert_renew", [{}, {"ready": "False"}], []),
    ("Application", "gitops_sync", [{}, {"sync": "OutOfSync"}], []),
    ("HelmRelease", "gitops_sync", [{}], [{"suspended": "yes"}]),
]


@pytest.mark.parametrize(("kind", "action", "where", "where_not"), RULES)
def test_a_rule(kind: str, action: str, where: list[dict[str, str]], where_not: list[dict[str, str]]) -> None:
    assert where
    for traits in where:
        assert action in ids(seen(kind, **traits)), traits
    for traits in where_not:
        assert action not in ids(seen(kind, **traits)), traits


def test_every_change_of_an_object_has_a_rule_here() -> None:
    covered = {action for _, action, _, _ in RULES}
    others = set(KINDS) - {*WORKLOADS, "Pod"}
    assert covered == {action.id for action in ACTIONS.values() if action.changes and others & set(action.kinds)}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {*WORKLOADS, "Pod"}))
def test_of_an_object_that_tells_nothing_all_can_be_read(kind: str) -> None:
    reads = {action.id for action in ACTIONS.values() if kind in action.kinds and not action.changes}
    assert reads <= ids(seen(kind))


# All of them


def views() -> list[View]:
    return [a_workload(limits=LIMITED), a_pod(), *(seen(kind) for kind in KINDS if kind not in (*WORKLOADS, "Pod"))]


@pytest.mark.parametrize("view", views(), ids=lambda view: view.ref.kind)
def test_only_actions_of_the_kind_in_the_order_of_the_repertoire(view: View) -> None:
    found = applicable(view, NOW)
    assert all(view.ref.kind in action.kinds for action in found)
    assert list(found) == [action for action in ACTIONS.values() if action in found]
    assert not {action.id for action in found} & {"ack", "note", "silence", "escalate"}


@pytest.mark.parametrize("view", views(), ids=lambda view: view.ref.kind)
def test_what_the_bot_may_not_do_is_not_offered(view: View) -> None:
    for id in ids(view):
        assert ids(replace(view, denied=(id,))) == ids(view) - {id}


def test_an_object_of_no_known_kind_has_no_actions() -> None:
    assert applicable(ObjectView(ObjectRef("Widget", "x", "shop")), NOW) == ()
    assert POD.kind in KINDS
