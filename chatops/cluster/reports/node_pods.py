"""node_pods: what stands on a node, worst and heaviest first, and what would be gone with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from chatops.cluster.loads import Load, pod_load
from chatops.cluster.models import Meta, Thing
from chatops.cluster.plain import safe_text
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_view
from chatops.cluster.reader import Reader
from chatops.cluster.standins import Impact, impact_of
from chatops.cluster.usage import PodKey, Usage, pods_usage
from chatops.core.amounts import cpu_words, size_words
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import Health, ObjectRef, PodView, worst
from chatops.core.texts import mark

_ON_A_SCREEN = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """One pod on the node."""

    view: PodView
    load: Load
    meta: Meta
    ended: bool

    @property
    def place(self) -> PodKey:
        return self.view.ref.namespace, self.view.ref.name


_ORDERS: dict[str, Callable[[Standing], Fraction | int]] = {
    "cpu": lambda each: -(each.load.used or each.load.asked).cpu,
    "memory": lambda each: -(each.load.used or each.load.asked).memory,
    "restarts": lambda each: -each.view.restarts,
}


def node_pods(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    """`sort` is cpu, memory or restarts; the sick come first all the same."""
    node = reader.fetch(ref, Thing).metadata
    order = _ORDERS.get(params.get("sort", ""), _ORDERS["memory"])
    pods = reader.fold_pods_on(ref.name, Pod, lambda found: _standing(found, reader.name))
    places = {each.place for each in pods}
    measured = pods_usage(reader, "", {}, places.__contains__)
    pods = [replace(each, load=each.load.measured(measured.pod(*each.place))) for each in pods]
    pods.sort(key=lambda each: (each.view.health.rank, order(each), each.view.ref.path))
    impact = impact_of(reader, ref.name, (each.meta for each in pods if not each.ended))
    lines = tuple(Line(_words(each), each.view.health) for each in pods)
    sections = (*_impact_sections(impact), Section(mark("Pods"), lines))
    return Report(
        "node_pods",
        reader.ref("Node", node),
        worst((each.view.health for each in pods), Health.GOOD),
        facts=_facts(pods),
        sections=tuple(section for section in sections if section.lines),
        notes=_notes(impact, measured.note),
        related=(*impact.alone, *(each.view.ref for each in pods))[:6],
        file_name=f"pods-on-{ref.name}.txt",
        full_text="\n".join(line.text for line in lines) + "\n" if len(lines) > _ON_A_SCREEN else "",
    )


def _standing(pods: Iterator[Pod], cluster: str) -> list[Standing]:
    return [Standing(pod_view(pod, cluster), pod_load(pod, cluster), pod.metadata, pod.has_ended) for pod in pods]


def _words(each: Standing) -> str:
    view, load = each.view, each.load
    parts = [f"{view.ref.path}  {view.status} {view.ready}/{view.total} {view.restarts}↻"]
    if load.used:
        parts.append(f"cpu {cpu_words(load.used.cpu)} mem {size_words(load.used.memory)}")
    elif load.asked.cpu or load.asked.memory:
        parts.append(f"requests cpu {cpu_words(load.asked.cpu)} mem {size_words(load.asked.memory)}")
    return safe_text(" · ".join(parts))


def _facts(pods: list[Standing]) -> tuple[tuple[str, str], ...]:
    standing = [each for each in pods if not each.ended]
    facts = [("pods", str(len(standing)))]
    ended = len(pods) - len(standing)
    if ended:
        facts.append(("ended", str(ended)))
    asked = sum((each.load.asked for each in standing), Usage())
    return (*facts, ("requests", f"cpu {cpu_words(asked.cpu)} mem {size_words(asked.memory)}"))


def _impact_sections(impact: Impact) -> tuple[Section, ...]:
    alone = tuple(Line(f"{each.short_kind} {each.path}", Health.BAD) for each in impact.alone)
    ownerless = tuple(Line(each.path, Health.WARN) for each in impact.ownerless)
    return Section(mark("No healthy replica elsewhere"), alone), Section(mark("Nobody recreates"), ownerless)


def _notes(impact: Impact, unmeasured: Note | None) -> tuple[Note, ...]:
    notes = [] if impact.alone or impact.ownerless else [Note("no_impact")]
    return (*notes, unmeasured) if unmeasured else tuple(notes)
