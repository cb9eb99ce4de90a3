"""The object by a name that resembles it: the last resort for an alert that names none."""

from chatops.cluster.asides import aside
from chatops.cluster.models import Thing
from chatops.cluster.network_models import Service
from chatops.cluster.reader import Reader
from chatops.core.resources import WORKLOADS, ObjectRef

_IDENTITIES = ("app.kubernetes.io/name", "app.kubernetes.io/component", "k8s-app", "app")
"""Labels that say what a workload is."""

_ENTRANCES = ("LoadBalancer", "NodePort")
_SHORTEST = 3
"""Letters of a name that part of another may be matched by."""


def guess(reader: Reader, names: tuple[str, ...], namespace: str, *, exact: bool = False) -> ObjectRef | None:
    """The workload that is called by one of `names`, else the one way in, or the one workload, called after one.

    With `exact` only the former. An empty `namespace` means everywhere.

    Never one of several: then the alert stays without an object. Dashes do not count, alerts are written without.
    """
    workloads = [each for kind in WORKLOADS for each in _outlines(reader, kind, namespace)]
    for name in names:
        found = _only([w for w in workloads if _squashed(w.metadata.name) == _squashed(name)])
        for label in _IDENTITIES:
            found = found or _only([w for w in workloads if _squashed(w.metadata.label(label)) == _squashed(name)])
        if found:
            return reader.ref(found.kind, found.metadata)
    if exact:
        return None
    partial = [name for name in names if len(name) >= _SHORTEST]
    # What tells its rates without a name is mostly an ingress or a gateway, and these have one Service to the outside.
    doors: list[Service] = aside(lambda: reader.every("Service", Service, namespace), []) if partial else []
    entrances: list[Thing] = [door for door in doors if door.spec.type in _ENTRANCES]
    measured = [w for w in workloads if "exporter" not in w.metadata.name]
    for things in (entrances, measured):
        for name in partial:
            if found := _only([thing for thing in things if _called_after(thing.metadata.name, name)]):
                return reader.ref(found.kind, found.metadata)
    return None


def _outlines(reader: Reader, kind: str, namespace: str) -> list[Thing]:
    return aside(lambda: reader.outlines(kind, namespace), [])


def _only(found: list[Thing]) -> Thing | None:
    return found[0] if len(found) == 1 else None


def _squashed(name: str) -> str:
    return name.replace("-", "")


def _called_after(name: str, part: str) -> bool:
    """Whether whole words of the name, in a row, are `part`."""
    words = name.split("-")
    runs = ("".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1))
    return _squashed(part) in runs
