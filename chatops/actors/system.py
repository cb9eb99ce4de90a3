"""The whole service: what is started, in which order, and stopped in reverse. Reads as that list.

It knows neither which actors there are nor what the two ports answer.
"""

import threading
from concurrent.futures import Future

import structlog

from chatops import metrics
from chatops.actors.addresses import INCIDENTS, Address
from chatops.actors.arrivals import Arrivals
from chatops.actors.beginning import introduce, resume
from chatops.actors.cast import Cast
from chatops.actors.chat_messages import Notice
from chatops.actors.gate import Gate
from chatops.actors.ground import Ground
from chatops.actors.health import Parts, PartStatus
from chatops.actors.ports import alert_port, app_port
from chatops.actors.presence import Presence
from chatops.actors.replica import Replica, own_address
from chatops.actors.tree import Supervisor
from chatops.cluster.kubeconfig import Kubeconfig
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.redaction import Redaction
from chatops.db.location import PostgresUrl, location
from chatops.db.soundness import ensure_sound
from chatops.settings import Settings
from chatops.web.readiness import Part, PartState, Readiness

log = structlog.get_logger()

START_SECONDS = 10.0
LEAD_LOST = 75
"""The exit code where another replica leads now (sysexits.h: try again); run.py begins anew."""


class System:
    """Start it, wait for its end, stop it. A part outside that is down keeps nothing from starting."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ground = ground = Ground(settings)
        store, tell, now = ground.store, ground.directory.tell, ground.now
        self._acting = threading.Event()
        """The actors are there."""
        server = location(settings.database_url)
        self._replica = self._replica_on(server) if isinstance(server, PostgresUrl) else None
        self._gate = Gate(ground.directory, self._put, routes_here=self._routes_here)
        presence = Presence(settings=store.settings, chats=store.cards.chats_of_open, tell=tell, now=now)
        arrivals = Arrivals(rows=store.updates, tell=tell, now=now, presence=presence, unanswered=ground.unanswered)
        self._cast = Cast(ground, arrivals)
        self._intake = alert_port(ground, self._gate)
        self._api = app_port(ground, self.readiness, arrivals, self._replica.relay if self._replica else None)
        self._supervisor: Supervisor | None = None
        self._ended = threading.Event()
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
            self._ground.database.open()
            self._database_open = True
            ensure_sound(self._ground.database)
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
        self._ground.directory.timers.stop()
        self._api.stop(deadline / 5)
        if self._database_open:
            self._ground.database.close()
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
        parts = self._ground.health.snapshot()
        return self._replica.seen(parts, self._ground.now()) if self._replica else parts

    def _sources(self) -> metrics.Sources:
        def parts() -> dict[str, bool]:
            known = self._parts().items()
            return {name: part.status is PartStatus.UP for name, part in known if part.status is not PartStatus.OFF}

        return metrics.Sources(self._ground.directory.census, parts, lambda: self._ground.database.waiting)

    def _act(self) -> None:
        """Start the actors; they go on with what was left half done."""
        directory, store = self._ground.directory, self._ground.store
        introduce(self._settings, store, self._ground.now())
        self._supervisor = Supervisor(
            directory, self._cast.specs(), give_up=self._give_up, on_failed=self._child_failed
        )
        self._supervisor.wait_started(START_SECONDS)
        resume(store, directory.tell)
        self._acting.set()
        metrics.leading(True, self._replica.certain if self._replica else None)
        if self._replica is not None:
            self._replica.acts()

    def _give_up(self, address: Address, reason: str) -> None:
        log.critical("giving up", part=address, reason=reason)
        self._exit_code = 1
        self._ended.set()

    def _child_failed(self, address: Address, reason: str) -> None:
        part = " ".join(map(str, address))
        incident_id = int(str(address[1])) if address[0] == INCIDENTS else None
        detail = {"part": part, "reason": self._without_secrets(reason)[:400]}
        entry = Entry(EntryType.ACTOR_FAILED, SYSTEM, self._ground.now(), incident_id=incident_id, detail=detail)
        self._ground.store.audit.append([entry])
        self._ground.tell_admins(Notice("actor_failed", detail))

    def _without_secrets(self, text: str) -> str:
        """An error may hold what it was raised with. Credentials of clusters change while we run: they are read now."""
        credentials = Kubeconfig(self._settings.kubeconfig).credentials()
        return Redaction((*self._settings.secrets, *credentials)).hide(text)

    def _replica_on(self, server: PostgresUrl) -> Replica:
        ground = self._ground
        return Replica(
            server,
            ground.database,
            ground.store,
            health=ground.health,
            tell=ground.directory.tell,
            acts=self._acting.is_set,
        )

    def _routes_here(self) -> bool:
        """Whether what is taken in is this process's to work through."""
        return self._replica is None or self._acting.is_set()

    def _put(self, body: bytes, source: str) -> "Future[int]":
        """In an HTTP thread. A replica that does not lead puts it on disk for the one that does."""
        return self._ground.store.inbox.put(body, source, self._ground.now(), ring_for_it=not self._routes_here())

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
