"""Keeps StatefulSets: ordinals in order, updates from the highest down, one at a time."""

from __future__ import annotations

from datetime import datetime

from chatops.sandbox.kubeapi.conditions import is_ready
from chatops.sandbox.kubeapi.controllers.owners import owned_by
from chatops.sandbox.kubeapi.controllers.recorder import Recorder
from chatops.sandbox.kubeapi.controllers.replica_sets import pod_from
from chatops.sandbox.kubeapi.controllers.revisions import HASH, current_revision, trim
from chatops.sandbox.kubeapi.copies import copied
from chatops.sandbox.kubeapi.kinds import CLAIMS, CONTROLLER_REVISIONS, PODS, STATEFUL_SETS, Obj
from chatops.sandbox.kubeapi.store import Store

COMPONENT = "statefulset-controller"


def ordinal(pod: Obj) -> int:
    """The number at the end of a pod's name, -1 without one."""
    tail = str(pod["metadata"]["name"]).rpartition("-")[2]
    return int(tail) if tail.isdigit() else -1


class StatefulSetController:
    """One pod made or removed per set and pass, unless its policy is Parallel."""

    def __init__(self, store: Store, recorder: Recorder) -> None:
        self._store = store
        self._recorder = recorder

    def sync(self, now: datetime) -> list[datetime]:
        """Take the next step of every StatefulSet."""
        del now
        for each in self._store.all(STATEFUL_SETS):
            if "deletionTimestamp" not in each["metadata"]:
                self._reconcile(each)
        return []

    def _reconcile(self, owner: Obj) -> None:
        update = current_revision(self._store, STATEFUL_SETS, owner)
        known = (owner.get("status") or {}).get("currentRevision")
        current = known if known and self._revision(owner, known) else update["metadata"]["name"]
        pods = {ordinal(pod): pod for pod in owned_by(self._store, PODS, owner)}
        if not self._fill(owner, pods, update, current):
            self._update(owner, pods, update)
        self._report(owner, update, current)

    def _revision(self, owner: Obj, name: str) -> Obj | None:
        return self._store.find(CONTROLLER_REVISIONS, owner["metadata"]["namespace"], name)

    def _fill(self, owner: Obj, pods: dict[int, Obj], update: Obj, current: str) -> bool:
        """Make and remove pods; True when something is still under way."""
        wanted = int(owner["spec"].get("replicas", 1))
        parallel = owner["spec"].get("podManagementPolicy") == "Parallel"
        waiting = False
        for number in range(wanted):
            pod = pods.get(number)
            if pod is not None and (pod.get("status") or {}).get("phase") in ("Failed", "Succeeded"):
                self._store.delete(PODS, pod["metadata"]["namespace"], pod["metadata"]["name"])
                return True
            if pod is None:
                self._make(owner, number, update, current)
                waiting = True
            elif "deletionTimestamp" in pod["metadata"] or not is_ready(pod):
                waiting = True
            if waiting and not parallel:
                # A broken update must not block its own repair: the update step may replace that pod.
                stuck = pod is not None and "deletionTimestamp" not in pod["metadata"]
                return not stuck
        extra = sorted((number for number in pods if number >= wanted), reverse=True)
        for number in extra:
            if "deletionTimestamp" not in pods[number]["metadata"]:
                self._drop(owner, pods[number])
            if not parallel:
                break
        return bool(extra)

    def _template(self, owner: Obj, number: int, update: Obj, current: str) -> tuple[Obj, str]:
        partition = int(((owner["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}).get("partition", 0))
        name = update["metadata"]["name"]
        if number < partition and current != name:
            old = self._revision(owner, current)
            if old is not None:
                template = {k: v for k, v in old["data"]["spec"]["template"].items() if k != "$patch"}
                return template, current
        return owner["spec"]["template"], name

    def _make(self, owner: Obj, number: int, update: Obj, current: str) -> None:
        meta = owner["metadata"]
        template, revision = self._template(owner, number, update, current)
        pod = pod_from(template, owner, STATEFUL_SETS, name=f"{meta['name']}-{number}")
        pod["metadata"].setdefault("labels", {}).update(
            {
                HASH: revision,
                "statefulset.kubernetes.io/pod-name": pod["metadata"]["name"],
                "apps.kubernetes.io/pod-index": str(number),
            }
        )
        pod["spec"].update(hostname=pod["metadata"]["name"], subdomain=owner["spec"].get("serviceName", ""))
        for claim in owner["spec"].get("volumeClaimTemplates") or ():
            self._claim(owner, claim, pod)
        self._store.create(PODS, pod)
        text = f"create Pod {pod['metadata']['name']} in StatefulSet {meta['name']} successful"
        self._recorder.record(owner, "SuccessfulCreate", text, component=COMPONENT)

    def _claim(self, owner: Obj, template: Obj, pod: Obj) -> None:
        kind = template["metadata"]["name"]
        name = f"{kind}-{pod['metadata']['name']}"
        namespace = owner["metadata"]["namespace"]
        pod["spec"].setdefault("volumes", []).append({"name": kind, "persistentVolumeClaim": {"claimName": name}})
        if self._store.find(CLAIMS, namespace, name) is None:
            claim = copied(template)
            claim.update(apiVersion="v1", kind="PersistentVolumeClaim")
            claim["metadata"].update(
                name=name,
                namespace=namespace,
                labels=dict(owner["spec"]["selector"].get("matchLabels") or {}),
            )
            claim["spec"]["volumeName"] = f"pvc-{self._store.new_uid()}"
            claim["spec"].setdefault("volumeMode", "Filesystem")
            claim["status"] = {
                "phase": "Bound",
                "accessModes": claim["spec"].get("accessModes", ["ReadWriteOnce"]),
                "capacity": dict(claim["spec"]["resources"]["requests"]),
            }
            self._store.create(CLAIMS, claim)

    def _drop(self, owner: Obj, pod: Obj) -> None:
        meta = pod["metadata"]
        self._store.delete(PODS, meta["namespace"], meta["name"], uid=meta["uid"])
        text = f"delete Pod {meta['name']} in StatefulSet {owner['metadata']['name']} successful"
        self._recorder.record(owner, "SuccessfulDelete", text, component=COMPONENT)

    def _update(self, owner: Obj, pods: dict[int, Obj], update: Obj) -> None:
        strategy = owner["spec"].get("updateStrategy") or {}
        if strategy.get("type") == "OnDelete":
            return
        partition = int((strategy.get("rollingUpdate") or {}).get("partition", 0))
        wanted = update["metadata"]["name"]
        for number in sorted(pods, reverse=True):
            if number < partition:
                return
            pod = pods[number]
            leaving = "deletionTimestamp" in pod["metadata"]
            if leaving:
                return
            if (pod["metadata"].get("labels") or {}).get(HASH) != wanted:
                self._drop(owner, pod)
                return
            if not is_ready(pod):
                return

    def _report(self, owner: Obj, update: Obj, current: str) -> None:
        meta = owner["metadata"]
        fresh = self._store.find(STATEFUL_SETS, meta["namespace"], meta["name"])
        if fresh is None:
            return
        wanted = update["metadata"]["name"]
        pods = owned_by(self._store, PODS, fresh)
        live = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
        ready = sum(is_ready(pod) for pod in pods)
        revisions = [(pod["metadata"].get("labels") or {}).get(HASH) for pod in live]
        updated = revisions.count(wanted)
        total = int(fresh["spec"].get("replicas", 1))
        if updated == total == ready == len(pods):
            current = wanted
        counts = {
            "readyReplicas": ready,
            "currentReplicas": revisions.count(current),
            "updatedReplicas": updated,
        }
        status: Obj = {
            "observedGeneration": int(fresh["metadata"].get("generation", 1)),
            "replicas": len(pods),
            **{key: value for key, value in counts.items() if value},
            "currentRevision": current,
            "updateRevision": wanted,
            "collisionCount": 0,
            "availableReplicas": ready,
        }
        self._store.set_status(STATEFUL_SETS, fresh, status)
        trim(self._store, fresh, keep={current, wanted, *(str(each) for each in revisions)})
