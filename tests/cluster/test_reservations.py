"""What pods ask for: as the scheduler sums it up, and as a quota counts it."""

from fractions import Fraction
from typing import Any

import msgspec
import pytest

from chatops.cluster.node_models import Tenant
from chatops.cluster.pod_models import Container, Pod, PodSpec, Resources
from chatops.cluster.reservations import allowed, counted, is_asked_by_pods, reserved


def box(cpu: str, limit: str = "", **more: object) -> dict[str, object]:
    return {"resources": {"requests": {"cpu": cpu}, **({"limits": {"cpu": limit}} if limit else {})}, **more}


def tenant(*containers: object, init: tuple[object, ...] = (), **spec: object) -> Tenant:
    return msgspec.convert({"spec": {"containers": containers, "initContainers": init, **spec}}, Tenant)


@pytest.mark.parametrize(
    ("standing", "cores"),
    [
        (tenant(box("1"), box("500m")), 1.5),
        (tenant(box("1"), init=(box("3"), box("2"))), 3.0),
        (tenant(box("1"), init=(box("1", restartPolicy="Always"), box("500m"))), 2.0),
        (tenant(box("1"), init=(box("1", restartPolicy="Always"), box("4"))), 5.0),
        (tenant(box("1"), init=(box("4"), box("1", restartPolicy="Always"))), 4.0),
        (tenant(box("1"), overhead={"cpu": "250m"}), 1.25),
        (tenant(box("1"), resources={"requests": {"cpu": "3"}}, overhead={"cpu": "250m"}), 3.25),
        (tenant({"resources": {"limits": {"cpu": "2"}}}), 2.0),
        (tenant({}, {"resources": None}), 0.0),
    ],
)
def test_a_pod_reserves_what_the_scheduler_says(standing: Tenant, cores: float) -> None:
    assert reserved(standing.spec, "cpu") == cores


def test_a_pod_is_bounded_when_each_of_its_containers_is() -> None:
    assert allowed(tenant(box("1", "2"), box("1", "1")).spec, "cpu") == 3.0
    assert allowed(tenant(box("1", "2"), box("1")).spec, "cpu") == 0.0
    assert allowed(tenant(box("1", "2"), init=(box("1"),)).spec, "cpu") == 2.0
    assert allowed(tenant(box("1"), resources={"limits": {"cpu": "4"}}).spec, "cpu") == 4.0


def spec(*containers: Any, init: Any = (), overhead: Any = None) -> PodSpec:
    return msgspec.convert({"containers": containers, "initContainers": init, "overhead": overhead}, PodSpec)


def asks(cpu: object = None, *, limit: object = None, sidecar: bool = False) -> dict[str, Any]:
    resources: dict[str, Any] = {}
    if cpu is not None:
        resources["requests"] = {"cpu": cpu}
    if limit is not None:
        resources["limits"] = {"cpu": limit}
    return {"name": "c", "resources": resources, **({"restartPolicy": "Always"} if sidecar else {})}


@pytest.mark.parametrize(
    ("pod", "cpu"),
    [
        (spec(asks("250m"), asks("1")), Fraction(5, 4)),
        (spec(asks(limit="2")), Fraction(2)),
        (spec(asks("1", limit="2")), Fraction(1)),
        (spec(asks(1), asks(0.5)), Fraction(3, 2)),
        (spec(asks("nonsense"), {"name": "none"}), Fraction(0)),
        (spec(asks("1"), init=[asks("3"), asks("2")]), Fraction(3)),
        (spec(asks("1"), init=[asks("500m", sidecar=True)]), Fraction(3, 2)),
        (spec(asks("1"), init=[asks("1", sidecar=True), asks("3")]), Fraction(4)),
        (spec(asks("1"), init=[asks("3"), asks("1", sidecar=True)]), Fraction(3)),
        (spec(asks("1"), overhead={"cpu": "250m"}), Fraction(5, 4)),
        (spec(), Fraction(0)),
    ],
)
def test_what_the_scheduler_sets_aside(pod: PodSpec, cpu: Fraction) -> None:
    assert reserved(pod, "cpu") == cpu


def container(cpu: str, *, limit: str = "", stays: bool = False) -> Container:
    resources = Resources(requests={"cpu": cpu, "nvidia.com/gpu": 1}, limits={"memory": limit} if limit else None)
    return Container(name="c", resources=resources, restart_policy="Always" if stays else "")


def taker(*containers: Container, first: tuple[Container, ...] = (), phase: str = "Running") -> Pod:
    made = Pod()
    made.spec.containers, made.spec.init_containers = list(containers), list(first)
    made.status.phase = phase
    return made


@pytest.mark.parametrize(
    ("taking", "resource", "share"),
    [
        (taker(container("500m"), container("1")), "requests.cpu", "1.5"),
        (taker(container("500m"), container("1")), "cpu", "1.5"),
        (taker(container("1", limit="1Gi")), "limits.memory", str(2**30)),
        (taker(container("1", limit="1Gi")), "requests.memory", str(2**30)),
        (taker(container("1")), "requests.nvidia.com/gpu", "1"),
        (taker(container("1")), "pods", "1"),
        (taker(container("1"), first=(container("3"),)), "requests.cpu", "3"),
        (taker(container("1"), first=(container("500m"), container("2", stays=True))), "requests.cpu", "3"),
        (taker(container("1"), phase="Succeeded"), "requests.cpu", "0"),
        (taker(container("1"), phase="Failed"), "pods", "0"),
        (taker(container("1"), phase="Failed"), "count/pods", "1"),
        (taker(container("1")), "requests.storage", "0"),
        (taker(Container()), "requests.cpu", "0"),
    ],
)
def test_it_is_counted_as_the_quota_counts_it(taking: Pod, resource: str, share: str) -> None:
    assert counted(taking, resource) == Fraction(share)


def test_storage_and_other_objects_are_not_asked_for_by_pods() -> None:
    assert not any(
        map(is_asked_by_pods, ("requests.storage", "services", "count/deployments.apps", "persistentvolumeclaims"))
    )
    assert all(map(is_asked_by_pods, ("pods", "cpu", "limits.cpu", "requests.ephemeral-storage", "hugepages-2Mi")))
