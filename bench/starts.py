"""From the command to the first webhook taken, and from kill -9 with ten thousand cards unsent to the first one sent.

Beside: Python that starts and imports nothing, and the bare imports. Modules are compiled beforehand, as in an image.
"""

import compileall
import subprocess
import tempfile
import time
from pathlib import Path

from bench.alerts import body
from bench.load import Load, drive
from bench.measuring import ROOT, cpu_seconds, environment, estimate, on_subject_cpu, take_load_cpu
from bench.peers import runtime
from bench.shipped import rows, settle, shipped, url_of
from tests.flows.town import PATIENCE, TOKEN, Town

ROUNDS = 20
PENDING = 10_000


def timed(*arguments: str) -> float:
    start = time.perf_counter()
    subprocess.run(on_subject_cpu([runtime(), *arguments]), cwd=ROOT, check=True)
    return time.perf_counter() - start


def started(place: Town) -> float:
    """Until it says that it serves and takes a webhook."""
    start = time.perf_counter()
    place.service.start()
    while place.post(body(0)) != 200:
        time.sleep(0.002)
    return time.perf_counter() - start


def cold(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder, shipped(Path(folder)) as place:
        found: dict[str, list[float]] = {"python": [], "imports": [], "start": [], "cpu": []}
        for _ in range(rounds):
            settle(place)
            place.service.kill()
            found["python"].append(timed("-c", "pass"))
            found["imports"].append(timed("-c", "import run"))
            found["start"].append(started(place))
            found["cpu"].append(cpu_seconds(place.service.pid))
        print(f"cold start, {rounds} times (wanted: ready in 1 s)")
        print(f"    Python alone                  {estimate(found['python'])} s")
        print(f"    the imports                   {estimate(found['imports'])} s")
        print(f"    to the first webhook taken    {estimate(found['start'])} s, worst {max(found['start']):.2f} s")
        # Others' work on the same CPU does not count in it.
        print(f"    its CPU-seconds until then    {estimate(found['cpu'])} s, least {min(found['cpu']):.2f} s")


def recovery(pending: int) -> None:
    """Ten thousand incidents that no chat has seen: Telegram is out of reach until the process is killed."""
    with tempfile.TemporaryDirectory() as folder, shipped(Path(folder), STORM_THRESHOLD="0") as place:
        place.bot_api.go_away()
        answered = drive(Load(place.service.alert_port, pending, token=TOKEN))
        assert answered.taken == pending, answered.statuses
        settle(place)
        place.service.kill()
        place.bot_api.come_back()
        before = len(place.bot_api.requests("sendMessage"))
        start = time.perf_counter()
        place.service.start()
        ready = time.perf_counter() - start
        while len(place.bot_api.requests("sendMessage")) == before:
            assert time.perf_counter() - start < PATIENCE, "nothing was sent"
            time.sleep(0.002)
        first = time.perf_counter() - start
        count = rows(url_of(place), "SELECT count(*) FROM incidents")[0][0]
        assert count == pending, f"{count} incidents of {pending}"
        print(f"after kill -9 with {pending:,} incidents unsent (wanted: first sent within 2 s)")
        print(f"    serves after {ready:.2f} s, the first is sent after {first:.2f} s", flush=True)


def main(rounds: int = ROUNDS, pending: int = PENDING) -> None:
    print(environment())
    take_load_cpu()
    compileall.compile_dir(str(ROOT / "chatops"), quiet=2)
    cold(rounds)
    recovery(pending)


if __name__ == "__main__":
    main()
