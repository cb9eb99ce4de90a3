"""Changes what a chat is shown. The change and its line of the log are one transaction."""

from collections.abc import Callable
from datetime import datetime

from chatops.actors.addresses import Address, chat_address
from chatops.actors.chat_messages import CatchUp
from chatops.actors.conversation.denials import Denials
from chatops.actors.conversation.drilldown import Drilldown
from chatops.actors.conversation.reader import Reader
from chatops.actors.conversation.routes import change_of
from chatops.core.audit import Entry, EntryType
from chatops.core.buttons import Offered, Verb
from chatops.core.cards import Position
from chatops.core.masking import mask
from chatops.core.routing_acts import decided
from chatops.core.texts import one_line
from chatops.core.updates import Tap
from chatops.db.store import Store

LONGEST = 1000
"""Characters of a route in the log."""


class RoutesDesk:
    """Does what was confirmed; that the presser is an admin is decided already."""

    def __init__(
        self,
        drilldown: Drilldown,
        *,
        store: Store,
        clock: Callable[[], datetime],
        tell: Callable[[Address, object], None],
    ) -> None:
        self._drilldown = drilldown
        self._store = store
        self._clock = clock
        self._tell = tell
        self._denials = Denials(store, clock=clock)

    def decide(self, tap: Tap, offered: Offered, reader: Reader) -> str:
        """The code of the toast. What is shown from now on comes at once; what is not any more keeps its card."""
        now, change = self._clock(), change_of(offered.args)
        kept = ("act", "route", "quiet", "zone")
        detail = {name: one_line(mask(value), LONGEST) for name, value in offered.args.items() if name in kept}
        subject, where = reader.person.subject, (tap.chat_id, tap.message_id)
        entry = Entry(EntryType.ROUTES_CHANGED, subject, now, None, None, *where, detail)
        done = change is not None and self._store.routes.change(
            tap.chat_id,
            lambda rules: decided(rules, change),
            entry,
            token=offered.token,
            by=str(reader.person.id),
            now=now,
        )
        if done:
            self._tell(chat_address(tap.chat_id), CatchUp())
        else:
            self._denials.write(tap, offered.verb, "not_decided", detail=detail)
        self._drilldown.go(Position(tap.chat_id, tap.message_id, Verb.ROUTES), tap, reader)
        return "routes_changed" if done else "not_changed"
