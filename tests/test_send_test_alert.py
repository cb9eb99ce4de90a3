"""The script newcomers try the service with: what it sends, where its token comes from, what it says of an answer."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from chatops.core.alerts import parse
from chatops.web.intake import Intake

SCRIPT = Path(__file__).parent.parent / "send-test-alert.sh"
PATIENCE = 30


@dataclass
class Receiver:
    """Writes down what is posted and answers `status`."""

    port: int = 0
    status: int = 200
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def alert(self) -> dict[str, Any]:
        (alert,) = json.loads(self.requests[-1][2])["alerts"]
        return dict(alert)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Recorder(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(receiver.status)
            self.end_headers()
            self.wfile.write(b'{"detail":"in its own words"}')

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    receiver.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield receiver
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A copy of the script in a directory of its own, so that no .env of the project is read."""
    shutil.copy(SCRIPT, tmp_path)
    return tmp_path


def run(here: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(here / SCRIPT.name), *arguments],
        cwd=here,
        env={"PATH": os.environ["PATH"], **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_it_fires_what_alertmanager_would_send(here: Path, receiver: Receiver) -> None:
    result = run(here, ALERT_PORT=str(receiver.port), WEBHOOK_TOKEN="new-token,old-token")
    assert result.returncode == 0, result.stderr
    assert "✔ taken: KubePodCrashLooping of shop/" in result.stdout
    ((path, headers, _),) = receiver.requests
    assert path == "/api/v1/alertmanager"
    assert headers["authorization"] == "Bearer new-token"
    assert headers["content-type"] == "application/json"
    assert receiver.alert["labels"]["namespace"] == "shop"
    assert receiver.alert["endsAt"] == "0001-01-01T00:00:00Z"


def test_the_service_itself_takes_and_understands_it(here: Path) -> None:
    bodies: list[bytes] = []
    server = Intake(lambda body, source: bodies.append(body), ["the-token"]).server(host="127.0.0.1", port=0)
    server.start()
    try:
        for arguments in ((), ("--resolved",)):
            result = run(
                here, *arguments, "--name", 'Odd "name" \\ я', ALERT_PORT=str(server.port), WEBHOOK_TOKEN="the-token"
            )
            assert result.returncode == 0, result.stderr
        refused = run(here, ALERT_PORT=str(server.port), WEBHOOK_TOKEN="another")
    finally:
        server.stop()
    assert refused.returncode == 1
    assert "WEBHOOK_TOKEN" in refused.stderr
    assert all(not parse(body, received_at=datetime.now(UTC)).skipped for body in bodies)
    fired, resolved = (json.loads(body) for body in bodies)
    assert fired["groupLabels"]["alertname"] == 'Odd "name" \\ я'
    assert (fired["status"], resolved["status"]) == ("firing", "resolved")
    assert fired["groupKey"] == resolved["groupKey"]
    assert fired["alerts"][0]["fingerprint"] == resolved["alerts"][0]["fingerprint"]
    assert resolved["alerts"][0]["endsAt"] == resolved["alerts"][0]["startsAt"] > fired["alerts"][0]["startsAt"]


def test_options_say_what_is_sent(here: Path, receiver: Receiver) -> None:
    options = ["--name", "A", "--namespace", "n", "--pod", "p", "--severity", "critical", "--token", "given"]
    result = run(here, *options, "--url", f"http://127.0.0.1:{receiver.port}/elsewhere?source=x", WEBHOOK_TOKEN="other")
    assert result.returncode == 0, result.stderr
    path, headers, _ = receiver.requests[-1]
    assert path == "/elsewhere?source=x"
    assert headers["authorization"] == "Bearer given"
    labels = receiver.alert["labels"]
    assert [labels[name] for name in ("alertname", "namespace", "pod", "severity")] == ["A", "n", "p", "critical"]


def test_another_alert_has_another_fingerprint(here: Path, receiver: Receiver) -> None:
    prints = set()
    for pod in ("one", "two"):
        run(here, "--pod", pod, ALERT_PORT=str(receiver.port))
        prints.add(receiver.alert["fingerprint"])
    assert len(prints) == 2
    assert all(len(each) == 16 and int(each, 16) >= 0 for each in prints)


@pytest.mark.parametrize(
    ("line", "token"),
    [
        ("WEBHOOK_TOKEN=plain", "plain"),
        ('WEBHOOK_TOKEN="quoted # kept"', "quoted # kept"),
        ("WEBHOOK_TOKEN='single'", "single"),
        ("  export WEBHOOK_TOKEN = spaced  # a comment", "spaced"),
        ("WEBHOOK_TOKEN=first\r\nWEBHOOK_TOKEN=last\r", "last"),
        ("WEBHOOK_TOKEN=$(touch ran)`touch ran`", "$(touch ran)`touch ran`"),
        ('WEBHOOK_TOKEN=a"b\\c', 'a"b\\c'),
        ("#WEBHOOK_TOKEN=off\nOTHER_WEBHOOK_TOKEN=x", None),
        ("WEBHOOK_TOKEN=", None),
    ],
)
def test_the_file_is_read_and_never_run(here: Path, receiver: Receiver, line: str, token: str | None) -> None:
    (here / ".env").write_text(f"ALERT_PORT={receiver.port}\n{line}\n")
    result = run(here)
    assert result.returncode == 0, result.stderr
    assert receiver.requests[-1][1].get("authorization") == (f"Bearer {token}" if token else None)
    assert not (here / "ran").exists()


def test_the_environment_wins_over_the_file_and_its_own_names_over_both(here: Path, receiver: Receiver) -> None:
    (here / ".env").write_text("ALERT_PORT=1\nWEBHOOK_TOKEN=file\n")
    run(here, ALERT_PORT=str(receiver.port), WEBHOOK_TOKEN="environment")
    assert receiver.requests[-1][1]["authorization"] == "Bearer environment"
    run(here, ALERT_URL=f"http://127.0.0.1:{receiver.port}/x", ALERT_TOKEN="own", WEBHOOK_TOKEN="environment")
    assert receiver.requests[-1][0] == "/x"
    assert receiver.requests[-1][1]["authorization"] == "Bearer own"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "WEBHOOK_TOKEN"),
        (404, "/api/v1/alertmanager"),
        (405, "ALERT_PORT"),
        (503, "cannot store"),
        (500, "in its own words"),
        (302, "in its own words"),
    ],
)
def test_every_refusal_has_its_mend(here: Path, receiver: Receiver, status: int, said: str) -> None:
    receiver.status = status
    result = run(here, ALERT_PORT=str(receiver.port), WEBHOOK_TOKEN="canary-token")
    assert result.returncode == 1
    assert f"✖ {status}" in result.stderr
    assert said in result.stderr
    assert "canary" not in result.stdout + result.stderr


def test_nobody_listening_has_its_mend(here: Path) -> None:
    result = run(here, "--url", "http://127.0.0.1:1/")
    assert result.returncode == 1
    assert "make run" in result.stderr


def test_without_curl_python_sends_the_same(here: Path, receiver: Receiver, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("sh", "date", "sed", "tail", "tr", "cut", "cksum", "dirname", "cat", "head"):
        found = shutil.which(tool)
        assert found
        (tools / tool).symlink_to(found)
    (tools / "python3").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tools / "python3").chmod(0o755)
    run(here, ALERT_PORT=str(receiver.port), WEBHOOK_TOKEN="t")
    result = run(here, ALERT_PORT=str(receiver.port), WEBHOOK_TOKEN="t", PATH=str(tools))
    assert result.returncode == 0, result.stderr
    by_curl, by_python = receiver.requests
    assert by_python[0] == by_curl[0]
    assert by_python[1]["authorization"] == by_curl[1]["authorization"]
    assert json.loads(by_python[2])["groupKey"] == json.loads(by_curl[2])["groupKey"]
    receiver.status = 401
    assert "WEBHOOK_TOKEN" in run(here, ALERT_PORT=str(receiver.port), PATH=str(tools)).stderr
    assert "make run" in run(here, "--url", "http://127.0.0.1:1/", PATH=str(tools)).stderr


def test_a_mistyped_option_sends_nothing(here: Path, receiver: Receiver) -> None:
    for arguments in (["--resolve"], ["--name"]):
        result = run(here, *arguments, ALERT_PORT=str(receiver.port))
        assert result.returncode == 2
    assert receiver.requests == []
    assert "--resolved" in run(here, "--help").stdout
