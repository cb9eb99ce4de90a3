"""The whole service: what is started, in which order, and stopped in reverse. Reads as that list."""

import threading
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import structlog

from chatops import metrics
from chatops.actors.addresses import (
    API,
    HEARTBEATS,
    POOL,
    TELEGRAM,
    WEBHOOK,
    Address,
    chat_address,
    pool_address,
)
from chatops.actors.admins import tell_admins
from chatops.actors.api.actor import ApiActor
from chatops.actors.api.desk import Desk
from chatops.actors.api.doorkeeper import Doorkeeper
from chatops.actors.api.operations import operations_of
from chatops.actors.arrivals import Arrivals
from chatops.actors.beginning import introduce, resume
from chatops.actors.bot import Bot
from chatops.actors.calendars import CALENDARS, CalendarsActor
from chatops.actors.chat import ChatActor
from chatops.actors.chat_messages import Notice, TopicGone
from chatops.actors.clusters import ClustersActor
from chatops.actors.directory import Directory
from chatops.actors.door_warnings import DoorWarnings
from chatops.actors.escalation import ESCALATION, EscalationActor
from chatops.actors.executor import ExecutorActor
from chatops.actors.fallback import FALLBACK, FallbackActor
from chatops.actors.figures import FIGURES, FiguresActor
from chatops.actors.gate import Gate
from chatops.actors.health import Health, Parts, PartStatus
from chatops.actors.heartbeats import HeartbeatsActor
from chatops.actors.incident import IncidentActor
from chatops.actors.janitor import JanitorActor
from chatops.actors.menu import Menu
from chatops.actors.notary import NOTARY, NotaryActor
from chatops.actors.pool import PoolActor
from chatops.actors.presence import Presence
from chatops.actors.probe import ProbeActor
from chatops.actors.replica import Replica, own_address
from chatops.actors.reviewer import ReviewerActor
from chatops.actors.roll_call import RollCallActor
from chatops.actors.self_audit import SelfAuditActor
from chatops.actors.specs import ChildSpec, FamilySpec, Restart, starter
from chatops.actors.telegram import HookWanted, TelegramActor
from chatops.actors.tree import Supervisor
from chatops.actors.upstream_specs import upstream_specs
from chatops.actors.webhook import WebhookActor
from chatops.addresses import is_loopback
from chatops.cluster import Cluster
from chatops.cluster.kubeconfig import Kubeconfig
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.graphs import Theme
from chatops.core.oncall import Roster
from chatops.core.outside import Outside
from chatops.core.policy import Graphs, Policy
from chatops.core.redaction import Redaction
from chatops.core.rota_calendar import calendars
from chatops.core.screens import mini_app
from chatops.core.screens.welcome import offered
from chatops.core.telegram_features import GRANTED, Feature
from chatops.core.texts import LANGUAGES, tongue
from chatops.db.database import Database
from chatops.db.location import PostgresUrl, location
from chatops.db.soundness import ensure_sound
from chatops.db.store import Store
from chatops.settings import Settings
from chatops.telegram.client import Me, Telegram
from chatops.telegram.raw_updates import posted
from chatops.upstream.fallback import FallbackDoor
from chatops.web.api import api_server, build_api
from chatops.web.hook import TelegramHook, hook_secret
from chatops.web.intake import Intake
from chatops.web.miniapp import MiniApp
from chatops.web.readiness import Part, PartState, Readiness

log = structlog.get_logger()

START_SECONDS = 10.0
LEAD_LOST = 75
"""The exit code where another replica leads now (sysexits.h: try again); run.py begins anew."""
JANITOR: Address = ("janitor",)
SELF_AUDIT: Address = ("self_audit",)
ROLL_CALL: Address = ("roll_call",)
REVIEWER: Address = ("reviewer",)
INCIDENTS = "incident"
CHATS = "chat"

HOOK_SETTING = "telegram_hook"
"""Where the webhook that we set is remembered, for a later run that polls."""
MENU_SETTING = "telegram_menu"
"""Where it is remembered what we had the menu button open, for a later run without a PUBLIC_URL."""


def _now() -> datetime:
    return datetime.now(UTC)


class System:
    """Start it, wait for its end, stop it. A part outside that is down keeps nothing from starting."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = Database(settings.database_url)
        self._store = Store(self._database)
        self._bot = Bot(self._store.settings, settings.telegram_bot_token.get_secret_value())
        self._health = Health()
        self._directory = Directory()
        self._acting = threading.Event()
        """The actors are there."""
        server = location(settings.database_url)
        self._replica = self._replica_on(server) if isinstance(server, PostgresUrl) else None
        relay = self._replica.relay if self._replica else None
        self._gate = Gate(self._directory, self._put, routes_here=self._routes_here)
        self._telegram = Telegram(
            settings.telegram_bot_token.get_secret_value(),
            settings.telegram_api_url,
            features=frozenset(map(Feature, settings.telegram_features)) | GRANTED,
            on_refused=lambda feature: log.warning("telegram server does not know it, left out", feature=feature),
            on_topic_gone=lambda chat_id, thread_id: self._directory.tell(chat_address(chat_id), TopicGone(thread_id)),
        )
        warnings = DoorWarnings(self._tell_admins)
        self._intake = Intake(
            self._gate.accept,
            settings.webhook_tokens,
            begin=self._gate.begin,
            on_refused=warnings.wrong_token,
            on_too_large=warnings.too_large,
        ).server(host=settings.listen_on, port=settings.alert_port)
        tell = self._directory.tell
        presence = Presence(settings=self._store.settings, chats=self._store.cards.chats_of_open, tell=tell, now=_now)
        self._arrivals = Arrivals(rows=self._store.updates, tell=tell, now=_now, presence=presence)
        self._hook_secret = hook_secret(settings.telegram_bot_token.get_secret_value())
        hook = TelegramHook(self._posted, self._hook_secret, relay) if settings.telegram_webhook_url else None
        doorkeeper = Doorkeeper(
            self._store,
            bot_token=settings.telegram_bot_token.get_secret_value(),
            language=settings.language,
            clock=_now,
        )
        self._policy = self._policy_of(settings)
        desk = Desk(self._store, _now, self._policy, self._bot.name, tell)
        page = MiniApp(frame_ancestors=_frames(settings.telegram_api_url))
        api = build_api(self.readiness, operations_of(desk, doorkeeper), doorkeeper, hook=hook, page=page, relay=relay)
        self._api = api_server(api, host=settings.listen_on, port=settings.app_port, hook=hook)
        self._supervisor: Supervisor | None = None
        self._ended = threading.Event()
        self._main_app = threading.Event()
        """The Mini App is known to Telegram as the bot's main one."""
        self._exit_code = 0
        self._database_open = False

    @property
    def alert_port(self) -> int:
        return self._intake.port

    @property
    def app_port(self) -> int:
        return self._api.port

    def start(self) -> None:
        """Raises Failure or CannotListen when the service could not even take alerts; then nothing is left running."""
        try:
            self._database.open()
            self._database_open = True
            ensure_sound(self._database)
            # Its port is known from here on: the others are told where it is reached.
            self._api.start()
            leads = self._replica is None or self._replica.take(self._address)
            if leads:
                self._act()
            self._intake.start()
            if self._replica is not None:
                self._replica.start(self._address, leads=leads, led=self._led, lost=self._lost)
        except BaseException:
            self.stop()
            raise
        metrics.look_at(self._sources())
        log.info("serving", alert_port=self.alert_port, app_port=self.app_port, leads=leads)

    def stop(self, deadline: float = 5.0) -> None:
        """Intake first, so that nothing comes in that could not be finished; the database last."""
        self._intake.stop(deadline / 5)
        if self._replica is not None:
            self._replica.stop()
        if self._supervisor is not None:
            self._supervisor.stop(deadline * 3 / 5)
        self._directory.timers.stop()
        self._api.stop(deadline / 5)
        if self._database_open:
            self._database.close()
            self._database_open = False
        if self._replica is not None:
            self._replica.gone()
        self._ended.set()

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit code once the service has ended or given up; None after `timeout` seconds."""
        return self._exit_code if self._ended.wait(timeout) else None

    def readiness(self) -> Readiness:
        """For the HTTP threads: what works."""
        parts = {
            name: Part(PartState(str(part.status)), part.detail, part.since) for name, part in self._parts().items()
        }
        return Readiness(
            alive=not self._exit_code,
            database_open=self._database_open,
            intake_listens=self._intake.listening,
            parts=parts,
        )

    def _parts(self) -> Parts:
        parts = self._health.snapshot()
        return self._replica.seen(parts, _now()) if self._replica else parts

    def _act(self) -> None:
        """Start the actors; they go on with what was left half done."""
        introduce(self._settings, self._store, _now())
        self._supervisor = Supervisor(
            self._directory, self._specs(), give_up=self._give_up, on_failed=self._child_failed
        )
        self._supervisor.wait_started(START_SECONDS)
        resume(self._store, self._directory.tell)
        self._acting.set()
        metrics.leading(True, self._replica.certain if self._replica else None)
        if self._replica is not None:
            self._replica.acts()

    def _routes_here(self) -> bool:
        """Whether what is taken in is this process's to work through."""
        return self._replica is None or self._acting.is_set()

    def _put(self, body: bytes, source: str) -> "Future[int]":
        """In an HTTP thread. A replica that does not lead puts it on disk for the one that does."""
        return self._store.inbox.put(body, source, _now(), ring_for_it=not self._routes_here())

    def _replica_on(self, server: PostgresUrl) -> Replica:
        return Replica(
            server,
            self._database,
            self._store,
            health=self._health,
            tell=self._directory.tell,
            acts=self._acting.is_set,
        )

    @property
    def _address(self) -> str:
        return f"{own_address(self._settings.pod_ip, self._settings.listen_on)}:{self.app_port}"

    def _led(self) -> None:
        """In the lead's thread: another replica's turn is over."""
        try:
            self._act()
        except Exception:
            log.critical("cannot act", exc_info=True)
            self._exit_code = 1
            self._ended.set()

    def _lost(self) -> None:
        metrics.leading(False)
        self._exit_code = LEAD_LOST
        self._ended.set()

    def _sources(self) -> metrics.Sources:
        def parts() -> dict[str, bool]:
            known = self._parts().items()
            return {name: part.status is PartStatus.UP for name, part in known if part.status is not PartStatus.OFF}

        return metrics.Sources(self._directory.census, parts, lambda: self._database.waiting)

    def _specs(self) -> list[ChildSpec | FamilySpec]:
        directory, store, settings = self._directory, self._store, self._settings
        policy, outside = self._policy, self._policy.outside
        watchdogs = frozenset(settings.watchdog_alerts)
        hearing = {"store": store, "clock": _now, "cluster_label": settings.cluster_label, "watchdogs": watchdogs}
        clusters = starter(ClustersActor, directory, contexts=settings.kube_contexts, clock=_now)
        roll_call = starter(RollCallActor, directory, store=store, clock=_now, watchdogs=watchdogs)
        schedule = settings.report_schedule
        reviewer = starter(ReviewerActor, directory, store=store, clock=_now, schedule=schedule)
        escalation = starter(
            EscalationActor,
            directory,
            store=store,
            clock=_now,
            after=timedelta(minutes=settings.escalate_after),
            roster=policy.roster,
        )
        notary = starter(
            NotaryActor, directory, store=store, clock=_now, chat_id=settings.audit_chat, health=self._health
        )
        return [
            # First, so that it is stopped last: its last checkpoint has what the others wrote at their end.
            ChildSpec(NOTARY, notary, Restart.TRANSIENT),
            *(spec for context in settings.kube_contexts or (None,) for spec in self._cluster(context)),
            ChildSpec(POOL, clusters),
            *upstream_specs(directory, self._health, settings.alertmanagers, settings.prometheus),
            ChildSpec(
                TELEGRAM,
                starter(
                    TelegramActor,
                    directory,
                    telegram=self._telegram,
                    arrivals=self._arrivals,
                    health=self._health,
                    commands=_commands(app=bool(settings.app.address)),
                    hook=self._hook_wanted(),
                    left_hook=store.settings.get(HOOK_SETTING) or "",
                    menu=self._menu(),
                    on_me=self._introduced,
                ),
            ),
            FamilySpec(
                CHATS,
                starter(
                    ChatActor,
                    directory,
                    store=store,
                    clock=_now,
                    policy=policy,
                    bot_name=self._bot.name,
                    main_app=self._main_app.is_set,
                ),
            ),
            FamilySpec(INCIDENTS, starter(IncidentActor, directory, outside=outside, **hearing)),
            ChildSpec(JANITOR, starter(JanitorActor, directory, store=store, clock=_now), Restart.TRANSIENT),
            *([ChildSpec(REVIEWER, reviewer, Restart.TRANSIENT)] if schedule else []),
            ChildSpec(SELF_AUDIT, starter(SelfAuditActor, directory, store=store, clock=_now), Restart.TRANSIENT),
            ChildSpec(FIGURES, starter(FiguresActor, directory, store=store), Restart.TRANSIENT),
            ChildSpec(HEARTBEATS, starter(HeartbeatsActor, directory, store=store, clock=_now), Restart.TRANSIENT),
            *self._fallback(),
            *self._calendars(policy.roster),
            ChildSpec(ESCALATION, escalation, Restart.TRANSIENT),
            *([ChildSpec(ROLL_CALL, roll_call, Restart.TRANSIENT)] if settings.alertmanagers else []),
            ChildSpec(API, starter(ApiActor, directory)),
            ChildSpec(WEBHOOK, starter(WebhookActor, directory, **hearing)),
        ]

    @staticmethod
    def _policy_of(settings: Settings) -> Policy:
        return Policy(
            settings.language,
            settings.protected_namespaces,
            settings.rules,
            Outside(bool(settings.alertmanagers), bool(settings.prometheus)),
            zone=settings.report_zone,
            graphs=Graphs(settings.graphs),
            graph_theme=Theme(settings.graph_theme),
            storm_threshold=settings.storm_threshold,
            roster=settings.roster,
            app=settings.app,
        )

    def _fallback(self) -> list[ChildSpec]:
        settings = self._settings
        if not settings.fallback:
            return []
        fallback = starter(
            FallbackActor,
            self._directory,
            store=self._store,
            clock=_now,
            health=self._health,
            door=FallbackDoor(settings.fallback),
            after=timedelta(minutes=settings.telegram_down_minutes),
            language=settings.language,
        )
        return [ChildSpec(FALLBACK, fallback, Restart.TRANSIENT)]

    def _calendars(self, roster: Roster) -> list[ChildSpec]:
        if not calendars(roster):
            return []
        # Here, since few have one: what reads calendars is a third of a start's time that is not our own.
        from chatops.upstream.calendar import CalendarDoor

        reader = starter(
            CalendarsActor, self._directory, store=self._store, clock=_now, roster=roster, open_door=CalendarDoor
        )
        return [ChildSpec(CALENDARS, reader, Restart.TRANSIENT)]

    def _cluster(self, context: str | None) -> list[ChildSpec]:
        """One cluster's own executors, their pool, and the probe that says whether it is there."""

        settings = self._settings

        def open_door(stop: threading.Event) -> Cluster:
            return Cluster(
                context,
                settings.kubeconfig,
                stop,
                diagnostics=settings.exec_diagnostics,
                impersonate=settings.kube_impersonate,
            )

        pool = pool_address(context or "")
        executors: list[Address] = [
            ("executor", context or "", number) for number in range(self._settings.kube_executors)
        ]
        make_pool = starter(PoolActor, self._directory, executors=executors)
        executor = starter(ExecutorActor, self._directory, cluster_factory=open_door, pool=pool)
        part = f"cluster {context}" if context else "cluster"
        probe = starter(ProbeActor, self._directory, open_door=open_door, health=self._health, part=part)
        return [
            ChildSpec(pool, make_pool),
            *(ChildSpec(each, executor, Restart.TRANSIENT, watcher=pool) for each in executors),
            ChildSpec(("probe", context), probe, Restart.TRANSIENT),
        ]

    def _hook_wanted(self) -> HookWanted | None:
        url = self._settings.telegram_webhook_url
        if not url:
            return None
        return HookWanted(url, self._hook_secret, lambda url: self._store.settings.set(HOOK_SETTING, url))

    def _menu(self) -> Menu:
        """What the menu button is to be, and was."""
        settings = self._store.settings
        text = tongue(self._settings.language).plain(mini_app.MENU)
        left = settings.get(MENU_SETTING) or ""
        return Menu(text, self._settings.app.start, left, lambda url: settings.set(MENU_SETTING, url))

    def _introduced(self, me: Me) -> None:
        """In the TelegramActor's thread."""
        self._bot.told(me)
        if me.main_app:
            self._main_app.set()

    def _posted(self, body: bytes) -> None:
        """In an HTTP thread. What is no update is taken and forgotten: Telegram would post it for ever."""
        update = posted(body)
        if update is not None:
            self._arrivals.keep([update])

    def _give_up(self, address: Address, reason: str) -> None:
        log.critical("giving up", part=address, reason=reason)
        self._exit_code = 1
        self._ended.set()

    def _child_failed(self, address: Address, reason: str) -> None:
        part = " ".join(map(str, address))
        incident_id = int(str(address[1])) if address[0] == INCIDENTS else None
        detail = {"part": part, "reason": self._without_secrets(reason)[:400]}
        entry = Entry(EntryType.ACTOR_FAILED, SYSTEM, _now(), incident_id=incident_id, detail=detail)
        self._store.audit.append([entry])
        self._tell_admins(Notice("actor_failed", detail))

    def _without_secrets(self, text: str) -> str:
        """An error may hold what it was raised with. Credentials of clusters change while we run: they are read now."""
        credentials = Kubeconfig(self._settings.kubeconfig).credentials()
        return Redaction((*self._settings.secrets, *credentials)).hide(text)

    def _tell_admins(self, told: Notice) -> None:
        tell_admins(self._store, self._directory.tell, told)


def _frames(telegram_url: str) -> tuple[str, ...]:
    """The chat page of a Telegram that stands on this machine shows the Mini App in a frame, as Telegram's own does."""
    url = urlsplit(telegram_url)
    return (f"{url.scheme}://{url.netloc}",) if is_loopback(url.hostname or "") else ()


def _commands(*, app: bool) -> dict[str, tuple[tuple[str, str], ...]]:
    """The command list per language, as Telegram shows it; `""` is for every other language."""
    spoken = {
        language: tuple((name, tongue(language).plain(does)) for name, does in offered(app=app))
        for language in LANGUAGES
    }
    return {"": spoken["en"], **spoken}
