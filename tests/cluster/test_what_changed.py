"""What the newest rollout of a workload changed: images by value, everything else by name."""

from typing import Any

import pytest

from chatops.cluster.template_parts import changed_parts
from chatops.core.resources import WORKLOADS, ImageChange, ObjectRef, Rollout
from tests.cluster.sandbox import NOW, Sandbox, workload

Container = dict[str, Any]


def rolled_out(sandbox: Sandbox, kind: str, change: Any) -> Rollout:
    """The rollout of a workload after `change` was made to its template."""
    sandbox.apply(workload(kind, "web"), seconds=120)
    sandbox.server.step(3_600)
    sandbox.edit(kind, "web", lambda found: change(found["spec"]["template"]))
    sandbox.server.step(120)
    (view,) = sandbox.cluster.survey([ObjectRef(kind, "web", "shop")], NOW).workloads
    assert view.rollout is not None
    return view.rollout


@pytest.mark.parametrize("kind", WORKLOADS)
def test_another_image(sandbox: Sandbox, kind: str) -> None:
    def change(template: dict[str, Any]) -> None:
        template["spec"]["containers"][0]["image"] = "app:2"

    started = sandbox.server.clock.now()
    rollout = rolled_out(sandbox, kind, change)
    assert rollout.changes == (ImageChange("app", "app:1", "app:2"),)
    assert (rollout.revision, rollout.previous, rollout.parts) == (2, 1, ())
    assert rollout.since is not None
    assert (rollout.since - started).total_seconds() > 3_600, "the new revision's age, not the workload's"


@pytest.mark.parametrize("kind", WORKLOADS)
def test_another_limit_or_variable(sandbox: Sandbox, kind: str) -> None:
    def change(template: dict[str, Any]) -> None:
        container: Container = template["spec"]["containers"][0]
        container["env"][0]["value"] = "canary-changed"
        container["resources"] = {"limits": {"memory": "1Gi"}}

    rollout = rolled_out(sandbox, kind, change)
    assert rollout.changes == ()
    assert sorted(rollout.parts) == ["app env", "app resources"]
    assert (rollout.revision, rollout.previous) == (2, 1)
    assert "canary" not in repr(rollout)


@pytest.mark.parametrize("kind", WORKLOADS)
def test_a_restart(sandbox: Sandbox, kind: str) -> None:
    sandbox.apply(workload(kind, "web"), seconds=120)
    plan = sandbox.plan("rollout_restart", sandbox.ref(kind, "web"), restarted_at="2026-11-23T09:00:00Z")
    sandbox.cluster.perform(plan)
    sandbox.server.step(120)
    (view,) = sandbox.cluster.survey([ObjectRef(kind, "web", "shop")], NOW).workloads
    assert view.rollout is not None
    assert (view.rollout.changes, view.rollout.parts) == ((), ("restart",))


@pytest.mark.parametrize("kind", WORKLOADS)
def test_the_first_revision_changed_nothing(sandbox: Sandbox, kind: str) -> None:
    sandbox.apply(workload(kind, "web"))
    (view,) = sandbox.cluster.survey([ObjectRef(kind, "web", "shop")], NOW).workloads
    assert view.rollout is not None
    assert (view.rollout.previous, view.rollout.changes, view.rollout.parts) == (None, (), ())


def test_parts_by_name() -> None:
    before = {
        "metadata": {"labels": {"app": "web"}, "annotations": {"a": "1"}},
        "spec": {"containers": [{"name": "app", "image": "a:1", "args": ["x"]}, {"name": "old"}], "volumes": []},
    }
    after = {
        "metadata": {"labels": {"app": "web", "tier": "x"}, "annotations": {"a": "2"}},
        "spec": {
            "containers": [{"name": "app", "image": "a:2", "args": ["y"]}],
            "initContainers": [{"name": "migrate"}],
            "volumes": [],
            "nodeSelector": {"disk": "ssd"},
        },
    }
    expected = ("app args", "old", "migrate", "nodeSelector", "labels", "annotations")
    assert changed_parts(before, after) == expected
    assert changed_parts(before, before) == ()
    assert changed_parts({}, {"spec": None, "metadata": "x"}) == ()
