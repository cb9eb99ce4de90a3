"""pvc_status: how full, whether it can grow, who mounts it, and why how full cannot be told."""

import pytest

from chatops.core.resources import Health
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.reports.reading import codes, condition, lines, names, read, thing
from tests.cluster.sandbox import Obj, Sandbox, pod


def claim(phase: str = "Bound", *, size: str = "20Gi", **notes: str) -> Obj:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "fast",
        "volumeName": "pv-1" if phase == "Bound" else "",
        "resources": {"requests": {"storage": size}},
    }
    status = {"phase": phase, **({"capacity": {"storage": "20Gi"}} if phase == "Bound" else {})}
    annotations = {f"sandbox/{name.replace('_', '-')}": value for name, value in notes.items()}
    return thing("v1", "PersistentVolumeClaim", "data", spec, status, annotations=annotations)


def storage_class(*, grows: bool = True, binding: str = "Immediate") -> Obj:
    made = thing("storage.k8s.io/v1", "StorageClass", "fast", {}, namespace="")
    del made["spec"]
    return {**made, "provisioner": "ebs.csi.aws.com", "allowVolumeExpansion": grows, "volumeBindingMode": binding}


def mounting(name: str = "db") -> Obj:
    return pod(name, volumes=[{"name": "disk", "persistentVolumeClaim": {"claimName": "data"}}])


def test_a_nearly_full_volume_that_can_grow(sandbox: Sandbox) -> None:
    sandbox.apply(claim(used_percent="91", inodes_percent="12"), storage_class(), mounting())
    told = read(sandbox, "pvc_status", "PersistentVolumeClaim", "data")
    facts = dict(told.facts)
    assert told.facts[0] == ("used", "▰▰▰▰▰▰▰▰▰▱ 91% · 1.8Gi free of 20Gi")
    assert facts["inodes"].startswith("▰▱▱▱▱▱▱▱▱▱ 12% · ")
    assert (facts["phase"], facts["size"], facts["class"]) == ("Bound", "20Gi", "fast")
    assert (facts["can grow"], facts["binding"]) == ("yes", "Immediate")
    assert "requested" not in facts
    assert told.health is Health.WARN
    assert lines(told, "Mounted by")[0].startswith("db Running 1/1")
    assert names(told) == ["Pod/db", "PersistentVolume/pv-1"]
    assert codes(told) == []


def test_no_inodes_left_is_as_bad_as_no_space(sandbox: Sandbox) -> None:
    sandbox.apply(claim(used_percent="3", inodes_percent="99"), storage_class(grows=False), mounting())
    told = read(sandbox, "pvc_status", "PersistentVolumeClaim", "data")
    assert (told.health, dict(told.facts)["can grow"]) == (Health.BAD, "no")


def test_a_resize_under_way(sandbox: Sandbox) -> None:
    made = claim(size="40Gi")
    made["status"]["conditions"] = [condition("FileSystemResizePending", "True", "", "Waiting for user to restart pod")]
    sandbox.apply(made, storage_class(), mounting())
    told = read(sandbox, "pvc_status", "PersistentVolumeClaim", "data")
    facts = dict(told.facts)
    assert (facts["size"], facts["requested"]) == ("20Gi", "40Gi")
    assert "Waiting for user to restart pod" in lines(told, "Conditions")[0]


def test_nobody_mounts_it(sandbox: Sandbox) -> None:
    ended = mounting("old")
    ended["status"] = {"phase": "Succeeded"}
    sandbox.apply(claim(), storage_class(), ended, pod("other"))
    told = read(sandbox, "pvc_status", "PersistentVolumeClaim", "data")
    assert (codes(told), lines(told, "Mounted by")) == (["volume_not_mounted"], [])
    assert "used" not in dict(told.facts)


def test_a_claim_that_waits_for_its_first_pod(sandbox: Sandbox) -> None:
    sandbox.apply(claim("Pending"), storage_class(binding="WaitForFirstConsumer"))
    told = read(sandbox, "pvc_status", "PersistentVolumeClaim", "data")
    assert (codes(told), told.health) == (["claim_waits_for_pod"], Health.WARN)
    assert dict(told.facts)["size"] == "<none>"


def test_what_the_provisioner_says(sandbox: Sandbox) -> None:
    sandbox.apply(claim("Pending"), storage_class())
    about = {"kind": "PersistentVolumeClaim", "name": "data", "namespace": "shop"}
    uid = sandbox.ref("PersistentVolumeClaim", "data").uid
    event = thing("v1", "Event", "data.1", {})
    del event["spec"]
    why = {"type": "Warning", "reason": "ProvisioningFailed", "message": "quota of volumes reached", "count": 4}
    sandbox.apply({**event, **why, "involvedObject": {**about, "uid": uid}})
    told = read(sandbox, "pvc_status", "PersistentVolumeClaim", "data")
    assert lines(told, "Events")[0].startswith("×4 ProvisioningFailed: quota of volumes reached")


def test_a_volume_the_kubelet_has_no_numbers_of(sandbox: Sandbox) -> None:
    sandbox.apply(claim(unmeasured="yes"), storage_class(), mounting())
    told = read(sandbox, "pvc_status", "PersistentVolumeClaim", "data")
    assert (codes(told), told.health) == (["volume_not_measured"], Health.GOOD)


def test_without_the_right_to_the_kubelet(sandbox: Sandbox) -> None:
    sandbox.apply(claim(), storage_class(), mounting())
    sandbox.server.access.allow(
        "*", Rule(verbs=("get", "list"), resources=("persistentvolumeclaims", "pods", "events"))
    )
    told = read(sandbox, "pvc_status", "PersistentVolumeClaim", "data")
    assert [note.detail for note in told.notes] == ["get nodes/proxy", "get storageclasses"]
    assert dict(told.facts)["can grow"] == "unknown"


@pytest.mark.parametrize("count", [1, 9])
def test_a_kubelet_that_does_not_answer_hides_only_its_numbers(sandbox: Sandbox, count: int) -> None:
    sandbox.apply(claim(), storage_class(), mounting())
    sandbox.server.fail(Fault(kind="status", path="/proxy/stats/summary", code=503, times=count))
    told = read(sandbox, "pvc_status", "PersistentVolumeClaim", "data")
    if count == 1:
        assert codes(told) == []
    else:
        assert codes(told) == ["kubelet_silent"]
        assert lines(told, "Mounted by")


def test_a_claim_made_for_an_ephemeral_volume(sandbox: Sandbox) -> None:
    made = claim()
    made["metadata"]["name"] = "ci-scratch"
    sandbox.apply(made, storage_class(), pod("ci", volumes=[{"name": "scratch", "ephemeral": {}}]))
    told = read(sandbox, "pvc_status", "PersistentVolumeClaim", "ci-scratch")
    assert names(told)[0] == "Pod/ci"
    assert dict(told.facts)["used"].startswith("▰▰▰")
