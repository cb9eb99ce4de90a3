"""Who may do what: one pure decision, the same for every door. Default deny; rights follow the person who presses."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chatops.core import diagnostics
from chatops.core.buttons import Verb
from chatops.core.people import Role, User


class Right(StrEnum):
    """read: see incidents and the cluster; act: change an incident or the cluster."""

    READ = "read"
    ACT = "act"


ACTING = frozenset(
    {
        Verb.TAKE,
        Verb.RELEASE,
        Verb.RESOLVE,
        Verb.ASK_REJECT,
        Verb.REJECT,
        Verb.DIAGNOSE,
        Verb.SILENCE,
        Verb.DO_SILENCE,
        Verb.UNSILENCE,
        Verb.ESCALATE,
        Verb.PICK,
        Verb.CHOOSE,
        Verb.CONFIRM,
        Verb.APPROVE,
        Verb.STOP,
    }
)
"""Verbs that change something, or lead to a screen whose only use is to."""

ACTING_REPORTS = frozenset({diagnostics.ACTION})
"""Reports that run something in the cluster to know more: asking for one is acting."""

RIGHTS = {
    Role.VIEWER: frozenset({Right.READ}),
    Role.OPERATOR: frozenset({Right.READ, Right.ACT}),
    Role.ADMIN: frozenset({Right.READ, Right.ACT}),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` says why not: stranger, disabled, or the role that lacks the right."""

    allowed: bool
    reason: str = ""


def right_for(verb: Verb, args: Mapping[str, str] | None = None) -> Right:
    """The right that pressing a button takes; `args` are its arguments."""
    acts = verb in ACTING or (args or {}).get("report") in ACTING_REPORTS
    return Right.ACT if acts else Right.READ


def may(user: User | None, right: Right) -> Verdict:
    """Whether the user has the right; None is somebody unknown, who has none."""
    if user is None:
        return Verdict(False, "stranger")
    if user.disabled:
        return Verdict(False, "disabled")
    if right not in RIGHTS[user.role]:
        return Verdict(False, user.role)
    return Verdict(True)
