"""Looking into the cluster from an incident: logs and descriptions. What is read is written down, as in the chat."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from chatops.actors.api.desk import Desk
from chatops.actors.api.witnessed import Witnessed
from chatops.actors.work import ReadDescription, ReadLogs, Result, Work
from chatops.core.access import needs
from chatops.core.buttons import Verb
from chatops.core.cards import Position
from chatops.core.incidents import Incident
from chatops.core.log_asks import FILE_TAIL, SEARCHED
from chatops.core.log_search import find
from chatops.core.resources import Description, LogText, ObjectRef
from chatops.core.shapes.looking import Described, LogTold, described, log_told
from chatops.web.operations import Operation, Request

Name = Annotated[str, Meta(max_length=253)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectQuery:
    """One object, as incidents name it."""

    kind: Annotated[str, Meta(min_length=1, max_length=100)]
    name: Annotated[str, Meta(min_length=1, max_length=253)]
    namespace: Name = ""
    uid: Name = ""
    cluster: Name = ""

    @property
    def ref(self) -> ObjectRef:
        return ObjectRef(self.kind, self.name, self.namespace, self.uid, self.cluster)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery(ObjectQuery):
    """The last `tail` lines, of the last `since` seconds where that is not 0; `q`: those of them that hold this text.

    Without a `container` it is the one most worth reading.
    """

    container: Name = ""
    previous: bool = False
    tail: Annotated[int, Meta(ge=1, le=FILE_TAIL)] = 200
    since: Annotated[int, Meta(ge=0, le=604_800)] = 0
    q: Annotated[str, Meta(max_length=SEARCHED)] = ""


class Looking:
    def __init__(self, desk: Desk, witnessed: Witnessed) -> None:
        self._desk = desk
        self._witnessed = witnessed

    def operations(self) -> list[Operation]:
        return [
            Operation(
                "GET",
                "/incidents/{number}/logs",
                "Part of a container's log.",
                self.logs,
                LogTold,
                query=LogQuery,
                asks_others=True,
            ),
            Operation(
                "GET",
                "/incidents/{number}/describe",
                "An object's description.",
                self.describe,
                Described,
                query=ObjectQuery,
                asks_others=True,
            ),
        ]

    def logs(self, request: Request) -> LogTold:
        query = request.query
        work = ReadLogs(query.ref, query.container, query.previous, query.tail, query.since)
        incident, text = self._read(request, Verb.LOGS, work)
        assert isinstance(text, LogText), "a log was asked for"
        lines = find(text.lines, query.q) if query.q else text.lines
        return log_told(text, lines, incident)

    def describe(self, request: Request) -> Described:
        _, told = self._read(request, Verb.DESCRIBE, ReadDescription(request.query.ref))
        assert isinstance(told, Description), "a description was asked for"
        return described(told, request.by.tongue)

    def _read(self, request: Request, verb: Verb, work: Work) -> tuple[Incident, Result]:
        caller, desk, ref = request.by, self._desk, request.query.ref
        incident = desk.incident(request.path["number"], caller)
        wanted = needs(verb, {}, ref=ref, incident_id=incident.id, incident=incident)
        desk.demand(caller, wanted, verb, str(verb), incident_id=incident.id, ref=ref)
        position = Position(0, 0, verb, incident.id, ref=ref)
        return incident, self._witnessed.have(position, work, caller)
