"""An operator looks for one number in the log and has the whole story, from the webhook to the change and its outcome.

The metrics of the service that lived it are looked at too: what is in them, what is not, and whether promtool likes it.
"""

import json
import re
import shutil
import subprocess
import urllib.request
from typing import Any

import pytest

from tests.documented import DASHBOARD, RULES, documented, named_in
from tests.flows.town import Town, crash_loop, press_twice

PROMTOOL = shutil.which("promtool")


def told(place: Town) -> list[dict[str, Any]]:
    """The records of the service's log; each line is one."""
    return [json.loads(line) for line in place.service.log.read_text().splitlines()]


def scraped(place: Town) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{place.service.app_port}/metrics", timeout=30) as answer:
        return str(answer.read().decode())


def follows(records: list[dict[str, Any]], *steps: dict[str, Any]) -> None:
    """Each of the steps is a record behind that of the step before it."""
    at = 0
    for step in steps:
        found = next((i for i in range(at, len(records)) if step.items() <= records[i].items()), None)
        assert found is not None, f"{step} is not behind {records[:at]}, but: {records[at:]}"
        at = found + 1


def test_one_number_tells_the_whole_story(place: Town) -> None:
    place.post(crash_loop())
    press_twice(place, "Roll back to 42")
    place.card("Rolled back shop/checkout to 42")
    of_incident = [record for record in told(place) if record.get("incident") == 1]
    follows(
        of_incident,
        {"event": "webhook routed", "inbox": 1},
        {"event": "decided", "about": "AlertsReceived", "inbox": 1, "written": "opened"},
        {"event": "telegram request", "method": "sendMessage", "code": "200"},
        {"event": "card sent", "chat": 1001},
        {"event": "pressed", "verb": "choose", "by": 1001},
        {"event": "pressed", "verb": "confirm", "by": 1001},
        {"event": "decided", "written": "action_requested", "by": 1001},
        {"event": "kubernetes request", "verb": "patch", "code": "200"},
        {"event": "decided", "written": "action_finished", "state": "succeeded"},
    )
    # The run's id leads from the log to the object's annotation, and to the cluster's own audit log.
    (run,) = {record["run"] for record in of_incident if "run" in record}
    (patch,) = place.changes("PATCH")
    assert patch.headers["audit-id"] == run
    assert run in patch.body.decode()
    assert [record["event"] for record in of_incident if record.get("run") == run].count("kubernetes request") == 1

    text = scraped(place)
    there = set(re.findall(r"^# TYPE (\S+)", text, re.M))
    assert there == set(re.findall(r"^# HELP (\S+) \S", text, re.M))
    assert {each for each in there if each.startswith("chatops_")} == set(documented())
    for source in (DASHBOARD, RULES):
        known = there | {f"{each}{part}" for each in there for part in ("_bucket", "_sum", "_count")}
        assert named_in(source.read_text()) <= known | {"up", "ALERTS"}
    # Not the figures themselves: among their digits any number may stand.
    words = re.sub(r" \S+$", "", text, flags=re.M)
    for word in ("checkout", "shop", "KubePodCrashLooping", "1001", "Anna", place.environment["WEBHOOK_TOKEN"]):
        assert word not in words
    assert re.search(r'^chatops_actions_total\{action="rollout_undo",outcome="succeeded"\} 1\.0$', text, re.M)
    assert re.search(r"^chatops_first_shown_seconds_count 1\.0$", text, re.M)
    if PROMTOOL is None:
        pytest.skip("all but `promtool check metrics` was tried: Debian's prometheus is not installed")
    checked = subprocess.run([PROMTOOL, "check", "metrics"], input=text, capture_output=True, text=True, timeout=60)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
