"""How long an alert takes to Telegram: from our door, and from Alertmanager's beside its own Telegram receiver.

One alert at a time. The first figure is from the first byte of the webhook sent to the request at the stand-in of
Telegram; for the second one real Alertmanager has both receivers in one configuration, and both are counted from the
post to its API. Every alert has to be named by a message of each.
"""

import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bench.alerts import body
from bench.measuring import at, environment, estimate, take_load_cpu
from bench.shipped import shipped
from chatops.sandbox.botapi.limits import Limits
from chatops.sandbox.botapi.server import BotApiServer
from tests.flows.town import ANNA, TOKEN, Town
from tests.upstream.real import BINARY, real_alertmanager

ALERTS = 60
NATIVE = "654321:native-receiver-of-the-same-alerts"
PATIENCE = 20.0
PAUSE = 1.05
"""Seconds between two: a chat takes a message a second."""

CONFIG = """
route:
  receiver: both
  group_by: ['...']
  group_wait: 0s
  group_interval: 1h
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


def sent_at(telegram: BotApiServer, count: int) -> float:
    """When the message after the first `count` was asked for."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        asked = telegram.requests("sendMessage", chat_id=ANNA)
        if len(asked) > count:
            return asked[count].at
        time.sleep(0.002)
    raise TimeoutError("no message was sent")


def run(count: int, one: Callable[[int], dict[str, float]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for number in range(count):
        for name, seconds in one(number).items():
            found.setdefault(name, []).append(seconds * 1000)
        time.sleep(PAUSE)
    return found


def show(found: dict[str, list[float]]) -> None:
    for name, took in found.items():
        print(f"    {name:44} p50 {estimate(took)}  p99 {at(took, 0.99):.1f} ms  of {len(took)}", flush=True)


def from_our_door(place: Town, number: int) -> dict[str, float]:
    before = len(place.bot_api.requests("sendMessage", chat_id=ANNA))
    request = urllib.request.Request(
        f"http://127.0.0.1:{place.service.alert_port}/api/v1/alertmanager",
        data=body(number),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    )
    start = time.time()
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        assert answer.status == 200
    return {"webhook to sendMessage": sent_at(place.bot_api, before) - start}


def beside(place: Town, count: int, folder: Path) -> dict[str, list[float]]:
    with BotApiServer(token=NATIVE, limits=Limits.off()) as native:
        native.person(ANNA, "Anna").chat_with_bot()
        settings = {"port": place.service.alert_port, "token": TOKEN, "api_url": native.url, "bot_token": NATIVE}
        with real_alertmanager(folder, CONFIG.format(chat=ANNA, **settings)) as alertmanager:

            def one(number: int) -> dict[str, float]:
                ours = len(place.bot_api.requests("sendMessage", chat_id=ANNA))
                theirs = len(native.requests("sendMessage", chat_id=ANNA))
                start = time.time()
                alertmanager.fire({"alertname": "KubePodNotReady", "namespace": "shop", "pod": f"beside-{number}"})
                return {
                    "through Alertmanager, chatops": sent_at(place.bot_api, ours) - start,
                    "through Alertmanager, its own receiver": sent_at(native, theirs) - start,
                }

            return run(count, one)


def main(count: int = ALERTS) -> None:
    print(environment())
    take_load_cpu()
    print("one alert to Telegram (wanted from our door: p50 10, p99 50 ms)")
    # STORM_THRESHOLD=0: alerts so close to each other would else share a digest.
    with (
        tempfile.TemporaryDirectory() as folder,
        shipped(Path(folder), STORM_THRESHOLD="0") as place,
    ):
        for number in range(5):
            from_our_door(place, number)
            time.sleep(PAUSE)
        show(run(count, lambda number: from_our_door(place, 1000 + number)))
        if BINARY is None:
            print("    no prometheus-alertmanager here, so nothing beside it")
            return
        show(beside(place, count, Path(folder)))
        texts = "\n".join(message.text for message in place.bot_api.conversation(ANNA).messages(from_bot=True))
        missing = [number for number in range(count) if f"beside-{number}" not in texts]
        assert not missing, f"not shown: {missing}"


if __name__ == "__main__":
    main()
