"""Cheap lives of the service: a process that has imported it once and forks a child for each.

`python -m tests.killing.forks` is that process, told what to do on standard input. A child has its own environment,
working folder and log, and runs run.py to its end like one that was started by itself. Threads do not survive a fork,
so the parent never has any but its first.
"""

import atexit
import contextlib
import faulthandler
import gc
import json
import os
import selectors
import signal
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any

from tests.flows.town import ROOT, Process, Service, until


class Life:
    """One child. Its end is told by the process that forked it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        return self.returncode

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def wait(self, timeout: float) -> int:
        """The return code as subprocess gives it: negative for a signal."""
        until(lambda: self.returncode is not None, f"process {self.pid} ends", timeout)
        assert self.returncode is not None
        return self.returncode


class Forks:
    """The parent of the lives, seen from the test's process. A context manager."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.killing.forks"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._born: list[Life] = []
        self._turn = threading.Lock()
        self._lives: dict[int, Life] = {}
        self._reader = threading.Thread(target=self._read, name="forks", daemon=True)
        self._reader.start()

    def __enter__(self) -> "Forks":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)
        self._reader.join(30)

    def spawn(self, *, environment: dict[str, str], folder: Path, log: Path, hook: dict[str, Any] | None) -> Life:
        """A new life; `hook` is what tests.killing.hook gets before it begins."""
        assert self._process.stdin
        order = {"environment": environment, "folder": str(folder), "log": str(log), "hook": hook}
        with self._turn:
            count = len(self._born)
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            until(lambda: len(self._born) > count, "a child is forked")
            return self._born[count]

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            told = json.loads(line)
            if "born" in told:
                life = self._lives[told["born"]] = Life(told["born"])
                self._born.append(life)
            else:
                self._lives[told["ended"]].returncode = told["code"]


@cache
def shared() -> Forks:
    """Those of this process, which they end with."""
    made = Forks()
    atexit.register(made.__exit__)
    return made


class ForkedService(Service):
    """The service as a life of `forks`. `hook` is for the next life that is started."""

    def __init__(self, forks: Forks, environment: dict[str, str], folder: Path) -> None:
        super().__init__(environment, folder)
        self._forks = forks
        self.hook: dict[str, Any] | None = None

    def _spawn(self, changed: dict[str, str]) -> Process:
        environment = {**self._environment, **changed}
        return self._forks.spawn(environment=environment, folder=self._folder, log=self.log, hook=self.hook)

    @property
    def returncode(self) -> int | None:
        """How the present life ended; None while it goes on."""
        return self._process.poll() if self._process else None

    @property
    def pid(self) -> int:
        assert isinstance(self._process, Life)
        return self._process.pid


# The parent's own part.


def _serve() -> dict[str, Any] | None:
    """Fork as told until standard input ends. Returns an order in each child, and None in the parent at the end."""
    assert threading.active_count() == 1, threading.enumerate()
    gc.collect()
    gc.freeze()
    wake, woken = os.pipe()
    for end in (wake, woken):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    alive: set[int] = set()
    with selectors.DefaultSelector() as selector:
        selector.register(wake, selectors.EVENT_READ)
        selector.register(sys.stdin, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd == wake:
                    os.read(wake, 4096)
                    _bury(alive)
                    continue
                line = sys.stdin.buffer.raw.readline()  # type: ignore[attr-defined]  # unbuffered: select sees all of it
                if not line:
                    for pid in alive:
                        os.kill(pid, signal.SIGKILL)
                    return None
                order: dict[str, Any] = json.loads(line)
                if not (pid := os.fork()):
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    os.close(wake)
                    os.close(woken)
                    return order
                alive.add(pid)
                _tell({"born": pid})


def _bury(alive: set[int]) -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            alive.discard(pid)
            _tell({"ended": pid, "code": os.waitstatus_to_exitcode(status)})


def _tell(told: dict[str, int]) -> None:
    print(json.dumps(told), flush=True)


def _become(order: dict[str, Any]) -> None:
    """The surroundings of a process of its own."""
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(log)
    # Where a life ends by a fault of the interpreter, its log has the stacks.
    faulthandler.enable()
    sys.argv[:] = [str(ROOT / "run.py")]


def main() -> None:
    import run
    from tests.killing import hook

    order = _serve()
    if order is not None:
        _become(order)
        if order["hook"] is not None:
            hook.install(**order["hook"])
        run.cli()


if __name__ == "__main__":
    main()
