"""The actor every other one is made from: an address, a life told to the supervisor, and no mail lost by a crash."""

import threading
from typing import Any, ClassVar, NoReturn

import pykka
import structlog

from chatops.actors.addresses import SUPERVISOR, Address
from chatops.actors.directory import Directory
from chatops.actors.marks import mark_thread, marked
from chatops.actors.supervision_messages import ChildFailed, ChildReady, ChildStopped, Passivate, Ping
from chatops.actors.timers import Timer
from chatops.core.plain import safe_text

log = structlog.get_logger()


class ActorCrash(Exception):
    """Stands for an exception pykka would stop every actor for, such as SystemExit."""


class Actor(pykka.ThreadingActor):
    """Subclasses implement `setup`, `receive` and `teardown`; all three run in the actor's own thread.

    `__init__` runs in the starter's thread: it only stores its arguments. `stopping` is set, from any thread,
    when the actor should end soon: long work waits on it. Whatever one of the three raises is reported to the
    supervisor.
    """

    use_daemon_thread: ClassVar[bool] = True

    def __init__(self, *, directory: Directory, address: Address) -> None:
        super().__init__()
        self.directory = directory
        self.address = address
        self.stopping = threading.Event()
        self._timers: list[Timer] = []
        self._strays: set[type] = set()
        directory.expect(address, self.actor_ref, self.stopping)

    def __str__(self) -> str:
        return f"{type(self).__name__} {'/'.join(map(str, self.address))}"

    def setup(self) -> None:
        """Load and reconcile. Mail comes only after it; raising counts as a crash."""

    def receive(self, message: Any) -> Any:
        """Handle one message in a `match`; its last case calls this, which logs the first stray of each type."""
        if type(message) not in self._strays:
            self._strays.add(type(message))
            log.warning("stray message", address=self.address, message=type(message).__name__)

    def teardown(self) -> None:
        """Let go of what is held. Runs after every end, a crash and a failed `setup` included; raising is logged."""

    def tell(self, address: Address, message: object) -> None:
        self.directory.tell(address, message)

    def later(self, seconds: float, message: object) -> Timer:
        """Tell myself in `seconds`, unless the timer is cancelled or I end before."""
        timer = self.directory.later(seconds, self.address, message)
        self._timers = [*(t for t in self._timers if t.waiting), timer]
        return timer

    def passivate(self) -> None:
        """Ask to be stopped until there is mail again. What I have by then is still handled."""
        self.tell(SUPERVISOR, Passivate(self.address, self.actor_ref))

    def on_start(self) -> None:
        threading.current_thread().name = str(self)
        mark_thread(self.address)
        try:
            self.setup()
        except BaseException as error:
            self._crash(error, doing="setup")
        if self.directory.register(self.address, self.actor_ref):
            self.report(ChildReady(self.address, self.actor_ref))

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, Ping):
            return None
        with marked(message):
            try:
                return self.receive(message)
            except BaseException as error:
                self._crash(error, doing=type(message).__name__)

    def on_stop(self) -> None:
        self._wind_down()
        self.report(ChildStopped(self.address, self.actor_ref))
        self.directory.gone(self.actor_ref)

    def report(self, event: ChildReady | ChildFailed | ChildStopped) -> None:
        self.tell(SUPERVISOR, event)

    def _crash(self, error: BaseException, *, doing: str) -> NoReturn:
        """End here. pykka logs the traceback of what is raised, or gives it to whoever asked."""
        log.error("actor crashed", address=self.address, doing=doing, error=summary(error))
        # pykka does not stop an actor that crashes on something asked.
        self.actor_stopped.set()
        pykka.ActorRegistry.unregister(self.actor_ref)
        self._wind_down()
        self.report(ChildFailed(self.address, self.actor_ref, doing, summary(error)))
        self.directory.gone(self.actor_ref)
        if isinstance(error, Exception):
            raise error
        raise ActorCrash(summary(error)) from error

    def _wind_down(self) -> None:
        self.stopping.set()
        for timer in self._timers:
            timer.cancel()
        self.directory.unregister(self.address, self.actor_ref)
        try:
            self.teardown()
        except BaseException as error:
            log.error("teardown failed", address=self.address, error=summary(error), exc_info=True)


def summary(error: BaseException) -> str:
    """One line: the class and the words of the error, without what looks like a secret in them."""
    return safe_text(" ".join(f"{type(error).__name__}: {error}".split()))
