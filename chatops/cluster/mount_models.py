"""What a pod names of ConfigMaps and Secrets, as msgspec reads it: their names, and no value of a variable."""

from chatops.cluster.models import Model, empty
from chatops.cluster.pod_models import Container, Pod, PodSpec


class Named(Model):
    name: str = ""
    optional: bool | None = None


class SecretVolume(Model):
    secret_name: str = ""
    optional: bool | None = None


class Projection(Model):
    config_map: Named | None = None
    secret: Named | None = None


class Projected(Model):
    sources: list[Projection] | None = None


class VolumeSource(Model):
    config_map: Named | None = None
    secret: SecretVolume | None = None
    projected: Projected | None = None


class ValueFrom(Model):
    config_map_key_ref: Named | None = None
    secret_key_ref: Named | None = None


class Variable(Model):
    """Where a variable's value comes from; the value itself is not read."""

    value_from: ValueFrom | None = None


class AllFrom(Model):
    config_map_ref: Named | None = None
    secret_ref: Named | None = None


class Configured(Container):
    env: list[Variable] | None = None
    env_from: list[AllFrom] | None = None


class MountingSpec(PodSpec):
    # Lists of the narrower kind, only read.
    containers: list[Configured] | None = None  # type: ignore[assignment]
    init_containers: list[Configured] | None = None  # type: ignore[assignment]
    volumes: list[VolumeSource] | None = None  # type: ignore[assignment, unused-ignore]


class MountingPod(Pod):
    """A pod with the names of what it mounts."""

    spec: MountingSpec = empty(MountingSpec)
