"""How many pods each ReplicaSet of a Deployment shall have: rolling, recreating, scaling in proportion."""

from __future__ import annotations

from chatops.sandbox.kubeapi.controllers.owners import owned_by
from chatops.sandbox.kubeapi.controllers.recorder import Recorder
from chatops.sandbox.kubeapi.kinds import PODS, REPLICA_SETS, Obj
from chatops.sandbox.kubeapi.quantities import share
from chatops.sandbox.kubeapi.store import Store

COMPONENT = "deployment-controller"
REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MAXIMUM = "deployment.kubernetes.io/max-replicas"


def size(replica_set: Obj) -> int:
    """How many pods the ReplicaSet shall have."""
    return int(replica_set["spec"].get("replicas", 1))


def revision_of(obj: Obj) -> int:
    """The revision annotation, 0 without one."""
    text = (obj["metadata"].get("annotations") or {}).get(REVISION, "0")
    return int(text) if text.isdigit() else 0


def limits(deployment: Obj) -> tuple[int, int]:
    """(maxSurge, maxUnavailable) as numbers of pods; both zero means one may be unavailable."""
    spec = deployment["spec"]
    if (spec.get("strategy") or {}).get("type", "RollingUpdate") == "Recreate":
        return 0, 0
    rolling = (spec.get("strategy") or {}).get("rollingUpdate") or {}
    total = int(spec.get("replicas", 1))
    surge = share(rolling.get("maxSurge", "25%"), total, up=True)
    unavailable = share(rolling.get("maxUnavailable", "25%"), total, up=False)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return surge, min(unavailable, total)


class RolloutSizes:
    """Takes one step of a rollout: at most one change of sizes, so that every step can be seen."""

    def __init__(self, store: Store, recorder: Recorder) -> None:
        self._store = store
        self._recorder = recorder

    @staticmethod
    def resized(replica_sets: list[Obj], deployment: Obj) -> bool:
        """Whether the Deployment's own size has changed since its ReplicaSets were last sized."""
        wanted = str(deployment["spec"].get("replicas", 1))
        for each in replica_sets:
            desired = (each["metadata"].get("annotations") or {}).get(DESIRED)
            if size(each) and desired is not None and desired != wanted:
                return True
        return False

    def scale(self, deployment: Obj, newest: Obj | None, old: list[Obj]) -> None:
        """Spread a changed size over the active ReplicaSets in proportion to theirs."""
        total = int(deployment["spec"].get("replicas", 1))
        active = [each for each in [*old, *([newest] if newest else [])] if size(each)]
        if len(active) <= 1:
            only = active[0] if active else newest
            if only is None and old:
                only = max(old, key=revision_of)
            if only is not None:
                self._resize(deployment, only, total)
            return
        surge, _ = limits(deployment)
        allowed = total + surge if total else 0
        had = sum(size(each) for each in active)
        missing = allowed - had
        active.sort(key=lambda each: (size(each), each["metadata"]["creationTimestamp"]), reverse=True)
        left = missing
        for index, each in enumerate(active):
            part = round(size(each) * allowed / had) - size(each) if had else 0
            part = max(min(part, left), 0) if missing > 0 else min(max(part, left), 0)
            if index == len(active) - 1:
                part = left
            left -= part
            self._resize(deployment, each, max(size(each) + part, 0))

    def roll(self, deployment: Obj, newest: Obj, old: list[Obj]) -> None:
        """One step from the old ReplicaSets to the newest, within surge and unavailability."""
        if (deployment["spec"].get("strategy") or {}).get("type") == "Recreate":
            self._recreate(deployment, newest, old)
            return
        total = int(deployment["spec"].get("replicas", 1))
        surge, unavailable = limits(deployment)
        all_pods = size(newest) + sum(size(each) for each in old)
        if size(newest) > total:
            self._resize(deployment, newest, total)
            return
        if size(newest) < total and all_pods < total + surge:
            self._resize(deployment, newest, min(total, size(newest) + total + surge - all_pods))
            return
        active = [each for each in old if size(each)]
        if not active:
            return
        minimum = total - unavailable
        waiting = size(newest) - int((newest.get("status") or {}).get("availableReplicas", 0))
        spare = all_pods - minimum - waiting
        if spare <= 0:
            return
        spare = self._drop_unhealthy(deployment, active, spare)
        available = sum(int((each.get("status") or {}).get("availableReplicas", 0)) for each in [newest, *active])
        self._drop(deployment, active, min(spare, available - minimum))

    def _drop_unhealthy(self, deployment: Obj, active: list[Obj], spare: int) -> int:
        active.sort(key=lambda each: each["metadata"]["creationTimestamp"])
        for index, each in enumerate(active):
            sick = size(each) - int((each.get("status") or {}).get("availableReplicas", 0))
            part = min(sick, spare)
            if part > 0:
                active[index] = self._resize(deployment, each, size(each) - part)
                spare -= part
        return spare

    def _drop(self, deployment: Obj, active: list[Obj], spare: int) -> None:
        for each in active:
            part = min(size(each), spare)
            if part > 0:
                self._resize(deployment, each, size(each) - part)
                spare -= part

    def _recreate(self, deployment: Obj, newest: Obj, old: list[Obj]) -> None:
        active = [each for each in old if size(each)]
        for each in active:
            self._resize(deployment, each, 0)
        if not active and not any(owned_by(self._store, PODS, each) for each in old):
            self._resize(deployment, newest, int(deployment["spec"].get("replicas", 1)))

    def _resize(self, deployment: Obj, replica_set: Obj, to: int) -> Obj:
        total = int(deployment["spec"].get("replicas", 1))
        surge, _ = limits(deployment)
        meta = replica_set["metadata"]

        def edit(fresh: Obj) -> None:
            fresh["spec"]["replicas"] = to
            annotations = fresh["metadata"].setdefault("annotations", {})
            annotations[DESIRED], annotations[MAXIMUM] = str(total), str(total + surge)

        before = size(replica_set)
        changed = self._store.change(REPLICA_SETS, meta["namespace"], meta["name"], edit)
        if before != to:
            self.tell(deployment, replica_set, before, to)
        return changed or replica_set

    def tell(self, deployment: Obj, replica_set: Obj, before: int, after: int) -> None:
        """Record the change of a size as the Deployment\'s event."""
        way = "up" if after > before else "down"
        text = f"Scaled {way} replica set {replica_set['metadata']['name']} from {before} to {after}"
        self._recorder.record(deployment, "ScalingReplicaSet", text, component=COMPONENT)
