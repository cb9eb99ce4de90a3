"""The events of a calendar file (iCalendar, RFC 5545): of each what says who and when. It knows no rota.

Everything in it is hostile, and all of it is bounded: only the lines that are wanted are read, each event by itself,
so that one that makes no sense costs no other. Zones are the machine's own, by their names: what a file itself says of
one is left out, for its rules could be reckoned without end.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from icalendar import Event
from icalendar.timezone import tzp

from chatops.core.failures import Permanent, Reason, Temporary
from chatops.core.plain import safe_text

MOST_EVENTS = 3_000
"""Read in one go: some three seconds. What is long over is not counted."""

_LONGEST_LINE = 10_000
_MOST_LINES = 1_000
_LONGEST_TITLE = 200
_MOST_INVITED = 50

_WANTED = frozenset(("UID", "SEQUENCE", "STATUS", "SUMMARY", "ATTENDEE", "DTSTART", "DTEND", "DURATION")) | frozenset(
    ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
)
_SINGLE_OVER = re.compile(r"^DTEND[^\n]*:(\d{8})", re.MULTILINE | re.IGNORECASE)
_REPEATS = re.compile(r"^(RRULE|RDATE|RECURRENCE-ID)[;:]", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dated:
    """One event as it stands there. `start` is on the wall of `zone`, `length` by the clock on the wall.

    `replaces`: when the one time of the series began that this is instead of; with `onwards` of all from it on. Events
    without a `uid` are no series.
    """

    uid: str
    start: datetime
    length: timedelta
    zone: tzinfo
    title: str
    invited: tuple[str, ...]
    cancelled: bool
    sequence: int
    replaces: datetime | None
    onwards: bool
    rules: tuple[dict[str, list[Any]], ...]
    added: tuple[datetime, ...]
    left_out: frozenset[datetime]
    days_left_out: frozenset[date]

    def at(self, wall: datetime) -> datetime:
        """The moment, in UTC. What a change of the clocks skips is told by the offset before it (RFC 5545, 3.3.5)."""
        return wall.replace(tzinfo=self.zone).astimezone(UTC)


def events_of(body: bytes, now: datetime) -> tuple[list[Dated], int]:
    """All that may still matter, and how many make no sense. Raises Temporary where it is no calendar at all."""
    text = body.decode("utf-8-sig", "replace")
    if "BEGIN:VCALENDAR" not in text.upper():
        raise Temporary(Reason.SERVER_ERROR, "an answer that is no calendar")
    found: list[Dated] = []
    unread = count = 0
    over = f"{now - timedelta(days=3):%Y%m%d}"
    for zone_name, chunk in _chunks(text):
        ends = _SINGLE_OVER.search(chunk)
        if ends and ends[1] < over and not _REPEATS.search(chunk):
            continue
        count += 1
        if count > MOST_EVENTS:
            raise Permanent(Reason.REFUSED, f"a calendar of more than {MOST_EVENTS} events")
        try:
            found.append(_event(chunk, zone_name))
        except Exception:
            # Whatever the parser makes of it, ValueError or worse: the next event is another one.
            unread += 1
    return found, unread


def _chunks(text: str) -> Iterator[tuple[str, str]]:
    """Each event's wanted lines, with the name of the zone that its calendar is in."""
    zone, within, lines = "", [""], list[str]()
    for line in _unfolded(text):
        name, _, value = line.partition(":")
        name = name.partition(";")[0].strip().upper()
        match name, value.strip().upper():
            case "BEGIN", kind:
                within.append(kind)
                lines = [] if kind == "VEVENT" else lines
            case "END", kind:
                if kind == "VEVENT" and within[-1] == kind:
                    yield zone, "\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])
                if len(within) > 1:
                    within.pop()
            case "X-WR-TIMEZONE", _ if within[-1] == "VCALENDAR":
                zone = value.strip()
            case _ if within[-1] == "VEVENT" and name in _WANTED and len(lines) <= _MOST_LINES:
                lines.append(line)


def _unfolded(text: str) -> Iterator[str]:
    """Lines as they were before they were folded (RFC 5545, 3.1); of one that is too long only its beginning."""
    held = ""
    for line in re.split(r"\r?\n", text):
        if line[:1] in (" ", "\t"):
            held += line[1:] if len(held) < _LONGEST_LINE else ""
        else:
            if held:
                yield held
            held = line[:_LONGEST_LINE]
    if held:
        yield held


def _zone(name: str) -> tzinfo:
    """By its name, also one of Windows'. Raises ValueError for one that nobody knows."""
    zone = tzp.timezone(name) if name else UTC
    if zone is None:
        raise ValueError("an unknown zone")
    return zone


def _event(chunk: str, zone_name: str) -> Dated:
    """The zone is that of days, and of times that name none. Raises ValueError and more for what makes no sense."""
    if chunk.count("\n") > _MOST_LINES:
        raise ValueError("too many lines")
    event: Any = Event.from_ical(chunk)
    begin = _moment(event["DTSTART"], event["DTSTART"].dt)
    zone = _zone_of(begin, zone_name)
    start = _wall(begin, zone)
    replaces = event.get("RECURRENCE-ID")
    dropped, rules = _times(event, "EXDATE"), _listed(event.get("RRULE", []))
    return Dated(
        str(event.get("UID", "")),
        start,
        _length(event, begin, start, zone),
        zone,
        safe_text(str(event.get("SUMMARY", "")))[:_LONGEST_TITLE],
        _invited(event.get("ATTENDEE", [])),
        str(event.get("STATUS", "")).upper() == "CANCELLED",
        int(event.get("SEQUENCE", 0)),
        _instant(_moment(replaces, replaces.dt), zone_name) if replaces else None,
        bool(replaces) and str(replaces.params.get("RANGE", "")).upper() == "THISANDFUTURE",
        tuple({part.upper(): list(values) for part, values in rule.items()} for rule in rules),
        tuple(_wall(each, zone) for each in _times(event, "RDATE")),
        frozenset(_wall(each, zone) for each in dropped if isinstance(each, datetime)),
        frozenset(each for each in dropped if not isinstance(each, datetime)),
    )


def _zone_of(value: date, zone_name: str) -> tzinfo:
    return value.tzinfo if isinstance(value, datetime) and value.tzinfo else _zone(zone_name)


def _instant(value: date, zone_name: str) -> datetime:
    zone = _zone_of(value, zone_name)
    return _wall(value, zone).replace(tzinfo=zone).astimezone(UTC)


def _length(event: Any, begin: date, start: datetime, zone: tzinfo) -> timedelta:
    if "DTEND" in event:
        return _wall(_moment(event["DTEND"], event["DTEND"].dt), zone) - start
    if "DURATION" in event:
        found: timedelta = event["DURATION"].dt
        return found
    return timedelta(0) if isinstance(begin, datetime) else timedelta(days=1)


def _times(event: Any, name: str) -> list[date]:
    """Of a period only its beginning counts."""
    values = ((each, single.dt) for each in _listed(event.get(name, [])) for single in each.dts)
    return [_moment(each, value[0] if isinstance(value, tuple) else value) for each, value in values]


def _moment(told: Any, value: date) -> date:
    """Raises ValueError where it names a zone that is not known: it would be taken for another one's time."""
    if isinstance(value, datetime) and value.tzinfo is None and told.params.get("TZID"):
        raise ValueError("an unknown zone")
    if not isinstance(value, date):
        raise ValueError("no date")
    return value


def _wall(value: date, zone: tzinfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time())
    return value.astimezone(zone).replace(tzinfo=None) if value.tzinfo else value


def _invited(attendees: Any) -> tuple[str, ...]:
    """Addresses and names of those who did not decline."""
    found: list[str] = []
    for each in _listed(attendees)[:_MOST_INVITED]:
        if str(each.params.get("PARTSTAT", "")).upper() != "DECLINED":
            address = re.sub(r"^mailto:", "", str(each), flags=re.IGNORECASE)
            found += [safe_text(text)[:_LONGEST_TITLE] for text in (address, str(each.params.get("CN", ""))) if text]
    return tuple(found)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
