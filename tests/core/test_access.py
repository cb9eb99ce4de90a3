"""Every role against every verb: nothing is allowed that the table does not say."""

import pytest

from chatops.core.access import ACTING, RIGHTS, Right, Verdict, may, right_for
from chatops.core.buttons import Verb
from chatops.core.people import Role, User

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
    Verb.INCIDENTS,
    Verb.HISTORY,
    Verb.HELP,
}
CHANGING = {
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


def test_every_verb_was_thought_of() -> None:
    assert set(Verb) == READING | CHANGING
    assert not READING & CHANGING
    assert CHANGING == ACTING


@pytest.mark.parametrize("verb", list(Verb))
@pytest.mark.parametrize("disabled", [False, True])
@pytest.mark.parametrize("role", [None, *Role])
def test_who_may(role: Role | None, disabled: bool, verb: Verb) -> None:
    user = User(1, "@anna", role, disabled=disabled) if role else None
    verdict = may(user, right_for(verb))
    if user is None:
        assert verdict == Verdict(False, "stranger")
    elif disabled:
        assert verdict == Verdict(False, "disabled")
    elif role is Role.VIEWER and verb in CHANGING:
        assert verdict == Verdict(False, "viewer")
    else:
        assert verdict == Verdict(True)


def test_a_report_that_runs_something_takes_the_right_to_act() -> None:
    for verb in (Verb.REPORT, Verb.REPORT_FILE):
        assert right_for(verb, {"report": "exec_diag", "command": "disk"}) is Right.ACT
        assert right_for(verb, {"report": "rollout_status"}) is Right.READ


def test_every_role_has_its_rights() -> None:
    assert set(RIGHTS) == set(Role)
    assert RIGHTS[Role.VIEWER] == {Right.READ}
    assert RIGHTS[Role.OPERATOR] == RIGHTS[Role.ADMIN] == set(Right)
