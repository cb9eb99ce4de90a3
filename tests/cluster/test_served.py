"""Which version of a kind a cluster serves: asked for once in a while, and only where it may differ."""

import threading
from pathlib import Path

import pytest

from chatops.cluster.connection import Connection
from chatops.cluster.kubeconfig import Kubeconfig
from chatops.cluster.models import Thing
from chatops.cluster.reader import Reader
from chatops.cluster.retries import Retries
from chatops.cluster.served import KEPT, Served
from chatops.cluster.sight import Sight
from chatops.core.failures import Permanent, Reason, Temporary
from chatops.core.permissions import SERVED_BY_OTHERS
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.faults import Fault
from chatops.sandbox.kubeapi.kinds import custom_resource
from tests.cluster.sandbox import Obj, Sandbox, workload
from tests.cluster.wire import Wire, answer

HELM = "helm.toolkit.fluxcd.io"
SOURCE = "source.toolkit.fluxcd.io"


def connection(kubeconfig: str, context: str = "demo") -> Connection:
    retries = Retries(threading.Event(), sleep=lambda _: None)
    return Connection(Kubeconfig(kubeconfig), context, retries)


def release(version: str) -> Obj:
    return {
        "apiVersion": f"{HELM}/{version}",
        "kind": "HelmRelease",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"interval": "5m"},
    }


def asked(sandbox: Sandbox) -> list[str]:
    return [each.path for each in sandbox.server.requests.matching(method="GET")]


@pytest.mark.parametrize("version", ["v2", "v2beta2", "v2beta1"])
def test_an_installation_of_any_age_is_synced(sandbox: Sandbox, version: str) -> None:
    sandbox.server.register(custom_resource(f"{HELM}/{version}", "helmreleases", "HelmRelease", sub="status"))
    sandbox.apply(release(version), seconds=1)
    plan = sandbox.plan("gitops_sync", sandbox.ref("HelmRelease", "web"))
    sandbox.cluster.perform(plan)
    (sent,) = sandbox.server.requests.matching(method="PATCH")
    assert sent.path == f"/apis/{HELM}/{version}/namespaces/shop/helmreleases/web"
    assert sandbox.cluster.happened(plan)


def test_a_survey_looks_in_the_version_that_is_served(sandbox: Sandbox) -> None:
    reader, ref = Reader(connection(sandbox.kubeconfig), "demo"), ObjectRef("HelmRelease", "web", "shop")
    with pytest.raises(Permanent) as failed:
        Sight(reader).fetch(ref, Thing)
    assert failed.value.reason is Reason.NOT_FOUND
    sandbox.server.register(custom_resource(f"{HELM}/v2beta2", "helmreleases", "HelmRelease", sub="status"))
    sandbox.apply(release("v2beta2"), seconds=1)
    assert Sight(Reader(connection(sandbox.kubeconfig), "demo")).fetch(ref, Thing).metadata.name == "web"


def test_a_kind_is_looked_for_beyond_the_preferred_version(sandbox: Sandbox) -> None:
    sandbox.server.register(custom_resource(f"{SOURCE}/v1", "gitrepositories", "GitRepository", sub="status"))
    sandbox.server.register(custom_resource(f"{SOURCE}/v1beta2", "ocirepositories", "OCIRepository", sub="status"))
    served = Served(connection(sandbox.kubeconfig))
    assert served.version("GitRepository") == "v1"
    assert served.version("OCIRepository") == "v1beta2"
    assert asked(sandbox) == [
        f"/apis/{SOURCE}",
        f"/apis/{SOURCE}/v1",
        f"/apis/{SOURCE}/v1beta2",
    ]


def test_an_answer_is_kept_for_a_few_minutes(sandbox: Sandbox) -> None:
    now = [1000.0]
    served = Served(connection(sandbox.kubeconfig), lambda: now[0])
    with pytest.raises(Permanent):
        served.version("HelmRelease")
    sandbox.server.register(custom_resource(f"{HELM}/v2", "helmreleases", "HelmRelease", sub="status"))
    now[0] += KEPT
    with pytest.raises(Permanent):
        served.version("HelmRelease")
    assert len(asked(sandbox)) == 1
    now[0] += 1
    assert served.version("HelmRelease") == "v2"
    sandbox.server.requests.clear()
    assert served.version("HelmRelease") == "v2"
    assert asked(sandbox) == []


@pytest.mark.parametrize("kind", sorted(SERVED_BY_OTHERS))
def test_a_cluster_without_the_kind_says_so(sandbox: Sandbox, kind: str) -> None:
    with pytest.raises(Permanent) as caught:
        sandbox.cluster.describe(ObjectRef(kind, "web", "shop", cluster="demo"))
    assert caught.value.reason is Reason.NOT_SERVED
    assert caught.value.detail.startswith(f"{kind} of ")


def test_a_group_without_the_kind_says_so_too(sandbox: Sandbox) -> None:
    sandbox.server.register(custom_resource(f"{SOURCE}/v1", "gitrepositories", "GitRepository"))
    with pytest.raises(Permanent) as caught:
        sandbox.preview("gitops_sync", ObjectRef("Bucket", "web", "shop", cluster="demo"))
    assert (caught.value.reason, "source.toolkit" in caught.value.detail) == (Reason.NOT_SERVED, True)


def test_built_in_kinds_cost_no_question(sandbox: Sandbox) -> None:
    sandbox.apply(workload("Deployment", "web"))
    ref = sandbox.ref("Deployment", "web")
    sandbox.server.requests.clear()
    sandbox.cluster.describe(ref)
    assert not [path for path in asked(sandbox) if path.count("/") < 4]


def test_a_cluster_that_does_not_answer_is_not_remembered(sandbox: Sandbox) -> None:
    sandbox.server.register(custom_resource(f"{HELM}/v2", "helmreleases", "HelmRelease"))
    served = Served(connection(sandbox.kubeconfig))
    for _ in range(4):
        sandbox.server.fail(Fault(kind="status", code=503, path=f"/apis/{HELM}"))
    with pytest.raises(Temporary):
        served.version("HelmRelease")
    assert served.version("HelmRelease") == "v2"


def test_where_discovery_is_forbidden_the_usual_version_is_asked_for(tmp_path: Path) -> None:
    status = {"kind": "Status", "status": "Failure", "reason": "Forbidden", "message": "no", "code": 403}
    found = {"kind": "HelmRelease", "metadata": {"name": "web", "namespace": "shop", "uid": "u"}}
    wire = Wire(answer(status, 403), answer(found))
    try:
        reader = Reader(connection(wire.kubeconfig(tmp_path / "config"), "wire"), "wire")
        assert reader.place(ObjectRef("HelmRelease", "web", "shop")).startswith(f"/apis/{HELM}/v2/")
    finally:
        wire.close()
