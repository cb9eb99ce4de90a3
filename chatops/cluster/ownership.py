"""Who else steers a workload: the tool that will revert a change by hand, and the autoscaler. It decides nothing."""

from chatops.cluster.asides import aside
from chatops.cluster.connection import Connection
from chatops.cluster.models import Meta
from chatops.cluster.places import collection
from chatops.cluster.scaling_models import HorizontalPodAutoscaler

_ARGO_LABEL = "argocd.argoproj.io/instance"
_ARGO_TRACKING = "argocd.argoproj.io/tracking-id"
_FLUX_KUSTOMIZE = "kustomize.toolkit.fluxcd.io/name"
_FLUX_HELM = "helm.toolkit.fluxcd.io/name"
_HELM_RELEASE = "meta.helm.sh/release-name"


def managed_by(meta: Meta) -> str:
    """The owner of the object's desired state in words, from the marks the tools leave; empty when there is none.

    The tracking id is `app:group/kind:namespace/name`. Plain Helm reverts nothing until its next upgrade, and is named
    last because Argo CD and Flux may render charts.
    """
    argo = meta.label(_ARGO_LABEL) or meta.annotation(_ARGO_LABEL) or meta.annotation(_ARGO_TRACKING).split(":")[0]
    if argo:
        return f"Argo CD app {argo}"
    if name := meta.label(_FLUX_HELM):
        return f"Flux HelmRelease {name}"
    if name := meta.label(_FLUX_KUSTOMIZE):
        return f"Flux Kustomization {name}"
    if meta.label("app.kubernetes.io/managed-by") == "Helm":
        release = meta.annotation(_HELM_RELEASE) or meta.label("app.kubernetes.io/instance")
        return f"Helm release {release}".strip() if release else "Helm"
    return ""


class Autoscalers:
    """The HorizontalPodAutoscalers of each namespace, listed once for this object's life (one survey)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._seen: dict[str, dict[tuple[str, str], str]] = {}

    def of(self, kind: str, namespace: str, name: str) -> str:
        """`name min-max` of the autoscaler that owns this workload's count; empty without one, or without the right."""
        if namespace not in self._seen:
            self._seen[namespace] = self._list(namespace)
        return self._seen[namespace].get((kind, name), "")

    def _list(self, namespace: str) -> dict[tuple[str, str], str]:
        path = collection("HorizontalPodAutoscaler", namespace)
        # Knowing of an autoscaler is a courtesy: no right, or no such API, must not hide the workload.
        found: list[HorizontalPodAutoscaler] = aside(lambda: self._connection.list(path, HorizontalPodAutoscaler), [])
        return {(hpa.spec.scale_target_ref.kind, hpa.spec.scale_target_ref.name): _words(hpa) for hpa in found}


def _words(hpa: HorizontalPodAutoscaler) -> str:
    return f"{hpa.metadata.name} {hpa.low}-{hpa.spec.max_replicas}"
