"""run.py as a process: it drains on SIGTERM, dumps its stacks on SIGUSR1, and the demo plays its story."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.town import ROOT, Service, Town, crash_loop, town, until


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Town]:
    """The launcher itself, begun as a supervisor begins it."""
    with town(tmp_path, service=Service) as built:
        yield built


def test_sigterm_ends_it_in_good_order(place):
    place.post(crash_loop())
    place.card("#1")
    assert place.service.terminate() == 0
    assert "abandoned" not in place.service.log.read_text()


def test_sigusr1_writes_every_stack(place):
    place.service.signal(signal.SIGUSR1)
    until(lambda: "WebhookActor" in place.service.log.read_text(), "the stacks are in the log")
    assert place.post(crash_loop()) == 200


def test_no_secret_is_logged(place):
    place.post(crash_loop(), token="wrong-token-of-somebody")
    place.post(crash_loop())
    place.card("#1")
    place.bot_api.go_away()
    until(lambda: place.ready()["parts"]["telegram"]["state"] == "down", "telegram is down")
    log = place.service.log.read_text()
    for secret in (place.bot_api.token, "flow-webhook-token", "wrong-token-of-somebody"):
        assert secret not in log


def test_the_demo_plays_its_story_to_the_end():
    done = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "demo", "--once"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for part in ("Roll back to 42", "toast: ▶️ Started", "of 5 ready", "Rolled back", "resolved", "audit log"):
        assert part in done.stdout
