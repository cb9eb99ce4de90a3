"""Generated histories of workloads, and what `kubectl rollout undo` makes of them, as a model of its source."""

import copy
import random

from chatops.core import cautions
from tests.cluster.sandbox import Obj, Sandbox, workload

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


def kubectl_would(sandbox: Sandbox, found: Obj, asked: int) -> tuple[str, Obj]:
    """Its verdict and the template after it. `asked` 0 is the revision before the newest."""
    present: Obj = found["spec"]["template"]
    history = sorted(owned_by(sandbox, found), key=number_of)
    if asked:
        target = next((each for each in history if number_of(each) == asked), None)
    else:
        target = history[-2] if len(history) > 1 else None
    if target is None:
        return cautions.NO_REVISION, present
    if found["spec"].get("paused"):
        return cautions.PAUSED, present
    template = template_of(target)
    if comparable(template) == comparable(present):
        return cautions.SAME_TEMPLATE, present
    return "rolled back", template


def owned_by(sandbox: Sandbox, found: Obj) -> list[Obj]:
    uid = found["metadata"]["uid"]
    return [
        each
        for each in sandbox.server.list(REVISIONS[found["kind"]], found["metadata"]["namespace"])
        if any(owner["uid"] == uid for owner in each["metadata"].get("ownerReferences", ()))
    ]


def template_of(revision: Obj) -> Obj:
    spec: Obj = (revision.get("data") or revision)["spec"]
    template: Obj = copy.deepcopy(spec["template"])
    template.pop("$patch", None)
    template["metadata"].get("labels", {}).pop("pod-template-hash", None)
    return template


def comparable(template: Obj) -> Obj:
    known = copy.deepcopy(template)
    known["metadata"].pop("creationTimestamp", None)
    return known
