"""capacity: how much of the cluster is requested, where, by whom, and whether one node could be missed."""

from datetime import datetime

from chatops.cluster.bookings import (
    Booking,
    Bookings,
    allocatable,
    asked_of,
    book,
    without_one,
)
from chatops.cluster.models import Node, mapped
from chatops.cluster.node_models import Tenant
from chatops.cluster.nodes import is_for_others, is_open, node_health
from chatops.cluster.places import collection
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.cluster.reservations import RESOURCES
from chatops.core.amounts import percent, share_words, words_of
from chatops.core.quantities import amount_in
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import Health, ObjectRef
from chatops.core.texts import mark

_TIGHT = 90
"""Percent of what there is from which the next rollout may find no room."""

_MOST_NAMESPACES = 8
_ON_A_SCREEN = 12


def capacity(reader: Reader, ref: ObjectRef, params: dict[str, str], now: datetime) -> Report:
    nodes = reader.every("Node", Node)
    booked = reader.connection.fold(collection("Pod"), Tenant, book)
    open_nodes = [node for node in nodes if is_open(node) and not is_for_others(node)]
    cordoned = [node.metadata.name for node in nodes if node.spec.unschedulable]
    silent = [node.metadata.name for node in nodes if node_health(node) in (Health.BAD, Health.UNKNOWN)]
    usual = [node for node in nodes if not is_for_others(node)]
    facts = [(each, share_words(each, asked_of(usual, booked)[each], allocatable(usual)[each])) for each in RESOURCES]
    missed, worst = without_one(usual, open_nodes, booked)
    if missed:
        facts.append((f"without {missed}", ", ".join(f"{name} {share}%" for name, share in worst.items())))
    if booked.waiting.pods:
        waiting = booked.waiting
        facts.append(("waiting for a node", f"pods {waiting.pods} · {_amounts(waiting)}"))
    facts += [(label, ", ".join(names)) for label, names in (("cordoned", cordoned), ("NotReady", silent)) if names]
    lines = [_node_line(node, booked.by_node[node.metadata.name]) for node in nodes]
    lines.sort(key=lambda pair: (-pair[0], pair[1].text))
    return Report(
        "capacity",
        ref,
        _verdict(usual, booked, worst),
        facts=tuple((label, safe_text(value)) for label, value in facts),
        sections=_sections([line for _, line in lines], booked),
        notes=(_missable(missed, worst),),
        related=tuple(ObjectRef("Node", name, cluster=reader.name) for name in (*silent, *cordoned))[:6],
        file_name="capacity.txt",
        full_text="\n".join(line.text for _, line in lines) + "\n" if len(lines) > _ON_A_SCREEN else "",
    )


def _missable(missed: str, shares: dict[str, int]) -> Note:
    if not missed:
        return Note("no_nodes")
    return Note("fits_without" if max(shares.values()) <= 100 else "no_fit_without", missed)


def _verdict(usual: list[Node], booked: Bookings, shares_then: dict[str, int]) -> Health:
    have, asked = allocatable(usual), asked_of(usual, booked)
    if booked.waiting.pods or any((percent(asked[each], have[each]) or 0) >= 100 for each in RESOURCES):
        return Health.BAD
    tight = any((percent(asked[each], have[each]) or 0) >= _TIGHT for each in RESOURCES)
    return Health.WARN if tight or any(share > 100 for share in shares_then.values()) else Health.GOOD


def _node_line(node: Node, room: Booking) -> tuple[int, Line]:
    have = {each: amount_in(node.status.allocatable, each) for each in RESOURCES}
    parts = [f"{each} {share_words(each, room.amounts[each], have[each])}" for each in RESOURCES]
    share = max(percent(room.amounts[each], have[each]) or 0 for each in RESOURCES)
    health = node_health(node)
    if health is Health.GOOD and share >= _TIGHT:
        health = Health.WARN
    seats = mapped(node.status.allocatable).get("pods", "?")
    words = f"{node.metadata.name} · {' · '.join(parts)} · pods {room.pods}/{seats}"
    return share, Line(safe_text(words + (" · cordoned" if node.spec.unschedulable else "")), health)


def _sections(lines: list[Line], booked: Bookings) -> tuple[Section, ...]:
    rooms = booked.by_namespace.items()
    heaviest = sorted(rooms, key=lambda pair: (-pair[1].amounts["memory"], -pair[1].amounts["cpu"]))
    told = (f"{name} · {_amounts(room)} · pods {room.pods}" for name, room in heaviest[:_MOST_NAMESPACES])
    namespaces = tuple(Line(safe_text(text)) for text in told)
    sections = Section(mark("Nodes"), tuple(lines)), Section(mark("Largest namespaces"), namespaces)
    return tuple(section for section in sections if section.lines)


def _amounts(room: Booking) -> str:
    return " · ".join(f"{resource} {words_of(resource, amount)}" for resource, amount in room.amounts.items())
