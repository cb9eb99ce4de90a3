"""rollout_history: what each revision brought, and which one runs."""

import shutil
import subprocess

import pytest

from chatops.core.resources import Health
from tests.cluster.reports.conftest import Read
from tests.cluster.reports.saying import facts, lines, notes
from tests.cluster.sandbox import Sandbox, workload

KUBECTL = shutil.which("kubectl")
CAUSE = "kubernetes.io/change-cause"


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_newest_first_with_what_changed(sandbox: Sandbox, read: Read, kind: str) -> None:
    sandbox.apply(workload(kind, "web", "app:1"))
    sandbox.release(kind, "web", "app:2")
    sandbox.release(kind, "web", "app:3")
    told = read("rollout_history", kind, "web")
    assert [line.partition(" · ")[2] for line in lines(told, "Revisions")] == [
        "app:2 → app:3",
        "app:1 → app:2",
        "app:1",
    ]
    assert [line.split(" ")[0] for line in lines(told, "Revisions")] == ["3", "2", "1"]
    assert "(running)" in lines(told, "Revisions")[0]
    assert sum("(running)" in line for line in lines(told, "Revisions")) == 1
    assert (facts(told), told.health, told.related) == ({"revision": "3"}, Health.GOOD, ())


def test_ages_causes_and_a_rollback(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(workload("Deployment", "web", "app:1"))
    sandbox.annotate("Deployment", "web", {CAUSE: "first one"})
    sandbox.server.step(10)
    sandbox.release("Deployment", "web", "app:2")
    told = read("rollout_history", "Deployment", "web")
    assert [line for line in lines(told, "Revisions") if "first one" in line]
    assert "2m" in lines(told, "Revisions")[0]
    sandbox.release("Deployment", "web", "app:1")
    back = read("rollout_history", "Deployment", "web")
    assert [line.split(" ")[0] for line in lines(back, "Revisions")] == ["3", "2"]
    assert lines(back, "Revisions")[0].startswith("3 (running)")
    assert "app:2 → app:1" in lines(back, "Revisions")[0]


def test_a_change_that_is_not_an_image(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(workload("Deployment", "web"))

    def change(found: dict) -> None:  # type: ignore[type-arg]
        found["spec"]["template"]["metadata"]["annotations"] = {"kubectl.kubernetes.io/restartedAt": "now"}

    sandbox.edit("Deployment", "web", change)
    sandbox.server.step(60)
    assert lines(read("rollout_history", "Deployment", "web"), "Revisions")[0].endswith("same images")


def test_a_failing_revision_is_marked_as_it_is(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(workload("Deployment", "web", "app:1"))
    sandbox.release("Deployment", "web", "app:bad")
    told = read("rollout_history", "Deployment", "web")
    assert [line.health for line in told.sections[0].lines] == [Health.WARN, None]


def test_nothing_is_kept(sandbox: Sandbox, read: Read) -> None:
    sandbox.server.apply(workload("Deployment", "web"))
    assert notes(read("rollout_history", "Deployment", "web")) == ["no_revisions"]


@pytest.mark.skipif(KUBECTL is None, reason="needs kubectl")
def test_the_numbers_and_causes_are_those_of_kubectl(sandbox: Sandbox, read: Read) -> None:
    sandbox.apply(workload("Deployment", "web", "app:1"))
    for image in ("app:2", "app:3", "app:1"):
        sandbox.annotate("Deployment", "web", {CAUSE: f"image {image}"})
        sandbox.release("Deployment", "web", image)
    command = [str(KUBECTL), "--kubeconfig", sandbox.kubeconfig, "-n", "shop", "rollout", "history", "deploy/web"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    theirs = [line.split(None, 1) for line in done.stdout.splitlines()[2:] if line.strip()]
    ours = [line.split(" · ") for line in reversed(lines(read("rollout_history", "Deployment", "web"), "Revisions"))]
    assert [(parts[0].split(" ")[0], parts[-1]) for parts in ours] == [
        (number, cause.strip()) for number, cause in theirs
    ]
