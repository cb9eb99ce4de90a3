"""Canaries for every secret: nothing the service writes, shows, serves or says holds one, whatever goes wrong."""

import base64
import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chatops.db.location import is_postgres
from chatops.sandbox.botapi.server import BotApiServer
from chatops.sandbox.kubeapi.faults import Fault
from tests.flows.parrot import parrot
from tests.flows.town import ROOT, Town, crash_loop, town, until
from tests.outside import outside

BOT = "4200000001:CANARYbot0123456789abcdefghijklmno_-"
KUBE = "CANARYkube-token/with+odd=signs"
HOOK, OLD_HOOK = "CANARYhook-new", "CANARYhook-old"
AM, PROM = "CANARYam%2Fpass", "CANARYprom"
GUESS = "CANARYguess-of-a-stranger"
BASIC = [base64.b64encode(pair).decode() for pair in (b"reader:CANARYam/pass", b"reader:CANARYprom")]
SECRETS = ("CANARY", KUBE.partition("/")[2], *(basic[:-4] for basic in BASIC))
PATIENCE = 20.0


@contextmanager
def guarded(folder: Path, *, upstream: str = "http://127.0.0.1:9", **changed: str) -> Iterator[Town]:
    """A town whose every secret is a canary; Alertmanager, Prometheus and a rota's calendar are at `upstream`."""
    scheme, _, host = upstream.partition("://")
    (folder / "rotas.yaml").write_text(
        f"rotas: {{nights: {{calendar: '{upstream}/CANARYcalendar.ics?key=CANARYkey'}}}}"
    )
    wanted = {
        "ONCALL_FILE": str(folder / "rotas.yaml"),
        "WEBHOOK_TOKEN": f"{HOOK},{OLD_HOOK}",
        "ALERTMANAGER_URL": f"{scheme}://reader:{AM}@{host}",
        "PROMETHEUS_URL": f"{scheme}://reader:{PROM}@{host}",
        "LOG_LEVEL": "debug",
        **changed,
    }
    with town(folder, bot_token=BOT, kube_token=KUBE, **wanted) as place:
        yield place


def served(port: int, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return f"{answer.headers}{answer.read().decode()}"
    except urllib.error.HTTPError as error:
        return f"{error.headers}{error.read().decode()}"


def said(place: Town, *arguments: str) -> str:
    """What the launcher prints for a command beside the running service."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *arguments],
        cwd=place.folder,
        env={name: value for name, value in place.environment.items() if value} | {"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


def everything(place: Town) -> dict[str, str]:
    """All that leaves the process, by where it goes."""
    place.service.signal(signal.SIGUSR1)
    until(lambda: "WebhookActor" in place.service.log.read_text(), "the stacks are in the log")
    app, intake = place.service.app_port, place.service.alert_port
    wrong = {"Authorization": f"Bearer {GUESS}", "Content-Length": "0"}
    shown = [(m.text, m.buttons, m.document and repr(m.document)) for m in place.chat.messages(from_bot=True)]
    url = place.environment["DATABASE_URL"]
    # The index of words keeps no text, and cannot be read row by row.
    tables = (
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        if is_postgres(url)
        else "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    )
    rows = "\n".join(repr(outside(url, f'SELECT * FROM "{name}"')) for (name,) in outside(url, tables))
    return {
        "log": place.service.log.read_text(),
        "audit": said(place, "audit", "export"),
        "database": rows,
        "chat": repr(shown),
        **{path: served(app, path) for path in ("/metrics", "/readyz", "/healthz", "/api/v1/openapi.json", "/none")},
        "401": served(intake, "/api/v1/alertmanager", "POST", wrong),
        "404": served(intake, f"/api/v1/{GUESS[:6]}?token={HOOK}".replace("CANARY", "x"), "POST", wrong),
        "405": served(intake, "/api/v1/alertmanager", "GET", wrong),
    }


def state(place: Town, part: str) -> str:
    return str(place.ready()["parts"].get(part, {}).get("state"))


def assert_silent(place: Town) -> None:
    for where, text in everything(place).items():
        for secret in SECRETS:
            at = text.find(secret)
            assert at < 0, f"{secret} is in the {where}: …{text[max(0, at - 300) : at + 60]}…"
    assert json.loads(place.service.log.read_text().splitlines()[0])["event"]


def test_s12_nothing_holds_a_secret_after_an_incident(tmp_path):
    """S12: an incident from alert to an answer of the cluster, with a stranger at the intake."""
    with guarded(tmp_path) as place:
        assert place.post(crash_loop(), token=GUESS) == 401
        assert place.post(crash_loop(), token=OLD_HOOK) == 200
        card = place.card("Roll back to 42")
        place.press(card, "Resources")
        resources = place.card("› Resources", "deploy checkout")
        place.kubernetes.faults.add(Fault(kind="status", code=401, times=100))
        place.press(resources, "deploy checkout")
        place.bot_api.go_away()
        until(lambda: place.ready()["parts"].get("telegram", {}).get("state") == "down", "telegram is down")
        place.bot_api.come_back()
        until(lambda: place.ready()["parts"]["telegram"]["state"] == "up", "telegram is up")
        assert_silent(place)


def test_s12_servers_that_repeat_what_they_were_asked(tmp_path):
    """S12: Kubernetes, Alertmanager and Prometheus answer with our own credentials in their words."""
    with parrot(401) as address, guarded(tmp_path, upstream=address, KUBECONFIG=str(tmp_path / "parrot")) as place:
        told = (tmp_path / "kubeconfig").read_text().replace(place.kubernetes.url, address)
        (tmp_path / "parrot").write_text(told)
        until(lambda: place.ready()["parts"]["cluster"]["state"] == "down", "the cluster is down")
        assert "***" in place.ready()["parts"]["cluster"]["reason"], "its words were passed on, but for the secrets"
        until(lambda: place.ready()["parts"]["prometheus"]["state"] == "down", "prometheus is down")
        assert place.post(crash_loop(), token=HOOK) == 200
        card = place.card("#1", "🔄")
        place.press(card, "🔄")
        place.press(card, "🔕")
        assert "CANARY" not in said(place, "check")
        assert_silent(place)


@pytest.mark.parametrize("status", [401, 500])
def test_s12_a_telegram_that_repeats_the_token(tmp_path, status):
    """S12: the token stands in the path of every request, and so in whatever a gateway says of it."""
    with parrot(status) as address, guarded(tmp_path, TELEGRAM_API_URL=address) as place:
        until(lambda: place.ready()["parts"].get("telegram", {}).get("state") == "down", "telegram is down")
        assert place.post(crash_loop(), token=HOOK) == 200
        until(lambda: place.incident(1) and place.incident(1).survey, "the incident is looked at")
        assert_silent(place)


def test_s12_doors_with_broken_tls_and_nobody_behind(tmp_path):
    """S12: https to servers that speak none, and ports where nobody listens."""
    with BotApiServer() as plain, socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
        closed.close()
        tls = plain.url.replace("http://", "https://")
        with guarded(
            tmp_path,
            upstream=tls,
            TELEGRAM_API_URL=f"https://127.0.0.1:{port}",
            KUBECONFIG=str(tmp_path / "broken"),
        ) as place:
            told = (tmp_path / "kubeconfig").read_text().replace(place.kubernetes.url, tls)
            (tmp_path / "broken").write_text(told)
            for part in ("telegram", "cluster", "alertmanager", "prometheus"):
                until(
                    lambda part=part: place.ready()["parts"].get(part, {}).get("state") in ("down", "off"),
                    f"{part} is down",
                )
            assert place.post(crash_loop(), token=HOOK) == 200
            assert_silent(place)


def test_s12_settings_that_cannot_be_used_are_told_without_their_values(tmp_path):
    """S12: also the password of the database."""
    bad = {
        "TELEGRAM_BOT_TOKEN": "CANARY no token",
        "WEBHOOK_TOKEN": "CANARY,,",
        "DATABASE_URL": "postgresql://chatops:CANARY@db:port/chatops",
        "ALERTMANAGER_URL": "ftp://reader:CANARY@am",
        "PROMETHEUS_URL": "http://reader:CANARY@prom:port",
        "ALERT_PORT": "CANARY",
        "LOG_LEVEL": "CANARY",
        "PATH": "/usr/bin:/bin",
    }
    for arguments in ([], ["check"]):
        done = subprocess.run(
            [sys.executable, str(ROOT / "run.py"), *arguments],
            cwd=tmp_path,
            env=bad,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode != 0
        assert "DATABASE_URL" in done.stdout + done.stderr
        assert "CANARY" not in done.stdout + done.stderr
