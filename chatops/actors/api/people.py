"""Who may: users and their grants, for admins. Each act and its line of the log are one transaction, as in the chat."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

from msgspec import Meta

from chatops.actors.addresses import chat_address
from chatops.actors.api.desk import Desk
from chatops.actors.chat_messages import AccessChanged
from chatops.core.access import needs
from chatops.core.audit import EntryType
from chatops.core.buttons import Verb
from chatops.core.granting import Act, decided, place_typed
from chatops.core.people import Grant, Role
from chatops.core.screens.toasts import toast
from chatops.core.shapes.people import People, Somebody, somebody
from chatops.core.texts import mark
from chatops.web.caller import Caller
from chatops.web.operations import Nothing, Operation, Request, refused

NO_SUCH = mark("The bot knows nobody of this number.")
BAD_PLACE = mark("A place is named by patterns without spaces; * stands for any text.")

Pattern = Annotated[str, Meta(min_length=1, max_length=253)]


@dataclass(frozen=True, slots=True)
class GrantAsked:
    """A role where the patterns fit; an admin is one everywhere or not at all."""

    role: Role
    cluster: Pattern = "*"
    namespace: Pattern = "*"


class PeopleDesk:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def operations(self) -> list[Operation]:
        path = "/users/{number}"
        return [
            Operation("GET", "/users", "Everybody the bot knows (admins).", self.list_users, People),
            Operation("POST", f"{path}/grants", "Give a role (admins).", self.grant, Somebody, body=GrantAsked),
            Operation(
                "POST", f"{path}/grants/revoke", "Take a role away (admins).", self.revoke, Somebody, body=GrantAsked
            ),
            Operation("POST", f"{path}/disable", "Shut somebody out (admins).", self.disable, Somebody, body=Nothing),
            Operation("POST", f"{path}/enable", "Let them in again (admins).", self.enable, Somebody, body=Nothing),
        ]

    def list_users(self, request: Request) -> People:
        self._demand(request.by, Verb.PEOPLE)
        return People(tuple(map(somebody, self._desk.store.users.all())))

    def grant(self, request: Request) -> Somebody:
        return self._decide(request, Verb.GIVE, EntryType.GRANTED)

    def revoke(self, request: Request) -> Somebody:
        return self._decide(request, Verb.REVOKE, EntryType.REVOKED)

    def disable(self, request: Request) -> Somebody:
        return self._decide(request, Verb.DISABLE, EntryType.DISABLED)

    def enable(self, request: Request) -> Somebody:
        return self._decide(request, Verb.ENABLE, EntryType.ENABLED)

    def _decide(self, request: Request, verb: Verb, type: EntryType) -> Somebody:
        caller, desk, number = request.by, self._desk, request.path["number"]
        self._demand(caller, verb)
        if desk.store.users.get(number) is None:
            raise refused(404, "not_found", caller.tongue.plain(NO_SUCH))
        grant = _grant(request.body, caller) if isinstance(request.body, GrantAsked) else None
        act = Act(type, caller.person.subject, desk.clock(), None, grant, via=caller.via)
        changed = desk.store.users.change(number, partial(decided, act))
        if changed is None:
            named = {"user": str(number), **({"role": grant.role.value} if grant else {})}
            desk.denied(caller, str(verb), "not_decided", detail=named)
            raise refused(409, "not_decided", toast("not_decided", caller.tongue))
        if changed.id != caller.user.id:
            desk.tell(chat_address(changed.id), AccessChanged(type, grant))
        if changed.disabled:
            desk.store.logins.end_all(changed.id)
        return somebody(changed)

    def _demand(self, caller: Caller, verb: Verb) -> None:
        self._desk.demand(caller, needs(verb, {}), verb, str(verb))


def _grant(asked: GrantAsked, caller: Caller) -> Grant:
    """Raises Refused for a place that the chat would not take either."""
    if asked.role is Role.ADMIN:
        return Grant(asked.role)
    place = place_typed(f"{asked.cluster}/{asked.namespace}")
    if place is None:
        raise refused(400, "bad_request", caller.tongue.plain(BAD_PLACE))
    return Grant(asked.role, *place)
