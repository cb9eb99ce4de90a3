"""The demo: the real service on loopback stand-ins, and one story played through it for whoever wants to read it."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from chatops.actors.system import System
from chatops.core.audit import StoredEntry
from chatops.core.telegram_features import EVERY
from chatops.db.database import Database
from chatops.db.migrate import migrate
from chatops.db.store import Store
from chatops.sandbox.alarm import EXPRESSION, Alarm
from chatops.sandbox.alertmanager import AlertmanagerServer
from chatops.sandbox.botapi import DEMO_TOKEN, BotApiServer, Conversation, Person, Seen
from chatops.sandbox.kubeapi.demo_cluster import seed
from chatops.sandbox.kubeapi.server import KubeApiServer
from chatops.sandbox.prometheus import PrometheusServer
from chatops.settings import LOOPBACK, Settings
from chatops.web.server import bind

NAMESPACE, DEPLOYMENT = "shop", "checkout"
ANNA, OLEG = 1001, 1002
GROUP = -100_500
WEBHOOK_TOKEN = "demo-webhook-token"
PATIENCE = 90.0
"""Seconds to wait for each step of the story; a rollout in the stand-in takes about ten."""

READING_TIME = 1.0
"""A confirm pressed sooner is taken for a double tap."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything running, and Anna, who is on call."""

    bot_api: BotApiServer
    kubernetes: KubeApiServer
    system: System
    alarm: Alarm
    anna: Person
    store: Store

    @property
    def chat(self) -> Conversation:
        return self.anna.chat_with_bot()


@contextmanager
def stage(folder: Path, *, port: int = 0) -> Iterator[Stage]:
    """Start the stand-ins, then the service against them, and stop all of it in reverse."""
    kubernetes = KubeApiServer()
    seed(kubernetes)
    bot_api = BotApiServer(port=port)
    alertmanager, prometheus = AlertmanagerServer(), PrometheusServer()
    prometheus.series[EXPRESSION] = [({"namespace": NAMESPACE, "container": "app"}, _restarts(time.time()))]
    with kubernetes, bot_api, alertmanager, prometheus:
        anna = bot_api.person(ANNA, "Anna", username="anna")
        oleg = bot_api.person(OLEG, "Oleg", username="oleg")
        anna.chat_with_bot()
        bot_api.group(GROUP, "On call", [anna, oleg])
        kubeconfig = folder / "kubeconfig"
        kubernetes.kubeconfig(kubeconfig)
        app_port = _free_port()
        settings = _settings(folder, kubeconfig, bot_api.url, alertmanager.url, prometheus.url, app_port)
        bot_api.mini_app(settings.app.start, settings.mini_app_name)
        migrate(settings.database_url)
        system = System(settings)
        system.start()
        reader = Database(settings.database_url, readers=1)
        reader.open()
        alarm = Alarm(
            kubernetes=kubernetes.url,
            webhook=f"http://127.0.0.1:{system.alert_port}/api/v1/alertmanager",
            token=WEBHOOK_TOKEN,
            namespace=NAMESPACE,
            deployment=DEPLOYMENT,
            alertmanager=alertmanager,
        )
        try:
            yield Stage(bot_api, kubernetes, system, alarm, anna, Store(reader))
        finally:
            if alarm.started:
                alarm.stop()
            reader.close()
            system.stop()


def play(stage: Stage, say: Say) -> None:
    """Alert, card, roll back, confirm, progress, done, alert resolved, audit. Raises TimeoutError where it stops."""
    stage.anna.send("/start")
    stage.chat.wait_for("role admin", timeout=PATIENCE)
    say(f"— checkout 1.42.0 was rolled out in {NAMESPACE} and runs out of memory; Alertmanager posts its webhook.")
    stage.alarm.start()
    card = stage.chat.wait_for(lambda message: "Roll back" in str(message.buttons), timeout=PATIENCE)
    _show(say, "The card", card)
    say("— Anna presses «Roll back».")
    say(f"  toast: {stage.anna.press(card, 'Roll back').text or '(none)'}")
    confirm = stage.chat.wait_for(lambda message: message.text.startswith("Roll back"), timeout=PATIENCE)
    _show(say, "The confirm", confirm)
    time.sleep(READING_TIME)
    say("— She reads it and confirms.")
    say(f"  toast: {stage.anna.press(confirm, '↩️').text}")
    _show(say, "The progress", stage.chat.wait_for("of 5 ready", timeout=PATIENCE))
    done = stage.chat.wait_for("Rolled back", timeout=PATIENCE)
    _show(say, "Done", done)
    say("— The Deployment is whole again; the alert resolves.")
    ended = stage.chat.wait_for(lambda message: message.text.startswith("🟢"), timeout=PATIENCE)
    _show(say, "The card at the end", ended)
    say("The audit log:")
    for stored in stage.store.audit.page(after_id=0, limit=1_000):
        say(f"  {_audit_line(stored)}")
    bad = stage.store.audit.verify()
    say("  the chain of hashes holds" if bad is None else f"  the chain breaks at line {bad.number}")


def main(*, once: bool, port: int = 0) -> int:
    """`once`: play the story, print it, and end with 0 when it came to its end. Otherwise serve until Ctrl-C."""
    with tempfile.TemporaryDirectory(prefix="chatops-demo-") as folder, stage(Path(folder), port=port) as running:
        if once:
            try:
                play(running, _print)
            except TimeoutError as error:
                _print(f"The story stopped: {error}")
                return 1
            _print("The story came to its end.")
            return 0
        running.anna.send("/start")
        running.alarm.start()
        _print(
            f"Open the chat in a browser: {running.bot_api.url}/?as={ANNA}&chat={ANNA}\n"
            "You are Anna, who is on call. An alert arrives in a moment; press its buttons.\n"
            f"What you press in the group, Oleg does not see: {running.bot_api.url}/?as={ANNA}&chat={GROUP}\n"
            "The button beside the text field opens the Mini App; /login gives a link for a whole browser window.\n"
            f"Alertmanager's webhook: http://127.0.0.1:{running.system.alert_port}/api/v1/alertmanager "
            f"(ALERT_TOKEN={WEBHOOK_TOKEN})\n"
            f"Readiness: http://127.0.0.1:{running.system.app_port}/readyz\n"
            "Ctrl-C ends it; nothing is kept."
        )
        try:
            running.system.wait()
        except KeyboardInterrupt:
            _print("")
    return 0


def _free_port() -> int:
    """The settings name the address of the Mini App, so its port has to be known before the service has it."""
    with bind(LOOPBACK, 0) as taken:
        return int(taken.getsockname()[1])


def _restarts(now: float) -> Callable[[float], float | None]:
    """Nothing for hours, then more and more, as a crash loop looks."""
    return lambda moment: max(0.0, 6.0 - (now - moment) / 300.0)


def _settings(
    folder: Path, kubeconfig: Path, bot_api: str, alertmanager: str, prometheus: str, app_port: int
) -> Settings:
    """Only what the demo needs: nothing of the environment or of a .env gets in."""
    return Settings(
        _env_file=None,
        telegram_bot_token=SecretStr(DEMO_TOKEN),
        telegram_api_url=bot_api,
        telegram_admins=(ANNA,),
        telegram_chats=(ANNA, GROUP),
        telegram_features=tuple(sorted(EVERY)),
        app_port=app_port,
        alert_port=0,
        bind_address=LOOPBACK,
        public_url=f"http://{LOOPBACK}:{app_port}",
        mini_app_name="incidents",
        webhook_token=(SecretStr(WEBHOOK_TOKEN),),
        database_url=f"sqlite:///{folder}/demo.db",
        kubeconfig=str(kubeconfig),
        kube_contexts=(),
        exec_diagnostics=True,
        alertmanager_url=(SecretStr(alertmanager),),
        prometheus_url=SecretStr(prometheus),
        language="en",
    )


def _show(say: Say, what: str, message: Seen) -> None:
    say(f"{what}:")
    for line in message.text.splitlines():
        say(f"  │ {line}")
    for row in message.keyboard:
        say("  │ " + " ".join(f"[{button['text']}]" for button in row))


def _audit_line(stored: StoredEntry) -> str:
    entry = stored.entry
    told = [f"{entry.at:%H:%M:%S}", entry.subject.name or entry.subject.kind, entry.type.value]
    if entry.object:
        told.append(f"{entry.object.short_kind} {entry.object.path}")
    told += [f"{name}={value}" for name, value in entry.detail.items() if value and name != "run"]
    return " ".join(told)


def _print(line: str) -> None:
    sys.stdout.write(line + os.linesep)
    sys.stdout.flush()
