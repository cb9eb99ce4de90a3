"""Rollbacks beside kubectl's, over generated histories: the same verdict, and the same template after it.

CHATOPS_UNDO_STATES says how many states are generated (40, which takes some 20 seconds).
"""

import os
import random
from pathlib import Path

import pytest

from chatops.core import cautions
from chatops.sandbox.kubeapi import KubeApiServer
from tests.cluster.sandbox import NODES, Obj, Sandbox, node, workload
from tests.cluster.twins import OURS, THEIRS, Kubectl, needs_kubectl

pytestmark = needs_kubectl

STATES = int(os.environ.get("CHATOPS_UNDO_STATES", "40"))
AT_ONCE = 10
"""States that share a server: kubectl asks a server it does not know what it serves, which takes longest."""

REVISIONS = {"Deployment": "ReplicaSet", "StatefulSet": "ControllerRevision", "DaemonSet": "ControllerRevision"}


class State:
    """One workload with a history, made the same in both namespaces."""

    def __init__(self, number: int) -> None:
        chance = random.Random(number)
        self.name = f"web-{number}"
        self.kind = chance.choice(["Deployment", "Deployment", "StatefulSet", "DaemonSet"])
        self.images = [chance.choice(["app:1", "app:2", "app:3"]) for _ in range(chance.choice([1, 2, 3, 3, 4, 5]))]
        self.levels = [chance.choice(["info", "info", "debug"]) for _ in self.images]
        self.noted = [chance.random() < 0.3 for _ in self.images]
        self.kept = chance.choice([10, 10, 10, 2, 1])
        self.lost = chance.choice(["none", "none", "none", "none", "none", "oldest", "newest but one", "all old ones"])
        self.paused = self.kind == "Deployment" and chance.random() < 0.25
        self.asked = chance.choice(["", "", "", "", "1", "2", "3", "7"])

    def make(self, sandbox: Sandbox, namespace: str) -> None:
        """Step by step, as releases would."""
        for step, (image, level, noted) in enumerate(zip(self.images, self.levels, self.noted, strict=True)):
            if step == 0:
                sandbox.server.apply(self._first(namespace))

            def release(found: Obj, image: str = image, level: str = level, noted: bool = noted) -> None:
                template = found["spec"]["template"]
                container = template["spec"]["containers"][0]
                container["image"], container["env"] = image, [{"name": "LEVEL", "value": level}]
                if noted:
                    found["metadata"]["annotations"]["kubernetes.io/change-cause"] = image
                    template["metadata"]["annotations"] = {"noted": "yes"}

            sandbox.edit(self.kind, self.name, release, namespace)
            sandbox.server.step(60)
        self._lose(sandbox, namespace)
        if self.paused:
            sandbox.edit(self.kind, self.name, lambda found: found["spec"].update(paused=True), namespace)
        sandbox.server.step(1)

    def _first(self, namespace: str) -> Obj:
        manifest = workload(self.kind, self.name, self.images[0], namespace=namespace, replicas=1)
        manifest["spec"]["revisionHistoryLimit"] = self.kept
        if self.kind == "StatefulSet":
            manifest["spec"]["podManagementPolicy"] = "Parallel"
        manifest["metadata"]["annotations"] = {
            "kubectl.kubernetes.io/last-applied-configuration": "{}",
            "team": "shop",
        }
        return manifest

    def _lose(self, sandbox: Sandbox, namespace: str) -> None:
        """Take old revisions away, as somebody who tidies up."""
        uid = sandbox.get(self.kind, self.name, namespace)["metadata"]["uid"]
        mine = [
            each
            for each in sandbox.server.list(REVISIONS[self.kind], namespace)
            if any(owner["uid"] == uid for owner in each["metadata"].get("ownerReferences", ()))
        ]
        mine.sort(key=number_of)
        old = mine[:-1]
        gone = {"none": [], "oldest": old[:1], "newest but one": old[-1:], "all old ones": old}[self.lost]
        resource = sandbox.server.kinds.of("apps/v1", REVISIONS[self.kind])
        assert resource is not None
        for each in gone:
            sandbox.server.store.delete(resource, namespace, each["metadata"]["name"])

    def __repr__(self) -> str:
        return f"{self.name}: {vars(self)}"


def number_of(revision: Obj) -> int:
    noted = revision["metadata"].get("annotations", {}).get("deployment.kubernetes.io/revision", 0)
    return int(revision.get("revision", 0) or noted)


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
    theirs = verdict(*kubectl("rollout", "undo", f"{state.kind.lower()}/{state.name}", *asked))
    params = {"revision": state.asked} if state.asked else {}
    preview = sandbox.preview("rollout_undo", sandbox.ref(state.kind, state.name), **params)
    if preview.refusal is None:
        sandbox.cluster.perform(preview.plan)
    ours = preview.refusal.code if preview.refusal else "rolled back"
    assert ours == theirs, state
    sandbox.server.step(60)
    after = [outcome(sandbox.get(state.kind, state.name, namespace)) for namespace in (OURS, THEIRS)]
    assert after[0] == after[1], state
    for namespace in (OURS, THEIRS):
        # Out of the way of the next state.
        resource = sandbox.server.kinds.of("apps/v1", state.kind)
        assert resource is not None
        sandbox.server.store.delete(resource, namespace, state.name)
    sandbox.server.step(60)
