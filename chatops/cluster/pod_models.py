"""Pods, their containers and their templates as msgspec reads them, in the manner of `models`."""

from datetime import datetime
from typing import Any

import msgspec

from chatops.cluster.conditions import holds
from chatops.cluster.models import Amounts, Condition, Meta, Model, Thing, empty

_MIRROR = "kubernetes.io/config.mirror"
"""Annotation of the pod that stands in the API for a static one, which the kubelet runs whatever becomes of it."""

ENDED = ("Succeeded", "Failed")
"""Phases in which a pod's containers have ended for good, so that it takes no room any more."""


class Resources(Model):
    requests: Amounts = None
    limits: Amounts = None


class Probe(Model):
    http_get: dict[str, Any] | None = None
    tcp_socket: dict[str, Any] | None = None
    grpc: dict[str, Any] | None = None
    exec: dict[str, Any] | None = None
    period_seconds: int = 10


class Container(Model):
    name: str = ""
    image: str = ""
    resources: Resources | None = None
    readiness_probe: Probe | None = None
    liveness_probe: Probe | None = None
    startup_probe: Probe | None = None
    restart_policy: str = ""


class ClaimVolume(Model):
    claim_name: str = ""


class Volume(Model):
    """A pod's volume. An `ephemeral` one has a claim made for it, named after the pod and the volume."""

    name: str = ""
    empty_dir: dict[str, Any] | None = None
    persistent_volume_claim: ClaimVolume | None = None
    ephemeral: dict[str, Any] | None = None


class PodSpec(Model):
    containers: list[Container] | None = None
    init_containers: list[Container] | None = None
    node_name: str = ""
    volumes: list[Volume] | None = None
    overhead: Amounts = None
    resources: Resources | None = None


class Running(Model):
    started_at: datetime | None = None


class Waiting(Model):
    reason: str = ""
    message: str = ""


class Terminated(Model):
    reason: str = ""
    message: str = ""
    exit_code: int = 0
    signal: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None


class State(Model):
    running: Running | None = None
    waiting: Waiting | None = None
    terminated: Terminated | None = None


class ContainerStatus(Model):
    name: str = ""
    ready: bool = False
    started: bool | None = None
    restart_count: int = 0
    image: str = ""
    state: State | None = None
    last_state: State | None = None


class PodStatusModel(Model):
    phase: str = ""
    reason: str = ""
    message: str = ""
    qos_class: str = ""
    pod_ip: str = msgspec.field(name="podIP", default="")
    conditions: list[Condition] | None = None
    container_statuses: list[ContainerStatus] | None = None
    init_container_statuses: list[ContainerStatus] | None = None


class Pod(Thing):
    spec: PodSpec = empty(PodSpec)
    status: PodStatusModel = empty(PodStatusModel)

    @property
    def is_ready(self) -> bool:
        """Whether it counts as healthy: to its workload, its services and its budgets."""
        return holds(self.status.conditions, "Ready")

    @property
    def has_ended(self) -> bool:
        """Whether its containers have ended for good."""
        return self.status.phase in ENDED

    @property
    def is_mirror(self) -> bool:
        """Whether the kubelet runs it from a file: what is done to it here ends nothing."""
        return bool(self.metadata.annotation(_MIRROR))

    def mounts(self, claim: str) -> bool:
        """Whether one of its volumes is this claim of its namespace."""
        for volume in self.spec.volumes or ():
            source = volume.persistent_volume_claim
            if source is not None and source.claim_name == claim:
                return True
            if volume.ephemeral is not None and f"{self.metadata.name}-{volume.name}" == claim:
                return True
        return False


class Template(Model):
    metadata: Meta = empty(Meta)
    spec: PodSpec = empty(PodSpec)


# Met here, by one thread, for it is also converted: see chatops.decoders.
msgspec.json.Decoder(Template)
