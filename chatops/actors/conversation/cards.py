"""The cards of a chat, brought up to date: what should be shown is compared with what was last seen to be shown."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from chatops import metrics
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.shelf import Shelf, UnderWay
from chatops.core.absence import Absence, away, note_of
from chatops.core.buttons import Verb
from chatops.core.cards import Card, Position
from chatops.core.incidents import Incident
from chatops.core.outgoing import Lane
from chatops.core.screens.base import Screen
from chatops.core.screens.card import hushed
from chatops.db.store import Store

log = structlog.get_logger()

LEFT_ALONE = timedelta(minutes=2)
"""A card in the drill-down, or with another incident on it, that nobody touched for this long goes back when its own
incident changes."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """An incident as this chat has it: `wants_card` where it has none and should; `position` is where its message
    stands; `views` are all screens of it.
    """

    incident: Incident
    card: Card | None
    wants_card: bool
    position: Position | None
    views: tuple[Position, ...]


class Reconciler:
    """`come_back(message_id, seconds)` has `return_to_card` called after that time.

    `thread_of` is the topic that an incident's card goes into, `pending` whether that has to be made first; `follow` is
    told each incident once its card is looked after.
    """

    def __init__(
        self,
        canvas: Canvas,
        *,
        store: Store,
        shelf: Shelf,
        clock: Callable[[], datetime],
        come_back: Callable[[int, float], None],
        thread_of: Callable[[int], int | None] = lambda _incident_id: None,
        pending: Callable[[Incident], bool] = lambda _incident: False,
        follow: Callable[[Incident], None] = lambda _incident: None,
    ) -> None:
        self._canvas = canvas
        self._chat_id = canvas.chat_id
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._come_back = come_back
        self._thread_of = thread_of
        self._pending = pending
        self._follow = follow
        self._pressed: set[int] = set()
        self._anew: set[int] = set()
        """Incidents whose card is to be drawn although nothing of them changed, until it was."""

    def behind(self) -> tuple[int, ...]:
        """Every incident whose card is behind, or missing in a subscribed chat."""
        return self._store.cards.stale(self._chat_id)

    def reconcile(self, incident_id: int) -> bool:
        """Show the incident as it is wherever this chat shows it; begin a card where there should be one.

        Whether a card that was there is edited.
        """
        seen = self._store.at_once(lambda: self._seen(incident_id))
        if seen is None:
            return False
        incident, card = seen.incident, seen.card
        if seen.wants_card and not self._pending(incident):
            self._begin(incident)
        behind = card is not None and (card.revision < incident.revision or incident_id in self._anew)
        if card is not None and behind:
            self._refresh(card, seen.position, incident)
        for view in seen.views:
            refreshed = card is not None and view.message_id == card.message_id and view.screen is Verb.CARD
            if not refreshed:
                self._canvas.draw(view, self._canvas.tongue, self._lane(incident))
        self._pressed.discard(incident_id)
        self._follow(incident)
        return behind

    def show_next(self, message_id: int, incident_id: int) -> None:
        """Somebody pressed something about the incident in this message.

        The incident alone knows whether the press counts: it says so, and then the message is drawn.
        """
        at = Position(self._chat_id, message_id, Verb.CARD, incident_id, touched_at=self._clock())

        def write_down() -> None:
            self._store.positions.put(at)
            card = self._store.cards.get(self._chat_id, incident_id)
            if card and card.message_id == message_id:
                self._store.cards.put(replace(card, revision=0))

        self._store.together(write_down)
        self._anew.discard(incident_id)
        self._pressed.add(incident_id)

    def return_to_card(self, message_id: int) -> None:
        card = self._store.cards.by_message(self._chat_id, message_id)
        if card:
            self.reconcile(card.incident_id)

    def was_away(self, absence: Absence) -> tuple[int, ...]:
        """Every open card here has to say so, and to show buttons that are listened to: worst first, then newest."""
        noted = self._store.cards.note_open(self._chat_id, note_of(absence))
        self._anew.update(noted)
        return noted

    def notes(self) -> tuple[int, ...]:
        """Incidents whose card may not show the note that it should: whoever was to draw it has ended."""
        return self._drawn_anew(lambda position: True)

    def notes_over(self) -> tuple[int, ...]:
        """Incidents whose card says that the bot was away, and has for long enough."""
        return self._drawn_anew(lambda position: away(position.args, self._clock()) is None)

    def _drawn_anew(self, which: Callable[[Position], bool]) -> tuple[int, ...]:
        noted = filter(which, self._store.positions.noted(self._chat_id))
        found = tuple(position.incident_id for position in noted if position.incident_id is not None)
        self._anew.update(found)
        return found

    def arrived(self, done: UnderWay) -> None:
        """A card was delivered; the incident may have changed while it was on its way.

        Another screen may have taken the place of a card that still waited to be sent: then the card is behind, and
        the message goes back to it once that screen is left alone.
        """
        if done.position is None or done.position.incident_id is None:
            return
        if done.card:
            if done.first_card:
                metrics.first_shown((done.position.incident_id,), self._clock())
                about = {"incident": done.position.incident_id, "chat": self._chat_id, "message": done.message_id}
                log.info("card sent", **about, revision=done.revision)
            if done.drawn_anew:
                self._anew.discard(done.position.incident_id)
            self.reconcile(done.position.incident_id)
            return
        card = self._store.cards.by_message(self._chat_id, done.message_id)
        incident = self._store.incidents.get(card.incident_id) if card else None
        if card and incident and 0 < card.revision < incident.revision:
            self._refresh(card, self._store.positions.get(self._chat_id, card.message_id), incident)

    def message_gone(self, lost: UnderWay) -> None:
        """Somebody deleted it. A card of an open incident is posted again, once; anything else was not wanted."""
        self._store.positions.delete(self._chat_id, lost.message_id)
        if lost.card and lost.position and lost.position.incident_id is not None:
            # A second edit of it may have been under way: by its refusal the card may be another message.
            card = self._store.cards.get(self._chat_id, lost.position.incident_id)
            if card is not None and card.message_id == lost.message_id:
                self._store.cards.delete(self._chat_id, lost.position.incident_id)
            self.reconcile(lost.position.incident_id)

    def _seen(self, incident_id: int) -> _Seen | None:
        """None for what is not to be shown here."""
        incident = self._store.incidents.get(incident_id)
        if incident is None or not incident.revision or not self._canvas.may_show(incident):
            return None
        card = self._store.cards.get(self._chat_id, incident_id)
        wants_card = card is None and self._wants_card(incident)
        position = self._store.positions.get(self._chat_id, card.message_id) if card else None
        views = self._store.positions.showing(self._chat_id, incident_id)
        return _Seen(incident, card, wants_card, position, views)

    def _wants_card(self, incident: Incident) -> bool:
        """A first card that still waits to be sent is drawn anew: what arrives late shows the state of now."""
        drawn = self._shelf.card_under_way(incident.id)
        if drawn is not None:
            return drawn < incident.revision
        return (
            incident.open
            and self._canvas.chat.subscribed
            and self._canvas.directions(incident).shown
            and not self._store.storms.stands_for(self._chat_id, incident.id)
        )

    def _begin(self, incident: Incident) -> None:
        def drawn() -> tuple[Screen | None, int | None]:
            position = Position(self._chat_id, 0, Verb.CARD, incident.id)
            screen = self._canvas.screen(position, incident, self._canvas.tongue)
            if screen and incident.open:
                silent = not self._canvas.directions(incident).loud or hushed(incident, self._clock())
                screen = replace(screen, silent=silent)
            return screen, self._thread_of(incident.id)

        screen, thread_id = self._store.at_once(drawn)
        if screen:
            self._shelf.send_card(screen, incident_id=incident.id, revision=incident.revision, thread_id=thread_id)

    def _refresh(self, card: Card, position: Position | None, incident: Incident) -> None:
        elsewhere = position is not None and (position.screen, position.incident_id) != (Verb.CARD, incident.id)
        if position and elsewhere and not _answered(position, incident):
            # By its distance: a clock that was set back must not leave a card behind.
            idle = abs(self._clock() - (position.touched_at or self._clock()))
            if idle < LEFT_ALONE:
                self._come_back(card.message_id, (LEFT_ALONE - idle).total_seconds() + 1)
                return
        # A note stands until the next change: this is one, unless the card is drawn for the note's sake.
        anew = incident.id in self._anew
        noted = position.args if anew and position and not elsewhere else {}
        noted = noted if away(noted, self._clock()) is not None else {}
        if position and (elsewhere or position.args != noted):
            gone_back = replace(position, screen=Verb.CARD, incident_id=incident.id, args=noted, ref=None)
            self._store.positions.put(gone_back)
        at = Position(self._chat_id, card.message_id, Verb.CARD, incident.id, noted)
        screen = self._store.at_once(lambda: self._canvas.screen(at, incident, self._canvas.tongue))
        if screen:
            self._shelf.edit(
                screen, self._lane(incident), position=at, revision=incident.revision, card=True, anew=anew
            )

    def _lane(self, incident: Incident) -> Lane:
        """What somebody waits for goes before what merely changed."""
        ended = incident.run is not None and not incident.run.state.running
        return Lane.RESULT if ended or incident.id in self._pressed else Lane.EDIT


def _answered(position: Position, incident: Incident) -> bool:
    """Whether the message asks to confirm what was confirmed by now, in another chat."""
    return incident.run is not None and position.args.get("run") == incident.run.id
