"""What a restart, a scaling and a roll-back cost beside kubectl, in time and in requests, on the same stand-in cluster.

Ours is both taps: the object read anew and the change tried as a dry run, then the change; the second alone is told
beside it. kubectl starts anew each time, as it does for people; what it discovers is cached after its first. Each time
it is looked whether the object did change.
"""

import statistics
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

from bench.measuring import PAIRS, environment, in_turn, tell
from chatops.cluster import Cluster
from chatops.core.resources import ObjectRef
from chatops.sandbox.kubeapi.demo_cluster import seed
from chatops.sandbox.kubeapi.server import KubeApiServer
from tests.sandbox.kubeapi.test_kubectl import KUBECTL, Kubectl

NAME, NAMESPACE = "checkout", "shop"
SPEED = 100.0


class Bench:
    """One cluster. `requests` are how many each way made, time by time."""

    def __init__(self, server: KubeApiServer, folder: Path) -> None:
        self._server = server
        self._door = Cluster(None, str(server.kubeconfig(folder / "ours")), threading.Event())
        self._door.check()
        self._kubectl = Kubectl(server, folder)
        self._kubectl("get", "deployments")
        self.requests: dict[str, list[int]] = {}

    def ours(self, action: str, params: Callable[[], dict[str, str]]) -> float:
        """Milliseconds of both taps."""
        asked, ref = params(), ObjectRef("Deployment", NAME, NAMESPACE)
        second: list[float] = []

        def taps() -> None:
            tried = self._door.preview(action, ref, asked, datetime.now(UTC))
            assert tried.refusal is None, tried.refusal
            begun = perf_counter()
            self._door.perform(tried.plan)
            second.append((perf_counter() - begun) * 1000)

        taken = self._timed(f"{action}: both taps", taps)
        self.second = second[0]
        return taken

    def theirs(self, action: str, arguments: Callable[[], list[str]]) -> float:
        command = arguments()
        return self._timed(f"{action}: kubectl", lambda: self._kubectl(*command))

    def _timed(self, name: str, work: Callable[[], Any]) -> float:
        # The same change of the same object within a second is none, by kubectl and by us.
        sleep(1.05)
        before = self._generation()
        self._server.requests.clear()
        start = perf_counter()
        work()
        taken = (perf_counter() - start) * 1000
        self.requests.setdefault(name, []).append(len(self._server.requests.matching()))
        assert self._generation() > before, f"{name}: nothing changed"
        return taken

    def _generation(self) -> int:
        found = self._server.get("Deployment", NAME, NAMESPACE)
        assert found is not None
        return int(found["metadata"]["generation"])

    def replicas(self) -> str:
        """Up and down by turns, never what it is."""
        found = self._server.get("Deployment", NAME, NAMESPACE)
        assert found is not None
        return str(int(found["spec"]["replicas"]) + 1)


def compare(bench: Bench, action: str, params: Callable[[], dict[str, str]], kubectl: list[str], pairs: int) -> None:
    seconds: list[float] = []

    def ours() -> float:
        taken = bench.ours(action, params)
        seconds.append(bench.second)
        return taken

    def arguments() -> list[str]:
        return [bench.replicas().join(("--replicas=", "")) if each == "{replicas}" else each for each in kubectl]

    rounds = in_turn({"chatops, both taps": ours, "kubectl": lambda: bench.theirs(action, arguments)}, pairs)
    tell(action, rounds, "ms", ours="chatops, both taps")
    asked = {name: statistics.median(each) for name, each in bench.requests.items() if name.startswith(f"{action}:")}
    print(f"    the second tap alone {statistics.median(seconds):.1f} ms; requests: {asked}", flush=True)


def main(pairs: int = PAIRS) -> None:
    print(environment())
    if KUBECTL is None:
        print("no kubectl here, so nothing beside it")
        return
    server = KubeApiServer(speed=SPEED)
    seed(server)
    with server, tempfile.TemporaryDirectory() as folder:
        bench = Bench(server, Path(folder))
        where = ["-n", NAMESPACE]
        compare(bench, "rollout_restart", dict, [*where, "rollout", "restart", f"deployment/{NAME}"], pairs)
        scale = [*where, "scale", f"deployment/{NAME}", "{replicas}"]
        compare(bench, "scale_up", lambda: {"replicas": bench.replicas()}, scale, pairs)
        compare(bench, "rollout_undo", dict, [*where, "rollout", "undo", f"deployment/{NAME}"], pairs)


if __name__ == "__main__":
    main()
