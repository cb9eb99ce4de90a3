"""What a chat is told unasked: an incident was handed over, a silence ends, the week is over."""

from chatops.actors.chat_messages import HandedOver, ReviewDue, SilenceEnds
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.shelf import Shelf
from chatops.actors.conversation.topics import Topics
from chatops.core.buttons import Verb
from chatops.core.cards import Position
from chatops.core.outgoing import Lane
from chatops.core.screens.handing import handed_over
from chatops.core.screens.silence_warning import warning
from chatops.db.store import Store


class Announcements:
    """A chat that cannot be reached, or may not see it any more, hears nothing."""

    def __init__(self, canvas: Canvas, topics: Topics, *, store: Store, shelf: Shelf) -> None:
        self._canvas = canvas
        self._topics = topics
        self._store = store
        self._shelf = shelf

    def handed_over(self, told: HandedOver) -> None:
        """Once, also after a start."""
        incident = self._canvas.shown(told.incident_id)
        if incident is None or incident.handed_at is None:
            return
        chat_id, verb = self._canvas.chat_id, Verb.HAND_OVER
        known = self._store.positions.shown_since(chat_id, incident.id, verb, incident.handed_at)
        if not known and not self._shelf.is_under_way(verb, incident.id):
            screen = handed_over(incident, told.by_name, self._canvas.tongue)
            self._shelf.send(screen, Lane.PAGE, position=Position(chat_id, 0, verb, incident.id))

    def silence_ends(self, told: SilenceEnds) -> None:
        incident = self._canvas.shown(told.incident_id)
        silence = incident.silence if incident else None
        if incident is not None and silence is not None and silence.key == told.key and silence.warned:
            screen = warning(incident, silence, self._canvas.tongue)
            self._shelf.send(screen, Lane.PAGE, thread_id=self._topics.thread_of(incident.id))

    def review(self, told: ReviewDue) -> None:
        """Of what is shown here: all of it in a group, and of a person what they may read. Without a sound."""
        chat = self._canvas.chat
        if chat.subscribed and not chat.unreachable:
            args = {"days": "7", "until": str(int(told.until.timestamp()))}
            position = Position(self._canvas.chat_id, 0, Verb.STATISTICS, args=args)
            self._shelf.send(self._canvas.weekly(position), Lane.DIGEST, position=position)
