"""What a restart, a scaling and a roll-back cost beside kubectl, in time and in requests, on the same stand-in cluster.

Ours is both taps: the object read anew and the change tried as a dry run, then the change. kubectl starts anew each
time, as it does for people; what it discovers is cached after its first. That the change is there is looked at each time.
"""

import subprocess
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.measuring import LOAD_CPU, PAIRS, environment, estimate, in_turn, ratio
from chatops.cluster import Cluster
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.demo_cluster import seed
from chatops.sandbox.kubeapi.server import KubeApiServer
from tests.sandbox.kubeapi.test_kubectl import KUBECTL, Kubectl

WEB = ObjectRef("Deployment", "checkout", "shop")
SPEED = 100.0


class Bench:
    """One cluster; `requests` are how many each way made in all."""

    def __init__(self, server: KubeApiServer, folder: Path) -> None:
        self.server = server
        self.door = Cluster(None, str(server.kubeconfig(folder / "ours")), threading.Event())
        self.door.check()
        (folder / "home").mkdir()
        self.kubectl = Kubectl(server, folder / "home")
        self.requests: dict[str, list[int]] = {}
        self._turn = 0

    def ours(self, name: str, action: str, params: Callable[[], dict[str, str]], *, taps: int) -> float:
        """Both taps, or the second alone."""
        asked, ref = params(), ObjectRef(WEB.kind, WEB.name, WEB.namespace)
        now = datetime.now(UTC)
        if taps == 2:
            return self._timed(name, lambda: self._done(self.door.preview(action, ref, asked, now)))
        tried = self.door.preview(action, ref, asked, now)
        return self._timed(name, lambda: self._done(tried))

    def _done(self, tried: Any) -> None:
        assert tried.refusal is None, tried.refusal
        self.door.perform(tried.plan)

    def theirs(self, name: str, arguments: Callable[[], list[str]]) -> float:
        command = arguments()
        return self._timed(name, lambda: self.kubectl(*command))

    def _timed(self, name: str, work: Callable[[], object]) -> float:
        before, generation = len(self.server.requests.matching()), self._generation()
        start = perf_counter()
        work()
        taken = perf_counter() - start
        self.requests.setdefault(name, []).append(len(self.server.requests.matching()) - before - 1)
        assert self._generation() > generation, f"{name}: nothing changed"
        return taken * 1000

    def _generation(self) -> int:
        # Beside the requests that are counted: one more, taken off.
        return int(self.kubectl_free_read()["metadata"]["generation"])

    def kubectl_free_read(self) -> dict[str, Any]:
        return dict(self.door.reader.connection.get_json("/apis/apps/v1/namespaces/shop/deployments/checkout"))


def main() -> None:
    print("see below")


if __name__ == "__main__":
    main()
