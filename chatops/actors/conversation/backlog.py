"""The cards of a chat that are behind, drawn one by one: in a storm nobody who presses a button waits for all of them.

What a card shows it does not know: it is reconciled where its turn comes.
"""

from collections.abc import Iterable

import structlog

from chatops.actors.base import Actor, summary
from chatops.actors.chat_messages import DrawNext, Rested
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.cards import Reconciler
from chatops.actors.conversation.companions import Companions
from chatops.actors.conversation.storms import Storms
from chatops.actors.unwritten import handled_again
from chatops.core.failures import Failure

log = structlog.get_logger()

RETRY_SECONDS = 5.0
"""Until a card that the database kept from being drawn is drawn after all."""

REST_SECONDS = 0.2
"""An edited card is drawn again no sooner, with all that came meanwhile. Telegram takes an edit every 3 seconds; where
many press at once, drawing for each would keep the next of them waiting.
"""


class Backlog:
    """`owner` is told DrawNext while there are any, and Rested of each that was edited."""

    def __init__(self, owner: Actor, canvas: Canvas, cards: Reconciler, storms: Storms, companions: Companions) -> None:
        self._owner = owner
        self._canvas = canvas
        self._cards = cards
        self._storms = storms
        self._companions = companions
        self._behind: dict[int, None] = {}
        self._resting: dict[int, bool] = {}
        """Incidents whose card was edited a moment ago, and whether they have changed since."""

    def catch_up(self) -> None:
        """With all that this chat should show, whether somebody told of it or not."""
        self._storms.resume()
        self.fall_behind(*self._cards.behind())
        self._companions.catch_up()

    def fall_behind(self, *incident_ids: int) -> None:
        if incident_ids and not self._behind:
            self._owner.tell(self._owner.address, DrawNext())
        self._behind.update(dict.fromkeys(incident_ids))

    def changed(self, incident_id: int) -> None:
        if incident_id in self._resting:
            self._resting[incident_id] = True
        else:
            self._fall_behind_if_reached(incident_id)

    def rested(self, incident_id: int) -> None:
        if self._resting.pop(incident_id, False):
            self.changed(incident_id)

    def opened(self, incident_ids: Iterable[int]) -> None:
        self._storms.opened(incident_ids)
        self._fall_behind_if_reached(*incident_ids)

    def draw_next(self) -> None:
        with handled_again(self._owner, DrawNext(), RETRY_SECONDS):
            self._draw_one()

    def _fall_behind_if_reached(self, *incident_ids: int) -> None:
        """A chat that refuses the bot is tried again after a start, and when it is heard of."""
        if not self._canvas.chat.unreachable:
            self.fall_behind(*incident_ids)

    def _draw_one(self) -> None:
        self._behind = dict.fromkeys(self._storms.sift(self._behind))
        incident_id = next(iter(self._behind), None)
        if incident_id is None:
            # A digest stands for all of them, or it was meant for a predecessor.
            return
        del self._behind[incident_id]
        try:
            if self._cards.reconcile(incident_id):
                self._resting[incident_id] = False
                self._owner.later(REST_SECONDS, Rested(incident_id))
        except Failure:
            self._behind[incident_id] = None
            raise
        except Exception as error:
            # One card that cannot be drawn must not keep the others from it, now and after each restart.
            chat_id = self._canvas.chat_id
            log.error("card cannot be drawn", chat=chat_id, incident=incident_id, error=summary(error), exc_info=True)
        self._storms.drawn(incident_id)
        if self._behind:
            self._owner.tell(self._owner.address, DrawNext())
