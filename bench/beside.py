"""A storm told by this service beside Alertmanager's own Telegram receiver: `make bench`.

One real Alertmanager sends the same alerts both ways at once: to the service, and by `telegram_configs` itself. Each
way has a Telegram of its own with the same limits, and a group in it. Printed: how many of the alerts a reader of each
group can see after a while, and what that took of Telegram.
"""

import re
import sys
import tempfile
import time
from pathlib import Path

from bench.storm import GROUP, TITLES, seen
from chatops.sandbox.botapi.limits import Limits
from chatops.sandbox.botapi.requestlog import KEPT
from chatops.sandbox.botapi.server import BotApiServer
from tests.flows.town import TOKEN, Service, Town, town
from tests.upstream.real import BINARY, RealAlertmanager, real_alertmanager

NATIVE = "654321:native-receiver-of-the-same-alerts"
LOOKS = (1, 5, 15, 60, 120)
"""Seconds after the first alert."""

CONFIG = """
route:
  receiver: both
  group_by: [{group_by}]
  group_wait: 1s
  group_interval: 10s
receivers:
  - name: both
    webhook_configs:
      - url: http://127.0.0.1:{port}/api/v1/alertmanager
        http_config: {{authorization: {{credentials: {token}}}}}
    telegram_configs:
      - api_url: {api_url}
        bot_token: {bot_token}
        chat_id: {chat}
"""


def fire(alertmanager: RealAlertmanager, count: int) -> None:
    """Most on one node, every twentieth critical; posted 64 at a time, as Prometheus does."""
    alerts = [
        {
            "labels": {
                "alertname": TITLES[number % len(TITLES)],
                "severity": "critical" if number % 20 == 7 else "warning",
                "namespace": ("shop", "mail", "ci")[number % 3],
                "pod": f"pod-{number}",
                "node": "worker-3" if number % 8 else f"worker-{number % 5}",
            },
            "annotations": {"summary": f"pod-{number} is not ready."},
        }
        for number in range(count)
    ]
    for begin in range(0, count, 64):
        alertmanager.post(alerts[begin : begin + 64])


def named(native: BotApiServer) -> int:
    """How many of the alerts a message of the receiver names."""
    texts = [message.text for message in native.conversation(GROUP).messages(from_bot=True)]
    return len({pod for text in texts for pod in re.findall(r"pod = (pod-\d+)", text)})


def line(way: str, counts: list[int], telegram: BotApiServer) -> str:
    kept = telegram.requests()
    asked = [request for request in kept if request.chat_id == GROUP]
    sent = [request for request in asked if request.method in ("sendMessage", "sendDocument")]
    edits = [request for request in asked if request.method == "editMessageText"]
    refused = [request for request in asked if request.status == 429]
    visible = ", ".join(f"{count} after {after} s" for after, count in zip(LOOKS, counts, strict=True))
    least = "at least " if len(kept) >= KEPT else ""
    return f"    {way:<12} {visible}; {least}{len(sent)} sends, {len(edits)} edits, {least}{len(refused)} x 429"


def compare(count: int, folder: Path) -> None:
    # Each alert a group of its own: what is grouped well is no storm.
    with (
        town(folder, service=Service, TELEGRAM_CHATS=str(GROUP)) as place,
        BotApiServer(token=NATIVE, limits=Limits()) as native,
    ):
        place.bot_api.group(GROUP, "on-call", members=[place.anna])
        native.group(GROUP, "on-call", members=[native.person(1001, "Anna")])
        place.bot_api.pace(Limits())
        settings = {"port": place.service.alert_port, "token": TOKEN, "api_url": native.url, "bot_token": NATIVE}
        with real_alertmanager(folder, CONFIG.format(group_by="'...'", chat=GROUP, **settings)) as alertmanager:
            ours, theirs = watch(place, native, alertmanager, count)
        print(f"{count:>6} alerts, each a group of its own, visible of them")
        print(line("chatops", ours, place.bot_api))
        print(line("Alertmanager", theirs, native), flush=True)


def watch(place: Town, native: BotApiServer, alertmanager: RealAlertmanager, count: int) -> tuple[list[int], list[int]]:
    start = time.monotonic()
    fire(alertmanager, count)
    ours, theirs = [], []
    for after in LOOKS:
        time.sleep(max(0.0, start + after - time.monotonic()))
        ours.append(seen(place)[0])
        theirs.append(named(native))
    return ours, theirs


def main() -> None:
    if BINARY is None:
        print("no prometheus-alertmanager here, so nothing beside it")
        return
    for count in [int(each) for each in sys.argv[1:]] or [60, 1_000]:
        with tempfile.TemporaryDirectory() as folder:
            compare(count, Path(folder))


if __name__ == "__main__":
    main()
