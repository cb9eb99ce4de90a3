"""What is done to an incident by one request, as by one press in the chat: take it, give it back, close it, hush it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Annotated, Literal

from msgspec import Meta

from chatops.actors.api.desk import Desk
from chatops.core.access import needs
from chatops.core.buttons import Verb
from chatops.core.incidents import Event, Incident, Press
from chatops.core.incidents.events import (
    Noted,
    Reject,
    Release,
    Reopen,
    RequestSilence,
    Resolve,
    StopAction,
    Take,
    Unsilence,
)
from chatops.core.incidents.notes import LONGEST
from chatops.core.screens.rejecting import REASONS
from chatops.core.shapes.incidents import Said, row_of
from chatops.core.silences import UNTIL_RESOLVED
from chatops.core.texts import Tongue, mark
from chatops.web.operations import Nothing, Operation, Request, refused

NO_ALERTMANAGER = mark("No Alertmanager is configured, so nothing can be silenced.")

LENGTHS = {"30m": timedelta(minutes=30), "1h": timedelta(hours=1), "4h": timedelta(hours=4), "8h": timedelta(hours=8)}


@dataclass(frozen=True, slots=True)
class Rejection:
    """`reason`: one of the codes of the incident's `reject_reasons`, or words of one's own."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class Note:
    text: Annotated[str, Meta(min_length=1, max_length=4 * LONGEST)]


@dataclass(frozen=True, slots=True)
class Hush:
    """All of the incident's alerts, for so long; `until_resolved`: for 24 h at most."""

    length: Literal["30m", "1h", "4h", "8h", "until_resolved"]


Make = Callable[[Press, Request], Event]


class Acts:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def operations(self) -> list[Operation]:
        return [
            self._act("acknowledge", "Take it.", Verb.TAKE, lambda press, _: Take(press)),
            self._act("release", "Give it back.", Verb.RELEASE, lambda press, _: Release(press)),
            self._act("resolve", "It is over.", Verb.RESOLVE, lambda press, _: Resolve(press)),
            self._act("reject", "It is no incident.", Verb.REJECT, _reject, Rejection),
            self._act("reopen", "It is not over.", Verb.REOPEN, lambda press, _: Reopen(press)),
            self._act("note", "Write down a note.", Verb.TAKE, lambda p, r: Noted(p, r.body.text), Note, what="note"),
            self._act("silence", "Have Alertmanager silence it.", Verb.DO_SILENCE, self._hush, Hush),
            self._act("unsilence", "Have Alertmanager lift the silence.", Verb.UNSILENCE, lambda p, _: Unsilence(p)),
            self._act("stop", "Begin no further step of what runs.", Verb.STOP, lambda press, _: StopAction(press)),
        ]

    def _act(
        self, name: str, summary: str, verb: Verb, make: Make, body: type = Nothing, *, what: str = ""
    ) -> Operation:
        path = f"/incidents/{{number}}/{name}"
        does = partial(self._done, verb=verb, make=make, what=what or str(verb))
        return Operation("POST", path, summary, does, Said, body=body, name=name, asks_others=True)

    def _done(self, request: Request, *, verb: Verb, make: Make, what: str) -> Said:
        caller, desk = request.by, self._desk
        incident = desk.incident(request.path["number"], caller)
        ref = incident.run.plan.ref if verb is Verb.STOP and incident.run else None
        wanted = needs(verb, {}, incident_id=incident.id, incident=incident)
        desk.demand(caller, wanted, verb, what, incident_id=incident.id, ref=ref)
        said = desk.press(caller, incident.id, lambda press: make(press, request))
        return Said(said, row_of(self._now(incident), caller.tongue))

    def _now(self, incident: Incident) -> Incident:
        return self._desk.store.incidents.get(incident.id) or incident

    def _hush(self, press: Press, request: Request) -> Event:
        if not self._desk.policy.outside.alertmanager:
            raise refused(409, "not_configured", request.by.tongue.plain(NO_ALERTMANAGER))
        length = request.body.length
        key = uuid.uuid4().hex
        if length == "until_resolved":
            return RequestSilence(press, key, UNTIL_RESOLVED, until_resolved=True)
        return RequestSilence(press, key, LENGTHS[length])


def _reject(press: Press, request: Request) -> Event:
    reason, tongue = request.body.reason, request.by.tongue
    return Reject(press, _words(reason, tongue))


def _words(reason: str, tongue: Tongue) -> str:
    return tongue.plain(REASONS[reason]) if reason in REASONS else reason
