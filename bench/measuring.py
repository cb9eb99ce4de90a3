"""How things are measured here: in turn, so that what else the machine does falls on all alike, and with intervals.

The load runs on one CPU and what is measured on another, where the machine has two. It knows no subject.
"""

import os
import platform
import random
import resource
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOAD_CPU, SUBJECT_CPU = 0, 1
PAIRS = 7
RESAMPLES = 2_000
BUSY = 0.5
"""CPUs that others took, on average, while a pair was measured: more, and it is set aside."""

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A median and where 95 of 100 of such medians lie (bootstrap)."""

    middle: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{short(self.middle)} [{short(self.low)} – {short(self.high)}]"


def short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def estimate(values: Sequence[float]) -> Estimate:
    return _resampled(len(values), lambda picked: statistics.median(values[each] for each in picked))


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Estimate:
    """Of pairs that were measured next to each other: the median of ours to theirs."""
    pairs = [a / b for a, b in zip(ours, theirs, strict=True)]
    return estimate(pairs)


def _resampled(count: int, middle: Callable[[Sequence[int]], float]) -> Estimate:
    dice = random.Random(7)
    found = sorted(middle([dice.randrange(count) for _ in range(count)]) for _ in range(RESAMPLES))
    return Estimate(middle(range(count)), found[int(RESAMPLES * 0.025)], found[int(RESAMPLES * 0.975)])


def at(values: Sequence[float], part: float) -> float:
    """The smallest value that `part` of all are not above."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(len(ordered) * part * 1000) // 1000) - 1)]


@dataclass(slots=True)
class Rounds:
    """What each way gave, round by round; `set_aside` rounds were measured beside others' work."""

    found: dict[str, list[float]] = field(default_factory=dict)
    set_aside: int = 0
    loaded: bool = False


def in_turn(ways: Mapping[str, Callable[[], float]], pairs: int = PAIRS) -> Rounds:
    """Each way once a round, forwards and backwards by turns (A-B-B-A).

    A round in which others used more than BUSY CPUs is set aside, unless that leaves fewer than half: then all are
    kept, and it is `loaded`.
    """
    kept: list[dict[str, float]] = []
    disturbed: list[dict[str, float]] = []
    for number in range(pairs):
        names = list(ways) if number % 2 == 0 else list(ways)[::-1]
        others = Others()
        measured = {name: ways[name]() for name in names}
        (disturbed if others.used() > BUSY else kept).append(measured)
    loaded = len(kept) * 2 < pairs
    chosen = [*kept, *disturbed] if loaded else kept
    found = {name: [each[name] for each in chosen] for name in ways}
    return Rounds(found, 0 if loaded else len(disturbed), loaded)


def tell(title: str, rounds: Rounds, unit: str, *, ours: str) -> None:
    """A line for each way: its median, and ours to it."""
    note = ", beside others' work" if rounds.loaded else f", {rounds.set_aside} set aside" if rounds.set_aside else ""
    mine = rounds.found[ours]
    print(f"{title} (medians of {len(mine)} rounds [95% of such medians]{note})")
    for name, values in rounds.found.items():
        compared = "" if name == ours else f"   chatops to it: x {ratio(mine, values)}"
        print(f"    {name:34} {estimate(values)} {unit}{compared}", flush=True)


class Others:
    """CPUs that were used by processes which are not ours, since this was made."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._busy, self._own = _machine_seconds(), own_seconds()

    def used(self) -> float:
        taken = time.monotonic() - self._start
        theirs = _machine_seconds() - self._busy - (own_seconds() - self._own)
        return max(0.0, theirs / taken) if taken > 0 else 0.0


def _machine_seconds() -> float:
    user, nice, system, _idle, _wait, irq, soft = Path("/proc/stat").read_text().split()[1:8]
    return sum(map(int, (user, nice, system, irq, soft))) / TICK


def own_seconds() -> float:
    """CPU-seconds of this process, its children, and theirs."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = time.process_time() + ended.ru_utime + ended.ru_stime
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(stat.parent.name)
        parents[pid] = int(fields[1])
        spent[pid] = sum(map(int, fields[11:15])) / TICK
    me = os.getpid()

    def ours(pid: int) -> bool:
        while pid := parents.get(pid, 0):
            if pid == me:
                return True
        return False

    return own + sum(seconds for pid, seconds in spent.items() if ours(pid))


def cpu_seconds(pid: int) -> float:
    """Of one process, by all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory(pid: int | str, name: str = "VmRSS") -> float:
    """MiB of a process: VmRSS what it holds, VmHWM what it held at most."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(name)


def shared_out(pid: int) -> float:
    """MiB of a process where what is shared counts for each by its part (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise LookupError("Pss")


def take_load_cpu() -> None:
    """This process, and what it starts without another word, on the CPU of the load."""
    if _two_cpus():
        os.sched_setaffinity(0, {LOAD_CPU})


def on_subject_cpu(command: Sequence[str]) -> list[str]:
    """The command, run on the CPU of what is measured."""
    return _pinned(SUBJECT_CPU, command)


def on_load_cpu(command: Sequence[str]) -> list[str]:
    """The command, run on the other."""
    return _pinned(LOAD_CPU, command)


def _pinned(cpu: int, command: Sequence[str]) -> list[str]:
    return ["taskset", "-c", str(cpu), *command] if _two_cpus() and shutil.which("taskset") else [*command]


def _two_cpus() -> bool:
    return (os.cpu_count() or 1) > max(LOAD_CPU, SUBJECT_CPU)


def python(*arguments: str) -> list[str]:
    """A command that runs Python with this project's modules to be found."""
    return [sys.executable, *arguments]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def environment() -> str:
    """The machine, what runs on it, and the version that is measured."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "unknown"
    )
    memory_kb = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True).stdout
    load = " ".join(f"{each:.2f}" for each in os.getloadavg())
    return (
        f"{os.cpu_count()} x {model}, {memory_kb / 2**20:.1f} GiB, {platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; "
        f"version {commit.strip() or 'unknown'}; load {load}; {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
