"""Volumes that grow, where their class lets them."""

from typing import Any

import pytest

from chatops.core import cautions
from chatops.core.actions import Caution, Change
from chatops.core.failures import Permanent, Reason
from chatops.sandbox.kubeapi.access import Rule
from tests.cluster.sandbox import Obj, Sandbox, workload

KIND = "PersistentVolumeClaim"


def storage_class(name: str = "fast", *, grows: bool | None = True, manner: str = "") -> Obj:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name, "annotations": {"sandbox/expansion": manner}},
        "provisioner": "disk.example.com",
        **({} if grows is None else {"allowVolumeExpansion": grows}),
    }


def claim(size: str = "10Gi", *, phase: str = "Bound", capacity: str = "", **spec: Any) -> Obj:
    return {
        "apiVersion": "v1",
        "kind": KIND,
        "metadata": {"name": "data", "namespace": "shop"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "fast",
            "volumeName": "pv-data",
            "resources": {"requests": {"storage": size}},
            **spec,
        },
        "status": {"phase": phase, **({"capacity": {"storage": capacity or size}} if phase == "Bound" else {})},
    }


def asked(sandbox: Sandbox) -> str:
    found: str = sandbox.get(KIND, "data")["spec"]["resources"]["requests"]["storage"]
    return found


def test_a_volume_grows(sandbox: Sandbox) -> None:
    volume = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "pv-data"}, "spec": {}}
    sandbox.apply(storage_class(), volume, claim(), seconds=1)
    preview = sandbox.preview("pvc_expand", sandbox.ref(KIND, "data"))
    assert preview.changes == (Change("storage", "10Gi", "15Gi"),)
    assert preview.cautions == (Caution(cautions.NO_SHRINK), Caution(cautions.MAY_NEED_RESTART))
    assert sandbox.cluster.perform(preview.plan).undo is None
    assert asked(sandbox) == "15Gi"
    assert sandbox.cluster.happened(preview.plan)
    assert sandbox.cluster.follow(preview.plan).detail == "waiting for the storage driver"
    sandbox.server.step(1)
    waiting = sandbox.cluster.follow(preview.plan)
    assert (waiting.finished, waiting.detail) == (False, "resizing")
    sandbox.server.step(10)
    assert sandbox.cluster.follow(preview.plan).finished
    assert sandbox.get(KIND, "data")["status"]["capacity"] == {"storage": "15Gi"}
    assert sandbox.get("PersistentVolume", "pv-data", "")["spec"]["capacity"] == {"storage": "15Gi"}


def test_a_file_system_that_waits_for_its_pod(sandbox: Sandbox) -> None:
    sandbox.apply(storage_class(manner="offline"), claim(), seconds=1)
    plan = sandbox.plan("pvc_expand", sandbox.ref(KIND, "data"), size="20Gi")
    sandbox.cluster.perform(plan)
    sandbox.server.step(30)
    arrived = sandbox.cluster.follow(plan)
    assert (arrived.finished, arrived.detail) == (True, "the file system grows once its pod restarts")


def test_a_driver_that_cannot(sandbox: Sandbox) -> None:
    sandbox.apply(storage_class(manner="fails"), claim(), seconds=1)
    plan = sandbox.plan("pvc_expand", sandbox.ref(KIND, "data"))
    sandbox.cluster.perform(plan)
    sandbox.server.step(30)
    failed = sandbox.cluster.follow(plan).failed
    assert failed.startswith("ControllerResizeError: rpc error: code = InvalidArgument")


@pytest.mark.parametrize(
    ("given", "asked_for", "expected"),
    [
        (claim(phase="Pending"), "", Caution(cautions.NOT_BOUND, "Pending")),
        (claim(phase="Lost"), "", Caution(cautions.NOT_BOUND, "Lost")),
        (claim(), "10Gi", Caution(cautions.STANDS_AT, "10Gi")),
        (claim(), "10240Mi", Caution(cautions.STANDS_AT, "10Gi")),
        (claim(), "5Gi", Caution(cautions.STANDS_AT, "10Gi")),
        (claim(capacity="12Gi"), "11Gi", Caution(cautions.STANDS_AT, "12Gi")),
        (claim(), "101Gi", Caution(cautions.AT_LIMIT, "10Gi-100Gi")),
        (claim(), "a lot", Caution(cautions.BAD_PARAM, "size")),
        (claim(), "-20Gi", Caution(cautions.BAD_PARAM, "size")),
        (claim(storageClassName="slow"), "", Caution(cautions.NO_EXPANSION, "slow")),
        (claim(storageClassName="silent"), "", Caution(cautions.NO_EXPANSION, "silent")),
        (claim(storageClassName="gone"), "", Caution(cautions.NO_EXPANSION, "gone")),
        (claim(storageClassName=""), "", Caution(cautions.NO_EXPANSION, "-")),
    ],
)
def test_what_is_not_expanded(sandbox: Sandbox, given: Obj, asked_for: str, expected: Caution) -> None:
    sandbox.apply(storage_class(), storage_class("slow", grows=False), storage_class("silent", grows=None), given)
    preview = sandbox.preview("pvc_expand", sandbox.ref(KIND, "data"), **({"size": asked_for} if asked_for else {}))
    assert preview.refusal == expected


@pytest.mark.parametrize(("size", "chosen"), [("512Mi", "1Gi"), ("1Gi", "2Gi"), ("3Gi", "5Gi"), ("100Gi", "150Gi")])
def test_half_as_much_again(sandbox: Sandbox, size: str, chosen: str) -> None:
    sandbox.apply(storage_class(), claim(size), seconds=1)
    assert sandbox.preview("pvc_expand", sandbox.ref(KIND, "data")).plan.params["size"] == chosen


def test_without_the_right_to_see_classes_the_server_decides(sandbox: Sandbox) -> None:
    sandbox.apply(storage_class("fast", grows=False), claim(), seconds=1)
    ref = sandbox.ref(KIND, "data")
    sandbox.server.access.allow("*", Rule(resources=("persistentvolumeclaims",)))
    refusal = sandbox.preview("pvc_expand", ref).refusal
    assert refusal is not None
    assert refusal.code == cautions.DENIED
    assert "must support resize" in refusal.detail
    sandbox.server.access.reset()
    sandbox.apply(storage_class(), seconds=1)
    sandbox.server.access.allow("*", Rule(resources=("persistentvolumeclaims",)))
    assert sandbox.preview("pvc_expand", ref).refusal is None


def test_a_stateful_set_keeps_the_old_size_in_its_template(sandbox: Sandbox) -> None:
    manifest = workload("StatefulSet", "db", replicas=1)
    spec = {"storageClassName": "fast", "resources": {"requests": {"storage": "1Gi"}}}
    manifest["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": spec}]
    other = workload("StatefulSet", "data-db", replicas=1)
    sandbox.apply(storage_class(), manifest, other, claim(volumeMode="Block"))
    mine = sandbox.preview("pvc_expand", sandbox.ref(KIND, "data-db-0"))
    assert Caution(cautions.TEMPLATE_KEEPS, "StatefulSet/db") in mine.cautions
    alone = sandbox.preview("pvc_expand", sandbox.ref(KIND, "data"))
    assert alone.cautions == (Caution(cautions.NO_SHRINK),)


def test_a_class_that_stopped_growing_meanwhile(sandbox: Sandbox) -> None:
    sandbox.apply(storage_class(), claim(), seconds=1)
    plan = sandbox.plan("pvc_expand", sandbox.ref(KIND, "data"))
    sandbox.apply(storage_class(grows=False), seconds=1)
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.perform(plan)
    assert caught.value.reason is Reason.FORBIDDEN
    assert asked(sandbox) == "10Gi"


def test_somebody_elses_size(sandbox: Sandbox) -> None:
    sandbox.apply(storage_class(), claim(), seconds=1)
    plan = sandbox.plan("pvc_expand", sandbox.ref(KIND, "data"))
    sandbox.cluster.perform(plan)
    sandbox.apply(claim("30Gi", capacity="10Gi"), seconds=1)
    assert sandbox.cluster.follow(plan).failed == "the size asked for is 30Gi by now"
