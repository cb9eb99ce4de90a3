"""One life that dies and one that goes on, and people who do not know of it: they repeat what had no effect."""

import contextlib
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from chatops.sandbox.alertmanager import AlertmanagerServer
from chatops.sandbox.botapi.seen import Seen
from chatops.sandbox.kubeapi.server import KubeApiServer
from tests.flows.town import PATIENCE, Town, town
from tests.killing.cluster import SPEED
from tests.killing.forks import ForkedService, Forks

LOOK_SECONDS = 0.04
CALM_LOOKS = 4
"""So many looks in a row must find nothing under way before somebody believes that nothing will come of it."""

DEAD = "dead"
"""The folder with the database as the dead left it."""

REPEAT_SECONDS = 2.5
"""Nobody does a thing again sooner: a chat gets a message a second."""

_UNDER_WAY = (
    "SELECT count(*) FROM updates WHERE done_at IS NULL",
    "SELECT count(*) FROM inbox WHERE state = 'new'",
    "SELECT count(*) FROM mail WHERE done_at IS NULL",
    "SELECT count(*) FROM merges WHERE done_at IS NULL",
    "SELECT count(*) FROM actions WHERE state IN ('requested', 'performed') OR state = 'interrupted' AND detail = ''",
    "SELECT count(*) FROM silences WHERE ended_at IS NULL AND (silence_id = '' OR lifting)",
    # One that somebody reads on is left alone for a while.
    "SELECT count(*) FROM cards WHERE revision <> wanted AND NOT EXISTS (SELECT 1 FROM positions "
    "WHERE positions.message_id = cards.message_id AND positions.screen <> 'card')",
    "SELECT count(*) FROM incidents WHERE status = 'active' AND NOT EXISTS (SELECT 1 FROM cards "
    "WHERE cards.incident_id = incidents.id)",
)


class DyingService(ForkedService):
    """Its first life has a hook; when that kills it, the next has none. `deaths` counts."""

    def __init__(self, forks: Forks, hook: dict[str, Any], environment: dict[str, str], folder: Path) -> None:
        super().__init__(forks, environment, folder)
        self.hook = hook
        self.deaths = 0
        self.on_death: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Also when it dies before it serves."""
        try:
            super().start()
        except AssertionError:
            if not self.rise():
                raise

    def rise(self) -> bool:
        """Start it again if it was killed; whether it was."""
        if self.hook is None or self.returncode != -signal.SIGKILL:
            return False
        self.deaths += 1
        keep_copy(self._folder, self._folder / DEAD)
        self.on_death()
        self.hook = None
        super().start()
        return True


class Tale:
    """What people do and see. Every wait looks whether the service died, and starts it again."""

    def __init__(self, place: Town, service: DyingService, alertmanager: AlertmanagerServer | None) -> None:
        self.place = place
        self.service = service
        self.alertmanager = alertmanager
        self.acked: list[bytes] = []
        self.pressed: list[str] = []
        """Labels of the buttons that were pressed, in order."""
        self.repeated = 0
        """How often somebody did a thing again because nothing had come of it."""
        self.acked_by_the_dead = 0
        self.changed: set[str] = set()
        """Runs that changed the cluster."""
        service.on_death = self._died

    def _died(self) -> None:
        self.acked_by_the_dead = len(self.acked)

    def post(self, body: bytes) -> None:
        """As Alertmanager: again until it is answered 200."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.place.post(body) == 200:
                self.acked.append(body)
                return
            self.service.rise()
            time.sleep(LOOK_SECONDS)
        raise AssertionError("no webhook was answered 200")

    def see(self, *parts: str, again: Callable[[], object] | None = None) -> Seen:
        """The first message of the bot that says all of `parts`, in its text or on its buttons."""
        return self.until(partial(self.find, *parts), f"somebody sees {parts}", again=again)  # type: ignore[no-any-return]

    def find(self, *parts: str) -> Seen | None:
        return next(iter(self.said(*parts)), None)

    def said(self, *parts: str) -> list[Seen]:
        messages = self.place.chat.messages(from_bot=True)
        return [m for m in messages if all(part in m.text + "\n".join(m.buttons) for part in parts)]

    def press(self, label: str, *parts: str, again: Callable[[], object] | None = None) -> Seen:
        """Press a button of the message that says `parts`, and go on without waiting for the toast."""

        message: Seen = self.until(
            partial(self._with, label, *parts), f"somebody finds {label} where {parts} is said", again=again
        )
        self._tap(message, label)
        return message

    def press_if_there(self, label: str, *parts: str) -> None:
        """Press it once more where it can still be found; otherwise something has come of it by now."""
        message = self._with(label, *parts)
        if message is not None:
            self._tap(message, label)

    def _with(self, label: str, *parts: str) -> Seen | None:
        """The first message that says `parts` and has the button."""
        return next((m for m in self.said(*parts) if any(label in button for button in m.buttons)), None)

    def _tap(self, message: Seen, label: str) -> None:
        self.place.anna.tap(message, label)
        self.pressed.append(label)

    def until(self, test: Callable[[], Any], what: str, *, again: Callable[[], object] | None = None) -> Any:
        """Ask `test` until it says something true. Where nothing will come of what was done it is done `again`."""
        deadline = time.monotonic() + PATIENCE
        calm, done_at = 0, time.monotonic()
        while time.monotonic() < deadline:
            self.service.rise()
            found = test()
            if found:
                return found
            calm = calm + 1 if self.calm() else 0
            if again is not None and calm >= CALM_LOOKS and time.monotonic() - done_at > REPEAT_SECONDS:
                again()
                self.repeated += 1
                calm, done_at = 0, time.monotonic()
            time.sleep(LOOK_SECONDS)
        texts = [f"{m.id}: {m.text[:300]} {m.buttons}" for m in self.place.chat.messages()]
        raise AssertionError(f"it did not happen: {what}; there are {texts}")

    def rest(self) -> None:
        """Until nothing is under way any more."""
        looks: list[bool] = []

        def calm() -> bool:
            looks.append(self.calm())
            return len(looks) >= CALM_LOOKS and all(looks[-CALM_LOOKS:])

        self.until(calm, "nothing is under way")

    def calm(self) -> bool:
        """Nothing waits at Telegram, and of what is stored nothing is undone."""
        world = self.place.bot_api.world
        with world.condition:
            if world.updates.pending() or not world.updates.polling:
                return False
        with contextlib.suppress(sqlite3.OperationalError):
            return not any(self.rows(statement)[0][0] for statement in _UNDER_WAY)
        return False

    def rows(self, statement: str) -> list[Any]:
        """Of the database, read beside the service: such a reader leaves nothing behind and mends nothing."""
        return rows_of(self.place.folder / "chatops.db", statement)


def rows_of(file: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return connection.execute(statement).fetchall()


@contextmanager
def tale(
    forks: Forks,
    folder: Path,
    hook: dict[str, Any],
    *,
    cluster: Callable[[KubeApiServer], object],
    silences: bool = False,
    prepare: Callable[[Path], None] = lambda _: None,
    **changed: str,
) -> Iterator[Tale]:
    """Everything running. `hook` is for the first life; `prepare` is given the folder before that."""
    with contextlib.ExitStack() as stack:
        alertmanager = stack.enter_context(AlertmanagerServer()) if silences else None
        if alertmanager:
            changed["ALERTMANAGER_URL"] = alertmanager.url
        prepare(folder)
        make = partial(DyingService, forks, hook)
        place = stack.enter_context(town(folder, service=make, cluster=cluster, speed=SPEED, **changed))
        service = place.service
        assert isinstance(service, DyingService)
        yield Tale(place, service, alertmanager)


def keep_copy(folder: Path, target: Path) -> None:
    """The database as the dead left it."""
    target.mkdir()
    for file in folder.glob("chatops.db*"):
        if not file.name.endswith((".lock", "-shm")):
            shutil.copy(file, target / file.name)
