"""The sections that several reports share: conditions, events, pods. And the whole report as a file."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from chatops.cluster.ages import age
from chatops.cluster.conditions import judged
from chatops.cluster.describe import read_events
from chatops.cluster.facts import Facts
from chatops.cluster.models import Condition
from chatops.cluster.plain import safe_text
from chatops.cluster.reader import Reader
from chatops.core.reports import Line, Report, Section
from chatops.core.resources import EventLine, Health, ObjectRef, PodView

MOST_EVENTS = 5
FITS, WIDEST = 8, 240
"""Lines of one section, and characters of one line, up to which the screen shows all and no file is needed."""

_MARKS = {Health.BAD: "!!", Health.WARN: "! ", Health.UNKNOWN: "? ", Health.GOOD: "  ", None: "  "}


def without(facts: Facts, *labels: str) -> Facts:
    """The facts without those that the report says in its own way, and without the age: a report is about now."""
    return tuple(fact for fact in facts if fact[0] not in (*labels, "created"))


def section(title: str, lines: Iterable[Line]) -> tuple[Section, ...]:
    """The section, or none when it would be empty."""
    found = tuple(lines)
    return (Section(title, found),) if found else ()


def conditions(known: Sequence[Condition], now: datetime) -> tuple[Section, ...]:
    """The worst first, with since when and, of those that are not as they should be, why."""
    return section("Conditions", sorted((_condition(each, now) for each in known), key=rank))


def events(reader: Reader, ref: ObjectRef, now: datetime) -> tuple[Section, ...]:
    """The latest events of the object, warnings first."""
    return section("Events", (_event(line, now) for line in read_events(reader, ref)[:MOST_EVENTS]))


def pod_line(view: PodView, now: datetime, detail: str = "") -> Line:
    """`web-x2k4q CrashLoopBackOff 0/1 · 9↻ · worker-3 · 16m`, with what a report adds."""
    restarts = f"{view.restarts}↻" if view.restarts else ""
    parts = (f"{view.ref.name} {view.status} {view.ready}/{view.total}", restarts, detail, view.node)
    return Line(safe_text(" · ".join(part for part in (*parts, age(view.created_at, now)) if part)), view.health)


def pod_lines(views: Iterable[PodView], now: datetime) -> list[Line]:
    """Worst first."""
    worst_first = sorted(views, key=lambda view: (view.health.rank, -view.restarts, view.ref.name))
    return [pod_line(view, now) for view in worst_first]


def rank(line: Line) -> int:
    """For sorting lines, worst first."""
    return line.health.rank if line.health is not None else len(Health)


def with_file(report: Report) -> Report:
    """The report with all of it as a file, where something in it is longer than a phone shows."""
    if report.full_text or _fits(report):
        return report
    lines = [f"{report.action} {report.ref.kind} {report.ref.path}", ""]
    lines += [f"{label}: {value}" for label, value in report.facts]
    for each in report.sections:
        lines += ["", f"{each.title}:", *(f"{_MARKS[line.health]} {line.text}" for line in each.lines)]
    name = f"{report.action}-{report.ref.name}.txt".replace(":", "-")
    return replace(report, file_name=name, full_text="\n".join(lines) + "\n")


def _fits(report: Report) -> bool:
    told = [value for _, value in report.facts] + [line.text for each in report.sections for line in each.lines]
    return all(len(text) <= WIDEST for text in told) and all(len(each.lines) <= FITS for each in report.sections)


def _condition(condition: Condition, now: datetime) -> Line:
    health = judged(condition)
    reason = f"{condition.type} {condition.reason}".rstrip()
    since = age(condition.last_transition_time, now)
    words = f"{reason}, {since}" if since else reason
    why = f": {condition.message}" if condition.message and health is not Health.GOOD else ""
    return Line(safe_text(words + why), health)


def _event(line: EventLine, now: datetime) -> Line:
    often = f"×{line.count} " if line.count > 1 else ""
    when = age(line.last_at, now)
    return Line(
        f"{often}{line.reason}: {line.message}{f', {when}' if when else ''}", Health.WARN if line.warning else None
    )
