"""The whole service between stand-ins that speak the real protocols, in this process or as the process it will be."""

import contextlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from chatops.core.incidents import Incident
from chatops.db.database import Database
from chatops.db.store import Store
from chatops.sandbox.alarm import webhook_body
from chatops.sandbox.botapi.limits import Limits
from chatops.sandbox.botapi.person import Conversation, Person, Seen
from chatops.sandbox.botapi.server import DEMO_TOKEN, BotApiServer
from chatops.sandbox.kubeapi.demo_cluster import seed
from chatops.sandbox.kubeapi.server import KubeApiServer
from tests.databases import new_database_at

ROOT = Path(__file__).parent.parent.parent
ANNA = 1001
TOKEN = "flow-webhook-token"
PATIENCE = 40.0
SPEED = 8.0
"""Scripted seconds to a real one: a rollout of the stand-in cluster takes a second or two."""


def until(test: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Ask `test` until it says something true; what it said."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = test()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"it did not happen: {what}")


class Process(Protocol):
    """What is used of a subprocess.Popen."""

    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def kill(self) -> None: ...
    def wait(self, timeout: float) -> int: ...
    def send_signal(self, number: int, /) -> None: ...


class Service:
    """run.py as a process of its own, so that it can be killed."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._environment = {**{k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}, **environment}
        self._folder = folder
        self.log = folder / "service.log"
        self.host = "127.0.0.1"
        """Where it is reached."""
        self._process: Process | None = None
        self.alert_port = 0
        self.app_port = 0

    def start(self, **changed: str) -> None:
        """Run it, with these settings for once, and wait until it serves."""
        self.log.touch()
        begun = self.log.stat().st_size
        self._process = self._spawn(changed)
        line = until(lambda: self._serving(begun), "the service serves")
        self.alert_port, self.app_port = line["alert_port"], line["app_port"]

    def _spawn(self, changed: dict[str, str]) -> Process:
        with self.log.open("ab") as out:
            environment = {**self._environment, **changed}
            command = [sys.executable, str(ROOT / "run.py")]
            return subprocess.Popen(command, cwd=self._folder, env=environment, stdout=out, stderr=out)

    def _serving(self, begun: int) -> dict[str, Any] | None:
        assert self._process
        text = self.log.read_bytes()[begun:].decode()
        if self._process.poll() is not None:
            raise AssertionError(f"the service ended with {self._process.returncode}: {text[-2000:]}")
        for line in text.splitlines():
            with contextlib.suppress(ValueError):
                told = json.loads(line)
                if told.get("event") == "serving":
                    return dict(told)
        return None

    def lines(self, event: str) -> list[dict[str, Any]]:
        """The lines of its log about this event."""
        told = []
        for line in self.log.read_text().splitlines():
            with contextlib.suppress(ValueError):
                told.append(json.loads(line))
        return [each for each in told if isinstance(each, dict) and each.get("event") == event]

    def find(self) -> None:
        """One that began anew by itself is reached elsewhere."""
        line = self.lines("serving")[-1]
        self.alert_port, self.app_port = line["alert_port"], line["app_port"]

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        assert self._process
        self._process.kill()
        self._process.wait(PATIENCE)

    def signal(self, number: int) -> None:
        assert self._process
        self._process.send_signal(number)

    def terminate(self) -> int:
        """SIGTERM; the exit code."""
        self.signal(signal.SIGTERM)
        assert self._process
        return self._process.wait(PATIENCE)

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    @contextmanager
    def on_a_full_disk(self) -> Iterator[None]:
        """No file takes a byte more from it: not the database, not its own log."""
        _, hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (0, hard))
        try:
            yield
        finally:
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (hard, hard))

    def resident(self) -> int:
        """Bytes of memory it holds."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self.kill()


def forked(environment: dict[str, str], folder: Path) -> Service:
    """run.py in a process of its own that has imported everything before it got its environment."""
    from tests.killing.forks import ForkedService, shared  # it knows this module

    return ForkedService(shared(), environment, folder)


@dataclass
class Town:
    """What a flow works with. `bot_api` and `kubernetes` can be broken; `service` can be killed."""

    folder: Path
    bot_api: BotApiServer
    kubernetes: KubeApiServer
    service: Service
    anna: Person
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def chat(self) -> Conversation:
        return self.anna.chat_with_bot()

    def post(self, body: bytes, *, token: str = TOKEN, source: str = "", patience: float = PATIENCE) -> int:
        """Post a webhook as Alertmanager does; the status, 0 when nobody answered."""
        url = f"http://{self.service.host}:{self.service.alert_port}/api/v1/alertmanager"
        request = urllib.request.Request(
            url + (f"?source={source}" if source else ""),
            data=body,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=patience) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def ready(self) -> dict[str, Any]:
        url = f"http://{self.service.host}:{self.service.app_port}/readyz"
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            told: dict[str, Any] = json.loads(answer.read())
        return told

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels; 0 where nothing was counted."""
        url = f"http://{self.service.host}:{self.service.app_port}/metrics"
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if re.match(rf"{name}(?:{{| )", line))

    def card(self, *parts: str) -> Seen:
        """The first message of the bot that says all of `parts`, in its text or on its buttons."""
        return self.chat.wait_for(
            lambda m: all(part in m.text + "\n".join(m.buttons) for part in parts), timeout=PATIENCE
        )

    def answered(self, card: Seen) -> Seen:
        """This card, once the service has the answer to its sending: cut before that, it would send it again."""

        def known() -> bool:
            with self.store() as store:
                return store.cards.by_message(card.chat_id, card.id) is not None

        until(known, "the answer to the card is kept")
        return card

    def cards(self, number: str = "#1") -> list[Seen]:
        return [m for m in self.chat.messages(from_bot=True) if number in m.text.split("\n")[0]]

    def press(self, seen: Seen, label: str) -> str:
        return str(self.anna.press(seen, label, timeout=PATIENCE).text)

    def changes(self, method: str = "PATCH") -> list[Any]:
        """What really changed the cluster: requests that were no dry run."""
        return [r for r in self.kubernetes.requests.matching(method=method) if "dryRun" not in r.query]

    def incident(self, number: int) -> Incident | None:
        with self.store() as store:
            return store.incidents.get(number)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The service's database, read from outside."""
        database = Database(self.environment["DATABASE_URL"], readers=1)
        database.open()
        try:
            yield Store(database)
        finally:
            database.close()


def crash_loop(*, ended: bool = False, **labels: str) -> bytes:
    """The webhook of the story: a pod of shop/checkout crash-loops, or no longer does."""
    told = {
        "alertname": "KubePodCrashLooping",
        "severity": "warning",
        "namespace": "shop",
        "deployment": "checkout",
        "job": "kube-state-metrics",
        **labels,
    }
    began = datetime.now(UTC)
    return webhook_body(told, {"summary": "Pod is crash looping."}, starts_at=began, ends_at=began if ended else None)


@contextmanager
def town(
    folder: Path,
    *,
    bot_token: str = DEMO_TOKEN,
    kube_token: str | None = None,
    service: Callable[[dict[str, str], Path], Service] = forked,
    cluster: Callable[[KubeApiServer], object] = seed,
    speed: float = SPEED,
    hosts: tuple[str, str] = ("127.0.0.1", "127.0.0.1"),
    **changed: str,
) -> Iterator[Town]:
    """Everything running. `changed` are settings over the usual ones; an empty value leaves one out.

    `service` says how the service is run, `cluster` what there is to look after, `hosts` where Telegram and that are.
    """
    kubernetes = KubeApiServer(host=hosts[1], speed=speed, token=kube_token)
    cluster(kubernetes)
    with kubernetes, BotApiServer(host=hosts[0], limits=Limits.off(), token=bot_token) as bot_api:
        anna = bot_api.person(ANNA, "Anna", username="anna")
        anna.chat_with_bot()
        environment = {
            "TELEGRAM_BOT_TOKEN": bot_token,
            "TELEGRAM_API_URL": bot_api.url,
            "TELEGRAM_ADMINS": str(ANNA),
            "TELEGRAM_CHATS": str(ANNA),
            "WEBHOOK_TOKEN": TOKEN,
            "BIND_ADDRESS": "127.0.0.1",
            "ALERT_PORT": "0",
            "APP_PORT": "0",
            "KUBECONFIG": str(kubernetes.kubeconfig(folder / "kubeconfig")),
            "DATABASE_URL": new_database_at(folder / "chatops.db"),
            **changed,
        }
        running = service({name: value for name, value in environment.items() if value}, folder)
        place = Town(folder, bot_api, kubernetes, running, anna, environment)
        try:
            running.start()
            yield place
        finally:
            # It may be another by now.
            place.service.stop()


def confirm_it(place: Town) -> None:
    """Press the confirm, as somebody who reads it first: one pressed at once is taken for a double tap."""
    confirm = place.card("Cancel", "expires in 1 min")
    until(lambda: place.press(confirm, confirm.buttons[-1]) == "▶️ Started", "the confirm is taken")


def press_twice(place: Town, label: str) -> None:
    """Choose on the card, and confirm."""
    place.press(place.card("#1", label), label)
    confirm_it(place)
