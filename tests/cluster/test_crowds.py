"""Workloads of very many pods: what is kept, what is counted, and what it costs beside the typed client."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kubernetes import client, config

from bench.pods import elsewhere
from chatops.cluster import Cluster
from chatops.core.resources import Health, ObjectRef, PodView
from chatops.core.screens import resources
from chatops.core.texts import tongue
from tests.cluster.crowded import CrowdedServer, broken, name_of
from tests.cluster.sandbox import NOW, Sandbox, workload

COUNT = 1_200
BROKEN = sum(map(broken, range(COUNT)))
WEB = ObjectRef("Deployment", "web", "shop")


@pytest.fixture(scope="module")
def crowded() -> Iterator[CrowdedServer]:
    server = CrowdedServer(COUNT)
    yield server
    server.close()


@pytest.fixture
def door(crowded: CrowdedServer, tmp_path: Path) -> Iterator[Cluster]:
    opened = Cluster(None, crowded.kubeconfig(tmp_path / "config"), threading.Event(), read_timeout=60)
    opened.check()
    crowded.requests.clear()
    yield opened
    opened.close()


def pages(server: CrowdedServer) -> list[str]:
    return [path for path in server.requests if "/pods?" in path]


def seen(pods: tuple[PodView, ...]) -> list[tuple[str, str, Health, str, int, str]]:
    return [(p.ref.path, p.status, p.health, f"{p.ready}/{p.total}", p.restarts, p.node) for p in pods]


def test_the_screen_reads_rows_and_keeps_the_worst(crowded: CrowdedServer, door: Cluster) -> None:
    view = door.workload(WEB)
    assert len(pages(crowded)) == 3
    assert all("includeObject=None" in path and "limit=500" in path for path in pages(crowded))
    assert (len(view.pods), view.pods_in_all, view.failing_in_all) == (200, COUNT, (BROKEN, BROKEN * 7))
    assert (view.health, view.ready, view.desired) == (Health.BAD, COUNT - BROKEN, COUNT)
    assert [pod.health for pod in view.pods] == [Health.BAD] * BROKEN + [Health.GOOD] * (200 - BROKEN)
    assert "1176/1200 ready · the 200 worst" in resources.pods(view, tongue("en"), incident_id=1).html


def test_a_survey_reads_whole_pods_and_sees_the_same(crowded: CrowdedServer, door: Cluster) -> None:
    rows = door.workload(WEB)
    crowded.requests.clear()
    (view,) = door.survey([WEB], NOW).workloads
    assert len(pages(crowded)) == 3
    assert not any("includeObject" in path for path in pages(crowded))
    assert seen(view.pods) == seen(rows.pods)
    assert (view.failing_in_all, view.pods_in_all) == (rows.failing_in_all, COUNT)
    worst = view.pods[0]
    assert worst.ref.uid
    assert worst.owner is not None
    assert worst.failing is not None


def test_all_pods_are_there_where_all_are_asked_for(crowded: CrowdedServer, door: Cluster) -> None:
    found = door.pods(WEB)
    assert {pod.ref.name for pod in found} == {name_of(number) for number in range(COUNT)}
    assert [pod.health.rank for pod in found] == sorted(pod.health.rank for pod in found)


def test_pods_of_a_node_tell_their_namespace_and_uid(crowded: CrowdedServer, door: Cluster) -> None:
    found = door.pods(ObjectRef("Node", "worker-1"))
    assert len(found) == COUNT
    assert all(pod.ref.namespace == "shop" and pod.ref.uid and pod.owner for pod in found)
    assert any("includeObject=Metadata" in path for path in pages(crowded))


def test_a_server_without_tables_is_read_whole(tmp_path: Path) -> None:
    server = CrowdedServer(600, tables=False)
    plain = Cluster(None, server.kubeconfig(tmp_path / "config"), threading.Event())
    view = plain.workload(WEB)
    assert (len(view.pods), view.pods_in_all, view.failing_in_all[0]) == (200, 600, 12)
    assert len(plain.pods(ObjectRef("Node", "worker-1"))) == 600
    server.close()


def spent(work: Callable[[], object]) -> float:
    """Seconds this thread computed; what other threads and programs did meanwhile is not in it."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def test_the_first_page_is_thirty_times_cheaper_than_the_typed_client(
    crowded: CrowdedServer, door: Cluster, tmp_path: Path
) -> None:
    config.load_kube_config(crowded.kubeconfig(tmp_path / "typed"))
    api = client.CoreV1Api()
    api.list_namespaced_pod("shop", limit=1)
    typed = spent(lambda: api.list_namespaced_pod("shop"))
    screen = min(
        spent(lambda: resources.pods(door.workload(WEB), tongue("en"), incident_id=1, page=0)) for _ in range(3)
    )
    assert typed / screen > 30


def test_ten_thousand_pods_do_not_fill_the_memory(tmp_path: Path) -> None:
    server = CrowdedServer(10_000)
    path = server.kubeconfig(tmp_path / "config")
    for way, most in (("screen", 20), ("survey", 20)):
        _, mebibytes = elsewhere(way, path)
        assert mebibytes <= most, way
    server.close()


def test_rows_of_other_makers_with_the_same_labels_are_left_out(sandbox: Sandbox) -> None:
    """By name alone: the selector of one workload may well match another's pods."""
    sandbox.apply(workload("Deployment", "web"), workload("StatefulSet", "web", replicas=3))
    for kind, count in (("Deployment", 2), ("StatefulSet", 3)):
        whole = sandbox.cluster.workload(ObjectRef(kind, "web", "shop"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("chatops.cluster.crowds.MANY", 0)
            rows = sandbox.cluster.workload(ObjectRef(kind, "web", "shop"))
        assert seen(rows.pods) == seen(whole.pods)
        assert len(rows.pods) == count
    assert sandbox.server.requests.matching(path="/pods")[-1].query["includeObject"] == "None"


@pytest.mark.parametrize("image", ["app:1", "app:bad"])
def test_rows_are_judged_as_whole_pods_are(sandbox: Sandbox, image: str) -> None:
    sandbox.apply(workload("Deployment", "web", image, replicas=5), seconds=0)
    for seconds in (0, 1, 2, 5, 10, 30, 300):
        sandbox.server.step(seconds)
        whole = sandbox.cluster.pods(WEB)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("chatops.cluster.crowds.MANY", 0)
            rows = sandbox.cluster.pods(WEB)
            on_node = sandbox.cluster.pods(ObjectRef("Node", "worker-1"))
        assert seen(rows) == seen(whole), seconds
        assert seen(on_node) == [row for row in seen(whole) if row[-1] == "worker-1"]
