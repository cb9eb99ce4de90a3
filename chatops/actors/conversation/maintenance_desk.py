"""Sets and ends maintenance windows. A window and its line of the log are one transaction."""

from collections.abc import Callable
from datetime import datetime

from chatops.actors.conversation.denials import Denials
from chatops.actors.conversation.drilldown import Drilldown
from chatops.actors.conversation.maintenance import window_of
from chatops.actors.conversation.reader import Reader
from chatops.core.audit import Entry, EntryType
from chatops.core.buttons import Offered, Verb
from chatops.core.cards import Position, number
from chatops.core.updates import Tap
from chatops.db.store import Store


class MaintenanceDesk:
    """Does what was confirmed; that the presser is an admin is decided already."""

    def __init__(self, drilldown: Drilldown, *, store: Store, clock: Callable[[], datetime]) -> None:
        self._drilldown = drilldown
        self._store = store
        self._clock = clock
        self._denials = Denials(store, clock=clock)

    def decide(self, tap: Tap, offered: Offered, reader: Reader) -> str:
        """The code of the toast."""
        args, now, windows = offered.args, self._clock(), self._store.maintenance
        kept = ("cluster", "namespace", "from", "until", "reason", "end")
        detail = {name: value for name, value in args.items() if name in kept and value}
        type = EntryType.MAINTENANCE_ENDED if "end" in args else EntryType.MAINTENANCE_SET
        subject = reader.person.subject
        entry = Entry(type, subject, now, chat_id=tap.chat_id, message_id=tap.message_id, detail=detail)
        by = str(reader.person.id)
        window = window_of(args, reader.person.name)
        done = False
        if "end" in args:
            done = windows.end(number(args["end"]), entry, token=offered.token, by=by, now=now)
        elif window is not None and window.ends_at > now:
            done = windows.put(window, entry, token=offered.token, by=by, now=now)
        if not done:
            self._denials.write(tap, offered.verb, "not_decided", detail=detail)
        self._drilldown.go(Position(tap.chat_id, tap.message_id, Verb.MAINTENANCE), tap, reader)
        return "maintenance_changed" if done else "not_changed"
