"""Tokens of one's own, for scripts: /tokens. A token makes no tokens."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from chatops.actors.api.desk import Desk
from chatops.core.audit import EntryType
from chatops.core.shapes.people import NewToken, Tokens, token_of
from chatops.core.signing_in import MOST_TOKEN_DAYS, MOST_TOKENS, Scope, Way
from chatops.core.texts import mark, one_line
from chatops.web.caller import Caller
from chatops.web.operations import Operation, Request, refused

SIGN_IN = mark("Tokens are made and taken back by a person who has signed in, not by a token.")
TOO_MANY = mark("You have {n} tokens, and more are not given: take one back first.")
NO_SUCH = mark("You have no such token.")
NAMELESS = mark("Give it a name to know it by.")


@dataclass(frozen=True, slots=True)
class TokenAsked:
    """`scope` is the most it may, whatever its owner may; it ends after `days`."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    scope: Scope = Scope.READ
    days: Annotated[int, Meta(ge=1, le=MOST_TOKEN_DAYS)] = 30


class TokenDesk:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def operations(self) -> list[Operation]:
        return [
            Operation("GET", "/tokens", "My tokens, without their text.", self.list_tokens, Tokens),
            Operation(
                "POST",
                "/tokens",
                "Make one: its text is told once.",
                self.make_token,
                NewToken,
                body=TokenAsked,
                status=201,
            ),
            Operation("DELETE", "/tokens/{number}", "Take a token back.", self.revoke_token, status=204),
        ]

    def list_tokens(self, request: Request) -> Tokens:
        return Tokens(tuple(map(token_of, self._desk.store.api_tokens.of(request.by.user.id))))

    def make_token(self, request: Request) -> NewToken:
        caller, asked = self._person(request), request.body
        name = one_line(asked.name, 60)
        if not name:
            raise refused(400, "bad_request", caller.tongue.plain(NAMELESS))
        ends = self._desk.clock() + timedelta(days=asked.days)
        detail = {"token": name, "scope": asked.scope.value, "days": str(asked.days)}
        entry = self._desk.entry(EntryType.TOKEN_MADE, caller, detail)
        made = self._desk.store.api_tokens.make(caller.user.id, name, asked.scope, expires_at=ends, entry=entry)
        if made is None:
            raise refused(409, "too_many", caller.tongue.plain(TOO_MANY, n=MOST_TOKENS))
        text, token = made
        return NewToken(text, token_of(token))

    def revoke_token(self, request: Request) -> None:
        caller, number = self._person(request), request.path["number"]
        entry = self._desk.entry(EntryType.TOKEN_REVOKED, caller, {"token": str(number)})
        if not self._desk.store.api_tokens.revoke(number, caller.user.id, entry):
            raise refused(404, "not_found", caller.tongue.plain(NO_SUCH))

    def _person(self, request: Request) -> Caller:
        """Raises Refused for a token: one that leaked must not make others that outlive it."""
        caller = request.by
        if caller.way is Way.TOKEN:
            self._desk.denied(caller, "tokens", "token_scope")
            raise refused(403, "token_scope", caller.tongue.plain(SIGN_IN))
        return caller
