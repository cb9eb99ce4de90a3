"""The audit log, for admins: every act, allowed or denied, the newest first."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from chatops.actors.api.desk import BAD_CURSOR, Desk
from chatops.core.access import needs
from chatops.core.audit import EntryType
from chatops.core.audit_search import MOST, WantedLines
from chatops.core.buttons import Verb
from chatops.core.shapes.logbook import AuditPage, audit_line
from chatops.web.operations import Operation, Request, refused

AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """`user`: the number of who acted; `q`: a text in names and details; `cursor`: `next` of the page before."""

    type: EntryType | None = None
    user: Annotated[str, Meta(max_length=20)] = ""
    incident: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    decision: Literal["", "allowed", "denied"] = ""
    q: Annotated[str, Meta(max_length=100)] = ""
    limit: Annotated[int, Meta(ge=1, le=MOST)] = 100
    cursor: Annotated[str, Meta(max_length=30)] = ""


class LogbookDesk:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def operations(self) -> list[Operation]:
        return [Operation("GET", "/audit", "The audit log (admins).", self.audit, AuditPage, query=AuditQuery)]

    def audit(self, request: Request) -> AuditPage:
        """Who may say who may, may see who did what."""
        caller, query, desk = request.by, request.query, self._desk
        desk.demand(caller, needs(Verb.PEOPLE, {}), Verb.PEOPLE, AUDIT)
        wanted = WantedLines(query.type, query.user, query.incident, query.decision, query.q)
        try:
            found = desk.store.audit.search(wanted, query.cursor, query.limit)
        except ValueError as error:
            raise refused(400, "bad_cursor", caller.tongue.plain(BAD_CURSOR)) from error
        lines = tuple(audit_line(line, caller.tongue) for line in found.lines)
        return AuditPage(lines, found.next or None)
