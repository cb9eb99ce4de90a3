"""Sets what was confirmed for a chat. A setting and its line of the log are one transaction."""

from collections.abc import Callable
from datetime import datetime

from chatops.actors.conversation.denials import Denials
from chatops.actors.conversation.drilldown import Drilldown
from chatops.actors.conversation.reader import Reader
from chatops.core.audit import Entry, EntryType
from chatops.core.buttons import Offered, Verb
from chatops.core.cards import Position
from chatops.core.chat_settings import Setting
from chatops.core.people import Chat
from chatops.core.screens.chat import allowed
from chatops.core.updates import Tap
from chatops.db.store import Store


class ChatDesk:
    """Does what was confirmed; that the presser is an admin is decided already.

    `changed` is called after something was set: cards may have to be pinned, or unpinned.
    """

    def __init__(
        self,
        drilldown: Drilldown,
        *,
        store: Store,
        clock: Callable[[], datetime],
        chat: Callable[[], Chat],
        changed: Callable[[], None],
    ) -> None:
        self._drilldown = drilldown
        self._store = store
        self._clock = clock
        self._chat = chat
        self._changed = changed
        self._denials = Denials(store, clock=clock)

    def decide(self, tap: Tap, offered: Offered, reader: Reader) -> str:
        """The code of the toast."""
        now, subject = self._clock(), reader.person.subject
        setting, value = offered.args.get("set", ""), offered.args.get("to", "")
        detail = {"set": setting, "to": value}
        entry = Entry(
            EntryType.CHAT_CHANGED, subject, now, chat_id=tap.chat_id, message_id=tap.message_id, detail=detail
        )
        by = str(reader.person.id)
        done = allowed(setting, value, self._chat()) and self._store.chat_settings.set(
            tap.chat_id, Setting(setting), value, entry, token=offered.token, by=by, now=now
        )
        if done:
            self._changed()
        else:
            self._denials.write(tap, offered.verb, "not_decided", detail=detail)
        self._drilldown.go(Position(tap.chat_id, tap.message_id, Verb.CHAT), tap, reader)
        return "chat_changed" if done else "not_changed"
