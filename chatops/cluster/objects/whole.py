"""The cluster as a whole, for an alert that is about no object: what is out of order, and could be put in order."""

from chatops.cluster.asides import aside
from chatops.cluster.certificate_models import SigningRequest
from chatops.cluster.models import Node
from chatops.cluster.nodes import node_health, status_words
from chatops.cluster.objects.certificates import request_words
from chatops.cluster.objects.quotas import failed_pods
from chatops.cluster.objects.views import traits, words
from chatops.cluster.reader import Reader
from chatops.cluster.scaling_models import HorizontalPodAutoscaler
from chatops.core.objects import ObjectView, Tie, TieRole
from chatops.core.resources import Health, ObjectRef

_MOST_TIES = 20


def see_cluster(reader: Reader, ref: ObjectRef) -> ObjectView:
    """BAD with a node that is not ready, WARN with one that is not as it should be or a request that waits.

    Nodes, autoscalers and certificate requests are read in full, of failed pods one page.
    """
    nodes: list[Node] | None = aside(lambda: reader.every("Node", Node), None)
    requests: list[SigningRequest] = aside(lambda: reader.every("CertificateSigningRequest", SigningRequest), [])
    scalers: list[HorizontalPodAutoscaler] = aside(
        lambda: reader.every("HorizontalPodAutoscaler", HorizontalPodAutoscaler), []
    )
    failed = aside(lambda: failed_pods(reader), None)
    cordoned = [node for node in nodes or () if node.spec.unschedulable]
    waiting = [request for request in requests if request.is_pending]
    idle = [scaler for scaler in scalers if scaler.idle]
    ties = [
        *(Tie(TieRole.CORDONED, reader.ref("Node", node.metadata), status_words(node)) for node in cordoned),
        *(
            Tie(TieRole.PENDING_CSR, reader.ref("CertificateSigningRequest", request.metadata), request_words(request))
            for request in waiting[:_MOST_TIES]
        ),
        *(
            Tie(
                TieRole.IDLE_AUTOSCALER,
                reader.ref("HorizontalPodAutoscaler", scaler.metadata),
                f"{scaler.low}-{scaler.spec.max_replicas}",
            )
            for scaler in idle[:_MOST_TIES]
        ),
    ]
    healths = [node_health(node) for node in nodes or ()]
    unready = healths.count(Health.BAD)
    return ObjectView(
        ObjectRef("Cluster", ref.name or reader.name, cluster=reader.name),
        _health(healths, bool(waiting)),
        traits(
            failed_pods=failed,
            summary=words(
                "" if nodes is None else f"{len(nodes)} nodes",
                f"{unready} not ready" if unready else "",
                f"{len(cordoned)} cordoned" if cordoned else "",
                f"{failed} failed pods" if failed else "",
                f"{len(waiting)} pending CSRs" if waiting else "",
            ),
        ),
        tuple(ties),
    )


def _health(nodes: list[Health], waiting: bool) -> Health:
    if Health.BAD in nodes:
        return Health.BAD
    if Health.WARN in nodes or waiting:
        return Health.WARN
    return Health.GOOD if nodes else Health.UNKNOWN
