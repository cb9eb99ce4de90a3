"""What every operation of the API has at hand: the store, the clock, who decides what, and the way to the actors."""

import uuid
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from chatops.actors.addresses import API, Address
from chatops.actors.api.actor import Have, Press
from chatops.actors.conversation.reader import readable_by
from chatops.actors.messages import Answered
from chatops.actors.upstream_messages import UpstreamWork
from chatops.actors.work import Result, Work
from chatops.core.access import Need
from chatops.core.audit import VIA, Entry, EntryType
from chatops.core.buttons import Verb
from chatops.core.failures import Failure, Reason
from chatops.core.incidents import Event, Incident
from chatops.core.incidents import Press as Pressed
from chatops.core.policy import Policy
from chatops.core.presses import refused_as
from chatops.core.resources import ObjectRef
from chatops.core.screens.outside import problem_text as problem_outside
from chatops.core.screens.run import problem_text
from chatops.core.screens.toasts import toast
from chatops.core.shapes.plain import plain
from chatops.core.texts import Tongue, mark
from chatops.db.places import Readable
from chatops.db.store import Store
from chatops.web.caller import BEYOND_SCOPE, Caller
from chatops.web.operations import Refused, refused
from chatops.web.problem import Problem

T = TypeVar("T")

WORK_SECONDS = 30.0
"""Until a look at a cluster is not waited for any longer: clients of a phone give up sooner."""
PRESS_SECONDS = 10.0

NOT_FOUND = mark("There is no such incident, or it is not for you to see.")
NO_ANSWER = mark("No answer came in time. It may still happen: look again before you repeat it.")
BAD_CURSOR = mark("This cursor is of another list: ask for the first page again.")
SCOPE = mark("⛔ This token was made for less than that")


@dataclass(frozen=True, slots=True)
class Desk:
    """`bot_name` tells `@name` of the bot, or nothing while nobody knows it."""

    store: Store
    clock: Callable[[], datetime]
    policy: Policy
    bot_name: Callable[[], str]
    tell: Callable[[Address, object], None]

    def incident(self, number: int, caller: Caller) -> Incident:
        """The incident, where the caller may read it: else it is as if it were not there."""
        incident = self.store.incidents.get(number)
        if incident is None or not incident.revision or not caller.may_see(incident):
            raise refused(404, "not_found", caller.tongue.plain(NOT_FOUND))
        return incident

    def readable(self, caller: Caller) -> Readable:
        return readable_by(caller.user)

    def have(self, door: Address, work: Work | UpstreamWork, caller: Caller) -> Result:
        """Have it done, and wait for it. Raises Refused, in the caller's words, where that cannot be."""
        reply: Future[Result] = Future()
        self.tell(API, Have(door, work, caller.user.id, reply))
        return _waited(reply, WORK_SECONDS, caller.tongue, outside=isinstance(work, UpstreamWork))

    def press(self, caller: Caller, incident_id: int, event_of: Callable[[Pressed], Event], token: str = "") -> str:
        """Have it happen to the incident; what it says, once it is on disk. Raises Refused where nothing changed."""
        asked = uuid.uuid4().hex
        press = Pressed(caller.person, 0, language=caller.tongue.language, asked=asked, via=caller.via)
        reply: Future[Answered] = Future()
        self.tell(API, Press(incident_id, event_of(press), asked, reply, token))
        answer = _waited(reply, PRESS_SECONDS, caller.tongue)
        if not answer.counted:
            raise refused(STATUSES.get(answer.code, 409), answer.code, answer.text)
        return answer.text

    def demand(
        self,
        caller: Caller,
        wanted: tuple[Need, ...],
        verb: Verb,
        what: str,
        *,
        incident_id: int | None = None,
        ref: ObjectRef | None = None,
        args: dict[str, str] | None = None,
    ) -> None:
        """Raises Refused, and says so in the log, where the caller lacks one of these rights."""
        verdict = caller.may_all(wanted)
        if verdict.allowed:
            return
        self.denied(caller, what, verdict.reason, incident_id=incident_id, ref=ref)
        if verdict.reason == BEYOND_SCOPE:
            raise refused(403, BEYOND_SCOPE, caller.tongue.plain(SCOPE))
        code = refused_as(verb, args or {}, verdict.reason)
        raise refused(403, code, toast(code, caller.tongue, {"role": verdict.reason, "id": str(caller.user.id)}))

    def denied(
        self,
        caller: Caller,
        what: str,
        why: str,
        *,
        incident_id: int | None = None,
        ref: ObjectRef | None = None,
        detail: dict[str, str] | None = None,
    ) -> None:
        """The line of the log. Raises Failure where it cannot be written."""
        told = {"what": what, "why": why, VIA: caller.via, **(detail or {})}
        told = {name: value for name, value in told.items() if value}
        now = self.clock()
        self.store.audit.append(
            [Entry(EntryType.DENIED, caller.person.subject, now, incident_id=incident_id, object=ref, detail=told)]
        )

    def entry(self, type: EntryType, caller: Caller, detail: dict[str, str]) -> Entry:
        """A line of the log for what the caller does."""
        return Entry(type, caller.person.subject, self.clock(), detail={**detail, VIA: caller.via})


def _waited(reply: "Future[T]", seconds: float, tongue: Tongue, *, outside: bool = False) -> T:
    """What the ApiActor was told. Raises Refused where that was a failure, or came too late."""
    try:
        return reply.result(seconds)
    except Failure as failure:
        raise Refused(problem_of(failure, tongue, outside=outside)) from failure
    except (TimeoutError, CancelledError) as error:
        raise refused(504, "no_answer", tongue.plain(NO_ANSWER)) from error


STATUSES = {"unwritten": 503, "broken": 500}
"""What is no conflict with how things are."""

_STATUS_OF = {
    Reason.NOT_FOUND: 404,
    Reason.FORBIDDEN: 502,
    Reason.UNAUTHORIZED: 502,
    Reason.REFUSED: 502,
    Reason.CONFLICT: 409,
    Reason.REPLACED: 409,
    Reason.NOT_SERVED: 404,
    Reason.UNKNOWN_CLUSTER: 404,
    Reason.TIMEOUT: 504,
}


def problem_of(failure: Failure, tongue: Tongue, *, outside: bool = False) -> Problem:
    """What the cluster, or what stands beside it, did not do, in the words of the chat."""
    words = (problem_outside if outside else problem_text)(str(failure.reason), failure.detail, tongue)
    status = _STATUS_OF.get(failure.reason, 503)
    headers = (("Retry-After", "5"),) if status == 503 else ()
    return Problem(status, str(failure.reason), plain(words), headers)
