"""Every role against every verb: nothing is allowed that the table does not say."""

from dataclasses import replace

import pytest

from chatops.core.access import (
    ACTING,
    DECIDING,
    EVERYWHERE,
    RIGHTS,
    Need,
    Place,
    Right,
    Verdict,
    incident_place,
    may,
    may_all,
    may_decide,
    may_see,
    needs,
    place_of,
    right_for,
)
from chatops.core.buttons import Verb
from chatops.core.people import Grant, Role, User, everywhere
from chatops.core.resources import CLUSTER_WIDE, ObjectRef
from tests.core.scene import an_incident

READING = {
    Verb.CARD,
    Verb.REFRESH,
    Verb.RESOURCES,
    Verb.PODS,
    Verb.POD,
    Verb.CONTAINERS,
    Verb.LOGS,
    Verb.LOG_FILE,
    Verb.SEARCH,
    Verb.DESCRIBE,
    Verb.DESCRIBE_FILE,
    Verb.EVENTS,
    Verb.YAML_FILE,
    Verb.REPORT,
    Verb.REPORT_FILE,
    Verb.MORE,
    Verb.TIMELINE,
    Verb.POSTMORTEM,
    Verb.STATISTICS,
    Verb.STATISTICS_FILE,
    Verb.INCIDENTS,
    Verb.HISTORY,
    Verb.STORM,
    Verb.STORM_ALL,
    Verb.STORM_PLACES,
    # Each incident of it is asked for itself.
    Verb.TAKE_ALL,
    Verb.HELP,
    Verb.SILENCES,
    Verb.SILENCE_ONE,
    Verb.CALL,
    Verb.ONCALL,
}
CHANGING = {
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


def test_every_verb_was_thought_of() -> None:
    assert set(Verb) == READING | CHANGING | DECIDING
    assert not READING & CHANGING
    assert not DECIDING & (READING | CHANGING)
    assert CHANGING == ACTING


@pytest.mark.parametrize("verb", list(Verb))
@pytest.mark.parametrize("disabled", [False, True])
@pytest.mark.parametrize("role", [None, *Role])
def test_who_may(role: Role | None, disabled: bool, verb: Verb) -> None:
    user = User(1, "@anna", everywhere(role), disabled=disabled) if role else None
    verdict = may(user, right_for(verb), cluster="prod", namespace="shop")
    if user is None:
        assert verdict == Verdict(False, "stranger")
    elif disabled:
        assert verdict == Verdict(False, "disabled")
    elif role is Role.VIEWER and verb in CHANGING:
        assert verdict == Verdict(False, "viewer")
    elif verb in DECIDING and role is not Role.ADMIN:
        assert verdict == Verdict(False, role)
    else:
        assert verdict == Verdict(True)


def test_a_report_that_runs_something_takes_the_right_to_act() -> None:
    for verb in (Verb.REPORT, Verb.REPORT_FILE):
        assert right_for(verb, {"report": "exec_diag", "command": "disk"}) is Right.ACT
        assert right_for(verb, {"report": "rollout_status"}) is Right.READ


def test_every_role_has_its_rights() -> None:
    assert set(RIGHTS) == set(Role)
    assert RIGHTS[Role.VIEWER] == {Right.READ}
    assert RIGHTS[Role.OPERATOR] == {Right.READ, Right.ACT}
    assert RIGHTS[Role.ADMIN] == set(Right)


# Places

PLACES = {
    "shop": Place("prod", "shop"),
    "shop-eu": Place("prod", "shop-eu"),
    "shop elsewhere": Place("test", "shop"),
    "a node": Place("prod", ""),
    "no cluster told": Place("", "shop"),
    "everything": EVERYWHERE,
}
COVERED = {
    ("*", "*"): set(PLACES),
    ("prod", "*"): {"shop", "shop-eu", "a node"},
    ("pr*", "shop*"): {"shop", "shop-eu"},
    ("*", "shop"): {"shop", "shop elsewhere", "no cluster told"},
    ("*", "*-eu"): {"shop-eu"},
    ("*", "s*p*u"): {"shop-eu"},
    ("prod", "shop"): {"shop"},
    ("*", "sho?"): set(),
    ("*", "[s]hop"): set(),
    ("*", "SHOP"): set(),
    ("", ""): set(),
    ("*", "shop*p"): set(),
    ("*", "sh*-eu"): {"shop-eu"},
    ("*", "*shop*"): {"shop", "shop-eu", "shop elsewhere", "no cluster told"},
    ("*", "*o*p*"): {"shop", "shop-eu", "shop elsewhere", "no cluster told"},
    ("*", "s**p"): {"shop", "shop elsewhere", "no cluster told"},
    ("*", "*p*o*"): set(),
    ("*", "s*o*o*p"): set(),
    ("*", "shop*shop"): set(),
    ("*", "*p*shop"): set(),
}
"""What each pair of patterns covers, said by hand."""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("right", list(Right))
@pytest.mark.parametrize("patterns", COVERED)
@pytest.mark.parametrize("role", list(Role))
def test_s7_role_by_place(role: Role, patterns: tuple[str, str], right: Right, place: str) -> None:
    at = PLACES[place]
    user = User(1, "@anna", (Grant(role, *patterns),))
    covered = place in COVERED[patterns]
    verdict = may(user, right, cluster=at.cluster, namespace=at.namespace)
    assert verdict.allowed == (covered and right in RIGHTS[role])
    assert verdict.reason == ("" if verdict.allowed else role if covered else "out_of_scope")
    assert not may(replace(user, disabled=True), right, cluster=at.cluster, namespace=at.namespace).allowed


def test_without_grants_nothing_is_allowed() -> None:
    for right in Right:
        assert may(User(1, "@anna"), right, cluster="", namespace="") == Verdict(False, "no_grant")


def test_several_grants_add_up_and_the_best_one_there_is_named() -> None:
    user = User(1, "@anna", (Grant(Role.VIEWER), Grant(Role.OPERATOR, "prod", "shop*")))
    assert may(user, Right.ACT, cluster="prod", namespace="shop").allowed
    assert may(user, Right.READ, cluster="test", namespace="").allowed
    assert may(user, Right.ACT, cluster="test", namespace="shop") == Verdict(False, "viewer")
    assert may(user, Right.DECIDE, cluster="prod", namespace="shop") == Verdict(False, "operator")


def test_an_admin_of_one_place_decides_nothing() -> None:
    assert may_decide(User(1, "@anna", everywhere(Role.ADMIN)))
    for limited in (Grant(Role.ADMIN, "prod"), Grant(Role.ADMIN, namespace="shop"), Grant(Role.OPERATOR)):
        assert not may_decide(User(1, "@anna", (limited,)))


def test_what_has_no_namespace_lies_in_none_whatever_its_label_says() -> None:
    for kind in CLUSTER_WIDE:
        assert place_of(ObjectRef(kind, "x", "shop", cluster="prod")) == Place("prod", "")
    assert place_of(ObjectRef("Pod", "x", "shop", cluster="prod")) == Place("prod", "shop")


def test_an_incident_that_is_not_there_is_for_those_who_see_everything() -> None:
    assert may_see(User(1, "@anna", everywhere(Role.VIEWER)), None)
    assert not may_see(User(1, "@anna", (Grant(Role.ADMIN, "*", "shop"),)), None)


def test_an_incident_is_seen_by_those_of_its_cluster_and_namespace() -> None:
    incident = replace(an_incident(), cluster="prod", namespace="shop")
    assert incident_place(incident) == Place("prod", "shop")
    assert may_see(User(1, "@anna", (Grant(Role.VIEWER, "prod", "shop"),)), incident)
    assert not may_see(User(1, "@anna", (Grant(Role.VIEWER, "test", "shop"),)), incident)
    assert not may_see(User(1, "@anna", (Grant(Role.VIEWER, "prod", "mail"),)), incident)


def test_all_that_a_press_takes_is_taken_where_it_lies() -> None:
    here, there = Need(Right.READ, Place("prod", "shop")), Need(Right.ACT, Place("test", "shop"))
    user = User(1, "@anna", (Grant(Role.OPERATOR, "prod", "shop"),))
    assert may_all(user, (here,)).allowed
    assert may_all(user, (here, there)) == Verdict(False, "out_of_scope")
    assert may_all(user, ()) == Verdict(True)
    assert may_all(None, ()) == Verdict(False, "stranger")


def test_to_change_what_is_neither_an_object_nor_an_incident_takes_the_right_everywhere() -> None:
    assert needs(Verb.TAKE, {}) == (Need(Right.ACT, EVERYWHERE),)
    assert needs(Verb.INCIDENTS, {}) == ()
    assert needs(Verb.PEOPLE, {}) == (Need(Right.DECIDE, EVERYWHERE),)
