"""The audit log, for admins: every act, allowed or denied, the newest first."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from chatops.actors.api.desk import Desk
from chatops.core.access import needs
from chatops.core.audit import EntryType
from chatops.core.buttons import Verb
from chatops.core.shapes.logbook import AuditPage
from chatops.web.operations import Operation, Request

AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """`user`: the number of who acted; `cursor`: `next` of the page before."""

    type: EntryType | None = None
    user: Annotated[str, Meta(max_length=20)] = ""
    incident: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    decision: Literal["allowed", "denied"] | None = None
    q: Annotated[str, Meta(max_length=100)] = ""
    limit: Annotated[int, Meta(ge=1, le=200)] = 100
    cursor: Annotated[int, Meta(ge=0, le=2**53)] | None = None


class LogbookDesk:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def operations(self) -> list[Operation]:
        return [Operation("GET", "/audit", "The audit log (admins).", self.audit, AuditPage, query=AuditQuery)]

    def audit(self, request: Request) -> AuditPage:
        caller, desk = request.by, self._desk
        desk.demand(caller, needs(Verb.PEOPLE, {}), Verb.PEOPLE, AUDIT)
        raise NotImplementedError
