"""Changes who is on call. A change and its line of the log are one transaction."""

from collections.abc import Callable
from datetime import UTC, datetime

from chatops.actors.addresses import Address, chat_address
from chatops.actors.chat_messages import Notice
from chatops.actors.conversation.denials import Denials
from chatops.actors.conversation.drilldown import Drilldown
from chatops.actors.conversation.duty import member_of, number_of
from chatops.actors.conversation.reader import Reader
from chatops.core.audit import Entry, EntryType
from chatops.core.buttons import Offered, Verb
from chatops.core.cards import Position
from chatops.core.moments import stamp
from chatops.core.oncall import Cover, Roster
from chatops.core.updates import Tap
from chatops.db.store import Store


class DutyDesk:
    """Does what was confirmed. Whoever is put on call by somebody else is told in their own chat."""

    def __init__(
        self,
        drilldown: Drilldown,
        *,
        roster: Roster,
        store: Store,
        clock: Callable[[], datetime],
        tell: Callable[[Address, object], None],
    ) -> None:
        self._drilldown = drilldown
        self._roster = roster
        self._store = store
        self._clock = clock
        self._tell = tell
        self._denials = Denials(store, clock=clock)

    def decide(self, tap: Tap, offered: Offered, reader: Reader) -> str:
        """The code of the toast. That the presser may do it is decided already."""
        args, now = offered.args, self._clock()
        rota, member = args.get("rota", ""), member_of(args, self._roster, reader.user)
        until = datetime.fromtimestamp(number_of(args.get("until")), UTC)
        back = "back" in args
        detail = {"rota": rota}
        if not back and member:
            detail |= {"user": str(member.id), "name": member.name, "until": stamp(until)}
        subject = reader.person.subject
        entry = Entry(
            EntryType.ON_CALL_CHANGED, subject, now, chat_id=tap.chat_id, message_id=tap.message_id, detail=detail
        )
        by = str(reader.person.id)
        covers = self._store.covers
        done = False
        if rota in self._roster.rotas and back:
            done = covers.end(rota, entry, token=offered.token, by=by, now=now)
        elif rota in self._roster.rotas and member and until > now:
            done = covers.put(Cover(0, rota, member, now, until), entry, token=offered.token, by=by, now=now)
            if done and member.id != reader.person.id:
                told = {"rota": rota, "name": reader.person.name, "until": f"{until:%Y-%m-%d %H:%M} UTC"}
                self._tell(chat_address(member.id), Notice("on_call", told))
        if not done:
            self._denials.write(tap, offered.verb, "not_decided", detail=detail)
        self._drilldown.go(Position(tap.chat_id, tap.message_id, Verb.ONCALL), tap, reader)
        return "on_call_changed" if done else "not_changed"
