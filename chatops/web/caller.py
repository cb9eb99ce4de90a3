"""Who calls the API, as its operations know them, and the door that says so. It knows nothing of HTTP."""

from dataclasses import dataclass
from typing import Protocol

from chatops.core.access import Need, Right, Verdict, may_all, may_decide, may_see
from chatops.core.incidents.values import Incident, Person
from chatops.core.people import User
from chatops.core.signing_in import Scope, Way
from chatops.core.texts import Tongue

BEYOND_SCOPE = "token_scope"
"""The reason where somebody has the right, and the token they call with does not."""


@dataclass(frozen=True, slots=True)
class Caller:
    """`user` is what they may, as stored now; a token narrows it to its `scope`. `credential`: what they showed."""

    user: User
    way: Way
    tongue: Tongue
    credential: str = ""
    scope: Scope = Scope.DECIDE
    token_name: str = ""

    @property
    def person(self) -> Person:
        return Person(self.user.id, self.user.name)

    @property
    def via(self) -> str:
        """For the log: how a change was asked for."""
        return f"token {self.token_name}" if self.way is Way.TOKEN else "app"

    def may_all(self, wanted: tuple[Need, ...]) -> Verdict:
        """The one decision of `core.access`, and then the token's own limit."""
        if any(need.right not in self.scope.rights for need in wanted):
            return Verdict(False, BEYOND_SCOPE)
        return may_all(self.user, wanted)

    def may_see(self, incident: Incident | None) -> bool:
        return may_see(self.user, incident)

    def may_decide(self) -> bool:
        return Right.DECIDE in self.scope.rights and may_decide(self.user)


class Doorkeeper(Protocol):
    """Says who calls. Raises Refused."""

    def caller(self, authorization: str, languages: str, *, changes: bool) -> Caller:
        """`authorization` and `languages` are the headers' values, empty without; `changes`: it is no mere look."""
        ...
