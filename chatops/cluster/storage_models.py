"""Volumes, what claims them and what makes the claims, as msgspec reads them."""

from typing import Any

from chatops.cluster.models import Amounts, Condition, Model, Owner, Thing, empty
from chatops.cluster.pod_models import Resources


class ClaimSpec(Model):
    storage_class_name: str | None = None
    volume_name: str = ""
    volume_mode: str | None = None
    access_modes: list[str] | None = None
    resources: Resources = empty(Resources)


class ClaimStatus(Model):
    phase: str = ""
    capacity: Amounts = None
    allocated_resource_statuses: dict[str, str] | None = None
    conditions: list[Condition] | None = None


class Claim(Thing):
    """A PersistentVolumeClaim."""

    spec: ClaimSpec = empty(ClaimSpec)
    status: ClaimStatus = empty(ClaimStatus)


class ClaimRef(Owner):
    namespace: str = ""


class VolumeSpec(Model):
    capacity: Amounts = None
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


class ClaimTemplates(Model):
    volume_claim_templates: list[Thing] | None = None


class Claiming(Thing):
    """A StatefulSet, of which only the claims it makes matter."""

    spec: ClaimTemplates = empty(ClaimTemplates)
