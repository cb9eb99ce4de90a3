"""Who may do what: one pure decision, the same for every door. Default deny; rights follow the person who presses.

A right is had in a place: a cluster and a namespace. What has no namespace (a node) lies in the place without one,
which only a grant on every namespace covers; likewise for the cluster.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chatops.core import diagnostics
from chatops.core.buttons import Verb
from chatops.core.incidents.values import Incident
from chatops.core.patterns import fits
from chatops.core.people import Grant, Role, User
from chatops.core.resources import CLUSTER_WIDE, ObjectRef


class Right(StrEnum):
    """read: see incidents and the cluster; act: change an incident or the cluster; decide: say who may."""

    READ = "read"
    ACT = "act"
    DECIDE = "decide"


ACTING = frozenset(
    {
        Verb.TAKE,
        Verb.RELEASE,
        Verb.RESOLVE,
        Verb.ASK_REJECT,
        Verb.REJECT,
        Verb.ASK_HAND_OVER,
        Verb.HAND_OVER,
        Verb.ASK_REOPEN,
        Verb.REOPEN,
        Verb.JUDGE,
        Verb.ASK_MERGE,
        Verb.PICK_MERGE,
        Verb.MERGE,
        Verb.DIAGNOSE,
        Verb.SILENCE,
        Verb.DO_SILENCE,
        Verb.UNSILENCE,
        Verb.EXTEND_SILENCE,
        Verb.CHANGE_SILENCE,
        Verb.ESCALATE,
        Verb.PICK,
        Verb.CHOOSE,
        Verb.CONFIRM,
        Verb.APPROVE,
        Verb.STOP,
        Verb.RELIEF,
        Verb.COVER,
        Verb.DO_COVER,
    }
)
"""Verbs that change something, or lead to a screen whose only use is to."""

DECIDING = frozenset(
    {
        Verb.PEOPLE,
        Verb.PERSON,
        Verb.GRANT,
        Verb.SCOPE,
        Verb.GIVE,
        Verb.REVOKE,
        Verb.DISABLE,
        Verb.ENABLE,
        Verb.DECIDE,
        Verb.MAINTENANCE,
        Verb.SET_MAINTENANCE,
        Verb.ROUTES,
        Verb.SET_ROUTES,
        Verb.CHAT,
        Verb.SET_CHAT,
    }
)
"""Verbs of the screens where admins say who may, where trouble is expected, what a chat is shown and how it is used."""

OF_DUTY = frozenset({Verb.RELIEF, Verb.COVER, Verb.DO_COVER})
"""Verbs that change who is on call: whoever may act anywhere may be, so the right is asked for in no place."""

ACTING_REPORTS = frozenset({diagnostics.ACTION})
"""Reports that run something in the cluster to know more: asking for one is acting."""

INCIDENT_WIDE = frozenset(
    {
        Verb.TAKE,
        Verb.RELEASE,
        Verb.RESOLVE,
        Verb.ASK_REJECT,
        Verb.REJECT,
        Verb.ASK_HAND_OVER,
        Verb.HAND_OVER,
        Verb.ASK_REOPEN,
        Verb.REOPEN,
        Verb.JUDGE,
        Verb.ASK_MERGE,
        Verb.PICK_MERGE,
        Verb.MERGE,
        Verb.SILENCE,
        Verb.DO_SILENCE,
        Verb.UNSILENCE,
        Verb.EXTEND_SILENCE,
        Verb.ESCALATE,
    }
)
"""Verbs that act on the incident itself, whatever object stands beside them."""

OF_TWO = frozenset({Verb.PICK_MERGE, Verb.MERGE})
"""Verbs that act on another incident as well, the one of the argument INTO."""

INTO = "into"

RIGHTS = {
    Role.VIEWER: frozenset({Right.READ}),
    Role.OPERATOR: frozenset({Right.READ, Right.ACT}),
    Role.ADMIN: frozenset({Right.READ, Right.ACT, Right.DECIDE}),
}
"""What a role may where it is granted."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is. Empty for what is in no cluster we can name, or in no namespace."""

    cluster: str = ""
    namespace: str = ""


EVERYWHERE = Place()
"""What concerns all places at once: only a grant without limits covers it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` says why not: see NOBODY, `out_of_scope`, or the role that is held there and lacks the right."""

    allowed: bool
    reason: str = ""


NOBODY = frozenset({"stranger", "disabled", "no_grant"})
"""Reasons of those who may nothing at all. They are told no more than that."""

ADMINS_ONLY = "admins_only"
"""The toast for somebody who would decide who may and is no admin."""

OUT_OF_SCOPE = "out_of_scope"
"""The reason where somebody has rights, and none in this place."""


@dataclass(frozen=True, slots=True)
class Need:
    """One right in one place; without a place, anywhere at all."""

    right: Right
    place: Place | None


def right_for(verb: Verb, args: Mapping[str, str] | None = None) -> Right:
    """The right that pressing a button takes; `args` are its arguments."""
    if verb in DECIDING:
        return Right.DECIDE
    acts = verb in ACTING or (args or {}).get("report") in ACTING_REPORTS
    return Right.ACT if acts else Right.READ


def place_of(ref: ObjectRef) -> Place:
    return Place(ref.cluster, "" if ref.kind in CLUSTER_WIDE else ref.namespace)


def incident_place(incident: Incident | None) -> Place:
    """The incident's own; EVERYWHERE for one that is not there, so that nothing hides behind a number."""
    return Place(incident.cluster, incident.namespace) if incident else EVERYWHERE


def needs(
    verb: Verb,
    args: Mapping[str, str],
    *,
    ref: ObjectRef | None = None,
    incident_id: int | None = None,
    incident: Incident | None = None,
    other: Incident | None = None,
) -> tuple[Need, ...]:
    """All that a press, a reply or a screen takes; none of it where it concerns neither an object nor an incident.

    An object's screen inside an incident takes READ on the incident too. `incident` is that of the id, if it is there,
    and `other` that of the arguments, where a verb is of two.
    """
    of_other = (Need(right_for(verb, args), incident_place(other)),) if verb in OF_TWO else ()
    return (*_needs(verb, args, ref, incident_id, incident), *of_other)


def _needs(
    verb: Verb, args: Mapping[str, str], ref: ObjectRef | None, incident_id: int | None, incident: Incident | None
) -> Iterator[Need]:
    right = right_for(verb, args)
    if verb in OF_DUTY:
        yield Need(right, None)
        return
    if right is Right.DECIDE:
        yield Need(right, EVERYWHERE)
        return
    if verb is Verb.STOP and incident is not None and incident.run is not None:
        ref = incident.run.plan.ref
    on_object = ref is not None and verb not in INCIDENT_WIDE
    if incident_id is not None:
        yield Need(Right.READ if on_object else right, incident_place(incident))
    if ref is not None and on_object:
        yield Need(right, place_of(ref))
    elif incident_id is None and right is not Right.READ:
        yield Need(right, EVERYWHERE)


def known(user: User | None) -> Verdict:
    """Whether this is anybody who may something somewhere; None is somebody unknown."""
    if user is None:
        return Verdict(False, "stranger")
    if user.disabled:
        return Verdict(False, "disabled")
    return Verdict(True) if user.grants else Verdict(False, "no_grant")


def may(user: User | None, right: Right, *, cluster: str, namespace: str) -> Verdict:
    """Whether the user has the right in this place."""
    somebody = known(user)
    if user is None or not somebody.allowed:
        return somebody
    held = [grant.role for grant in user.grants if covers(grant, cluster, namespace)]
    if any(right in RIGHTS[role] for role in held):
        return Verdict(True)
    return Verdict(False, max(held, key=list(Role).index) if held else OUT_OF_SCOPE)


def may_anywhere(user: User | None, right: Right) -> Verdict:
    """Whether the user has the right in some place."""
    somebody = known(user)
    if user is None or not somebody.allowed:
        return somebody
    held = [grant.role for grant in user.grants]
    able = any(right in RIGHTS[role] for role in held)
    return Verdict(True) if able else Verdict(False, max(held, key=list(Role).index))


def may_all(user: User | None, wanted: tuple[Need, ...]) -> Verdict:
    """Whether the user has every one of these rights; the first that is missing says why not."""
    for need in wanted:
        place = need.place
        verdict = (
            may(user, need.right, cluster=place.cluster, namespace=place.namespace)
            if place
            else may_anywhere(user, need.right)
        )
        if not verdict.allowed:
            return verdict
    return known(user)


def may_see(user: User | None, incident: Incident | None) -> bool:
    """Whether the user may read the incident."""
    place = incident_place(incident)
    return may(user, Right.READ, cluster=place.cluster, namespace=place.namespace).allowed


def may_hold(user: User | None, incident: Incident | None) -> bool:
    """Whether the user may act on the incident, so that it can be given to them."""
    place = incident_place(incident)
    return may(user, Right.ACT, cluster=place.cluster, namespace=place.namespace).allowed


def may_decide(user: User | None) -> bool:
    """Whether the user is an admin: may say who may."""
    return may(user, Right.DECIDE, cluster="", namespace="").allowed


def covers(grant: Grant, cluster: str, namespace: str) -> bool:
    return fits(grant.cluster, cluster) and fits(grant.namespace, namespace)
