"""People and what they may, as the API tells them: the caller, the others to admins, tokens to their owner."""

from msgspec import Struct

from chatops.core.access import Right, may_anywhere, may_decide
from chatops.core.people import Grant, User
from chatops.core.shapes.plain import Moment
from chatops.core.signing_in import ApiToken, Scope, Way


class Rights(Struct, frozen=True):
    """What somebody may anywhere at all; `decide` is everywhere or not at all."""

    read: bool
    act: bool
    decide: bool


class Me(Struct, frozen=True):
    """`bot`: its username, empty while it is not known; `silences`: whether there is an Alertmanager to ask."""

    id: int
    name: str
    language: str
    rights: Rights
    grants: tuple[Grant, ...]
    bot: str
    via: Way
    silences: bool


class Session(Struct, frozen=True):
    """`token` is shown here once; the session ends at `expires_at` unless it is used before."""

    token: str
    expires_at: Moment
    me: Me


class Somebody(Struct, frozen=True):
    id: int
    name: str
    language: str
    disabled: bool
    grants: tuple[Grant, ...]


class People(Struct, frozen=True):
    users: tuple[Somebody, ...]


class Token(Struct, frozen=True):
    id: int
    name: str
    scope: Scope
    made_at: Moment
    expires_at: Moment
    used_at: Moment | None


class Tokens(Struct, frozen=True):
    tokens: tuple[Token, ...]


class NewToken(Struct, frozen=True):
    """`token` is its text, shown this once."""

    token: str
    made: Token


def rights_of(user: User, scope: Scope) -> Rights:
    held = scope.rights
    return Rights(
        read=may_anywhere(user, Right.READ).allowed,
        act=Right.ACT in held and may_anywhere(user, Right.ACT).allowed,
        decide=Right.DECIDE in held and may_decide(user),
    )


def somebody(user: User) -> Somebody:
    return Somebody(user.id, user.name, user.language, user.disabled, user.grants)


def token_of(token: ApiToken) -> Token:
    return Token(token.id, token.name, token.scope, token.made_at, token.expires_at, token.used_at)
