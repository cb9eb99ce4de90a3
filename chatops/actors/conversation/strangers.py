"""What is asked of the bot in nobody's own name: written down, answered with one sentence at most, and never done."""

from collections.abc import Callable
from datetime import datetime

from chatops.actors.addresses import TELEGRAM, Address
from chatops.actors.conversation.shelf import Shelf
from chatops.actors.telegram_messages import Deliver
from chatops.actors.unwritten import done_with
from chatops.core.denials import denied
from chatops.core.outgoing import AnswerTap, Lane
from chatops.core.screens import welcome
from chatops.core.screens.base import screen
from chatops.core.screens.toasts import toast
from chatops.core.texts import Tongue
from chatops.core.updates import Faceless, Namelessness
from chatops.db.store import Store


class Strangers:
    """One chat's. It says no more than that, whoever may stand behind the account."""

    def __init__(
        self, *, store: Store, shelf: Shelf, clock: Callable[[], datetime], tell: Callable[[Address, object], None]
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._tell = tell

    def turned_away(self, attempt: Faceless, speaks: Tongue) -> None:
        words = toast("faceless", speaks)
        if attempt.callback_id:
            self._deny(attempt, "tap")
            self._tell(TELEGRAM, Deliver(AnswerTap(attempt.callback_id, words), Lane.ANSWER))
        elif attempt.command in {name for name, _ in welcome.COMMANDS}:
            # What else begins with a slash may be meant for another bot of the group.
            self._deny(attempt, f"/{attempt.command}")
            if attempt.why is Namelessness.ANONYMOUS:
                self._shelf.send(screen([words], []), Lane.RESULT, thread_id=attempt.thread_id)
        done_with(attempt, self._store, self._tell)

    def _deny(self, attempt: Faceless, what: str) -> None:
        entry = denied(attempt, what, attempt.why, self._clock())
        self._store.audit.append([entry], update_id=attempt.update_id)
