"""The kubelet's `/stats/summary` as msgspec reads it: disks, memory, pressure, and what pods have written."""

from chatops.cluster.models import Model, empty


class Disk(Model):
    """What is not told was not measured: of a block device only its size is known."""

    available_bytes: int | None = None
    capacity_bytes: int | None = None
    used_bytes: int | None = None
    inodes_free: int | None = None
    inodes: int | None = None
    inodes_used: int | None = None


class Claim(Model):
    name: str = ""
    namespace: str = ""


class Volume(Disk):
    name: str = ""
    pvc_ref: Claim | None = None


class Pressure(Model):
    avg60: float = 0.0


class PressureStats(Model):
    """Shares of time, in percent: `some` tasks waited, or all of them (`full`)."""

    some: Pressure | None = None
    full: Pressure | None = None


class Cpu(Model):
    psi: PressureStats | None = None


class Memory(Model):
    available_bytes: int | None = None
    working_set_bytes: int | None = None
    psi: PressureStats | None = None


class Processes(Model):
    maxpid: int | None = None
    curproc: int | None = None


class Runtime(Model):
    image_fs: Disk | None = None


class PodRef(Model):
    name: str = ""
    namespace: str = ""
    uid: str = ""


class ContainerStats(Model):
    name: str = ""
    logs: Disk | None = None
    rootfs: Disk | None = None


class PodStats(Model, rename={"pod_ref": "podRef", "ephemeral": "ephemeral-storage"}):
    pod_ref: PodRef = empty(PodRef)
    ephemeral: Disk | None = None
    volume: list[Volume] | None = None
    containers: list[ContainerStats] | None = None


class NodeStats(Model):
    cpu: Cpu | None = None
    memory: Memory | None = None
    io: Cpu | None = None
    fs: Disk | None = None
    runtime: Runtime | None = None
    rlimit: Processes | None = None


class Summary(Model):
    node: NodeStats = empty(NodeStats)
    pods: list[PodStats] | None = None
