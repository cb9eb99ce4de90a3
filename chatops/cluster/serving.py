"""Telling an object that is gone from an API that was never there: both are a 404."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from chatops.cluster.connection import decode
from chatops.cluster.places import base
from chatops.cluster.reader import Reader
from chatops.core.failures import Failure, Permanent, Reason
from chatops.core.permissions import RESOURCES, SERVED_BY_OTHERS

_MAKERS = {"cert-manager.io": "cert-manager", "argoproj.io": "Argo CD", "fluxcd.io": "Flux"}
"""Who serves the groups that end so."""


class _Version(msgspec.Struct, rename={"group_version": "groupVersion"}):
    group_version: str = ""


class _Group(msgspec.Struct):
    versions: list[_Version] | None = None


@contextmanager
def served(reader: Reader, kind: str) -> Iterator[None]:
    """Within it, a NOT_FOUND of a kind whose API this cluster does not have becomes Permanent(NOT_SERVED)."""
    try:
        yield
    except Permanent as failure:
        if failure.reason is Reason.NOT_FOUND and kind in SERVED_BY_OTHERS:
            words = _missing(reader, kind)
            if words:
                raise Permanent(Reason.NOT_SERVED, words) from None
        raise


def _missing(reader: Reader, kind: str) -> str:
    """What is not there, in words; empty when the API is, or when nobody says."""
    group, _ = RESOURCES[kind]
    wanted = base(group).removeprefix("/apis/")
    try:
        found = decode(reader.connection.get(f"/apis/{group}"), _Group)
    except Failure as failure:
        if failure.reason is not Reason.NOT_FOUND:
            return ""
        maker = next((name for end, name in _MAKERS.items() if group.endswith(end)), "")
        return f"{group} ({maker} is not installed)" if maker else group
    versions = [version.group_version for version in found.versions or ()]
    if wanted in versions:
        return ""
    return f"{wanted}, it has {', '.join(versions)}"
