"""The cluster's name picks the context, and never a wrong one."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from chatops.cluster.several import Clusters
from chatops.core.failures import Permanent, Reason
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi import KubeApiServer

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def pod(name: str) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"containers": [{"name": "app", "image": "app:1"}]},
    }


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Iterator[str]:
    """Two clusters, eu1 and us1, each with a pod of its own."""
    with KubeApiServer(auto=False) as eu, KubeApiServer(auto=False) as us:
        merged: dict[str, object] = {"apiVersion": "v1", "kind": "Config", "current-context": "eu1"}
        for name, server in (("eu1", eu), ("us1", us)):
            server.apply(pod(f"web-{name}"))
            one = msgspec.yaml.decode(server.kubeconfig(tmp_path / name, context=name).read_bytes())
            for part in ("clusters", "users", "contexts"):
                merged[part] = [*merged.get(part, []), *one[part]]  # type: ignore[misc]  # lists of YAML
        path = tmp_path / "kubeconfig"
        path.write_bytes(msgspec.yaml.encode(merged))
        yield str(path)


def clusters(kubeconfig: str, *contexts: str) -> Clusters:
    return Clusters(contexts, kubeconfig, threading.Event())


def ref(name: str, cluster: str) -> ObjectRef:
    return ObjectRef("Pod", name, "shop", cluster=cluster)


def test_the_name_picks_the_context(kubeconfig):
    both = clusters(kubeconfig, "eu1", "us1")
    for name in ("eu1", "us1"):
        seen = both.pod(ref(f"web-{name}", name))
        assert seen.ref.cluster == name


def test_a_name_that_is_none_of_several_gets_no_answer(kubeconfig):
    both = clusters(kubeconfig, "eu1", "us1")
    for unknown in ("", "eu", "eu2"):
        with pytest.raises(Permanent) as refused:
            both.pod(ref("web-eu1", unknown))
        assert refused.value.reason is Reason.UNKNOWN_CLUSTER
        survey = both.survey([ref("web-eu1", unknown)], NOW)
        assert survey.problem == Reason.UNKNOWN_CLUSTER
        assert "eu1, us1" in survey.problem_detail
        assert not survey.pods


def test_a_single_context_answers_to_any_name(kubeconfig):
    only = clusters(kubeconfig, "us1")
    assert only.pod(ref("web-us1", "production")).ref.name == "web-us1"


def test_without_contexts_the_current_one_is_used(kubeconfig):
    assert clusters(kubeconfig).pod(ref("web-eu1", "anything")).ref.name == "web-eu1"


def test_alerts_of_two_clusters_make_one_survey(kubeconfig):
    both = clusters(kubeconfig, "eu1", "us1")
    survey = both.survey([ref("web-eu1", "eu1"), ref("web-us1", "us1"), ref("x", "asia")], NOW)
    assert [seen.ref.name for seen in survey.pods] == ["web-eu1", "web-us1"]
    assert "asia" in survey.problem_detail


def test_no_suspect_and_several_contexts_is_said(kubeconfig):
    assert clusters(kubeconfig, "eu1", "us1").survey([], NOW).problem == Reason.UNKNOWN_CLUSTER
    assert clusters(kubeconfig).survey([], NOW).problem == ""
