"""What goes with a card in a group, and is to be as its incident is: the pin and the topic. It draws nothing."""

from chatops.actors.conversation.pins import PinAsked, Pins
from chatops.actors.conversation.topics import Topics, TopicShown
from chatops.core.incidents import Incident
from chatops.db.store import Store


class Companions:
    """One chat's. What is looked after has a card that is as it should be."""

    def __init__(self, topics: Topics, pins: Pins, *, store: Store, chat_id: int) -> None:
        self._topics = topics
        self._pins = pins
        self._store = store
        self._chat_id = chat_id

    def follow(self, incident: Incident) -> None:
        self._pins.follow(incident)
        self._topics.follow(incident)

    def catch_up(self) -> None:
        """In a group, with all that it should have by now."""
        if self._chat_id < 0:
            self._look_after(*{*self._topics.owed(), *self._pins.owed()})

    def answered(self, tag: TopicShown | PinAsked) -> None:
        """Telegram did what was asked for; meanwhile more may be to be done."""
        if isinstance(tag, TopicShown):
            self._look_after(self._topics.shown(tag))
        else:
            self._look_after(self._pins.arrived(tag))

    def _look_after(self, *incident_ids: int) -> None:
        for incident in filter(None, map(self._store.incidents.get, incident_ids)):
            self.follow(incident)
