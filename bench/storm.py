"""How long a storm of alerts takes to be seen in a group, of the real service, with Telegram's limits on: `make bench`.

Groups of one alert each are posted at once, as an Alertmanager does. An incident is seen once a card or the digest of
its chat counts it. Then as many alerts in groups of a hundred, which most storms of a real Alertmanager are. Printed:
seconds until the first critical and until all are seen, what that took of Telegram, and CPU-seconds per 1,000.
"""

import json
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

from bench.load import Load, drive
from bench.measuring import cpu_seconds, environment, take_load_cpu
from bench.shipped import settle, shipped, stored
from chatops.sandbox.botapi.limits import Limits
from tests.flows.town import TOKEN, Town

GROUP = -1001
SENDERS = 16
PATIENCE = 240.0
COUNTED = re.compile(r"(\d+) incidents? in ")
TITLES = ("KubePodNotReady", "KubeDeploymentReplicasMismatch", "TargetDown", "KubeContainerWaiting")


def body(number: int) -> bytes:
    """One group of one alert; most lie on one node, every twentieth is critical."""
    labels = {
        "alertname": TITLES[number % len(TITLES)],
        "severity": "critical" if number % 20 == 7 else "warning",
        "namespace": ("shop", "mail", "ci")[number % 3],
        "pod": f"pod-{number}",
        "node": "worker-3" if number % 8 else f"worker-{number % 5}",
    }
    alert = {
        "status": "firing",
        "labels": labels,
        "annotations": {"summary": f"pod-{number} is not ready."},
        "startsAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": f"{number:016x}",
    }
    told = {"version": "4", "groupKey": f"{{}}:{{pod={number}}}", "receiver": "chatops", "status": "firing"}
    return json.dumps({**told, "groupLabels": {}, "truncatedAlerts": 0, "alerts": [alert]}).encode()


def post(place: Town, numbers: range) -> float:
    """On one connection; when the last was answered."""
    connection = HTTPConnection("127.0.0.1", place.service.alert_port, timeout=PATIENCE)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    for number in numbers:
        while True:
            connection.request("POST", "/api/v1/alertmanager", body(number), headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                break
            time.sleep(0.2)
    return time.monotonic()


def seen(place: Town) -> tuple[int, bool]:
    """How many incidents the group shows, and whether a critical one is among its cards."""
    texts = [m.text for m in place.bot_api.conversation(GROUP).messages(from_bot=True)]
    counted = sum(int(found.group(1)) for text in texts if (found := COUNTED.search(text)))
    cards = [text for text in texts if "FIRING" in text]
    return counted + len(cards), any("🔴" in text for text in cards) or any("🔴" in text for text in texts)


def storm(count: int, folder: Path) -> None:
    with shipped(folder, TELEGRAM_CHATS=str(GROUP)) as place:
        place.bot_api.group(GROUP, "on-call", members=[place.anna])
        place.bot_api.pace(Limits())
        before, start = cpu_seconds(place.service.pid), time.monotonic()
        with ThreadPoolExecutor(SENDERS) as senders:
            posting = [senders.submit(post, place, range(each, count, SENDERS)) for each in range(SENDERS)]
            critical = 0.0
            while (now := time.monotonic()) < start + PATIENCE:
                shown, first = seen(place)
                critical = critical or (first and now - start)
                if shown >= count:
                    break
                time.sleep(0.02)
            taken = now - start
            posted = max(each.result() for each in posting) - start
        used = cpu_seconds(place.service.pid) - before
        asked = place.bot_api.requests()
        sent = [r for r in asked if r.method in ("sendMessage", "sendDocument") and r.chat_id == GROUP]
        edits = [r for r in asked if r.method == "editMessageText" and r.chat_id == GROUP]
        refused = [r for r in asked if r.status == 429]
        print(
            f"{count:>6} incidents: posted {posted:.1f} s, first critical {critical:.2f} s, all seen {taken:.1f} s "
            f"({shown} shown), {len(sent)} messages, {len(edits)} edits, {len(refused)} x 429, "
            f"{used / count * 1000:.2f} CPU-s per 1,000",
            flush=True,
        )


def grouped(alerts: int, folder: Path) -> None:
    """From rest to rest: what an alert costs where a hundred come in a post."""
    with shipped(folder, TELEGRAM_CHATS=str(GROUP)) as place:
        place.bot_api.group(GROUP, "on-call", members=[place.anna])
        place.bot_api.pace(Limits())
        settle(place)
        before = cpu_seconds(place.service.pid)
        answered = drive(Load(place.service.alert_port, alerts // 100, 0, 100, token=TOKEN))
        settle(place)
        used = cpu_seconds(place.service.pid) - before
        assert len(stored(place)) == alerts, f"{len(stored(place))} of {alerts} are stored"
        print(
            f"{alerts:>6} alerts, 100 to a post: posted {answered.seconds:.2f} s, "
            f"{used / alerts * 1000:.3f} CPU-s per 1,000 (wanted: 0.25)",
            flush=True,
        )


def main() -> None:
    print(environment())
    take_load_cpu()
    with tempfile.TemporaryDirectory() as folder:
        grouped(10_000, Path(folder))
    for count in [int(each) for each in sys.argv[1:]] or [60, 1_000, 10_000]:
        with tempfile.TemporaryDirectory() as folder:
            storm(count, Path(folder))


if __name__ == "__main__":
    main()
