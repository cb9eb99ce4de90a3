"""The kinds that well-known operators bring along, as their CRDs define them: cert-manager, Argo CD, Flux.

Serve them with `KubeApiServer.register`; nothing runs behind them, so a status stays as it was applied.
"""

from __future__ import annotations

from chatops.sandbox.kubeapi.kinds import Resource, custom_resource

CERT_MANAGER: tuple[Resource, ...] = (
    custom_resource("cert-manager.io/v1", "certificates", "Certificate", short="cert certs", sub="status"),
    custom_resource("cert-manager.io/v1", "certificaterequests", "CertificateRequest", short="cr crs", sub="status"),
    custom_resource("cert-manager.io/v1", "issuers", "Issuer", sub="status"),
    custom_resource("cert-manager.io/v1", "clusterissuers", "ClusterIssuer", sub="status", cluster=True),
    custom_resource("acme.cert-manager.io/v1", "orders", "Order", sub="status"),
    custom_resource("acme.cert-manager.io/v1", "challenges", "Challenge", sub="status"),
)

ARGO_CD: tuple[Resource, ...] = (
    # Argo CD's CRD has no status subresource: status and operation are written with the object.
    custom_resource("argoproj.io/v1alpha1", "applications", "Application", short="app apps"),
)

_KUSTOMIZE, _HELM = "kustomize.toolkit.fluxcd.io/v1", "helm.toolkit.fluxcd.io/v2"
_SOURCE, _IMAGE = "source.toolkit.fluxcd.io/v1", "image.toolkit.fluxcd.io/v1"

FLUX: tuple[Resource, ...] = (
    custom_resource(_KUSTOMIZE, "kustomizations", "Kustomization", short="ks", sub="status"),
    custom_resource(_HELM, "helmreleases", "HelmRelease", short="hr", sub="status"),
    custom_resource(_SOURCE, "gitrepositories", "GitRepository", short="gitrepo", sub="status"),
    custom_resource(_SOURCE, "ocirepositories", "OCIRepository", short="ocirepo", sub="status"),
    custom_resource(_SOURCE, "helmrepositories", "HelmRepository", short="helmrepo", sub="status"),
    custom_resource(_SOURCE, "helmcharts", "HelmChart", short="hc", sub="status"),
    custom_resource(_SOURCE, "buckets", "Bucket", sub="status"),
    custom_resource(_IMAGE, "imagerepositories", "ImageRepository", sub="status"),
    custom_resource(_IMAGE, "imagepolicies", "ImagePolicy", sub="status"),
    custom_resource(_IMAGE, "imageupdateautomations", "ImageUpdateAutomation", sub="status"),
)
