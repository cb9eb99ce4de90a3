"""What the pods of a big workload cost, beside the typed client and kubectl: `make bench`.

Each way runs in a process of its own, in turn, against a loopback server that has its answers ready. Time is until the
first page stands; memory is what the process grew by at its peak, of kubectl the whole of it.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from chatops.cluster import Cluster
from chatops.core.resources import ObjectRef
from chatops.core.screens import resources
from chatops.core.texts import tongue
from tests.cluster.crowded import kubeconfig

ROOT = Path(__file__).parent.parent
PODS, ROUNDS = 10_000, 5
WEB = ObjectRef("Deployment", "web", "shop")

Figure = tuple[float, float]
"""Seconds, MiB."""


def screen(door: Cluster) -> None:
    """The first page as a chat gets it."""
    resources.pods(door.workload(WEB), tongue("en"), incident_id=1)


def survey(door: Cluster) -> None:
    """What a card is drawn from: whole objects, of which the worst are kept."""
    door.survey([WEB], datetime.now(UTC))


def typed(path: str) -> None:
    from kubernetes import client, config

    config.load_kube_config(path)
    client.CoreV1Api().list_namespaced_pod("shop")


def grown(work: Callable[[], None]) -> Figure:
    """Seconds, and MiB at the peak above what was there before."""
    Path("/proc/self/clear_refs").write_text("5")
    before, start = memory("VmRSS"), time.perf_counter()
    work()
    return time.perf_counter() - start, memory("VmHWM") - before


def memory(field: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(field)


def here(way: str, path: str) -> Figure:
    """One way, measured in this process, which has talked to the server once before."""
    door = Cluster(None, path, threading.Event(), read_timeout=120)
    door.check()
    if way == "typed":
        from kubernetes import client

        client.CoreV1Api()
        return grown(lambda: typed(path))
    return grown(lambda: {"screen": screen, "survey": survey}[way](door))


def kubectl(path: str) -> Figure:
    """kubectl, which starts anew each time; its discovery is cached after the first."""
    command = ["kubectl", f"--kubeconfig={path}", f"--cache-dir={path}-cache", "-n", "shop", "get", "pods", "-lapp=web"]
    script = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True); "
    script += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script, *command], capture_output=True, text=True, check=True)
    return time.perf_counter() - start, float(done.stdout)


def elsewhere(way: str, path: str) -> Figure:
    command = [sys.executable, "-m", "bench.pods", way, path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    seconds, mebibytes = json.loads(done.stdout.splitlines()[-1])
    return seconds, mebibytes


def main() -> None:
    names = {"screen": "first page on the screen", "survey": "survey for a card", "typed": "list_namespaced_pod"}
    ways: dict[str, Callable[[str], Figure]] = {
        name: lambda path, way=way: elsewhere(way, path)  # type: ignore[misc]
        for way, name in names.items()
    }
    if shutil.which("kubectl"):
        ways["kubectl get pods"] = kubectl
    serve = [sys.executable, "-m", "tests.cluster.crowded", str(PODS)]
    found: dict[str, list[Figure]] = {name: [] for name in ways}
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(serve, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout is not None
        path = Path(folder) / "config"
        path.write_text(kubeconfig(server.stdout.readline().strip()))
        for _ in range(ROUNDS):
            for name, measure in ways.items():
                found[name].append(measure(str(path)))
        server.kill()
    print(f"{PODS} pods, medians of {ROUNDS}")
    ours = statistics.median(seconds for seconds, _ in found[names["screen"]])
    for name, figures in found.items():
        seconds = statistics.median(s for s, _ in figures)
        size = statistics.median(m for _, m in figures)
        print(f"{name:26} {seconds * 1000:8.0f} ms {size:8.1f} MiB   x{seconds / ours:.1f}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(here(*sys.argv[1:])))
    else:
        main()
