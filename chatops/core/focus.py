"""Which of an incident's objects it is most about, for what leads from the incident to one object."""

from chatops.core.applicable import View
from chatops.core.incidents.values import Incident
from chatops.core.resources import ObjectRef, WorkloadView
from chatops.core.victims import suspect_of, suspects_of


def focus(incident: Incident) -> ObjectRef | None:
    """What the alerts name (or the workload of the pod they name) before what merely hangs on it, then the worst.

    None before the cluster was seen, and while it cannot be.
    """
    survey = incident.current_survey
    if survey is None or survey.problem:
        return None
    named = {_place(ref) for ref in suspects_of(e.alert.labels for e in incident.firing or incident.episodes)}

    def order(view: View) -> tuple[bool, int]:
        pods = view.pods if isinstance(view, WorkloadView) else ()
        return not named & {_place(ref) for ref in (view.ref, *(pod.ref for pod in pods))}, view.health.rank

    views: tuple[View, ...] = (*survey.workloads, *survey.pods, *survey.others)
    return min(views, key=order).ref if views else None


def subject_name(incident: Incident) -> str:
    """The name that stands behind its title; empty where it is about no object, or about a whole cluster."""
    survey = incident.survey
    if survey and survey.workloads and survey.worst_workload:
        return survey.worst_workload.ref.name
    if survey and survey.pods:
        return survey.pods[0].ref.name
    suspect = suspect_of(incident.lead.labels) if incident.lead else None
    # The cluster stands on the line below, and on every card of it.
    return suspect.name if suspect and suspect.kind != "Cluster" else ""


def _place(ref: ObjectRef) -> tuple[str, str, str]:
    """Without the cluster: an alert may call it by another name than the kubeconfig."""
    return ref.kind, ref.namespace, ref.name
