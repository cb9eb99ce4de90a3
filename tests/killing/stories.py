"""The stories the service dies in: what people and Alertmanager do, until it has come to what they wanted."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatops.core.alerts import parse
from chatops.core.audit import EntryType
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Position
from chatops.core.presses import DOUBLE_TAP
from chatops.db.database import Database
from chatops.db.migrate import MIGRATIONS, migrate
from chatops.db.store import Store
from chatops.sandbox.kubeapi.server import KubeApiServer
from tests.flows.town import ANNA, crash_loop
from tests.killing.cluster import small_cluster
from tests.killing.tale import DEAD, Tale, rows_of


def nothing(_server: KubeApiServer) -> None:
    """A cluster where nothing is."""


@dataclass(frozen=True, slots=True)
class Story:
    """`lines` are how many lines of the log of each kind it leaves, however often it is begun again."""

    tell: Callable[[Tale], None]
    lines: dict[EntryType, int]
    cluster: Callable[[KubeApiServer], object] = nothing
    silences: bool = False
    prepare: Callable[[Path], None] = lambda _: None
    settings: dict[str, str] = field(default_factory=dict)


def alert(tale: Tale) -> None:
    tale.post(crash_loop())
    tale.see("#1", "keeps crashing")
    tale.post(crash_loop(pod="checkout-2"))
    tale.see("#1", "2 alerts")
    tale.post(crash_loop(ended=True))
    tale.post(crash_loop(ended=True, pod="checkout-2"))
    tale.see("#1", "🟢", "resolved")


def action(tale: Tale) -> None:
    tale.post(crash_loop())
    while True:
        choose(tale)
        confirm(tale)
        tale.until(lambda: outcome(tale), "the run has an outcome")
        tale.rest()
        if rolled_back(tale):
            return
        # The card says that it did not happen: somebody tries once more.
        tale.see("#1", "did not happen")
        tale.repeated += 1


def choose(tale: Tale) -> None:
    tale.press("Roll back", "#1")
    tale.see("Cancel", "expires in 1 min", again=lambda: tale.press_if_there("Roll back", "#1"))


def confirm(tale: Tale) -> None:
    """As somebody who reads it first: one pressed at once is taken for a double tap, and can be pressed again."""
    before = len(tale.rows("SELECT 1 FROM actions"))
    time.sleep(DOUBLE_TAP.total_seconds())

    def press() -> None:
        shown = tale.find("Cancel", "expires in 1 min")
        if shown:
            tale.place.anna.tap(shown, shown.buttons[-1])
        else:
            tale.press_if_there("Roll back", "#1")

    press()
    tale.until(lambda: len(tale.rows("SELECT 1 FROM actions")) > before, "the confirm is taken", again=press)


def outcome(tale: Tale) -> bool:
    return not tale.rows(
        "SELECT 1 FROM actions WHERE state IN ('requested', 'performed') OR state = 'interrupted' AND detail = ''"
    )


def rolled_back(tale: Tale) -> bool:
    deployment = tale.place.kubernetes.get("Deployment", "checkout", "shop")
    assert deployment
    return bool(deployment["spec"]["template"]["spec"]["containers"][0]["image"].endswith(":1.41.2"))


OLEG = 1002


def hands(tale: Tale) -> None:
    oleg = tale.place.bot_api.person(OLEG, "Oleg", username="oleg").chat_with_bot()
    tale.post(crash_loop())
    tale.press("Take", "#1")
    tale.see("#1", "@anna has it")
    tale.place.anna.reply(tale.see("#1", "@anna has it"), "looking at the cache")
    tale.rest()
    tale.press("Escalate", "#1")
    tale.until(lambda: [m for m in oleg.messages() if "asks for help" in m.text], "Oleg is called for help")
    tale.rest()
    tale.press("Resolve", "#1")
    tale.see("#1", "Resolved by hand: @anna")


def merge(tale: Tale) -> None:
    tale.post(crash_loop())
    tale.see("#1", "Take")
    tale.post(crash_loop(alertname="HighLatency"))
    tale.see("#2", "🔗 Merge", again=lambda: tale.press_if_there("🔄", "#2"))

    def merged() -> object:
        return tale.rows("SELECT 1 FROM merges")

    # What is pressed once more may lead two screens on: one that was passed is not waited for.
    for screen in ("into which?", "cannot be parted"):
        lead_on(tale)
        tale.until(lambda: tale.find(screen) or merged(), screen, again=lambda: lead_on(tale))  # noqa: B023
    time.sleep(DOUBLE_TAP.total_seconds())
    lead_on(tale)
    tale.until(merged, "it is merged", again=lambda: lead_on(tale))
    tale.see("Merged into #1")
    tale.see("#1", "2 alerts")
    tale.post(crash_loop(alertname="HighLatency", ended=True))
    tale.post(crash_loop(ended=True))
    tale.see("#1", "🟢", "resolved")


def lead_on(tale: Tale) -> None:
    """Press what leads to the merge, wherever the message stands by now."""
    if tale.find("cannot be parted"):
        tale.press_if_there("Merge into #1", "cannot be parted")
    elif tale.find("into which?"):
        tale.press_if_there("🟠 #1", "into which?")
    else:
        tale.press_if_there("🔗 Merge", "#2")


def silence(tale: Tale) -> None:
    assert tale.alertmanager
    labels = {"alertname": "KubePodCrashLooping", "severity": "warning", "namespace": "shop", "deployment": "checkout"}
    tale.alertmanager.fire({**labels, "job": "kube-state-metrics"})
    tale.post(crash_loop())

    while not tale.find("#1", "🔕 silenced until"):
        tale.press("🔕 Silence", "#1")
        tale.see("Matches", "1 h", again=lambda: tale.press_if_there("🔕 Silence", "#1"))
        tale.press("1 h", "Matches")
        # It stands, or the card says that it could not be found: then somebody asks once more.
        tale.until(lambda: tale.rows("SELECT 1 FROM silences"), "a silence is asked for")
        tale.rest()
    tale.press("🔔 Unsilence", "#1")
    tale.until(lambda: tale.rows("SELECT 1 FROM silences WHERE ended_at IS NOT NULL"), "the silence is lifted")
    tale.see("#1", "🔕 Silence")


def people(tale: Tale) -> None:
    oleg = tale.place.bot_api.person(OLEG, "Oleg", username="oleg")
    anna = tale.place.anna
    anna.send("/invite")
    tale.press("operator", "An operator also acts", again=lambda: anna.send("/invite"))
    tale.press("everywhere", again=lambda: tale.press_if_there("operator"))
    invitation = tale.see("?start=", again=lambda: tale.press_if_there("everywhere"))
    oleg.send("/start " + invitation.text.partition("?start=")[2].split()[0])
    tale.until(lambda: tale.rows("SELECT 1 FROM users WHERE id = 1002"), "Oleg is a user")
    anna.send("/users")
    tale.press("@oleg", again=lambda: anna.send("/users"))
    tale.press("Disable", "@oleg", again=lambda: tale.press_if_there("@oleg"))

    def disabled() -> object:
        return tale.rows("SELECT 1 FROM users WHERE id = 1002 AND disabled")

    def press() -> None:
        tale.press_if_there("Disable", "@oleg")

    # What is pressed once more may be the confirm already: the question need not be there any more.
    tale.until(lambda: tale.find("Disable @oleg") or disabled(), "somebody is asked whether to", again=press)
    time.sleep(DOUBLE_TAP.total_seconds())
    press()
    tale.until(disabled, "Oleg is disabled", again=press)
    oleg.send("/incidents")
    tale.until(lambda: tale.rows("SELECT 1 FROM audit WHERE type = 'denied'"), "Oleg is refused")
    anna.send("/login")
    tale.until(lambda: tale.rows("SELECT 1 FROM logins"), "there is a link that signs a browser in")
    anna.send("/unsubscribe")
    tale.until(lambda: tale.rows("SELECT 1 FROM chats WHERE NOT subscribed"), "the chat wants nothing more")


LONG_AGO = timedelta(days=400)


def with_a_past(folder: Path) -> None:
    """A database with something of every noun that is forgotten one day."""
    url = f"sqlite:///{folder / 'chatops.db'}"
    migrate(url)
    database = Database(url)
    database.open()
    store, then = Store(database), datetime.now(UTC) - LONG_AGO
    body = crash_loop(ended=True)
    number = store.inbox.put(body, "", then).result()
    store.inbox.route(number, parse(body, received_at=then), then)
    store.updates.store([(1, ANNA, b"{}"), (2, ANNA, b"{}")], then)
    for update_id in (1, 2):
        store.updates.done(update_id)
    short = Button("gone", Verb.CONFIRM, once=True, lifetime=timedelta(seconds=60))
    store.buttons.offer(ANNA, 7, [short], then)
    store.positions.put(Position(ANNA, 7, Verb.HELP, touched_at=then))
    database.close()


def tidying(tale: Tale) -> None:
    tables = ("inbox", "buttons", "positions")

    def tidy() -> bool:
        left = [tale.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables]
        return left == [0, 0, 0] and tale.rows("SELECT count(*) FROM updates") == [(1,)]

    tale.until(tidy, "the past is forgotten")
    tale.until(lambda: tale.rows("SELECT 1 FROM settings WHERE key = 'audit_told'"), "the audit chat is told")


OLD_BODY = crash_loop()
OLD_USER = 77
FILES = MIGRATIONS / "sqlite"


def of_an_older_version(folder: Path) -> None:
    """A file of the first schema, with a user of its kind and a body that was answered 200 and not yet read."""
    old, url = folder / "old", f"sqlite:///{folder / 'chatops.db'}"
    old.mkdir()
    first = sorted(FILES.glob("*.sql"))[:2]
    for file in first:
        shutil.copy(file, old)
    assert len(migrate(url, old)) == 1
    with closing(sqlite3.connect(folder / "chatops.db")) as connection, connection:
        connection.execute("INSERT INTO users (id, name, role) VALUES (?, 'Old', 'operator')", (OLD_USER,))
        values = ("2026-11-01 12:00:00.000000", OLD_BODY)
        connection.execute(
            "INSERT INTO inbox (received_at, source, body, state, problem, attempts) VALUES (?, '', ?, 'new', '', 0)",
            values,
        )


def upgrade(tale: Tale) -> None:
    tale.acked.append(OLD_BODY)
    dead = tale.place.folder / DEAD / "chatops.db"
    if dead.exists():
        assert rows_of(dead, f"SELECT name FROM users WHERE id = {OLD_USER}") == [("Old",)]
        assert rows_of(dead, "SELECT body FROM inbox") == [(OLD_BODY,)]
    tale.see("#1", "Crash loop")
    granted = tale.rows(f"SELECT role, cluster, namespace FROM grants WHERE user_id = {OLD_USER}")
    assert granted == [("operator", "*", "*")]
    assert len(tale.rows("SELECT 1 FROM _yoyo_migration")) == len(list(FILES.glob("*.rollback.sql")))


STORIES = {
    "alert": Story(
        alert,
        {EntryType.OPENED: 1, EntryType.ALERTS_CHANGED: 3, EntryType.ALERTS_RESOLVED: 1},
        cluster=small_cluster,
    ),
    "action": Story(action, {EntryType.OPENED: 1}, cluster=small_cluster),
    "hands": Story(
        hands,
        {EntryType.ACKNOWLEDGED: 1, EntryType.NOTED: 1, EntryType.ESCALATED: 1, EntryType.RESOLVED: 1},
        settings={"TELEGRAM_ADMINS": f"{ANNA},{OLEG}"},
    ),
    "merge": Story(merge, {EntryType.OPENED: 2, EntryType.MERGED: 1, EntryType.MERGED_IN: 1}),
    "silence": Story(silence, {EntryType.SILENCED: 1, EntryType.UNSILENCED: 1}, silences=True),
    "people": Story(
        people,
        {
            EntryType.USER_ADDED: 2,
            EntryType.DISABLED: 1,
            EntryType.DENIED: 1,
            EntryType.LOGIN_LINK: 1,
            EntryType.CHAT_REMOVED: 1,
        },
        settings={"PUBLIC_URL": "https://ops.example.com"},
    ),
    "tidying": Story(
        tidying,
        {EntryType.USER_ADDED: 1, EntryType.CHAT_ADDED: 1},
        prepare=with_a_past,
        settings={"AUDIT_CHAT": str(ANNA)},
    ),
    "upgrade": Story(upgrade, {EntryType.OPENED: 1}, prepare=of_an_older_version),
}
