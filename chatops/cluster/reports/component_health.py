"""component_health: what the API server checks of itself, and the pods of kube-system that keep a cluster going."""

import re
from collections.abc import Iterator
from datetime import datetime

from chatops.cluster.places import collection
from chatops.cluster.plain import safe_text
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_view
from chatops.cluster.reader import Reader
from chatops.core.failures import Permanent, Reason, Temporary
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import Health, ObjectRef, PodView, worst
from chatops.core.texts import mark

_CHECK = re.compile(r"\[(?P<sign>[+-])\](?P<name>\S+) (?P<words>.*)")
_CONTROL_PLANE = frozenset(
    {"kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "cloud-controller-manager"}
)
_TITLES = {True: mark("Control plane"), False: mark("Add-ons")}
_MOST_PODS = 3
"""Sick pods named of one component: a broken kube-proxy is broken on every node."""


def component_health(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    facts: list[tuple[str, str]] = []
    failing: dict[str, None] = {}
    notes: list[Note] = []
    for path in ("/readyz", "/livez"):
        try:
            said, failed = _checks(reader, path)
        except Permanent as failure:
            if failure.reason is not Reason.FORBIDDEN:
                raise
            notes.append(Note("health_denied", path))
            continue
        facts.append((path.strip("/"), said))
        failing |= dict.fromkeys(failed)
    components, denied = _components(reader)
    plane = {name for name in components if name in _CONTROL_PLANE}
    if denied:
        notes.append(Note("kube_system_denied"))
    elif not plane:
        notes.append(Note("managed_control_plane"))
    sections = [Section(mark("Failing checks"), tuple(Line(safe_text(text), Health.BAD) for text in failing))]
    for of_plane, title in _TITLES.items():
        names = sorted(name for name in components if (name in plane) is of_plane)
        sections.append(Section(title, tuple(line for name in names for line in _lines(name, components[name]))))
    sick = [view.ref for views in components.values() for view in views if view.health is Health.BAD]
    return Report(
        "component_health",
        ref,
        Health.BAD if failing else worst(_healths(components), Health.GOOD),
        facts=tuple(facts),
        sections=tuple(section for section in sections if section.lines),
        notes=tuple(notes),
        related=tuple(sick[:6]),
    )


def _checks(reader: Reader, path: str) -> tuple[str, list[str]]:
    """(how many are well, what is said of each that is not)."""
    well, text = reader.connection.probe(path, {"verbose": ""})
    found = [match for line in text.splitlines() if (match := _CHECK.fullmatch(line.strip()))]
    if not found and not well:
        raise Temporary(Reason.SERVER_ERROR, f"{path}: {safe_text(text[:200])}")
    bad = [f"{match['name']} {match['words']}" for match in found if match["sign"] == "-"]
    return (f"{len(found) - len(bad)}/{len(found)} ok" if found else "ok"), bad


def _components(reader: Reader) -> tuple[dict[str, list[PodView]], bool]:
    """The labelled pods of kube-system by component, and whether the right to see them is missing."""

    def take(pods: Iterator[Pod]) -> dict[str, list[PodView]]:
        found: dict[str, list[PodView]] = {}
        for pod in pods:
            name = pod.metadata.label("component") or pod.metadata.label("k8s-app")
            if not name and pod.metadata.label("tier") == "control-plane":
                name = pod.metadata.name
            if name:
                found.setdefault(name, []).append(pod_view(pod, reader.name))
        return found

    try:
        return reader.connection.fold(collection("Pod", "kube-system"), Pod, take), False
    except Permanent as failure:
        if failure.reason is not Reason.FORBIDDEN:
            raise
        return {}, True


def _lines(name: str, views: list[PodView]) -> Iterator[Line]:
    """`kube-scheduler 1/2 · 9↻`, and the pods that are not well."""
    ready = sum(1 for view in views if view.health is Health.GOOD)
    restarts = sum(view.restarts for view in views)
    text = f"{name} {ready}/{len(views)}" + (f" · {restarts}↻" if restarts else "")
    yield Line(safe_text(text), worst(view.health for view in views))
    sick = sorted((v for v in views if v.health is not Health.GOOD), key=lambda v: (v.health.rank, v.ref.name))
    for view in sick[:_MOST_PODS]:
        yield Line(safe_text(f"  {view.ref.name} {view.status} {view.restarts}↻ {view.node}"))


def _healths(components: dict[str, list[PodView]]) -> Iterator[Health]:
    return (view.health for views in components.values() for view in views)
