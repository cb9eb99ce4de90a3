"""Deciding who may: what an admin's act makes of a user, and the line of the log that says so. Pure.

There is always an admin left: nobody takes the last one's right away, not even they themselves.
"""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chatops.core.access import may_decide
from chatops.core.audit import VIA, Entry, EntryType, Subject
from chatops.core.people import ANY, Grant, Role, User

INVITE_LIFETIME = timedelta(hours=24)
INVITE_PREFIX = "inv_"
"""What tells an invitation's start parameter from other links."""

_LONGEST = 253


@dataclass(frozen=True, slots=True)
class Invite:
    """A one-time right to become a user. Its token is known to whoever was given the link, and nowhere kept."""

    grant: Grant
    by_id: int
    by_name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """An admin's act: `type` is granted, revoked, disabled or enabled."""

    type: EntryType
    by: Subject
    at: datetime
    chat_id: int | None
    grant: Grant | None = None
    message_id: int | None = None
    via: str = ""
    """How it was asked for, where it was not in a chat."""


def decided(act: Act, user: User | None, admins: Set[int]) -> tuple[User, tuple[Entry, ...]] | None:
    """The user after the act, with its entry; None where it changes nothing or would leave no admin.

    `admins` are the ids of the admins who are not disabled. Whoever acts must be one of them still.
    """
    if user is None or not any(act.by.id == str(admin) for admin in admins):
        return None
    after = _after(act, user)
    if after == user or (may_decide(user) and not may_decide(after) and not set(admins) - {user.id}):
        return None
    detail = {"user": str(user.id), "name": user.name, **(grant_detail(act.grant) if act.grant else {})}
    if act.via:
        detail[VIA] = act.via
    return after, (Entry(act.type, act.by, act.at, chat_id=act.chat_id, message_id=act.message_id, detail=detail),)


def _after(act: Act, user: User) -> User:
    match act.type, act.grant:
        case EntryType.GRANTED, Grant() as grant if grant not in user.grants:
            return replace(user, grants=(*user.grants, grant))
        case EntryType.REVOKED, Grant() as grant:
            return replace(user, grants=tuple(held for held in user.grants if held != grant))
        case EntryType.DISABLED, _:
            return replace(user, disabled=True)
        case EntryType.ENABLED, _:
            return replace(user, disabled=False)
        case _:
            return user


def admitted(
    invite: Invite, user: User | None, admins: Set[int], newcomer: User, *, now: datetime
) -> tuple[User, tuple[Entry, ...]] | None:
    """The opener of an invitation as a user; None for one that is over, or whose inviter is no admin any more.

    It lets nobody back in whose access was taken away.
    """
    if now >= invite.expires_at or invite.by_id not in admins or (user is not None and user.disabled):
        return None
    known = user or newcomer
    grants = known.grants if invite.grant in known.grants else (*known.grants, invite.grant)
    detail = {"user": str(known.id), "invited_by": f"{invite.by_name} ({invite.by_id})", **grant_detail(invite.grant)}
    entry = Entry(EntryType.USER_ADDED, Subject.person(known.id, known.name), now, chat_id=known.id, detail=detail)
    return replace(known, grants=grants), (entry,)


def grant_detail(grant: Grant) -> dict[str, str]:
    """A grant as the log and a button's arguments hold it."""
    return {"role": grant.role.value, "cluster": grant.cluster, "namespace": grant.namespace}


def grant_of(args: dict[str, str]) -> Grant | None:
    """A grant from a button's arguments; an admin without a place is one everywhere. None where they hold none."""
    if args.get("role") not in set(Role):
        return None
    role = Role(args["role"])
    if "cluster" in args and "namespace" in args:
        return Grant(role, args["cluster"], args["namespace"])
    return Grant(role) if role is Role.ADMIN else None


def place_typed(text: str) -> tuple[str, str] | None:
    """Cluster and namespace patterns from what was typed: `namespace`, or `cluster/namespace`; None for neither.

    A cluster's name may hold slashes itself, a namespace's cannot.
    """
    cluster, slash, namespace = text.strip().rpartition("/")
    if not slash:
        cluster = ANY
    patterns = tuple(_pattern(each) for each in (cluster, namespace))
    if any(
        not each or len(each) > _LONGEST or any(c.isspace() or not c.isprintable() for c in each) for each in patterns
    ):
        return None
    return patterns[0], patterns[1]


def _pattern(text: str) -> str:
    while ANY * 2 in text:
        text = text.replace(ANY * 2, ANY)
    return text
