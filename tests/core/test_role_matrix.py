"""Role by namespace by action by door, all of it: what the table says by hand is what every door decides."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from chatops.core.access import Right, incident_place, may, may_all, may_see, needs
from chatops.core.actions import ACTIONS
from chatops.core.buttons import Offered, Verb
from chatops.core.incidents import Incident
from chatops.core.people import ANY, ChatKind, Grant, Role, Sender, User, everywhere
from chatops.core.presses import judge
from chatops.core.resources import CLUSTER_WIDE, ObjectRef
from chatops.core.updates import Tap
from tests.core.scene import an_incident, at

ANNA, OLEG = 1, 2
NAMESPACES = ("shop", "mail", "")
"""Where the object is; the incident is in `shop`. The last is a node, which is in none."""
PATTERNS = (ANY, "shop", "mail")
HOLDERS: dict[str, User | None] = {
    "nobody": None,
    "nothing granted": User(ANNA, "@anna"),
    **{
        f"{role} in {pattern}": User(ANNA, "@anna", (Grant(role, ANY, pattern),))
        for role in Role
        for pattern in PATTERNS
    },
    "viewer of all, operator in shop": User(ANNA, "@anna", (Grant(Role.VIEWER), Grant(Role.OPERATOR, ANY, "shop"))),
    "disabled admin": User(ANNA, "@anna", everywhere(Role.ADMIN), disabled=True),
}
OPERATOR_OF_ALL = User(OLEG, "@oleg", everywhere(Role.OPERATOR))

INCIDENT = replace(an_incident(), namespace="shop", run=None)


def held(user: User | None, namespace: str) -> set[Role]:
    """By hand: a pattern of these tests is one namespace, or all there are."""
    if user is None or user.disabled:
        return set()
    return {grant.role for grant in user.grants if grant.namespace in (ANY, namespace) and grant.namespace != ""}


def reads(user: User | None, namespace: str) -> bool:
    return bool(held(user, namespace))


def acts(user: User | None, namespace: str) -> bool:
    return bool(held(user, namespace) & {Role.OPERATOR, Role.ADMIN})


def ref_in(namespace: str) -> ObjectRef:
    return ObjectRef("Deployment", "checkout", namespace, "uid-1", "") if namespace else ObjectRef("Node", "w-1")


def button(verb: Verb, ref: ObjectRef | None, args: dict[str, str]) -> Offered:
    return Offered("token", -5, 7, verb, args, ref, INCIDENT.id, None, at(0), None)


def tapped(verb: Verb, ref: ObjectRef | None, args: dict[str, str], user: User | None, by: User | None = None) -> bool:
    tap = Tap(1, "cb", -5, ChatKind.GROUP, "", 7, Sender(ANNA, "@anna"), "token")
    asked = button(verb, ref, args)
    return judge(tap, asked, user, now=at(0) + timedelta(seconds=5), incident=INCIDENT, asker=by) is None


def typed(verb: Verb, ref: ObjectRef | None, args: dict[str, str], user: User | None) -> bool:
    """The door of typed words and of replies."""
    return may_all(user, needs(verb, args, ref=ref, incident_id=INCIDENT.id, incident=INCIDENT)).allowed


Door = Callable[[str, ObjectRef, User | None], bool]
DOORS: dict[str, Door] = {
    "choose, tapped": lambda action, ref, user: tapped(Verb.CHOOSE, ref, {"action": action}, user),
    "confirm, tapped": lambda action, ref, user: tapped(Verb.CONFIRM, ref, {"action": action, "run": "r"}, user),
    "confirm, typed": lambda action, ref, user: typed(Verb.CONFIRM, ref, {"action": action, "run": "r"}, user),
    "approved by a second": lambda action, ref, user: tapped(
        Verb.APPROVE, ref, {"action": action, "by": str(OLEG)}, user, OPERATOR_OF_ALL
    ),
    "asked for, and approved": lambda action, ref, user: tapped(
        Verb.APPROVE, ref, {"action": action, "by": str(OLEG)}, replace(OPERATOR_OF_ALL, id=3), user
    ),
}
CHANGES = sorted(action.id for action in ACTIONS.values() if action.changes)
READINGS = sorted(action.id for action in ACTIONS.values() if not action.changes)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("who", HOLDERS)
def test_s7_changes_by_role_namespace_action_and_door(who: str, door: str) -> None:
    """S7: READ on the incident and ACT where the object is, at every door, for every action there is."""
    assert len(CHANGES) > 25
    user = HOLDERS[who]
    for action, namespace in product(CHANGES, NAMESPACES):
        allowed = reads(user, "shop") and acts(user, namespace)
        assert DOORS[door](action, ref_in(namespace), user) == allowed, (action, namespace)


@pytest.mark.parametrize("who", HOLDERS)
def test_s7_readings_by_role_namespace_action_and_door(who: str) -> None:
    """S7: READ on both; what runs something in a container is acting."""
    user = HOLDERS[who]
    for action, namespace in product(READINGS, NAMESPACES):
        right = acts if action == "exec_diag" else reads
        allowed = reads(user, "shop") and right(user, namespace)
        args = {"report": action}
        assert tapped(Verb.REPORT, ref_in(namespace), args, user) == allowed, (action, namespace)
        assert typed(Verb.REPORT, ref_in(namespace), args, user) == allowed, (action, namespace)


@pytest.mark.parametrize("namespace", ["shop", "mail"])
@pytest.mark.parametrize("who", HOLDERS)
def test_s7_the_incident_s_own_doors(who: str, namespace: str) -> None:
    """S7: cards, lists and links take READ, notes ACT, and what concerns the incident itself ACT where it is."""
    user = HOLDERS[who]
    there: Incident = replace(INCIDENT, namespace=namespace)
    place = incident_place(there)
    assert may_see(user, there) == reads(user, namespace)
    assert may(user, Right.ACT, cluster=place.cluster, namespace=place.namespace).allowed == acts(user, namespace)
    for verb in (
        Verb.TAKE,
        Verb.RELEASE,
        Verb.RESOLVE,
        Verb.REJECT,
        Verb.DO_SILENCE,
        Verb.UNSILENCE,
        Verb.EXTEND_SILENCE,
        Verb.ESCALATE,
    ):
        for ref in (None, ref_in("mail"), ref_in("")):
            needed = needs(verb, {}, ref=ref, incident_id=there.id, incident=there)
            assert may_all(user, needed).allowed == acts(user, namespace), verb


def test_s7_what_is_cluster_wide_takes_all_namespaces() -> None:
    """S7: whatever namespace somebody wrote beside it."""
    for kind in sorted(CLUSTER_WIDE):
        for pattern in ("shop", "mail"):
            user = User(ANNA, "@anna", (Grant(Role.ADMIN, ANY, pattern),))
            assert not tapped(Verb.CHOOSE, ObjectRef(kind, "x", pattern), {"action": "cordon"}, user)
