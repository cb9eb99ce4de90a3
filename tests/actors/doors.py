"""A cluster door without a cluster: every call says what it is, and does what the test prepared for it."""

import queue
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from chatops.core.actions import Plan
from chatops.core.resources import ObjectRef


def deploy(name: str, uid: str = "", cluster: str = "") -> ObjectRef:
    return ObjectRef("Deployment", name, "shop", uid, cluster)


def restart(name: str, uid: str = "", cluster: str = "") -> Plan:
    return Plan("rollout_restart", deploy(name, uid, cluster))


class Door:
    """One opened door. Answers with what the object's script says, else with the name of the method called."""

    def __init__(self, works: "Works", stop: threading.Event) -> None:
        self.works = works
        self.stop = stop

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.works.calls.put((method, arguments, named))
            if method == "survey":
                return self.works.survey(self, *arguments)
            subject = arguments[0].ref if isinstance(arguments[0], Plan) else arguments[0]
            script = self.works.scripts.get(getattr(subject, "name", ""))
            return script(self) if script is not None else method

        return call

    def acting_for(self, person: int) -> AbstractContextManager[None]:
        self.works.persons.append(person)
        return nullcontext()

    def close(self) -> None:
        self.works.closed.put(self)


class Works:
    """What the executors of a test do: `calls` made, doors `opened` and `closed`. `scripts` go by object name."""

    def __init__(self) -> None:
        self.calls: queue.Queue[tuple[str, tuple[Any, ...], dict[str, Any]]] = queue.Queue()
        self.opened: queue.Queue[Door] = queue.Queue()
        self.closed: queue.Queue[Door] = queue.Queue()
        self.persons: list[int] = []
        self.scripts: dict[str, Callable[[Door], Any]] = {}
        self.survey: Callable[..., Any] = lambda door, suspects, now: "survey"

    def open(self, stop: threading.Event) -> Door:
        door = Door(self, stop)
        self.opened.put(door)
        return door


class Block:
    """A script that keeps its executor busy until released, or told to stop when it listens to that."""

    def __init__(self, answer: Any = "done") -> None:
        self.entered = threading.Event()
        self.release = threading.Event()
        self.answer = answer

    def __call__(self, door: Door) -> Any:
        self.entered.set()
        assert self.release.wait(10)
        return self.answer


def raising(error: BaseException) -> Callable[[Door], Any]:
    def script(_door: Door) -> Any:
        raise error

    return script
