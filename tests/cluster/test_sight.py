"""A look remembers what it saw; lists can be had without the weight of their objects."""

import threading

import pytest

from chatops.cluster.connection import Connection
from chatops.cluster.kubeconfig import Kubeconfig
from chatops.cluster.models import Thing, Workload
from chatops.cluster.places import collection
from chatops.cluster.pod_models import Pod
from chatops.cluster.reader import Reader
from chatops.cluster.retries import Retries
from chatops.cluster.sight import Sight
from chatops.core.failures import Permanent, Reason, Temporary
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.sandbox import Sandbox, workload


@pytest.fixture
def reader(sandbox: Sandbox) -> Reader:
    retries = Retries(threading.Event(), tries=1, sleep=lambda _: None)
    return Reader(Connection(Kubeconfig(sandbox.kubeconfig), "demo", retries), "demo")


def test_each_object_and_each_list_is_asked_for_once(sandbox: Sandbox, reader: Reader) -> None:
    sandbox.apply(workload("Deployment", "web"))
    sight, ref = Sight(reader), ObjectRef("Deployment", "web", "shop")
    for _ in range(3):
        sight.fetch(ref, Workload)
        sight.fetch(ref, Thing)
        pods = sight.every("Pod", Pod, "shop", labels="app=web")
        sight.outlines("Service", "shop")
    assert sight.fetch(sandbox.ref("Pod", pods[0].metadata.name), Pod) is pods[0]
    with pytest.raises(Permanent) as failed:
        sight.fetch(ObjectRef("Pod", pods[0].metadata.name, "shop", uid="another-life"), Pod)
    assert failed.value.reason is Reason.REPLACED
    assert len(sandbox.server.requests.matching()) == 3


def test_a_refusal_is_remembered_and_a_hiccup_is_not(sandbox: Sandbox, reader: Reader) -> None:
    sight, gone = Sight(reader), ObjectRef("Deployment", "gone", "shop")
    for _ in range(2):
        with pytest.raises(Permanent):
            sight.fetch(gone, Thing)
    assert len(sandbox.server.requests.matching()) == 1
    sandbox.apply(workload("Deployment", "web"))
    sandbox.server.fail(Fault(kind="status", code=503, times=1))
    with pytest.raises(Temporary):
        sight.fetch(ObjectRef("Deployment", "web", "shop"), Thing)
    assert sight.fetch(ObjectRef("Deployment", "web", "shop"), Thing).metadata.name == "web"


def test_outlines_hold_the_metadata_alone(sandbox: Sandbox, reader: Reader) -> None:
    sandbox.apply(workload("Deployment", "web"))
    path = collection("Deployment", "shop")
    (outline,) = reader.outlines("Deployment", "shop")
    assert (outline.kind, outline.metadata.name, outline.metadata.label("app")) == ("Deployment", "web", "web")
    (bare,) = reader.connection.list(path, Workload, metadata_only=True)
    (whole,) = reader.connection.list(path, Workload)
    assert (bare.spec.replicas, whole.spec.replicas) == (None, 2)


def test_one_page_is_one_request(sandbox: Sandbox, reader: Reader) -> None:
    sandbox.apply(workload("Deployment", "web", replicas=5))
    sandbox.server.requests.clear()
    assert len(reader.connection.page(collection("Pod", "shop"), Thing, {}, most=3)) == 3
    assert len(sandbox.server.requests.matching()) == 1
