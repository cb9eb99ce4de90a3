"""Rollbacks beside kubectl's, over generated histories: the same verdict, and the same template after it.

CHATOPS_UNDO_STATES says how many states are generated (40, which takes some 20 seconds).
"""

import os
from pathlib import Path

import pytest

from chatops.core import cautions
from chatops.sandbox.kubeapi import KubeApiServer
from tests.cluster.histories import State, kubectl_would
from tests.cluster.sandbox import NODES, Obj, Sandbox, node
from tests.cluster.twins import OURS, THEIRS, Kubectl, needs_kubectl

pytestmark = needs_kubectl

STATES = int(os.environ.get("CHATOPS_UNDO_STATES", "40"))
AT_ONCE = 10
"""States that share a server: kubectl asks a server it does not know what it serves, which takes longest."""


def verdict(code: int, said: str) -> str:
    if "paused" in said:
        return cautions.PAUSED
    if "current template already matches" in said:
        return cautions.SAME_TEMPLATE
    if "unable to find" in said or "no rollout history" in said or "no last revision" in said:
        return cautions.NO_REVISION
    assert code == 0, said
    return "rolled back"


def outcome(found: Obj) -> Obj:
    """What a rollback decides: the template and the annotations, without our mark."""
    notes = {k: v for k, v in found["metadata"]["annotations"].items() if k != "chatops.io/action-id"}
    template = found["spec"]["template"]
    template["metadata"].pop("creationTimestamp", None)
    return {"template": template, "annotations": notes}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("first", range(0, STATES, AT_ONCE))
def test_k6_rollbacks(tmp_path: Path, first: int) -> None:
    with KubeApiServer(auto=False, seed=first) as server:
        server.apply([node(name) for name in NODES])
        sandbox = Sandbox(server, tmp_path / "kubeconfig")
        kubectl = Kubectl(server, tmp_path / "home")
        for number in range(first, min(first + AT_ONCE, STATES)):
            compare(sandbox, kubectl, State(number))


def compare(sandbox: Sandbox, kubectl: Kubectl, state: State) -> None:
    for namespace in (OURS, THEIRS):
        state.make(sandbox, namespace)
    asked = [f"--to-revision={state.asked}"] if state.asked else []
    model, _ = kubectl_would(sandbox, sandbox.get(state.kind, state.name, THEIRS), int(state.asked or 0))
    theirs = verdict(*kubectl("rollout", "undo", f"{state.kind.lower()}/{state.name}", *asked))
    params = {"revision": state.asked} if state.asked else {}
    preview = sandbox.preview("rollout_undo", sandbox.ref(state.kind, state.name), **params)
    if preview.refusal is None:
        sandbox.cluster.perform(preview.plan)
    ours = preview.refusal.code if preview.refusal else "rolled back"
    assert ours == theirs, state
    assert model == theirs, state
    sandbox.server.step(60)
    after = [outcome(sandbox.get(state.kind, state.name, namespace)) for namespace in (OURS, THEIRS)]
    assert after[0] == after[1], state
    for namespace in (OURS, THEIRS):
        # Out of the way of the next state.
        resource = sandbox.server.kinds.of("apps/v1", state.kind)
        assert resource is not None
        sandbox.server.store.delete(resource, namespace, state.name)
    sandbox.server.step(60)
