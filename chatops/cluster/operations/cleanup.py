"""cleanup_pods: the records of pods that have failed, removed one by one. No running pod is touched.

Pods of Jobs are kept, for their logs are what tells why the Job failed; so are static pods, which come back anyway.
"""

from datetime import datetime

from chatops.cluster.blast import names
from chatops.cluster.models import Thing
from chatops.cluster.operations.patching import denial, ref_to
from chatops.cluster.operations.removal import delete
from chatops.cluster.places import collection
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_ref
from chatops.cluster.reader import Reader
from chatops.core import cautions
from chatops.core.actions import Caution, Change, Performed, Plan, Preview, Progress
from chatops.core.failures import Permanent, Reason
from chatops.core.moments import stamp
from chatops.core.resources import ObjectRef

MOST = 200
"""Pods in one action."""

AT_ONCE = 20
"""Deletions in one pass; between two passes the person can stop."""

COUNT = "count"
FOUND = "found"
UNTIL = "until"
"""Parameters of a plan: the pods made until then (RFC 3339, the cluster's clock) are meant, how many of them are to
go, and how many there were. Pods made later are not touched: nobody has seen them.
"""


class Cleanup:
    """Deletes failed pods of a node, of a quota's namespace, or of the cluster, each by its uid, the oldest first."""

    needs = (COUNT, FOUND, UNTIL)

    def preview(self, reader: Reader, action: str, ref: ObjectRef, params: dict[str, str], now: datetime) -> Preview:
        """How many would go, the first by name, and how many are kept."""
        bound, version = ref, ""
        if ref.kind != "Cluster":
            thing = reader.fetch(ref, Thing)
            bound, version = ref_to(thing, ref, reader), thing.metadata.resource_version
        pods, kept = _failed(reader, bound)
        if not pods:
            return Preview(Plan(action, bound, version, params), refusal=Caution(cautions.NO_FAILED_PODS))
        count = min(len(pods), MOST)
        until = _made(pods[count - 1])
        meant = sum(1 for pod in pods if _made(pod) <= until)
        plan = Plan(action, bound, version, {**params, COUNT: str(count), FOUND: str(meant), UNTIL: until})
        refusal = _try_one(reader, pods[0])
        if refusal is not None:
            return Preview(plan, refusal=refusal)
        found = [Caution(cautions.ONLY_SOME, f"{count}/{len(pods)}")] if count < len(pods) else []
        found += [Caution(cautions.JOB_PODS_KEPT, str(kept))] if kept else []
        listed = names(f"{pod.metadata.namespace}/{pod.metadata.name}" for pod in pods[:count])
        return Preview(plan, changes=(Change("failed pods", listed, f"-{count}"),), cautions=tuple(found))

    def perform(self, reader: Reader, plan: Plan) -> Performed:
        """The first pass."""
        self.proceed(reader, plan)
        return Performed(None)

    def proceed(self, reader: Reader, plan: Plan) -> Progress:
        """Delete the next ones. One whose answer was lost is seen in the next look, gone or still there."""
        pods = _meant(reader, plan)
        for pod in pods[: min(AT_ONCE, _still_to_go(plan, len(pods)))]:
            try:
                delete(reader, pod_ref(pod, reader.name))
            except Permanent as failure:
                if failure.reason not in (Reason.NOT_FOUND, Reason.CONFLICT, Reason.UNKNOWN_OUTCOME):
                    raise
        return self.follow(reader, plan)

    def follow(self, reader: Reader, plan: Plan) -> Progress:
        """How many are gone."""
        count = int(plan.params[COUNT])
        to_go = _still_to_go(plan, len(_meant(reader, plan)))
        return Progress(count - to_go, count, finished=not to_go)

    def happened(self, reader: Reader, plan: Plan) -> bool:
        """Whether any are gone: the plan's pods carry no mark of it."""
        return self.follow(reader, plan).done > 0


def _failed(reader: Reader, ref: ObjectRef) -> tuple[list[Pod], int]:
    """The failed pods of the scope, the oldest first, and how many more there are that Jobs own."""
    fields = ["status.phase=Failed"] + ([f"spec.nodeName={ref.name}"] if ref.kind == "Node" else [])
    path = collection("Pod", "" if ref.kind in ("Node", "Cluster") else ref.namespace)
    pods: list[Pod] = []
    kept = 0
    for pod in reader.connection.list(path, Pod, {"fieldSelector": ",".join(fields)}):
        owner = pod.metadata.controller
        if pod.is_mirror or pod.metadata.deletion_timestamp is not None:
            continue
        if owner is not None and owner.kind == "Job":
            kept += 1
        else:
            pods.append(pod)
    return sorted(pods, key=lambda pod: (_made(pod), pod.metadata.namespace, pod.metadata.name)), kept


def _meant(reader: Reader, plan: Plan) -> list[Pod]:
    """The pods of the plan that are still there. Permanent(REPLACED) when its node or quota is another by now."""
    if plan.ref.kind != "Cluster":
        reader.fetch(plan.ref, Thing)
    return [pod for pod in _failed(reader, plan.ref)[0] if _made(pod) <= plan.params[UNTIL]]


def _made(pod: Pod) -> str:
    made = pod.metadata.creation_timestamp
    return stamp(made) if made is not None else ""


def _still_to_go(plan: Plan, there: int) -> int:
    """Of the pods the plan counts, those not seen to be gone yet, when `there` are left of all that were meant."""
    return max(0, min(there, int(plan.params[COUNT]) - (int(plan.params[FOUND]) - there)))


def _try_one(reader: Reader, pod: Pod) -> Caution | None:
    try:
        delete(reader, pod_ref(pod, reader.name), dry_run=True)
    except Permanent as failure:
        if failure.reason not in (Reason.NOT_FOUND, Reason.CONFLICT):
            return denial(failure)
    return None
