"""The calls of a chat: somebody asks for help with an incident, or nobody takes it. Loud, and one message each."""

from collections.abc import Callable
from datetime import datetime

from chatops.actors.calling import CALLS
from chatops.actors.chat_messages import HelpWanted, Unattended
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.shelf import Shelf
from chatops.actors.conversation.topics import Topics
from chatops.core.buttons import Verb
from chatops.core.cards import Position
from chatops.core.incidents.escalation import waits
from chatops.core.outgoing import Lane
from chatops.core.screens.escalation import help_wanted, unattended
from chatops.db.store import Store


class Calls:
    """Once per call: after a start it is told again to whoever is not known to have heard it. `topics`: where to."""

    def __init__(
        self, canvas: Canvas, topics: Topics, *, store: Store, shelf: Shelf, clock: Callable[[], datetime]
    ) -> None:
        self._canvas = canvas
        self._topics = topics
        self._store = store
        self._shelf = shelf
        self._clock = clock

    def help_wanted(self, call: HelpWanted) -> None:
        incident = self._canvas.shown(call.incident_id)
        if incident is None:
            return
        called_at, positions = incident.escalated_at, self._store.positions
        if called_at and positions.shown_since(self._canvas.chat_id, incident.id, Verb.ESCALATE, called_at):
            return
        if not self._shelf.is_under_way(Verb.ESCALATE, incident.id):
            at = Position(self._canvas.chat_id, 0, Verb.ESCALATE, incident.id)
            screen = help_wanted(incident, call.by_name, self._canvas.tongue, target=call.target)
            self._shelf.send(screen, Lane.PAGE, position=at, thread_id=self._topics.thread_of(incident.id))

    def unattended(self, call: Unattended) -> None:
        """Unless it was taken meanwhile, or another step came after this one."""
        incident = self._canvas.shown(call.incident_id)
        if incident is None or not waits(incident):
            return
        told = incident.escalation
        if told.at is None or told.step != call.step:
            return
        moment = str(int(told.at.timestamp()))
        at = Position(self._canvas.chat_id, 0, Verb.CALL, incident.id, {"at": moment})
        if self._store.positions.stands(at):
            return
        screen = unattended(incident, self._canvas.tongue, chat_id=self._canvas.chat_id, now=self._clock())
        # A message of the same key is sent once, so a start while it waits makes no second one.
        key, thread_id = CALLS.format(incident_id=incident.id) + moment, self._topics.thread_of(incident.id)
        self._shelf.send(screen, Lane.PAGE, position=at, thread_id=thread_id, key=key)
