"""hpa_status: the maximum first, each kind of metric, and which way round a condition is good."""

import os
import shutil
import subprocess

import msgspec
import pytest

from chatops.cluster.answers import decode
from chatops.cluster.scaling_models import HorizontalPodAutoscaler
from chatops.cluster.standings.autoscalers import autoscaler_standing, metric_lines
from chatops.core.resources import Health
from tests.cluster.reports.reading import codes, condition, lines, names, read, section, thing
from tests.cluster.sandbox import Obj, Sandbox, workload


def autoscaler(load: int, *, low: int = 2, high: int = 5, target: str = "web") -> Obj:
    metric = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
    }
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
        "minReplicas": low,
        "maxReplicas": high,
        "metrics": [metric],
    }
    made = thing("autoscaling/v2", "HorizontalPodAutoscaler", "web", spec)
    made["metadata"]["annotations"] = {"sandbox/load-percent": str(load)}
    return made


def test_one_at_its_maximum_says_so_first(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), autoscaler(455), seconds=300)
    told = read(sandbox, "hpa_status", "HorizontalPodAutoscaler", "web")
    assert told.facts[0] == ("replicas", "5/5 at maximum")
    assert codes(told) == ["hpa_wants_more"]
    assert told.health is Health.WARN
    assert lines(told, "Metrics") == ["cpu 91%/70%"]
    assert section(told, "Metrics")[0].health is Health.WARN
    assert dict(told.facts)["target"] == "Deployment/web 5/5 ready"
    assert dict(told.facts)["last scale"].endswith("m ago")
    assert names(told) == ["Deployment/web"]
    first = section(told, "Conditions")[0]
    assert first.health is Health.WARN
    assert first.text.startswith("ScalingLimited TooManyReplicas")
    assert "more than the maximum" in first.text


def test_one_with_room_has_nothing_to_remark(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), autoscaler(210), seconds=300)
    told = read(sandbox, "hpa_status", "HorizontalPodAutoscaler", "web")
    assert (told.facts[0], codes(told), told.health) == (("replicas", "3"), [], Health.GOOD)
    assert {line.health for line in section(told, "Conditions")} == {Health.GOOD}


def test_at_its_minimum_all_is_well(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), autoscaler(20), seconds=300)
    told = read(sandbox, "hpa_status", "HorizontalPodAutoscaler", "web")
    assert (told.facts[0], told.health) == (("replicas", "2 at minimum"), Health.GOOD)
    assert any(text.startswith("ScalingLimited TooFewReplicas") for text in lines(told, "Conditions"))


def test_a_missing_target_is_said(sandbox: Sandbox) -> None:
    sandbox.apply(autoscaler(100, target="gone"))
    told = read(sandbox, "hpa_status", "HorizontalPodAutoscaler", "web")
    assert codes(told) == ["hpa_no_target"]
    assert (told.health, told.related) == (Health.BAD, ())
    assert "not found" in lines(told, "Conditions")[0]


def test_one_whose_bounds_meet_was_never_meant_to_scale() -> None:
    hpa = HorizontalPodAutoscaler()
    hpa.spec.min_replicas = hpa.spec.max_replicas = hpa.status.current_replicas = 3
    assert not hpa.at_maximum
    assert autoscaler_standing(hpa).facts[0] == ("replicas", "3")


METRICS: list[tuple[Obj, Obj, str, Health]] = [
    (
        {"type": "ContainerResource", "containerResource": {"name": "memory", "container": "app"}},
        {"averageUtilization": 40},
        "memory of app 40%/80%",
        Health.GOOD,
    ),
    ({"type": "Pods", "pods": {"metric": {"name": "rps"}}}, {"averageValue": "1500m"}, "rps 1500m/1 avg", Health.WARN),
    (
        {
            "type": "Object",
            "object": {"metric": {"name": "hits"}, "describedObject": {"kind": "Ingress", "name": "main"}},
        },
        {"value": "2k"},
        "hits of Ingress/main 2k/10k",
        Health.GOOD,
    ),
    (
        {"type": "External", "external": {"metric": {"name": "queue", "selector": {"matchLabels": {"q": "mail"}}}}},
        {"averageValue": "31"},
        "queue of q=mail 31/30 avg",
        Health.GOOD,
    ),
]
TARGETS: list[Obj] = [
    {"type": "Utilization", "averageUtilization": 80},
    {"type": "AverageValue", "averageValue": "1"},
    {"type": "Value", "value": "10k"},
    {"type": "AverageValue", "averageValue": "30"},
]


def several() -> Obj:
    """An autoscaler of every kind of metric. The current ones come in another order, with a gap for a lost one."""
    wanted, current = [], [{"type": ""}]
    for (metric, now, _, _), target in zip(METRICS, TARGETS, strict=True):
        [field] = [key for key in metric if key != "type"]
        wanted.append({**metric, field: {**metric[field], "target": target}})
        current.insert(0, {**metric, field: {**metric[field], "current": now}})
    lost = {"metric": {"name": "lag"}, "target": {"type": "Value", "value": "5"}}
    wanted.append({"type": "External", "external": lost})
    spec = {"scaleTargetRef": {"kind": "Rollout", "name": "web"}, "maxReplicas": 4, "metrics": wanted}
    failing = condition("ScalingActive", "False", "FailedGetExternalMetric", "no metrics returned from external API")
    status = {
        "currentReplicas": 2,
        "desiredReplicas": 2,
        "currentMetrics": current,
        "conditions": [condition("AbleToScale", "True", "ReadyForNewScale"), failing],
    }
    return thing("autoscaling/v2", "HorizontalPodAutoscaler", "many", spec, status)


def test_each_kind_of_metric_is_matched_with_its_current_value() -> None:
    hpa = decode(msgspec.json.encode(several()), HorizontalPodAutoscaler)
    found = [(line.text, line.health) for line in metric_lines(hpa)]
    assert found == [*((text, health) for _, _, text, health in METRICS), ("lag <unknown>/5", Health.UNKNOWN)]
    assert autoscaler_standing(hpa).health is Health.BAD


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kubectl_reads_the_same_numbers(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"), autoscaler(455), seconds=300)
    told = read(sandbox, "hpa_status", "HorizontalPodAutoscaler", "web")
    home = {"HOME": os.path.dirname(sandbox.kubeconfig), "PATH": os.environ["PATH"]}
    command = ["kubectl", f"--kubeconfig={sandbox.kubeconfig}", "-n", "shop", "describe", "hpa", "web"]
    said = subprocess.run(command, env=home, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "resource cpu on pods  (as a percentage of request):  91% (227m) / 70%" in said
    assert "5 current / 5 desired" in said
    assert (told.facts[0][1], lines(told, "Metrics")) == ("5/5 at maximum", ["cpu 91%/70%"])
