"""Graphs that nobody asked for, below the first card of an incident that is critical.

They come after the card or not at all: a card never waits for one, in a storm all but one at a time are left out, and
what fails is said nowhere, since the card has a button for it.
"""

from collections.abc import Callable, Hashable

from chatops.actors.addresses import DRAWING, Address
from chatops.actors.conversation import outside
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.shelf import Shelf, UnderWay
from chatops.actors.work import Result, Submit
from chatops.core.alerts import Severity
from chatops.core.incidents import Incident
from chatops.core.policy import Graphs
from chatops.core.reports import Report
from chatops.core.screens.incident_acts import has_expression
from chatops.db.store import Store

KIND = "illustration"
"""By its tags work asked for here is told from the work of screens."""


class Illustrations:
    """One chat's. `address` is where the pool's answers are told to."""

    def __init__(
        self,
        canvas: Canvas,
        *,
        store: Store,
        shelf: Shelf,
        address: Address,
        tell: Callable[[Address, object], None],
    ) -> None:
        self._canvas = canvas
        self._store = store
        self._shelf = shelf
        self._address = address
        self._tell = tell
        self._waits: tuple[Hashable, UnderWay] | None = None

    def arrived(self, done: UnderWay) -> None:
        """Something was delivered: a first card may want its graph."""
        policy, position = self._canvas.policy, done.position
        if not done.first_card or position is None or position.incident_id is None or self._waits:
            return
        incident = self._store.incidents.get(position.incident_id)
        if policy.graphs is not Graphs.CRITICAL or not policy.outside.prometheus or not _worth_it(incident):
            return
        tag = (KIND, position.incident_id, done.message_id)
        self._waits = (tag, done)
        work = outside.graph_of(incident, self._canvas.tongue, policy.graph_theme)
        self._tell(DRAWING, Submit(work, self._address, tag))

    def answered(self, tag: Hashable, result: Result | None) -> None:
        """None: it could not be read. A tag of somebody else, or of an earlier life, is passed over."""
        if self._waits is None or tag != self._waits[0]:
            return
        _, done = self._waits
        self._waits = None
        incident_id = done.position.incident_id if done.position else None
        if isinstance(result, Report) and result.picture:
            told = outside.told_by_picture(result, self._canvas.tongue, incident_id)
            self._shelf.send_picture(result.picture, *told, reply_to=done.message_id, thread_id=done.thread_id)


def _worth_it(incident: Incident | None) -> bool:
    return (
        incident is not None and incident.open and incident.severity is Severity.CRITICAL and has_expression(incident)
    )
