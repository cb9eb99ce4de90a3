"""Volumes, what claims them, who mounts them and how full they are, as msgspec reads them."""

from typing import Any

import msgspec

from chatops.cluster.amounts import Quantity
from chatops.cluster.models import Condition, Model, Owner, Thing, empty
from chatops.cluster.pod_models import Resources


class ClaimSpec(Model):
    storage_class_name: str | None = None
    volume_name: str = ""
    volume_mode: str | None = None
    access_modes: list[str] | None = None
    resources: Resources = empty(Resources)


class ClaimStatus(Model):
    phase: str = ""
    capacity: dict[str, Quantity] | None = None
    allocated_resource_statuses: dict[str, str] | None = None
    conditions: list[Condition] | None = None


class Claim(Thing):
    """A PersistentVolumeClaim."""

    spec: ClaimSpec = empty(ClaimSpec)
    status: ClaimStatus = empty(ClaimStatus)


class ClaimRef(Owner):
    namespace: str = ""


class VolumeSpec(Model):
    capacity: dict[str, Quantity] | None = None
    access_modes: list[str] | None = None
    claim_ref: ClaimRef | None = None
    storage_class_name: str = ""
    persistent_volume_reclaim_policy: str = ""
    csi: dict[str, Any] | None = None


class VolumeStatus(Model):
    phase: str = ""
    reason: str = ""
    message: str = ""


class Volume(Thing):
    """A PersistentVolume."""

    spec: VolumeSpec = empty(VolumeSpec)
    status: VolumeStatus = empty(VolumeStatus)


class StorageClass(Thing):
    provisioner: str = ""
    allow_volume_expansion: bool | None = None
    volume_binding_mode: str = ""
    reclaim_policy: str = ""


class VolumeUse(Model):
    """How full one volume is, as the kubelet measured it; of a block device only its size is known."""

    pvc_ref: ClaimRef | None = None
    capacity_bytes: int | None = None
    used_bytes: int | None = None
    available_bytes: int | None = None
    inodes: int | None = None
    inodes_used: int | None = None
    inodes_free: int | None = None


class PodVolumes(Model):
    volume: list[VolumeUse] | None = None


class VolumeSummary(Model):
    """The kubelet's /stats/summary, of which only the pods' volumes are read."""

    pods: list[PodVolumes] = msgspec.field(default_factory=list)
