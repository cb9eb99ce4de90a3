"""The launcher's small jobs, each run as a process the way people run them."""

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatops.core.audit import Entry, EntryType, Subject
from chatops.db.database import Database
from chatops.db.migrate import migrate
from chatops.db.store import Store
from chatops.sandbox.alertmanager import AlertmanagerServer
from chatops.sandbox.botapi.server import BotApiServer
from chatops.sandbox.kubeapi.server import KubeApiServer
from chatops.web.api import api_server, build_api
from chatops.web.readiness import Readiness
from tests import postgres
from tests.upstream.calendars import calendar, event, serving

RUN = Path(__file__).parent.parent / "run.py"
PATIENCE = 60


class Place:
    """A directory to run it in, and an environment of nothing but what is set here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder}/chatops.db"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONUTF8": "1",
            "TELEGRAM_BOT_TOKEN": "123456:canary-token",
            "TELEGRAM_API_URL": "http://127.0.0.1:1",
            "APP_PORT": "0",
            "ALERT_PORT": "0",
        }

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(RUN), *arguments],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def audited(place: Place) -> Place:
    """A place whose audit log has three lines, the last one of hostile content."""
    migrate(place.url)
    database = Database(place.url)
    database.open()
    at = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    Store(database).audit.append(
        [
            Entry(EntryType.USER_ADDED, Subject.person(1, "Anna"), at),
            Entry(EntryType.CHAT_ADDED, Subject.person(1, "Anna"), at, chat_id=-100),
            Entry(EntryType.DENIED, Subject.person(2, "\x1b[2J\nforged"), at, detail={"why": "\x07 я"}),
        ]
    )
    database.close()
    return place


def test_help_lists_every_command(place: Place) -> None:
    shown = place.run("--help")
    assert shown.returncode == 0
    for command in ("audit", "backup", "check", "demo", "migrate", "move", "SIGTERM", ".env.example"):
        assert command in shown.stdout
    assert "--once" in place.run("demo", "--help").stdout
    for command in ("list", "export", "verify"):
        assert command in place.run("audit", "--help").stdout


@pytest.mark.parametrize("arguments", [(), ("migrate",), ("audit", "list"), ("audit", "export")])
def test_bad_settings_end_it_with_every_mend(place: Place, arguments: tuple[str, ...]) -> None:
    ended = place.run(*arguments, TELEGRAM_BOT_TOKEN="canary", APP_PORT="x", WEBHOOK_TOKEN="")
    assert ended.returncode == 2
    assert ended.stderr.count("✖") == 3
    for said in ("@BotFather", "APP_PORT must be a whole number", "WEBHOOK_TOKEN is empty"):
        assert said in ended.stderr
    assert "canary" not in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (place.folder / "chatops.db").exists()


def test_check_gives_every_bad_setting_a_verdict(place: Place) -> None:
    checked = place.run("check", TELEGRAM_BOT_TOKEN="", LANGUAGE="xx")
    assert checked.returncode == 1
    assert checked.stdout.count("✖ settings:") == 2
    assert "    talk to @BotFather" in checked.stdout


def test_check_names_what_is_down_with_its_mend_and_changes_nothing(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        checked = place.run("check", ALERT_PORT=str(port), WEBHOOK_TOKEN="short", BIND_ADDRESS="127.0.0.1")
    assert checked.returncode == 1, checked.stderr
    lines = checked.stdout.splitlines()
    marks = {line[2:].partition(":")[0]: line[0] for line in lines if not line.startswith(" ") and line[0] != "!"}
    expected = {
        "settings": "✔",
        "database": "✔",
        "ALERT_PORT": "✖",
        "APP_PORT": "✔",
        "Telegram": "✖",
        "Kubernetes": "–",
    }
    assert marks == expected
    assert any(line.startswith("! settings: WEBHOOK_TOKEN is shorter") for line in lines)
    assert "TELEGRAM_API_URL" in checked.stdout
    assert "KUBECONFIG" in checked.stdout
    assert "canary" not in checked.stdout + checked.stderr
    assert list(place.folder.iterdir()) == []


def test_check_says_what_the_calendars_of_rotas_are_like(place: Place, tmp_path: Path) -> None:
    day = datetime.now(UTC) + timedelta(days=1)
    anna, eve = (event(name, f":{day:%Y%m%dT%H%M%SZ}", "", "DURATION:PT8H") for name in ("Anna", "Eve"))
    (tmp_path / "nights.ics").write_bytes(calendar(eve))
    with serving(calendar(anna)) as server:
        rotas = {
            "days": f"{server.url}/canary.ics",
            "nights": str(tmp_path / "nights.ics"),
            "weekends": "http://127.0.0.1:9/canary.ics",
        }
        lines = [f"  {name}: {{calendar: '{address}'}}" for name, address in rotas.items()]
        (tmp_path / "oncall.yaml").write_text("\n".join(["people: {anna: 1001}", "rotas:", *lines]))
        checked = place.run("check", ONCALL_FILE=str(tmp_path / "oncall.yaml"))
    assert f"✔ calendar of days at {server.url[7:]}: events in the weeks ahead: 1" in checked.stdout
    assert "! calendar of nights at a file: 1 titles of events name nobody" in checked.stdout
    assert "✖ calendar of weekends at 127.0.0.1:9: unreachable" in checked.stdout
    assert "canary" not in checked.stdout + checked.stderr


def test_check_is_content_where_everything_works(place: Place, tmp_path: Path) -> None:
    migrate(place.url)
    with BotApiServer() as bot_api, KubeApiServer() as kubernetes, AlertmanagerServer() as alertmanager:
        kubeconfig = tmp_path / "kubeconfig"
        kubernetes.kubeconfig(kubeconfig)
        service = api_server(
            build_api(lambda: Readiness(alive=True, database_open=True, intake_listens=True)), host="127.0.0.1", port=0
        )
        service.start()
        checked = place.run(
            "check",
            TELEGRAM_API_URL=bot_api.url,
            TELEGRAM_BOT_TOKEN=bot_api.token,
            KUBECONFIG=str(kubeconfig),
            ALERTMANAGER_URL=alertmanager.url.replace("http://", "http://anna:canary@"),
            PUBLIC_URL=f"http://127.0.0.1:{service.port}",
        )
        service.stop()
        wrong = place.run(
            "check",
            TELEGRAM_API_URL=bot_api.url,
            TELEGRAM_BOT_TOKEN="1:canary",
            KUBECONFIG=str(kubeconfig),
            KUBE_CONTEXTS="absent",
            PROMETHEUS_URL=f"{alertmanager.url}/canary",
            PUBLIC_URL=kubernetes.url,
        )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "✖" not in checked.stdout
    assert "the bot is @" in checked.stdout
    assert "the API server is v1." in checked.stdout
    assert f"✔ PUBLIC_URL 127.0.0.1:{service.port}: this service answers there" in checked.stdout
    assert f"✔ ALERTMANAGER_URL {alertmanager.url[7:]}: Alertmanager 0.25.0" in checked.stdout
    assert "canary" not in checked.stdout + checked.stderr
    assert wrong.returncode == 1
    assert "✖ Telegram" in wrong.stdout
    assert "@BotFather" in wrong.stdout
    assert "    mend PROMETHEUS_URL, or remove it" in wrong.stdout
    assert f"! PUBLIC_URL {kubernetes.url.partition('//')[2]}:" in wrong.stdout
    assert "    start the service and check again" in wrong.stdout
    assert "✖ Kubernetes absent: not_configured: no context absent" in wrong.stdout


def test_check_tells_a_database_that_cannot_be_used(place: Place) -> None:
    (place.folder / "chatops.db").write_bytes(b"this is no database, whatever its name says" * 100)
    checked = place.run("check")
    assert checked.returncode == 1
    assert "✖ database" in checked.stdout
    assert "Traceback" not in checked.stdout + checked.stderr


def test_migrate_says_what_it_did(place: Place) -> None:
    first, second = place.run("migrate"), place.run("migrate")
    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout.startswith("applied 0001")
    assert second.stdout == "the schema is up to date\n"


def test_audit_list_shows_the_newest_lines_harmlessly(audited: Place) -> None:
    shown = audited.run("audit", "list", "--limit", "2")
    assert shown.returncode == 0, shown.stderr
    chat, denied = shown.stdout.splitlines()
    assert chat.startswith("2 2026-11-23 08:00:00Z chat_added Anna")
    assert "forged" in denied
    assert "why=" in denied
    assert "\x1b" not in shown.stdout
    assert "\x07" not in shown.stdout


def test_audit_export_is_json_lines_that_chain(audited: Place) -> None:
    target = audited.folder / "audit.jsonl"
    to_output, to_file = audited.run("audit", "export"), audited.run("audit", "export", "--output", str(target))
    assert (to_output.returncode, to_file.returncode) == (0, 0)
    assert target.read_text(encoding="utf-8") == to_output.stdout
    lines = [json.loads(line) for line in to_output.stdout.splitlines()]
    assert [line["id"] for line in lines] == [1, 2, 3]
    assert [line["previous_hash"] for line in lines[1:]] == [line["hash"] for line in lines[:-1]]
    assert lines[2]["entry"]["subject"]["name"] == "\x1b[2J\nforged"
    assert audited.run("audit", "export", "--incident", "7").stdout == ""
    verified = audited.run("audit", "verify")
    assert verified.returncode == 0
    assert lines[2]["hash"] in verified.stdout


def test_a2_audit_verify_names_the_first_bad_line_and_a_cut_end(audited: Place) -> None:
    newest = audited.run("audit", "verify").stdout.split()[-1]
    assert newest.startswith("3:")
    assert audited.run("audit", "verify", "--head", newest).returncode == 0
    with contextlib.closing(sqlite3.connect(audited.folder / "chatops.db", isolation_level=None)) as file:
        file.execute("DROP TRIGGER audit_refuses_update")
        file.execute("DROP TRIGGER audit_refuses_delete")
        file.execute("DELETE FROM audit WHERE id = 3")
        assert audited.run("audit", "verify").returncode == 0
        cut = audited.run("audit", "verify", "--head", newest)
        file.execute("UPDATE audit SET subject_name = 'Eve' WHERE id = 1")
    assert cut.returncode == 1
    assert "line 3: it is missing" in cut.stderr
    changed = audited.run("audit", "verify")
    assert changed.returncode == 1
    assert "line 1: its content is not what its hash was made of" in changed.stderr
    checked = audited.run("check")
    assert "✖ database" in checked.stdout
    assert "audit_refuses_delete, audit_refuses_update missing" in checked.stdout
    nonsense = audited.run("audit", "verify", "--head", "3")
    assert nonsense.returncode == 1
    assert "NUMBER:HASH" in nonsense.stderr


def test_audit_export_for_spreadsheets(audited: Place) -> None:
    exported = audited.run("audit", "export", "--format", "csv")
    assert exported.returncode == 0, exported.stderr
    assert len(exported.stdout.splitlines()) == 4
    assert "\x1b" not in exported.stdout


def test_audit_without_a_database_is_told_in_a_sentence(place: Place) -> None:
    ended = place.run("audit", "list")
    assert ended.returncode == 1
    assert "migrate first" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_backup_copies_what_is_there_and_says_what_to_keep(audited: Place) -> None:
    copy = audited.folder / "copy.db"
    first, again = audited.run("backup", str(copy)), audited.run("backup", str(copy))
    assert first.returncode == 0, first.stderr
    head = first.stdout.partition("audit log is ")[2].split()[0]
    assert audited.run("audit", "verify", "--head", head, DATABASE_URL=f"sqlite:///{copy}").returncode == 0
    assert again.returncode == 1
    assert "exists already" in again.stderr
    elsewhere = audited.run("backup", "x", DATABASE_URL="postgresql://anna:canary@db.example/chatops")
    assert "pg_dump --format=custom --file=x postgresql://anna@db.example/chatops" in elsewhere.stderr


def test_move_tells_each_table_and_what_to_do_next(audited: Place) -> None:
    target = postgres.new_database(migrated=False)
    try:
        moved, again = audited.run("move", "--to", target), audited.run("move", "--to", target)
        assert moved.returncode == 0, moved.stderr
        assert "✔ audit: 3 of 3 rows are there, and the same" in moved.stdout
        assert "Now set DATABASE_URL" in moved.stdout
        verified = audited.run("audit", "verify", DATABASE_URL=target)
        assert verified.stdout == audited.run("audit", "verify").stdout
        assert again.returncode == 1
        assert "is not empty (rows in audit)" in again.stderr
    finally:
        postgres.drop_database(target)
    wrong = audited.run("move", "--to", "postgresql://anna:canary@127.0.0.1:1/chatops")
    assert wrong.returncode == 1
    assert "unreachable" in wrong.stderr
    for said in (moved, again, wrong):
        assert "Traceback" not in said.stderr
        assert "canary" not in said.stdout + said.stderr


def test_a_port_in_use_ends_serving_with_its_name(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = place.run(ALERT_PORT=str(port))
    assert ended.returncode == 1
    (told,) = [json.loads(line) for line in ended.stderr.splitlines() if "cannot_start" in line]
    assert f"port {port}" in told["reason"]
    assert "exception" not in told


def test_a_second_signal_ends_it_at_once() -> None:
    script = """
import os, queue, signal
from chatops.process import on_stop_signals
ended = queue.SimpleQueue()
on_stop_signals(ended)
os.kill(os.getpid(), signal.SIGTERM)
print("asked", ended.get(timeout=10), flush=True)
os.kill(os.getpid(), signal.SIGINT)
print("still here", flush=True)
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=RUN.parent, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ended.stdout == "asked None\n", ended.stderr
    assert ended.returncode == 128 + signal.SIGINT


def test_p3_a_signal_that_another_thread_was_given_is_heard() -> None:
    """P3: the system chooses the thread that a signal goes to, and only the main one handles it."""
    program = """
import queue, signal, threading, time
from chatops.process import on_stop_signals, told_to_end
told = queue.SimpleQueue()
on_stop_signals(told)
def give():
    time.sleep(0.3)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
    threading.Event().wait()
threading.Thread(target=give, daemon=True).start()
print(told_to_end(told))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=RUN.parent, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ended.stdout == "None\n", ended.stderr


def test_a_thread_that_hangs_does_not_keep_the_process() -> None:
    script = """
import threading
from chatops.process import leave
threading.Thread(target=threading.Event().wait, name="hanging").start()
leave(0)
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=RUN.parent, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ended.returncode == 1
    assert "hanging" in ended.stdout + ended.stderr


def test_p2_a_supervisor_that_gives_up_ends_the_process_with_an_error(place: Place) -> None:
    """P2: so that whatever runs the process starts it anew."""
    script = """
import run
from chatops.actors.webhook import WebhookActor
def receive(self, message):
    raise RuntimeError("no good")
WebhookActor.setup = lambda self: self.tell(self.address, "anything")
WebhookActor.receive = receive
run.cli([])
"""
    environment = {**place.environment, "PYTHONPATH": str(RUN.parent)}
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=place.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr
    told = [json.loads(line) for line in (ended.stdout + ended.stderr).splitlines() if line.startswith("{")]
    assert next(line["reason"] for line in told if line["event"] == "giving up") == "str: RuntimeError: no good"
    assert told[-1]["event"] == "stopping"
    assert told[-1]["by"] == "supervisor"
