"""What one person asks too fast is refused here, before anything is looked up for it."""

from collections.abc import Callable
from datetime import datetime

import structlog

from chatops.actors.addresses import TELEGRAM, Address
from chatops.actors.conversation.shelf import Shelf
from chatops.actors.telegram_messages import Deliver
from chatops.actors.unwritten import done_with
from chatops.core.budgets import Budgets
from chatops.core.denials import denied
from chatops.core.failures import Failure
from chatops.core.outgoing import AnswerTap, Lane
from chatops.core.people import ChatKind, Sender
from chatops.core.screens.base import screen
from chatops.core.screens.toasts import toast
from chatops.core.texts import Tongue
from chatops.core.updates import Faceless, Tap, TextMessage
from chatops.db.store import Store

log = structlog.get_logger()


class Restraint:
    """One chat's budgets. A press is always answered, a command once a burst; the audit log has each burst once."""

    def __init__(
        self,
        *,
        store: Store,
        shelf: Shelf,
        clock: Callable[[], datetime],
        tell: Callable[[Address, object], None],
        speaks: Callable[[Sender], Tongue],
    ) -> None:
        """`speaks` is the language of somebody nobody looked up."""
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._tell = tell
        self._speaks = speaks
        self._budgets = Budgets()

    def refuses(self, update: Tap | TextMessage | Faceless) -> bool:
        """Whether it is too much; then it was answered and is done. What people say among themselves costs nothing."""
        sender = update.sender
        if sender is None or (isinstance(update, TextMessage) and not _for_the_bot(update)):
            return False
        ruling = self._budgets.spend(sender.id, self._clock())
        if not ruling.wait:
            return False
        words = toast("too_fast", self._speaks(sender), {"seconds": str(ruling.wait)})
        callback_id = "" if isinstance(update, TextMessage) else update.callback_id
        if callback_id:
            self._tell(TELEGRAM, Deliver(AnswerTap(callback_id, words), Lane.ANSWER))
        elif ruling.first and isinstance(update, TextMessage):
            self._shelf.send(screen([words], []), Lane.RESULT, thread_id=update.thread_id)
        if ruling.first:
            what = "tap" if callback_id else "command"
            try:
                entry = denied(update, what, "too_fast", self._clock())
                self._store.audit.append([entry], update_id=update.update_id)
            except Failure as failure:
                # It was refused all the same, and nothing was done that would have to be written down first.
                log.error("not_written_down", chat=update.chat_id, update=update.update_id, problem=str(failure))
        done_with(update, self._store, self._tell)
        return True


def _for_the_bot(text: TextMessage) -> bool:
    return text.text.startswith("/") or text.chat_kind is ChatKind.PRIVATE
