"""gitops_status: Argo CD and Flux, as their controllers write it down."""

import pytest

from chatops.core.failures import Permanent, Reason
from chatops.core.resources import Health, ObjectRef
from chatops.sandbox.kubeapi.kinds import custom_resource
from chatops.sandbox.kubeapi.operators import ARGO_CD, FLUX
from tests.cluster.reports.reading import codes, condition, lines, names, now, read, section, thing
from tests.cluster.sandbox import Obj, Sandbox

COMMIT = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"
KUSTOMIZE, HELM = "kustomize.toolkit.fluxcd.io/v1", "helm.toolkit.fluxcd.io/v2"
SOURCE = "source.toolkit.fluxcd.io/v1"


@pytest.fixture
def gitops(sandbox: Sandbox) -> Sandbox:
    for resource in (*ARGO_CD, *FLUX):
        sandbox.server.register(resource)
    return sandbox


def application(status: Obj, *, server: str = "https://kubernetes.default.svc", **policy: object) -> Obj:
    spec = {
        "project": "default",
        "source": {"repoURL": "https://bot:canary@git.example.com/shop.git", "path": "web", "targetRevision": "main"},
        "destination": {"server": server, "namespace": "shop"},
        "syncPolicy": policy,
    }
    return thing("argoproj.io/v1alpha1", "Application", "shop-web", spec, status, namespace="argocd")


def resource(kind: str, name: str, status: str, health: str = "", message: str = "", **more: object) -> Obj:
    found: Obj = {"group": "apps", "kind": kind, "namespace": "shop", "name": name, "status": status, **more}
    return {**found, "health": {"status": health, "message": message}} if health else found


BROKEN = {
    "sync": {"status": "OutOfSync", "revision": COMMIT},
    "health": {"status": "Degraded"},
    "operationState": {
        "phase": "Failed",
        "message": "one or more objects failed to apply",
        "startedAt": "2026-11-23T08:00:00Z",
        "finishedAt": "2026-11-23T08:01:00Z",
        "syncResult": {"revision": COMMIT[::-1]},
    },
    "resources": [
        resource("ConfigMap", "settings", "OutOfSync"),
        resource("Deployment", "web", "Synced", "Degraded", 'Deployment "web" exceeded its progress deadline'),
        resource("Service", "web", "Synced", "Healthy"),
        resource("Job", "old", "OutOfSync", requiresPruning=True),
    ],
    "conditions": [{"type": "SyncError", "message": "Failed sync attempt"}, {"type": "OrphanedResourceWarning"}],
}


def test_a_degraded_application(gitops: Sandbox) -> None:
    gitops.apply(application(BROKEN, automated={"prune": True, "selfHeal": True}))
    told = read(gitops, "gitops_status", "Application", "shop-web", "argocd")
    facts = dict(told.facts)
    assert [label for label, _ in told.facts[:3]] == ["sync", "health", "operation"]
    assert (facts["sync"], facts["health"], facts["operation"]) == ("OutOfSync", "Degraded", "Failed")
    assert facts["message"] == "one or more objects failed to apply"
    assert facts["revision"] == COMMIT[:12]
    assert facts["auto-sync"] == "on, prune, self-heal"
    assert "canary" not in facts["source"]
    assert lines(told, "Unhealthy resources") == [
        'Deployment/web Degraded Synced: Deployment "web" exceeded its progress deadline',
        "ConfigMap/settings OutOfSync",
        "Job/old OutOfSync to prune",
    ]
    assert names(told) == ["Deployment/web", "Job/old"]
    assert told.related[0].namespace == "shop"
    assert [line.health for line in section(told, "Conditions")] == [Health.BAD, Health.WARN]
    assert (told.health, codes(told)) == (Health.BAD, [])


def test_words_of_strangers_come_out_clean_and_whole(gitops: Sandbox) -> None:
    long = "\x1b[31mhook failed\x1b[0m: password=canary-4711 " + "line after line " * 30
    broken = {**BROKEN, "resources": [resource("Job", "hook", "Synced", "Degraded", long)]}
    gitops.apply(application({**broken, "operationState": {"phase": "Error", "message": long}}))
    told = read(gitops, "gitops_status", "Application", "shop-web", "argocd")
    everything = repr(told)
    assert "canary" not in everything
    assert "\\x1b" not in everything
    assert told.file_name == "gitops_status-shop-web.txt"
    assert "line after line\n" in told.full_text, "the screen cuts it, the file does not"


def test_a_healthy_application(gitops: Sandbox) -> None:
    status = {"sync": {"status": "Synced", "revision": COMMIT}, "health": {"status": "Healthy"}}
    gitops.apply(application(status, automated={"enabled": False}))
    told = read(gitops, "gitops_status", "Application", "shop-web", "argocd")
    assert (told.health, dict(told.facts)["auto-sync"]) == (Health.GOOD, "off")
    assert (told.sections, told.related) == ((), ())


def test_resources_of_another_cluster_have_no_buttons_here(gitops: Sandbox) -> None:
    gitops.apply(application({**BROKEN, "resourceHealthSource": "appTree"}, server="https://192.0.2.10"))
    told = read(gitops, "gitops_status", "Application", "shop-web", "argocd")
    assert codes(told) == ["argo_health_elsewhere", "argo_other_cluster"]
    assert told.related == ()


def test_a_kustomization_that_does_not_apply(gitops: Sandbox) -> None:
    why = "Deployment/shop/web dry-run failed: admission webhook denied the request"
    spec = {"interval": "10m", "path": "./shop", "sourceRef": {"kind": "GitRepository", "name": "fleet"}}
    status = {
        "observedGeneration": 1,
        "conditions": [condition("Ready", "False", "ReconciliationFailed", why), condition("Reconciling", "True")],
        "lastAppliedRevision": f"main@sha1:{COMMIT}",
        "lastAttemptedRevision": f"main@sha1:{COMMIT[::-1]}",
        "inventory": {
            "entries": [{"id": "shop_web_apps_Deployment", "v": "v1"}, {"id": "shop_web__Service", "v": "v1"}]
        },
    }
    gitops.apply(thing(KUSTOMIZE, "Kustomization", "shop", spec, status))
    told = read(gitops, "gitops_status", "Kustomization", "shop")
    facts = dict(told.facts)
    assert (facts["ready"], facts["message"]) == ("False ReconciliationFailed", why)
    assert (facts["applied"], facts["attempted"]) == (f"main@sha1:{COMMIT[:12]}", f"main@sha1:{COMMIT[::-1][:12]}")
    assert (facts["inventory"], facts["source"]) == ("2", "GitRepository shop/fleet")
    assert told.health is Health.BAD
    assert names(told) == ["GitRepository/fleet"]
    assert [line.health for line in section(told, "Conditions")] == [Health.BAD, Health.WARN]


def test_a_helm_release_that_went_back_still_says_why(gitops: Sandbox) -> None:
    back = "Helm rollback to previous release shop/web.v6 with chart web@1.4.0 succeeded"
    why = "Helm upgrade failed for release shop/web with chart web@1.5.0: context deadline exceeded"
    template = {
        "spec": {
            "chart": "web",
            "version": "1.x",
            "sourceRef": {"kind": "HelmRepository", "name": "charts", "namespace": "flux"},
        }
    }
    status = {
        "conditions": [
            condition("Ready", "False", "RollbackSucceeded", back),
            condition("Released", "False", "UpgradeFailed", why),
            condition("Remediated", "True", "RollbackSucceeded", back),
        ],
        "history": [{"version": 8, "status": "deployed", "chartName": "web", "chartVersion": "1.4.0"}],
        "failures": 2,
    }
    gitops.apply(thing(HELM, "HelmRelease", "web", {"chart": template, "interval": "5m"}, status))
    told = read(gitops, "gitops_status", "HelmRelease", "web")
    facts = dict(told.facts)
    assert facts["message"] == why
    assert (facts["applied"], facts["chart"], facts["failures"]) == ("web 1.4.0 deployed", "web 1.x", "2")
    assert (told.related[0].kind, told.related[0].namespace) == ("HelmRepository", "flux")
    assert section(told, "Conditions")[-1].health is Health.WARN


def test_a_suspended_source(gitops: Sandbox) -> None:
    status = {"conditions": [condition("Ready", "True", "Succeeded")], "artifact": {"revision": f"main@sha1:{COMMIT}"}}
    spec = {"url": "https://bot:canary@git.example.com/fleet.git", "suspend": True, "interval": "1m"}
    gitops.apply(thing(SOURCE, "GitRepository", "fleet", spec, status))
    told = read(gitops, "gitops_status", "GitRepository", "fleet")
    assert (codes(told), told.health) == (["flux_suspended"], Health.WARN)
    assert dict(told.facts)["artifact"] == f"main@sha1:{COMMIT[:12]}"
    assert "canary" not in repr(told)


def test_a_spec_nobody_has_looked_at_yet(gitops: Sandbox) -> None:
    spec = {"interval": "10m", "sourceRef": {"kind": "GitRepository", "name": "fleet"}}
    status = {"observedGeneration": 1, "conditions": [condition("Ready", "Unknown", "Progressing", "building")]}
    gitops.apply(thing(KUSTOMIZE, "Kustomization", "shop", spec, status))
    gitops.edit("Kustomization", "shop", lambda found: found["spec"].update(interval="1m"))
    told = read(gitops, "gitops_status", "Kustomization", "shop")
    assert (codes(told), told.health) == (["not_observed"], Health.WARN)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("Application", "Application of argoproj.io (Argo CD is not installed, or too old)"),
        ("HelmRelease", "HelmRelease of helm.toolkit.fluxcd.io (Flux is not installed, or too old)"),
    ],
)
def test_a_cluster_without_it_says_so(sandbox: Sandbox, kind: str, words: str) -> None:
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.report("gitops_status", ObjectRef(kind, "x", "shop"), {}, now(sandbox))
    assert (caught.value.reason, caught.value.detail) == (Reason.NOT_SERVED, words)


def test_an_older_flux_is_read_in_its_own_version(sandbox: Sandbox) -> None:
    old = "image.toolkit.fluxcd.io/v1beta2"
    sandbox.server.register(custom_resource(old, "imagepolicies", "ImagePolicy"))
    sandbox.apply(thing(old, "ImagePolicy", "shop", {}, {"latestImage": "shop:1.42.0"}))
    told = read(sandbox, "gitops_status", "ImagePolicy", "shop")
    assert "shop:1.42.0" in repr(told.facts)
