"""Which version of a kind this cluster serves, for kinds that a controller brings along. It knows no object.

Installations differ: Flux serves a kind as v1, v1beta2 or v2beta1 by its age, and not every kind of a group in the
version that the group prefers. So the group is asked for its versions, and each version for its resources.
"""

import time
from collections.abc import Callable

from chatops.cluster.answers import decode
from chatops.cluster.connection import Connection
from chatops.cluster.models import Model, empty, listed
from chatops.cluster.places import usual_version
from chatops.core.failures import Permanent, Reason
from chatops.core.permissions import RESOURCES

KEPT = 300.0
"""Seconds that an answer is taken for true: an upgrade is seen by then."""


_MAKERS = {"cert-manager.io": "cert-manager", "argoproj.io": "Argo CD", "fluxcd.io": "Flux"}
"""Who serves the groups that end so."""


class _Version(Model):
    version: str = ""


class _Group(Model):
    versions: list[_Version] | None = None
    preferred_version: _Version = empty(_Version)


class _Resource(Model):
    name: str = ""


class _Resources(Model):
    resources: list[_Resource] | None = None


class Served:
    """The versions of one cluster's kinds, remembered for a few minutes. `clock` tells monotonic seconds."""

    def __init__(self, connection: Connection, clock: Callable[[], float] = time.monotonic) -> None:
        self._connection = connection
        self._clock = clock
        self._told: dict[str, tuple[float, bytes | Permanent]] = {}

    def version(self, kind: str) -> str:
        """The version to ask for this kind in, as `v1beta2`. Permanent(NOT_SERVED) where the cluster does not have it.

        Where discovery is forbidden it is the usual version: the object's own answer says the rest.
        """
        version = self._discover(kind)
        if not version:
            raise Permanent(Reason.NOT_SERVED, _words(kind))
        return version

    def _discover(self, kind: str) -> str:
        group, plural = RESOURCES[kind]
        try:
            found = decode(self._told_at(f"/apis/{group}"), _Group)
            for version in _in_order(found):
                resources = decode(self._told_at(f"/apis/{group}/{version}"), _Resources)
                if any(resource.name == plural for resource in listed(resources.resources)):
                    return version
        except Permanent as failure:
            if failure.reason is Reason.FORBIDDEN:
                return usual_version(group)
            if failure.reason is not Reason.NOT_FOUND:
                raise
        return ""

    def _told_at(self, path: str) -> bytes:
        """What discovery says there, for all kinds of a group at once; what it refuses is remembered too."""
        since, told = self._told.get(path, (float("-inf"), b""))
        if self._clock() - since > KEPT:
            try:
                told = self._connection.get(path)
            except Permanent as failure:
                told = failure
            self._told[path] = (self._clock(), told)
        if isinstance(told, Permanent):
            raise told
        return told


def _words(kind: str) -> str:
    group, _ = RESOURCES[kind]
    maker = next((name for end, name in _MAKERS.items() if group.endswith(end)), group)
    return f"{kind} of {group} ({maker} is not installed, or too old)"


def _in_order(group: _Group) -> list[str]:
    """Its versions, the preferred one first, the others in the server's own order of preference."""
    names = [group.preferred_version.version, *(each.version for each in listed(group.versions))]
    return list(dict.fromkeys(name for name in names if name))
