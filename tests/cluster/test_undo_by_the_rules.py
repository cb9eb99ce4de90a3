"""Rollbacks over generated histories beside a model of `kubectl rollout undo`, for where kubectl itself is missing.

The model is of kubectl's own source (pkg/polymorphichelpers/rollback.go, 1.32) and reads the stand-in's objects; that
it says what kubectl says is seen in test_undo_as_kubectl. CHATOPS_UNDO_MODEL_STATES says how many states there are.
"""

import os
from pathlib import Path

import pytest

from chatops.core import cautions
from chatops.sandbox.kubeapi import KubeApiServer
from tests.cluster.histories import State, comparable, kubectl_would
from tests.cluster.sandbox import NODES, Sandbox, node

STATES = int(os.environ.get("CHATOPS_UNDO_MODEL_STATES", "200"))
AT_ONCE = 25
BEFORE = 1000
"""Their numbers begin here, so that they are other states than those that kubectl sees."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("first", range(BEFORE, BEFORE + STATES, AT_ONCE))
def test_k6_the_verdict_and_the_template_are_kubectls(tmp_path: Path, first: int) -> None:
    with KubeApiServer(auto=False, seed=first) as server:
        server.apply([node(name) for name in NODES])
        sandbox = Sandbox(server, tmp_path / "kubeconfig")
        verdicts = {undone(sandbox, State(number)) for number in range(first, first + AT_ONCE)}
    assert verdicts > {"rolled back", cautions.NO_REVISION}


def undone(sandbox: Sandbox, state: State) -> str:
    """The verdict, once it is seen to be the model's."""
    state.make(sandbox, "shop")
    before = sandbox.get(state.kind, state.name)
    expected, template = kubectl_would(sandbox, before, int(state.asked or 0))
    ref = sandbox.ref(state.kind, state.name)
    preview = sandbox.preview("rollout_undo", ref, **({"revision": state.asked} if state.asked else {}))
    ours = preview.refusal.code if preview.refusal else "rolled back"
    assert ours == expected, state
    if preview.refusal is None:
        sandbox.cluster.perform(preview.plan)
    assert comparable(sandbox.get(state.kind, state.name)["spec"]["template"]) == comparable(template), state
    kind = sandbox.server.kinds.of("apps/v1", state.kind)
    assert kind is not None
    sandbox.server.store.delete(kind, "shop", state.name)
    sandbox.server.step(60)
    return ours
