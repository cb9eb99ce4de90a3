"""What it holds in memory with ten thousand open incidents, and what an incident adds.

Beside: Python with nothing, and with the modules alone.
"""

import subprocess
import tempfile
import time
from pathlib import Path

from bench.load import Load, drive
from bench.measuring import ROOT, environment, memory, shared_out, take_load_cpu
from bench.peers import runtime
from bench.shipped import rows, settle, shipped, url_of
from tests.flows.town import TOKEN

OPEN = 10_000
STEPS = (1_000, 5_000, OPEN)
HELD = "import {}; print(next(l.split()[1] for l in open('/proc/self/status') if l.startswith('VmRSS')))"


def bare(module: str) -> float:
    done = subprocess.run([runtime(), "-c", HELD.format(module)], cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def main(steps: tuple[int, ...] = STEPS) -> None:
    print(environment())
    take_load_cpu()
    with tempfile.TemporaryDirectory() as folder, shipped(Path(folder)) as place:
        time.sleep(2)
        pid, sent = place.service.pid, 0
        print("memory (wanted: 90 MB with 10,000 open incidents)")
        print(f"    Python alone {bare('sys'):.1f} MiB, with the modules {bare('run'):.1f} MiB")
        empty = memory(pid)
        print(f"    serving, no incident          {empty:6.1f} MiB resident, {shared_out(pid):.1f} PSS")
        for wanted in steps:
            answered = drive(Load(place.service.alert_port, wanted - sent, sent, token=TOKEN))
            assert answered.taken == wanted - sent, answered.statuses
            sent = wanted
            settle(place)
            time.sleep(3)
            count = rows(url_of(place), "SELECT count(*) FROM incidents WHERE status = 'active'")[0][0]
            assert count == wanted, f"{count} open of {wanted}"
            held = memory(pid)
            told = f"{held:6.1f} MiB resident, {shared_out(pid):.1f} PSS, most {memory(pid, 'VmHWM'):.1f}"
            each = f"{(held - empty) * 1024 / wanted:.1f} KiB each"
            print(f"    {wanted:>6,} open incidents         {told}, {each}", flush=True)


if __name__ == "__main__":
    main()
