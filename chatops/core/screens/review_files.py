"""A review as files: every incident as a line of CSV for other tools, and the whole as Markdown for people."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from markupsafe import Markup

from chatops.core.markdown import escaped, table
from chatops.core.moments import stamp
from chatops.core.review import Review, Row, Span
from chatops.core.screens.review import (
    action_text,
    flapping_lines,
    noisy_lines,
    times_text,
    trend,
)
from chatops.core.screens.severities import severity_text
from chatops.core.texts import Tongue, mark, one_line

COLUMNS = (
    *("id", "title", "cluster", "namespace", "severity", "status", "opened_at", "began_at", "ended_at"),
    *("ack_seconds", "resolve_seconds", "closed_by_hand", "reopened", "actions", "said_real", "said_noise"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would calculate: an alert's title is anybody's."""

DEFINITIONS = (
    mark("ack: from the first start of an alert until somebody first had the incident; never taken is counted apart."),
    mark("resolved: from the first start of an alert until the last end of one, or until somebody closed it."),
    mark("median and p90: half, and nine of ten, took no longer; n is how many there were."),
    mark("at night: opened from 22:00 to 08:00, {zone}."),
    mark("helped: the alerts ended within 15 minutes after the action was done."),
)
"""Written under the numbers."""


def file_name(span: Span, ending: str) -> str:
    return f"incidents-{span.since:%Y-%m-%d}-{span.until:%Y-%m-%d}.{ending}"


def csv_of(rows: Sequence[Row]) -> str:
    """One line per incident, the oldest first. Times are UTC."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(row) for row in rows)
    return target.getvalue()


def _cells(row: Row) -> tuple[object, ...]:
    return (
        *(row.id, _cell(row.title), _cell(row.cluster), _cell(row.namespace), row.severity.value, row.status.value),
        *(_moment(row.opened_at), _moment(row.began_at), _moment(row.ended_at)),
        *(_seconds(row.taken_after), _seconds(row.lasted), int(row.by_hand), row.reopened, row.actions),
        *(row.real, row.noise),
    )


def _cell(text: str) -> str:
    line = one_line(text, 500)
    return f"'{line}" if text.startswith(_FORMULA) else line


def _moment(moment: datetime | None) -> str:
    return stamp(moment) if moment else ""


def _seconds(length: timedelta | None) -> str:
    return "" if length is None else str(round(length.total_seconds()))


def markdown_of(told: Review, tongue: Tongue, *, zone: tzinfo) -> str:
    return "\n".join(_lines(told, tongue, zone)) + "\n"


def _lines(told: Review, tongue: Tongue, zone: tzinfo) -> Iterator[str]:
    since, until = (moment.astimezone(zone) for moment in (told.span.since, told.span.until))
    yield "# " + tongue.plain("Incidents from {since} to {until}", since=f"{since:%Y-%m-%d}", until=f"{until:%Y-%m-%d}")
    yield ""
    if told.span.namespace:
        yield "- " + tongue.plain("Namespace: {namespace}", namespace=escaped(told.span.namespace))
    yield "- " + _plain(tongue.plural("{n} incident", "{n} incidents", told.incidents)) + f" {trend(told)}"
    yield from (f"- {_plain(severity_text(each, count, tongue))}" for each, count in told.severities.items())
    yield "- " + _plain(tongue.plural("{n} at night", "{n} at night", told.night))
    yield "- " + _plain(tongue.plural("{n} still open", "{n} still open", told.open))
    yield "- " + _plain(tongue.plural("{n} rejected", "{n} rejected", told.rejected))
    yield "- " + _plain(tongue.plural("never taken: {n}", "never taken: {n}", told.never_taken))
    if told.taken:
        yield "- " + _plain(tongue.say("ack {times}", times=times_text(told.taken, tongue)))
    if told.resolved:
        yield "- " + _plain(tongue.say("resolved {times}", times=times_text(told.resolved, tongue)))
        yield "- " + _plain(tongue.plural("{n} by itself", "{n} by themselves", told.healed))
        yield "- " + _plain(tongue.plural("{n} after an action", "{n} after an action", told.acted))
        yield "- " + _plain(tongue.plural("{n} closed by hand", "{n} closed by hand", told.closed_by_hand))
    if told.noisiest:
        yield from ("", "## " + tongue.plain("Noisiest"), "")
        noisy = enumerate(noisy_lines(told.noisiest, tongue), 1)
        yield from (f"{number}. {escaped(_plain(line))}" for number, line in noisy)
    if told.helped:
        yield from ("", "## " + tongue.plain("What helped"), "")
        heads = [tongue.plain(head) for head in (mark("Action"), mark("Tried"), mark("Helped"))]
        yield from table(
            heads, [(escaped(action_text(t.action, tongue)), str(t.tried), str(t.helped)) for t in told.helped]
        )
    if told.flapping:
        yield from ("", "## " + tongue.plain("Flapping"), "")
        yield from (f"- {escaped(_plain(line))}" for line in flapping_lines(told.flapping, tongue))
    yield ""
    for sentence in DEFINITIONS:
        yield "- " + tongue.plain(sentence, zone=until.tzname() or "UTC")


def _plain(markup: Markup) -> str:
    return markup.unescape()
