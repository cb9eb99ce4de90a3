"""One of several processes on a PostgreSQL: what it does while another leads, and how it comes to lead.

Each takes alerts, and serves what is only read. The one that leads runs the actors; what only it can do is passed on to
it. A process that has lost the lead ends, to begin anew: what its actors knew may be old.
"""

import socket
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from chatops import fencing
from chatops.actors.addresses import WEBHOOK, Address
from chatops.actors.health import Health, Parts, PartState, PartStatus
from chatops.actors.lead import Lead
from chatops.actors.messages import BodiesStored
from chatops.core.failures import Failure
from chatops.db.bell import Bell
from chatops.db.database import Database
from chatops.db.leadership import Leadership
from chatops.db.location import PostgresUrl
from chatops.db.store import Store
from chatops.web.relay import Relay

log = structlog.get_logger()

PART = "replica"
UNCERTAIN = "it led, and the database does not say whether it still does: it does nothing outside"


class Replica:
    """`start` once the database is open. `led` is called when the actors are to be started, `lost` when all is over."""

    def __init__(
        self,
        server: PostgresUrl,
        database: Database,
        store: Store,
        *,
        health: Health,
        tell: Callable[[Address, object], None],
        acts: Callable[[], bool],
    ) -> None:
        self._store = store
        self._health = health
        self._tell = tell
        self._acts = acts
        self._leadership = Leadership(database)
        self._bell = Bell(server, self._rung)
        self._lead: Lead | None = None
        self.relay = Relay(self._leadership.leader, acts)

    def take(self, address: str) -> bool:
        """Whether it leads, reached by the others at `address`. Raises Failure."""
        fencing.lead_by(self._leadership.left)
        return self._leadership.take(address)

    def start(self, address: str, *, leads: bool, led: Callable[[], None], lost: Callable[[], None]) -> None:
        """`leads`: it took the lead and acts already."""
        self._lead = Lead(self._leadership, address, leads=leads, led=led, lost=lost)
        self._health.up(PART, "leads" if leads else "stands by")
        self._lead.start()

    def acts(self) -> None:
        """The actors are there: what the others take in is theirs to work through."""
        self._health.up(PART, "leads")
        self._bell.start()

    def certain(self) -> bool:
        """Whether it leads for certain at this moment."""
        return self._leadership.holds()

    def seen(self, parts: Parts, now: datetime) -> Parts:
        """With what the board of parts cannot know: that it acts, and is not certain any more that it leads."""
        left = self._leadership.left()
        if left > 0 or not self._acts():
            return parts
        return {**parts, PART: PartState(PartStatus.DOWN, UNCERTAIN, now + timedelta(seconds=left))}

    def stop(self) -> None:
        """Strive and listen no more. It leads until the database is closed: what is under way may come to its end."""
        if self._lead is not None:
            self._lead.stop()
        self._bell.stop()

    def gone(self) -> None:
        """All is stopped. Where the lead was lost, whatever still hangs somewhere stays fenced in."""
        if not self._leadership.lost.is_set():
            fencing.lead_by(None)

    def _rung(self) -> None:
        """In the bell's thread. Bodies that are being routed already are routed once."""
        try:
            waiting = self._store.inbox.new_ids()
        except Failure as failure:
            log.warning("cannot look what the others took in", error=str(failure))
            return
        if waiting:
            self._tell(WEBHOOK, BodiesStored(waiting))


def own_address(pod_ip: str, bind_address: str) -> str:
    """The host at which the other replicas reach this one."""
    if pod_ip:
        return pod_ip
    if bind_address not in ("", "0.0.0.0", "::"):
        return bind_address
    try:
        return socket.gethostbyname(socket.gethostname())
    except OSError:
        return "127.0.0.1"
