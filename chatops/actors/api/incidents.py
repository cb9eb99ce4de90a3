"""Incidents to read: lists, what has changed, one of them, its timeline and its postmortem."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from chatops.actors.api.desk import BAD_CURSOR, Desk
from chatops.actors.conversation.documents import document
from chatops.actors.conversation.stored_screens import advice_for
from chatops.core.access import needs
from chatops.core.alerts import Severity
from chatops.core.buttons import Verb
from chatops.core.cards import Position
from chatops.core.durations import durations_of
from chatops.core.incidents import Incident, Status
from chatops.core.listing import CLOSED, MOST, NOBODY, OPEN, Wanted
from chatops.core.remedies import Suggestion, Suggestions, suggest
from chatops.core.screens.timeline import telling
from chatops.core.shapes import logbook
from chatops.core.shapes.incidents import Changed, Detail, Listed, Place, Places, detail_of, listed, possible
from chatops.core.shapes.plain import Moment
from chatops.core.texts import mark
from chatops.web.caller import Caller
from chatops.web.operations import File, Operation, Request, refused

STATUSES = {
    "active": OPEN,
    "closed": CLOSED,
    "resolved": frozenset({Status.RESOLVED}),
    "rejected": frozenset({Status.REJECTED}),
    "all": OPEN | CLOSED,
}
LINES = 100
"""Of a timeline's page."""

MOST_FILTERS = 50

BAD_LABEL = mark("A label is asked for as name=value.")
BAD_OWNER = mark("The owner is me, none, or somebody's number.")


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Of `severity`, `cluster` and `namespace` any that is given, of `label` (name=value) all."""

    status: Literal["active", "closed", "resolved", "rejected", "all"] = "active"
    severity: tuple[Severity, ...] = ()
    cluster: tuple[str, ...] = ()
    namespace: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    owner: str = ""
    q: Annotated[str, Meta(max_length=200)] = ""
    since: Moment | None = None
    until: Moment | None = None
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 50
    cursor: Annotated[str, Meta(max_length=200)] = ""


@dataclass(frozen=True, slots=True)
class ChangesQuery:
    """`since` is the `mark` of an earlier answer."""

    since: Annotated[str, Meta(max_length=60)] = ""


@dataclass(frozen=True, slots=True)
class TimelineQuery:
    cursor: Annotated[int, Meta(ge=0, le=2**53)] = 0


class IncidentDesk:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def operations(self) -> list[Operation]:
        return [
            Operation(
                "GET",
                "/incidents",
                "Incidents, a page at a time.",
                self.list_incidents,
                Listed,
                query=ListQuery,
                tag=self._mark,
            ),
            Operation(
                "GET",
                "/changes",
                "Incidents that have changed since a mark.",
                self.changes,
                Changed,
                query=ChangesQuery,
                tag=self._mark,
            ),
            Operation("GET", "/places", "Clusters and namespaces that incidents were in.", self.places, Places),
            Operation("GET", "/incidents/{number}", "All of an incident.", self.incident, Detail),
            Operation(
                "GET",
                "/incidents/{number}/timeline",
                "What happened to it, oldest first.",
                self.timeline,
                logbook.Timeline,
                query=TimelineQuery,
            ),
            Operation("GET", "/incidents/{number}/export", "Its postmortem, as Markdown.", self.export, str),
        ]

    def _mark(self, request: Request) -> str:
        return self._desk.store.listing.mark(self._desk.readable(request.by))

    def list_incidents(self, request: Request) -> Listed:
        caller = request.by
        wanted = self._wanted(request.query, caller)
        try:
            page = self._desk.store.listing.page(wanted, self._desk.readable(caller))
        except ValueError as error:
            raise refused(400, "bad_cursor", caller.tongue.plain(BAD_CURSOR)) from error
        return Listed(tuple(listed(row, caller.tongue) for row in page.rows), page.next or None, page.mark)

    def _wanted(self, query: ListQuery, caller: Caller) -> Wanted:
        labels = [label.partition("=") for label in query.label[:MOST_FILTERS]]
        if not all(name and sign for name, sign, _ in labels):
            raise refused(400, "bad_request", caller.tongue.plain(BAD_LABEL))
        return Wanted(
            statuses=STATUSES[query.status],
            severities=frozenset(query.severity),
            clusters=frozenset(query.cluster[:MOST_FILTERS]),
            namespaces=frozenset(query.namespace[:MOST_FILTERS]),
            labels=tuple((name, value) for name, _, value in labels),
            owner=_owner(query.owner, caller),
            text=query.q,
            since=query.since,
            until=query.until,
            limit=query.limit,
            cursor=query.cursor,
        )

    def changes(self, request: Request) -> Changed:
        caller = request.by
        found = self._desk.store.listing.changes(request.query.since, readable=self._desk.readable(caller))
        rows = tuple(listed(row, caller.tongue) for row in found.rows)
        return Changed(found.mark, rows, found.more, found.reset)

    def places(self, request: Request) -> Places:
        found = self._desk.store.listing.places(self._desk.readable(request.by))
        return Places(tuple(Place(cluster, namespace) for cluster, namespace in found))

    def incident(self, request: Request) -> Detail:
        caller, desk = request.by, self._desk
        incident, now = desk.incident(request.path["number"], caller), desk.clock()
        suggested = suggest(incident, now=now, advice=advice_for(incident, desk.store, desk.policy, now))
        running = incident.run is not None and incident.run.state.running
        return detail_of(
            incident,
            caller.tongue,
            now=now,
            alike=desk.store.past.alike_before(incident),
            suggested=_allowed(suggested, incident, caller) if incident.open and not running else Suggestions(),
            can=self._can(incident, caller),
            chat_url=self._chat_url(incident),
        )

    def _can(self, incident: Incident, caller: Caller) -> Sequence[str]:
        return [
            name
            for name, verb in possible(incident, self._desk.policy.outside)
            if caller.may_all(needs(verb, {}, incident_id=incident.id, incident=incident)).allowed
            and not (name == "acknowledge" and incident.taken_by == caller.person)
        ]

    def _chat_url(self, incident: Incident) -> str:
        bot = self._desk.bot_name().removeprefix("@")
        return f"https://t.me/{bot}?start=inc_{incident.id}" if bot else ""

    def timeline(self, request: Request) -> logbook.Timeline:
        caller = request.by
        incident = self._desk.incident(request.path["number"], caller)
        lines = self._desk.store.audit.for_incident(incident.id)
        took = durations_of(incident, (line.entry for line in lines))
        shown = [line for line in lines if line.id > request.query.cursor and telling(line.entry)]
        rest = str(shown[LINES - 1].id) if len(shown) > LINES else None
        return logbook.timeline(shown[:LINES], rest, took, caller.tongue)

    def export(self, request: Request) -> File:
        caller, desk = request.by, self._desk
        incident = desk.incident(request.path["number"], caller)
        position = Position(0, 0, Verb.POSTMORTEM, incident.id)
        told = document(
            position, incident, desk.store, caller.tongue, now=desk.clock(), policy=desk.policy, user=caller.user
        )
        assert told is not None, "an incident that is there has a postmortem"
        return File(*told)


def _owner(text: str, caller: Caller) -> int | None:
    match text:
        case "":
            return None
        case "me":
            return caller.user.id
        case "none":
            return NOBODY
        case _ if text.isascii() and text.isdecimal() and len(text) < 19:
            return int(text)
        case _:
            raise refused(400, "bad_request", caller.tongue.plain(BAD_OWNER))


def _allowed(suggested: Suggestions, incident: Incident, caller: Caller) -> Suggestions:
    """What the caller may have done; what is only read, to whoever may read it."""

    def may(each: Suggestion | None, verb: Verb) -> bool:
        return (
            each is not None
            and caller.may_all(needs(verb, {}, ref=each.ref, incident_id=incident.id, incident=incident)).allowed
        )

    reading = suggested.reading if may(suggested.reading, Verb.DESCRIBE) else None
    return Suggestions(tuple(each for each in suggested.remedies if may(each, Verb.CHOOSE)), reading)
