"""What a pod takes of a quota."""

from decimal import Decimal

import pytest

from chatops.cluster.pod_models import Container, Pod, Resources
from chatops.cluster.requests import asked, is_asked_by_pods


def container(cpu: str, *, limit: str = "", stays: bool = False) -> Container:
    resources = Resources(requests={"cpu": cpu, "nvidia.com/gpu": 1}, limits={"memory": limit} if limit else None)
    return Container(name="c", resources=resources, restart_policy="Always" if stays else "")


def pod(*containers: Container, first: tuple[Container, ...] = (), phase: str = "Running") -> Pod:
    made = Pod()
    made.spec.containers, made.spec.init_containers = list(containers), list(first)
    made.status.phase = phase
    return made


@pytest.mark.parametrize(
    ("taking", "resource", "share"),
    [
        (pod(container("500m"), container("1")), "requests.cpu", "1.5"),
        (pod(container("500m"), container("1")), "cpu", "1.5"),
        (pod(container("1", limit="1Gi")), "limits.memory", str(2**30)),
        (pod(container("1", limit="1Gi")), "requests.memory", "0"),
        (pod(container("1")), "requests.nvidia.com/gpu", "1"),
        (pod(container("1")), "pods", "1"),
        (pod(container("1"), first=(container("3"),)), "requests.cpu", "3"),
        (pod(container("1"), first=(container("500m"), container("2", stays=True))), "requests.cpu", "3"),
        (pod(container("1"), phase="Succeeded"), "requests.cpu", "0"),
        (pod(container("1"), phase="Failed"), "pods", "0"),
        (pod(container("1"), phase="Failed"), "count/pods", "1"),
        (pod(container("1")), "requests.storage", "0"),
        (pod(Container()), "requests.cpu", "0"),
    ],
)
def test_it_is_counted_as_the_quota_counts_it(taking: Pod, resource: str, share: str) -> None:
    assert asked(taking, resource) == Decimal(share)


def test_storage_and_other_objects_are_not_asked_for_by_pods() -> None:
    assert not any(
        map(is_asked_by_pods, ("requests.storage", "services", "count/deployments.apps", "persistentvolumeclaims"))
    )
    assert all(map(is_asked_by_pods, ("pods", "cpu", "limits.cpu", "requests.ephemeral-storage", "hugepages-2Mi")))
