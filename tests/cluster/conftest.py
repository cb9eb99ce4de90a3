"""The fixtures of the cluster's tests."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chatops.sandbox.kubeapi import Behaviour, KubeApiServer, LogLine, StepClock
from tests.cluster.rights_asked import Asked, documented
from tests.cluster.sandbox import NODES, NOW, Sandbox, node
from tests.cluster.world import build


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with KubeApiServer(auto=False, clock=StepClock(NOW), seed=7) as server:
        server.behave(
            "app:bad*",
            Behaviour(
                ready_after=None,
                runs_for=5.0,
                exit_code=137,
                exit_reason="OOMKilled",
                lines=(LogLine(after=0.1, text="\x1b[31mERROR\x1b[0m out of memory"),),
            ),
        )
        server.apply([node(name) for name in NODES])
        server.step(5)
        asked = Asked(server)
        yield Sandbox(server, tmp_path / "kubeconfig")
    assert asked.rights <= documented(), "docs/rbac.md grants all that the service asks for"


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The catalogue's cluster as it stands for days, for tests that change nothing in it."""
    with KubeApiServer(auto=False, clock=StepClock(NOW - timedelta(days=3)), seed=7) as server:
        build(server)
        yield Sandbox(server, tmp_path_factory.mktemp("world") / "kubeconfig")


@pytest.fixture
def own_world(tmp_path: Path) -> Iterator[Sandbox]:
    """One of one's own to change."""
    with KubeApiServer(auto=False, clock=StepClock(NOW), seed=7) as server:
        build(server)
        yield Sandbox(server, tmp_path / "kubeconfig")
