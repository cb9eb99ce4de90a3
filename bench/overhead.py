"""What the actors' own machinery costs: a message told, beside bare pykka, and an actor that fails and starts again.

A webhook is some three messages. Told are CPU-seconds, in which waiting for others of the machine does not count.
"""

import threading
import time
from typing import Any

import pykka

from bench.measuring import PAIRS, environment, in_turn, tell
from chatops.actors.addresses import Address
from chatops.actors.base import Actor
from chatops.actors.directory import Directory
from chatops.actors.specs import ChildSpec, starter
from chatops.actors.tree import Supervisor

COUNT = 20_000
COUNTER: Address = ("counter",)
PATIENCE = 30.0


class Counter(Actor):
    """Counts what it is told; the number it is told is how many there will be. A negative one breaks it."""

    def __init__(self, *, directory: Directory, address: Address, done: threading.Event) -> None:
        super().__init__(directory=directory, address=address)
        self._done = done
        self._count = 0

    def receive(self, message: Any) -> Any:
        if not isinstance(message, int):
            return super().receive(message)
        if message < 0:
            raise RuntimeError("told to")
        self._count += 1
        if self._count >= message:
            self._done.set()
            self._count = 0
        return None


class Bare(pykka.ThreadingActor):
    def __init__(self, done: threading.Event) -> None:
        super().__init__()
        self._done = done
        self._count = 0

    def on_receive(self, message: Any) -> None:
        self._count += 1
        if self._count >= message:
            self._done.set()
            self._count = 0


def spent(told: Any, done: threading.Event) -> float:
    """CPU-microseconds a message, sender and receiver."""
    done.clear()
    before = time.process_time()
    for _ in range(COUNT):
        told(COUNT)
    assert done.wait(PATIENCE)
    return (time.process_time() - before) / COUNT * 1e6


def main(pairs: int = PAIRS) -> None:
    print(environment())
    done, directory = threading.Event(), Directory()
    supervisor = Supervisor(
        directory,
        [ChildSpec(COUNTER, starter(Counter, directory, done=done))],
        give_up=lambda *_: None,
        on_failed=lambda *_: None,
    )
    supervisor.wait_started(PATIENCE)
    bare = Bare.start(done)
    ways = {
        "chatops, told by address": lambda: spent(lambda message: directory.tell(COUNTER, message), done),
        "bare pykka": lambda: spent(bare.tell, done),
    }
    tell("a message told and handled", in_turn(ways, pairs), "us of CPU", ours="chatops, told by address")
    done.clear()
    start = time.perf_counter()
    # Its first failure: after a second one soon after, the supervisor waits before it starts it again.
    directory.tell(COUNTER, -1)
    directory.tell(COUNTER, 1)
    assert done.wait(PATIENCE)
    restart = (time.perf_counter() - start) * 1000
    print(f"    from a failure to the next message handled {restart:.1f} ms (wanted: 100)", flush=True)
    bare.stop()
    supervisor.stop()
    directory.timers.stop()


if __name__ == "__main__":
    main()
