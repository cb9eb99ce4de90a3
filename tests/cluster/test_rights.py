"""What the credentials may not do is known before it is offered."""

import threading
from dataclasses import replace

import pytest

from chatops.cluster.connection import Connection
from chatops.cluster.kubeconfig import Kubeconfig
from chatops.cluster.retries import Retries
from chatops.cluster.rights import KEPT_SECONDS, Rights
from chatops.core.actions import ACTIONS
from chatops.core.permissions import Permission, needed
from chatops.sandbox.kubeapi.access import Rule
from chatops.sandbox.kubeapi.faults import Fault
from tests.cluster.sandbox import Sandbox

RULES = "selfsubjectrulesreviews"
ONE = "selfsubjectaccessreviews"
PATCH = Permission("patch", "apps", "deployments")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rights(sandbox: Sandbox, clock: Clock) -> Rights:
    retries = Retries(threading.Event(), sleep=lambda _: None)
    return Rights(Connection(Kubeconfig(sandbox.kubeconfig), "demo", retries), clock=clock)


def test_an_admin_is_denied_nothing(rights: Rights) -> None:
    assert rights.denied("Deployment", "shop") == ()
    assert rights.denied("Node", "") == ()


def test_a_reader_is_denied_every_change(sandbox: Sandbox, rights: Rights) -> None:
    sandbox.server.access.allow("*", Rule(verbs=("get", "list")))
    denied = set(rights.denied("Deployment", "shop"))
    changing = {action.id for action in ACTIONS.values() if action.changes and "Deployment" in action.kinds}
    assert changing <= denied
    assert "logs" not in denied


def test_rights_are_those_of_the_namespace_and_the_subresource(sandbox: Sandbox, rights: Rights) -> None:
    rule = Rule(verbs=("create",), resources=("pods/eviction",), namespaces=("shop",))
    sandbox.server.access.allow("*", rule)
    assert "evict_pod" not in rights.denied("Pod", "shop")
    assert "evict_pod" in rights.denied("Pod", "mail")
    assert "delete_pod" in rights.denied("Pod", "shop")


def test_an_answer_is_kept_for_a_minute(sandbox: Sandbox, rights: Rights, clock: Clock) -> None:
    sandbox.server.requests.clear()
    assert rights.allows(PATCH, "shop")
    assert rights.allows(PATCH, "shop")
    assert sandbox.sent("POST") == 1
    sandbox.server.access.allow("*", Rule(verbs=("get",)))
    clock.now = KEPT_SECONDS - 1
    assert rights.allows(PATCH, "shop")
    clock.now = KEPT_SECONDS
    assert not rights.allows(PATCH, "shop")


def test_rules_that_may_be_incomplete_are_not_taken_for_all(sandbox: Sandbox, rights: Rights) -> None:
    """As where a webhook decides: it cannot list what it would allow."""
    sandbox.server.access.allow("*", Rule(verbs=("patch",), resources=("deployments",)))
    sandbox.server.access.incomplete = True
    sandbox.server.requests.clear()
    assert rights.allows(PATCH, "shop")
    assert [record.path.rpartition("/")[2] for record in sandbox.server.requests.matching()] == [RULES]
    assert not rights.allows(replace(PATCH, verb="delete"), "shop")
    assert [record.path.rpartition("/")[2] for record in sandbox.server.requests.matching()] == [RULES, ONE]


def test_a_rule_for_certain_names_grants_nothing_in_general(sandbox: Sandbox, rights: Rights) -> None:
    sandbox.server.access.allow("*", Rule(verbs=("*",), names=("web",)))
    assert not rights.allows(PATCH, "shop")


def test_one_request_tells_the_rights_of_a_namespace(sandbox: Sandbox, rights: Rights) -> None:
    sandbox.server.requests.clear()
    for kind in ("Deployment", "Pod", "Job", "PersistentVolumeClaim"):
        rights.denied(kind, "shop")
    assert sandbox.sent("POST") == 1


@pytest.mark.parametrize("code", [403, 404, 500])
def test_a_server_that_will_not_say_hides_nothing(sandbox: Sandbox, rights: Rights, code: int) -> None:
    sandbox.server.fail(Fault(kind="status", code=code, method="POST", times=9))
    assert rights.allows(PATCH, "shop")


@pytest.mark.parametrize("action", [a for a in ACTIONS.values() if a.changes], ids=lambda action: action.id)
def test_every_change_says_what_right_it_needs(action) -> None:
    for kind in action.kinds:
        assert needed(action.id, kind), f"{action.id} on {kind}"
