"""The ConfigMaps and Secrets a pod takes its configuration from, and when each was changed: their metadata alone.

The API server is asked for metadata (PartialObjectMetadata) and for nothing else, so no value ever enters this process.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from chatops.cluster.answers import decode
from chatops.cluster.models import Meta, Model, empty, listed
from chatops.cluster.mount_models import MountingPod, MountingSpec, Named
from chatops.cluster.places import named
from chatops.cluster.reader import Reader
from chatops.core.failures import Permanent, Reason

METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
"""With no second choice: a server that cannot leave the data out has to refuse (406)."""

_PLURALS = {"ConfigMap": "configmaps", "Secret": "secrets"}
_IN_EVERY_POD = ("kube-root-ca.crt",)


class _Writes(Model):
    manager: str = ""
    time: datetime | None = None


class _WrittenMeta(Meta):
    managed_fields: list[_Writes] | None = None


class _Part(Model):
    kind: str = ""
    metadata: _WrittenMeta = empty(_WrittenMeta)


@dataclass(frozen=True, slots=True)
class Source:
    """A ConfigMap or a Secret that a pod names. An `optional` one may be missing."""

    kind: str
    name: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """What is known of a source. `problem` is why nothing is: not_found, forbidden, or another Reason."""

    source: Source
    version: str = ""
    created_at: datetime | None = None
    changed_at: datetime | None = None
    by: str = ""
    problem: Reason | None = None


def sources_of(pod: MountingPod) -> list[Source]:
    """What the pod mounts, then what its variables are made of; each once."""
    found = [*_mounted(pod.spec), *_in_variables(pod.spec)]
    unique: dict[tuple[str, str], Source] = {}
    for source in found:
        if source.name and source.name not in _IN_EVERY_POD:
            unique.setdefault((source.kind, source.name), source)
    return list(unique.values())


def look_up(reader: Reader, namespace: str, source: Source) -> Changed:
    """When the source was made and last changed. Raises what concerns more than this one object."""
    if not named(namespace) or not named(source.name):
        return Changed(source, problem=Reason.REFUSED)
    path = f"/api/v1/namespaces/{quote(namespace, safe='')}/{_PLURALS[source.kind]}/{quote(source.name, safe='')}"
    try:
        part = decode(reader.connection.get(path, accept=METADATA), _Part)
    except Permanent as failure:
        if failure.reason in (Reason.NOT_FOUND, Reason.FORBIDDEN, Reason.REFUSED):
            return Changed(source, problem=failure.reason)
        raise
    meta = part.metadata
    writes = [each for each in listed(meta.managed_fields) if each.time is not None]
    last = max(writes, key=lambda each: each.time or datetime.min, default=_Writes())
    return Changed(source, meta.resource_version, meta.creation_timestamp, last.time, last.manager)


def _mounted(spec: MountingSpec) -> Iterator[Source]:
    for volume in listed(spec.volumes):
        if volume.config_map:
            yield _source("ConfigMap", volume.config_map)
        if volume.secret:
            yield Source("Secret", volume.secret.secret_name, volume.secret.optional is True)
        for part in listed(volume.projected.sources if volume.projected else None):
            yield from _either(part.config_map, part.secret)


def _in_variables(spec: MountingSpec) -> Iterator[Source]:
    for container in (*listed(spec.containers), *listed(spec.init_containers)):
        for everything in listed(container.env_from):
            yield from _either(everything.config_map_ref, everything.secret_ref)
        for variable in listed(container.env):
            if variable.value_from:
                yield from _either(variable.value_from.config_map_key_ref, variable.value_from.secret_key_ref)


def _either(config_map: Named | None, secret: Named | None) -> Iterator[Source]:
    if config_map:
        yield _source("ConfigMap", config_map)
    if secret:
        yield _source("Secret", secret)


def _source(kind: str, named_part: Named) -> Source:
    return Source(kind, named_part.name, named_part.optional is True)
