"""Done for a person, a request bears their Kubernetes name, and their own rights decide."""

import threading
from collections.abc import Iterator

import pytest

from chatops.cluster import Cluster
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.access import Rule
from tests.cluster.sandbox import NOW, Sandbox, workload

ANNA, OLEG = 1001, 1002
WEB = ObjectRef("Deployment", "web", "shop")
BOT = "kubernetes-admin"


@pytest.fixture
def door(sandbox: Sandbox) -> Iterator[Cluster]:
    sandbox.apply(workload("Deployment", "web"))
    reads = Rule(verbs=("get", "list", "watch", "create"))
    sandbox.server.access.allow(BOT, reads, Rule(verbs=("impersonate",)))
    sandbox.server.access.allow(f"telegram:{ANNA}", Rule())
    sandbox.server.access.allow(f"telegram:{OLEG}", reads)
    opened = Cluster("demo", sandbox.kubeconfig, threading.Event(), sleep=lambda _: None, impersonate="telegram:{id}")
    yield opened
    opened.close()


def users(sandbox: Sandbox) -> list[str]:
    return [record.headers.get("impersonate-user", "") for record in sandbox.server.requests.matching()]


def restart(door: Cluster, person: int) -> None:
    with door.acting_for(person):
        plan = door.preview("rollout_restart", WEB, {"action_id": "a" * 32}, NOW).plan
        door.perform(plan)


def test_s8_the_persons_own_rights_decide(sandbox: Sandbox, door: Cluster) -> None:
    restart(door, ANNA)
    with pytest.raises(Permanent) as caught:
        restart(door, OLEG)
    assert caught.value.reason is Reason.FORBIDDEN
    assert f"telegram:{OLEG}" in caught.value.detail


def test_s8_every_request_bears_the_name_and_none_afterwards(sandbox: Sandbox, door: Cluster) -> None:
    sandbox.server.requests.clear()
    restart(door, ANNA)
    assert set(users(sandbox)) == {f"telegram:{ANNA}"}
    sandbox.server.requests.clear()
    with pytest.raises(Permanent):
        restart(door, OLEG)
    door.survey([WEB], NOW)
    assert users(sandbox)[-1] == ""


def test_s8_what_one_may_not_is_not_hidden_from_another(door: Cluster) -> None:
    with door.acting_for(OLEG):
        assert "rollout_restart" in door.workload(WEB).denied
    with door.acting_for(ANNA):
        assert "rollout_restart" not in door.workload(WEB).denied
    assert "rollout_restart" in door.workload(WEB).denied, "the bot itself may not"


def test_s8_without_the_right_to_impersonate_it_is_said(sandbox: Sandbox, door: Cluster) -> None:
    sandbox.server.access.reset()
    sandbox.server.access.allow(BOT, Rule(verbs=("get", "list", "patch")))
    with pytest.raises(Permanent) as caught:
        restart(door, ANNA)
    assert caught.value.reason is Reason.FORBIDDEN
    assert "cannot impersonate" in caught.value.detail


def test_s8_nobody_is_impersonated_unless_it_is_set(sandbox: Sandbox, door: Cluster) -> None:
    plain = sandbox.connect()
    sandbox.server.access.reset()
    sandbox.server.requests.clear()
    with plain.acting_for(ANNA):
        plain.workload(WEB)
    assert set(users(sandbox)) == {""}
