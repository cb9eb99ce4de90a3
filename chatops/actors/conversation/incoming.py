"""An update of the chat on its way to be heard. A crash over it loses nothing: it is on disk, told again, and after the
third crash put aside.

What people said it does not know.
"""

from chatops.actors.addresses import TELEGRAM
from chatops.actors.base import Actor
from chatops.actors.chat_messages import UpdateArrived
from chatops.actors.conversation.absences import Absences
from chatops.actors.conversation.hearing import Hearing
from chatops.actors.conversation.receipts import Receipts
from chatops.actors.quarantine import Quarantine
from chatops.actors.telegram_messages import Deliver
from chatops.actors.unwritten import known_undone, put_aside, tell_unwritten
from chatops.core.absence import Absence
from chatops.core.failures import Failure
from chatops.core.outgoing import AnswerTap, Lane
from chatops.core.screens.toasts import toast
from chatops.core.updates import Faceless, Membership, Pinned, Tap, Update
from chatops.db.store import Store

RETRY_SECONDS = 5.0
"""Until an update that the database kept from being handled is told again; sooner would use up the restarts."""


class Incoming:
    """For the chat's actor, `owner`."""

    def __init__(
        self,
        owner: Actor,
        hearing: Hearing,
        receipts: Receipts,
        absences: Absences,
        quarantine: Quarantine,
        store: Store,
    ) -> None:
        self._owner = owner
        self._hearing = hearing
        self._receipts = receipts
        self._absences = absences
        self._quarantine = quarantine
        self._store = store

    def take(self, update: Update, late: Absence | None) -> None:
        """`late`: the bot was away for so long that a press does not count. Raises what its actor is to crash of."""
        try:
            if isinstance(update, Tap):
                self._receipts.seen(update)
            self._hearing.hear(update, late)
            if late and isinstance(update, Tap):
                self._absences.look_later()
        except Failure as failure:
            if self._told_undone(update, failure):
                return
            # By the time the database can be asked again somebody else may answer here.
            self._owner.directory.later(RETRY_SECONDS, self._owner.address, UpdateArrived(update, late))
            raise
        except Exception as error:
            if not self._quarantine.put_aside(update.update_id, error):
                raise
            if isinstance(update, Tap):
                text = toast("broken", self._hearing.tongue_of(update.sender))
                self._owner.tell(TELEGRAM, Deliver(AnswerTap(update.callback_id, text), Lane.ANSWER))

    def _told_undone(self, update: Update, failure: Failure) -> bool:
        """Whether who asked was told to ask again, since nothing of it was stored: it must not count later."""
        if isinstance(update, Membership | Faceless | Pinned) or not known_undone(failure):
            return False
        if update.sender is not None:
            tell_unwritten(update, failure, self._hearing.tongue_of(update.sender), self._owner.tell)
        put_aside(self._owner, self._store, update.update_id)
        return True
