"""Rolls Deployments out: revisions, surge and unavailability limits, pauses, deadlines.

The decisions are those of the deployment controller: one change of ReplicaSet sizes per pass, so that every
step of a rollout can be seen.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chatops.sandbox.kubeapi.clock import Tempo, parse_stamp
from chatops.sandbox.kubeapi.controllers.deployment_status import report
from chatops.sandbox.kubeapi.controllers.owners import owned_by, reference_to
from chatops.sandbox.kubeapi.controllers.recorder import Recorder
from chatops.sandbox.kubeapi.controllers.rollout_sizes import (
    DESIRED,
    MAXIMUM,
    REVISION,
    REVISION_HISTORY,
    RolloutSizes,
    limits,
    revision_of,
    size,
)
from chatops.sandbox.kubeapi.controllers.template_hash import LABEL, bare, template_hash
from chatops.sandbox.kubeapi.copies import copied
from chatops.sandbox.kubeapi.kinds import DEPLOYMENTS, REPLICA_SETS, Obj
from chatops.sandbox.kubeapi.store import Store

NOT_COPIED = frozenset(
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        REVISION,
        REVISION_HISTORY,
        DESIRED,
        MAXIMUM,
        "deprecated.deployment.rollback.to",
    }
)


class DeploymentController:
    """One step per Deployment and pass."""

    def __init__(self, store: Store, recorder: Recorder, *, tempo: Tempo) -> None:
        self._store = store
        self._sizes = RolloutSizes(store, recorder)
        self._tempo = tempo

    def sync(self, now: datetime) -> list[datetime]:
        """Take the next step of every Deployment; the moments at which a deadline passes."""
        due: list[datetime] = []
        for deployment in self._store.all(DEPLOYMENTS):
            if "deletionTimestamp" not in deployment["metadata"]:
                self._reconcile(deployment, now)
                due.extend(self._deadline(deployment, now))
        return due

    def _deadline(self, deployment: Obj, now: datetime) -> list[datetime]:
        meta = deployment["metadata"]
        current = self._store.find(DEPLOYMENTS, meta["namespace"], meta["name"])
        if current is None:
            return []
        moments = []
        for condition in (current.get("status") or {}).get("conditions") or ():
            if condition["type"] == "Progressing" and condition["status"] == "True":
                patience = float(current["spec"].get("progressDeadlineSeconds", 600)) * self._tempo.pace
                moments.append(parse_stamp(condition["lastUpdateTime"]) + timedelta(seconds=patience + 1))
        return [moment for moment in moments if moment > now]

    def _reconcile(self, deployment: Obj, now: datetime) -> None:
        owned = owned_by(self._store, REPLICA_SETS, deployment)
        wanted = bare(deployment["spec"]["template"])
        same = [each for each in owned if bare(each["spec"]["template"]) == wanted]
        same.sort(key=lambda each: (each["metadata"]["creationTimestamp"], each["metadata"]["name"]))
        newest = same[0] if same else None
        old = [each for each in owned if each is not newest]
        paused = bool(deployment["spec"].get("paused"))
        created = False
        if newest is None and not paused:
            newest, created = self._create(deployment, old), True
        elif newest is not None and not paused:
            newest = self._annotate(deployment, newest, old)
        if created:
            pass
        elif paused or self._sizes.resized([*old, *([newest] if newest else [])], deployment):
            self._sizes.scale(deployment, newest, old)
        elif newest is not None:
            self._sizes.roll(deployment, newest, old)
        self._clean(deployment, newest, old)
        self._report(deployment, now, paused=paused, created=created)

    def _report(self, deployment: Obj, now: datetime, *, paused: bool, created: bool) -> None:
        meta = deployment["metadata"]
        with self._store.lock:
            current = self._store.find(DEPLOYMENTS, meta["namespace"], meta["name"])
            if current is None:
                return
            owned = owned_by(self._store, REPLICA_SETS, current)
            wanted = bare(current["spec"]["template"])
            newest = next((each for each in owned if bare(each["spec"]["template"]) == wanted), None)
            _, unavailable = limits(current)
            status = report(
                current,
                owned,
                newest,
                now,
                created=created,
                max_unavailable=unavailable,
                pace=self._tempo.pace,
                paused=paused,
            )
            self._store.set_status(DEPLOYMENTS, current, status)

    def _create(self, deployment: Obj, old: list[Obj]) -> Obj:
        meta, spec = deployment["metadata"], deployment["spec"]
        collisions = int((deployment.get("status") or {}).get("collisionCount", 0))
        mark = template_hash(spec["template"], collisions)
        while self._store.find(REPLICA_SETS, meta["namespace"], f"{meta['name']}-{mark}") is not None:
            collisions += 1
            mark = template_hash(spec["template"], collisions)
        template = copied(spec["template"])
        template.setdefault("metadata", {}).setdefault("labels", {})[LABEL] = mark
        selector = copied(spec["selector"])
        selector.setdefault("matchLabels", {})[LABEL] = mark
        revision = str(max((revision_of(each) for each in old), default=0) + 1)
        total = int(spec.get("replicas", 1))
        surge, _ = limits(deployment)
        room = total + surge - sum(size(each) for each in old)
        recreate = (spec.get("strategy") or {}).get("type") == "Recreate"
        first = 0 if recreate and any(size(each) for each in old) else max(0, min(total, room))
        replica_set = self._store.create(
            REPLICA_SETS,
            {
                "apiVersion": "apps/v1",
                "kind": "ReplicaSet",
                "metadata": {
                    "name": f"{meta['name']}-{mark}",
                    "namespace": meta["namespace"],
                    "labels": dict(template["metadata"]["labels"]),
                    "annotations": {
                        **self._copied(deployment),
                        REVISION: revision,
                        DESIRED: str(total),
                        MAXIMUM: str(total + surge),
                    },
                    "ownerReferences": [reference_to(DEPLOYMENTS, deployment)],
                },
                "spec": {
                    "replicas": first,
                    "selector": selector,
                    "template": template,
                    **({"minReadySeconds": spec["minReadySeconds"]} if spec.get("minReadySeconds") else {}),
                },
                "status": {"replicas": 0},
            },
        )
        self._set_revision(deployment, revision)
        if first:
            self._sizes.tell(deployment, replica_set, 0, first)
        return replica_set

    @staticmethod
    def _copied(deployment: Obj) -> dict[str, str]:
        annotations = deployment["metadata"].get("annotations") or {}
        return {key: value for key, value in annotations.items() if key not in NOT_COPIED}

    def _annotate(self, deployment: Obj, newest: Obj, old: list[Obj]) -> Obj:
        """The newest ReplicaSet has the highest revision: a reused one gets a new number."""
        highest = max((revision_of(each) for each in old), default=0)
        had = revision_of(newest)
        meta = newest["metadata"]
        revision = had if had > highest else highest + 1

        def edit(fresh: Obj) -> None:
            annotations = fresh["metadata"].setdefault("annotations", {})
            annotations.update(self._copied(deployment))
            if revision != had:
                annotations[REVISION] = str(revision)
                if had:
                    past = annotations.get(REVISION_HISTORY)
                    annotations[REVISION_HISTORY] = f"{past},{had}" if past else str(had)

        changed = self._store.change(REPLICA_SETS, meta["namespace"], meta["name"], edit)
        self._set_revision(deployment, str(revision))
        return changed or newest

    def _set_revision(self, deployment: Obj, revision: str) -> None:
        meta = deployment["metadata"]
        if (meta.get("annotations") or {}).get(REVISION) != revision:
            self._store.change(
                DEPLOYMENTS,
                meta["namespace"],
                meta["name"],
                lambda fresh: fresh["metadata"].setdefault("annotations", {}).update({REVISION: revision}),
            )

    def _clean(self, deployment: Obj, newest: Obj | None, old: list[Obj]) -> None:
        """Drop the oldest revisions beyond the limit, once the rollout is complete."""
        limit = deployment["spec"].get("revisionHistoryLimit", 10)
        status = deployment.get("status") or {}
        total = int(deployment["spec"].get("replicas", 1))
        if newest is None or int(status.get("updatedReplicas", 0)) != total:
            return
        idle = [
            each
            for each in old
            if not size(each)
            and not int((each.get("status") or {}).get("replicas", 0))
            and "deletionTimestamp" not in each["metadata"]
        ]
        idle.sort(key=revision_of)
        for each in idle[: max(0, len(idle) - int(limit))]:
            self._store.delete(REPLICA_SETS, each["metadata"]["namespace"], each["metadata"]["name"])
