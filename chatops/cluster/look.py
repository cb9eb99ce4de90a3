"""Looking at the cluster: the views of core, each made from what was just read. It changes nothing."""

from chatops.cluster.crowds import quick_crowd_of, quick_crowd_on
from chatops.cluster.models import Workload
from chatops.cluster.ownership import Autoscalers
from chatops.cluster.pod_models import Pod
from chatops.cluster.pods import pod_view
from chatops.cluster.reader import Reader
from chatops.cluster.survey import see_workload
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import WORKLOADS, ObjectRef, PodView, WorkloadView


def see_pod(reader: Reader, ref: ObjectRef) -> PodView:
    """One pod. Permanent(NOT_FOUND) when it is gone, Permanent(REPLACED) when the name is another's."""
    return pod_view(reader.fetch(ref, Pod), reader.name, reader.denied("Pod", ref.namespace))


def see_pods(reader: Reader, ref: ObjectRef) -> tuple[PodView, ...]:
    """The pods of a workload, or on a node, worst first. Of very many, what kubectl's columns say of each."""
    if ref.kind == "Node":
        return quick_crowd_on(reader, ref.name).worst
    if ref.kind in (*WORKLOADS, "ReplicaSet"):
        return quick_crowd_of(reader, reader.fetch(ref, Workload), kept=None).worst
    raise Permanent(Reason.REFUSED, f"{ref.kind} has no pods of its own")


def see_one_workload(reader: Reader, ref: ObjectRef) -> WorkloadView:
    """One workload with its pods, rollout, and who else steers it. Of very many pods the worst are in it."""
    if ref.kind not in WORKLOADS:
        raise Permanent(Reason.REFUSED, f"{ref.kind} is not a workload")
    return see_workload(reader, reader.fetch(ref, Workload), Autoscalers(reader.connection), quick_crowd_of)
