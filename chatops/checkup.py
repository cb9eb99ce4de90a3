"""Looks at everything the service needs before it runs and says of each what is wrong and how to mend it.

It changes nothing: no file is made, no message sent. It knows the doors and no actor.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from chatops.cluster import Cluster
from chatops.core.failures import Failure, Reason
from chatops.core.oncall import Member
from chatops.core.rota_calendar import Copy, calendars, strangers
from chatops.db.audit import AuditLog
from chatops.db.database import Database
from chatops.db.location import location
from chatops.db.soundness import ensure_sound
from chatops.settings import Settings
from chatops.telegram.client import Telegram
from chatops.upstream.alertmanager import Alertmanager
from chatops.upstream.calendar import CalendarDoor
from chatops.upstream.endpoint import Endpoint, decode
from chatops.upstream.prometheus import Prometheus
from chatops.web.openapi import INFO
from chatops.web.server import CannotListen, bind


class Outcome(StrEnum):
    """good; warning: works and is unwise; off: not there, which is allowed; bad: has to be mended."""

    GOOD = "good"
    WARNING = "warning"
    OFF = "off"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line of the report. `mend` says what to do where the outcome is not good."""

    part: str
    outcome: Outcome
    detail: str
    mend: str = ""


TELEGRAM_MENDS = {
    Reason.UNAUTHORIZED: "TELEGRAM_BOT_TOKEN is not this bot's token any more: ask @BotFather for it with /token",
    Reason.NOT_FOUND: "no bot has this TELEGRAM_BOT_TOKEN: copy it again from @BotFather, or mend TELEGRAM_API_URL",
    Reason.UNREACHABLE: "mend the network, the proxy (HTTPS_PROXY) or TELEGRAM_API_URL",
    Reason.TIMEOUT: "mend the network, the proxy (HTTPS_PROXY) or TELEGRAM_API_URL",
}
KUBERNETES_MENDS = {
    Reason.NOT_CONFIGURED: "set KUBECONFIG to a kubeconfig file, and KUBE_CONTEXTS to contexts in it",
    Reason.UNREACHABLE: "mend the way to the API server: `kubectl version` shows whether kubectl gets there",
    Reason.TIMEOUT: "mend the way to the API server: `kubectl version` shows whether kubectl gets there",
    Reason.UNAUTHORIZED: "the credentials in the kubeconfig are refused: log in to the cluster again",
    Reason.FORBIDDEN: "the credentials may not even read /version: give them the rights in docs/rbac.md",
}
UPSTREAM_REASONS = (
    Reason.NOT_CONFIGURED,
    Reason.NOT_FOUND,
    Reason.UNREACHABLE,
    Reason.TIMEOUT,
    Reason.UNAUTHORIZED,
    Reason.FORBIDDEN,
)
LATER = "wait a little and try again; the detail is the other side's own words"


def verdicts(settings: Settings | tuple[str, ...]) -> Iterator[Verdict]:
    """One verdict per thing looked at, as soon as it is known. Takes what `chatops.settings.read` returned."""
    if not isinstance(settings, Settings):
        for problem in settings:
            yield Verdict("settings", Outcome.BAD, *_split(problem))
        return
    yield Verdict("settings", Outcome.GOOD, "all of them can be used")
    for warning in settings.warnings:
        yield Verdict("settings", Outcome.WARNING, *_split(warning))
    yield _database(settings)
    yield _port("ALERT_PORT", settings.listen_on, settings.alert_port)
    yield _port("APP_PORT", settings.listen_on, settings.app_port)
    yield _telegram(settings)
    for context in settings.kube_contexts or (None,):
        yield _kubernetes(settings, context)
    for url in settings.alertmanagers:
        yield _upstream("ALERTMANAGER_URL", Alertmanager(Endpoint(url)))
    if settings.prometheus:
        yield _upstream("PROMETHEUS_URL", Prometheus(Endpoint(settings.prometheus)))
    if settings.public_url:
        yield _public(settings.public_url)
    roster = settings.roster
    for rota, each in calendars(roster).items():
        yield _calendar(rota, each.address, roster.members)


def _database(settings: Settings) -> Verdict:
    path = location(settings.database_url)
    if isinstance(path, Path) and not path.exists():
        if os.access(path.parent, os.W_OK):
            return Verdict("database", Outcome.GOOD, f"{path} will be made at the first start")
        mend = f"let this user write to {path.parent}, or name another place in DATABASE_URL"
        return Verdict("database", Outcome.BAD, f"{path} is not there and cannot be made", mend)
    is_postgres = not isinstance(path, Path)
    database = Database(settings.database_url, readers=1)
    try:
        database.open()
        try:
            # Begins a transaction, which is what fails on a full disk or a file that may only be read.
            database.write(_nothing)
            ensure_sound(database)
            flaw = AuditLog(database).verify()
        finally:
            database.close()
    except Failure as failure:
        surroundings = (
            "the server and its address, user and password" if is_postgres else f"the rights and space of {path}"
        )
        mend = f"`python run.py migrate` brings the schema up to date; otherwise look at {surroundings}"
        return Verdict("database", Outcome.BAD, str(failure), mend)
    if flaw is not None:
        mend = "`python run.py audit verify` says more; a copy from before shows what it was"
        return Verdict("database", Outcome.BAD, f"the audit log was changed, first in line {flaw.number}", mend)
    return Verdict("database", Outcome.GOOD, f"{database.where} can be read and written, and the audit log is whole")


def _nothing() -> None:
    """The write that shows that writing works."""


def _port(name: str, host: str, port: int) -> Verdict:
    try:
        bind(host, port).close()
    except CannotListen as error:
        detail, mend = _split(str(error))
        return Verdict(name, Outcome.BAD, detail, f"{mend}; if that is this service already running, all is well")
    return Verdict(name, Outcome.GOOD, f"{host} port {port} is free" if port else "any free port is taken")


def _telegram(settings: Settings) -> Verdict:
    telegram = Telegram(settings.telegram_bot_token.get_secret_value(), settings.telegram_api_url)
    return _asked("Telegram", lambda: f"the bot is @{telegram.me().username}", TELEGRAM_MENDS)


def _kubernetes(settings: Settings, context: str | None) -> Verdict:
    part = f"Kubernetes {context}" if context else "Kubernetes"
    # Set instead of a wait: after a second try it is enough, whoever asked is waiting.
    stop = threading.Event()
    cluster = Cluster(context, settings.kubeconfig, stop, sleep=lambda _seconds: stop.set())
    try:
        verdict = _asked(part, lambda: f"the API server is {cluster.check()}", KUBERNETES_MENDS)
    finally:
        cluster.close()
    if verdict.outcome is Outcome.BAD and settings.kubeconfig is None and context is None and _no_cluster():
        return Verdict(
            part, Outcome.OFF, "no kubeconfig and no pod: alerts are shown, nothing can be changed", verdict.mend
        )
    return verdict


def _upstream(name: str, one: Alertmanager | Prometheus) -> Verdict:
    try:
        return _asked(f"{name} {one.name}", one.check, dict.fromkeys(UPSTREAM_REASONS, f"mend {name}, or remove it"))
    finally:
        one.close()


def _public(url: str) -> Verdict:
    """Before the first start nothing can answer there, so that is no fault yet."""
    endpoint = Endpoint(url)
    part = f"PUBLIC_URL {endpoint.name}"
    mend = "start the service and check again; what a proxy has to pass on is in docs/miniapp.md"
    try:
        told = decode(endpoint.get("/api/v1/openapi.json"), dict, "this service")
    except Failure as failure:
        return Verdict(part, Outcome.WARNING, str(failure), mend)
    finally:
        endpoint.close()
    if told.get("info") != INFO:
        return Verdict(part, Outcome.WARNING, "another program answers there, or another version of this one", mend)
    return Verdict(part, Outcome.GOOD, "this service answers there")


def _calendar(rota: str, address: str, people: Sequence[Member]) -> Verdict:
    """Of its address nothing is told but the host."""
    door = CalendarDoor(address)
    part = f"calendar of {rota} at {door.name}"
    try:
        copy = door.read("", datetime.now(UTC)) or Copy()
    except Failure as failure:
        return Verdict(part, Outcome.BAD, str(failure), "mend its address in ONCALL_FILE")
    finally:
        door.close()
    unknown = strangers(copy.shifts, people)
    if unknown or not copy.shifts:
        found = f"{len(unknown)} titles of events name nobody" if unknown else "nobody is planned in the weeks ahead"
        mend = "name people in its events as under `people:` in ONCALL_FILE"
        return Verdict(part, Outcome.WARNING, found, mend)
    return Verdict(part, Outcome.GOOD, f"events in the weeks ahead: {len(copy.shifts)}")


def _no_cluster() -> bool:
    return not os.path.exists(os.path.expanduser("~/.kube/config")) and "KUBERNETES_SERVICE_HOST" not in os.environ


def _asked(part: str, ask: Callable[[], str], mends: dict[Reason, str]) -> Verdict:
    try:
        return Verdict(part, Outcome.GOOD, ask())
    except Failure as failure:
        return Verdict(part, Outcome.BAD, str(failure), mends.get(failure.reason, LATER))


def _split(sentence: str) -> tuple[str, str]:
    """What is wrong, and the mend: the sentences of this project put a colon or a semicolon between them."""
    problem, separator, mend = sentence.partition(": ")
    return (problem, mend) if separator else (sentence, "")
