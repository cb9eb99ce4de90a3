"""All reports together: each on each kind it is offered for, shown on a phone, in both languages."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from chatops.cluster.reports import REPORTS
from chatops.core.actions import ACTIONS
from chatops.core.failures import Permanent, Reason
from chatops.core.reports import Line, Note, Report, Section
from chatops.core.resources import WORKLOADS, ObjectRef
from chatops.core.screens import diagnostics
from chatops.core.screens.base import TEXT_LIMIT, shown_length
from chatops.core.screens.report import NOTES, TITLES, report
from chatops.core.texts import tongue
from tests.cluster.reports.conftest import Read
from tests.cluster.reports.saying import facts, lines
from tests.cluster.sandbox import Sandbox, pod, workload

HERE = (
    "capacity",
    "component_health",
    "config_check",
    "csr_list",
    "node_pods",
    "node_stats",
    "node_status",
    "rollout_history",
    "target_health",
    "top",
)
NAMES = {"Node": "worker-1", "Cluster": "", "StatefulSet": "db", "DaemonSet": "agent"}
"""By kind; web is the name of all others."""

KUBECTL = shutil.which("kubectl")


@pytest.fixture
def town(sandbox: Sandbox) -> Sandbox:
    """One of each kind."""
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
    meta = {"name": "web", "namespace": "shop"}
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    scaling = {"scaleTargetRef": target, "maxReplicas": 3}
    sandbox.apply(
        *(workload(kind, NAMES.get(kind, "web"), "app:bad") for kind in WORKLOADS),
        pod("web", nodeName="worker-1"),
        {"apiVersion": "v1", "kind": "Service", "metadata": dict(meta), "spec": spec},
        {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": dict(meta), "spec": scaling},
        seconds=200,
    )
    return sandbox


@pytest.mark.parametrize("action", HERE)
def test_each_is_there_for_each_of_its_kinds_and_fits_a_phone(town: Sandbox, read: Read, action: str) -> None:
    for kind in ACTIONS[action].kinds:
        name = NAMES.get(kind, "web")
        told = read(action, kind, name)
        assert told.action == action
        assert all(note.code in NOTES for note in told.notes)
        words = {section.title for section in told.sections} - TITLES
        assert {word.partition(" ")[0] for word in words} <= {"app"}, "the names of containers"
        assert all(value and "\n" not in value for _, value in told.facts)
        for language in ("en", "ru"):
            shown = report(told, tongue(language), incident_id=1, params={})
            assert shown_length(shown.html) <= TEXT_LIMIT


@pytest.mark.parametrize("action", sorted({*HERE} - {"capacity", "component_health", "csr_list"}))
def test_what_is_gone_is_not_found_and_what_was_replaced_is_said_to_be(town: Sandbox, action: str) -> None:
    kind = ACTIONS[action].kinds[0]
    namespace = "" if kind == "Node" else "shop"
    name = NAMES.get(kind, "web")
    for ref, reason in (
        (ObjectRef(kind, "nowhere", namespace), Reason.NOT_FOUND),
        (ObjectRef(kind, name, namespace, uid="before"), Reason.REPLACED),
    ):
        with pytest.raises(Permanent) as caught:
            town.cluster.report(action, ref, {}, town.server.clock.now())
        assert caught.value.reason is reason


def test_every_note_has_its_sentence() -> None:
    folder = Path(__file__).parents[3] / "chatops" / "cluster"
    source = "\n".join(path.read_text() for path in folder.rglob("*.py"))
    codes = set(re.findall(r'Note\(\s*"(\w+)"', source))
    assert len(codes) > 15
    assert codes - set(NOTES) - set(diagnostics.NOTES) == set()
    assert set(HERE) <= set(REPORTS)


def test_a_title_that_is_a_name_with_braces_is_shown_as_it_is() -> None:
    told = Report("top", ObjectRef("Pod", "x", "y"), sections=(Section("{0.__class__}", (Line("a"),)),))
    assert "{0.__class__}" in report(told, tongue("ru"), incident_id=None, params={}).html
    noted = Report("top", ObjectRef("Pod", "x", "y"), notes=(Note("stats_unreachable", "{evil} <b>"),))
    assert "{evil} &lt;b&gt;" in report(noted, tongue("en"), incident_id=None, params={}).html


def kubectl(sandbox: Sandbox, *arguments: str) -> str:
    command = [str(KUBECTL), "--kubeconfig", sandbox.kubeconfig, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def sized() -> dict:  # type: ignore[type-arg]
    found = workload("Deployment", "web", replicas=5)
    resources = {"requests": {"cpu": "330m", "memory": "700Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    found["spec"]["template"]["spec"]["containers"][0]["resources"] = resources
    return found


@pytest.mark.skipif(KUBECTL is None, reason="needs kubectl")
def test_use_is_what_kubectl_top_shows(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(sized())
    rows = [line.split() for line in kubectl(sandbox, "-n", "shop", "top", "pods", "--no-headers").splitlines()]
    ours = [line.split() for line in lines(read("top", "Deployment", "web"), "Pods")]
    assert sorted((words[0], words[2].partition("/")[0], words[6].partition("/")[0]) for words in ours) == sorted(
        (name, cpu, memory) for name, cpu, memory in rows
    )


@pytest.mark.skipif(KUBECTL is None, reason="needs kubectl")
@pytest.mark.parametrize("node", ["worker-1", "worker-2"])
def test_requests_are_what_kubectl_describe_node_sums_up(sandbox: Sandbox, read: Read, node: str) -> None:
    sandbox.apply(sized())
    described = kubectl(sandbox, "describe", "node", node)
    told = facts(read("node_status", "Node", node))
    for resource in ("cpu", "memory"):
        found = re.search(rf"^  {resource} +(\S+) \((\d+)%\)", described, re.MULTILINE)
        assert found is not None
        assert told[f"{resource} requests"].endswith(f" {found[2]}%")
