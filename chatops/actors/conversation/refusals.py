"""What Telegram refused for good: the chat lives elsewhere, is out of reach, lost the message, or will not have it."""

from collections.abc import Callable

import structlog

from chatops.actors.addresses import Address, chat_address
from chatops.actors.admins import tell_admins
from chatops.actors.chat_messages import CatchUp, Notice, SendHere
from chatops.actors.conversation.canvas import Canvas
from chatops.actors.conversation.cards import Reconciler
from chatops.actors.conversation.shelf import Shelf
from chatops.actors.conversation.storms import Storms
from chatops.actors.telegram_messages import NotDelivered
from chatops.core.buttons import Verb
from chatops.core.failures import Reason
from chatops.core.outgoing import SendMessage
from chatops.db.store import Store

log = structlog.get_logger()


class Refusals:
    """One chat's. Nothing is tried again unchanged, and the admins are told once of what they alone can mend."""

    def __init__(
        self,
        canvas: Canvas,
        cards: Reconciler,
        storms: Storms,
        *,
        store: Store,
        shelf: Shelf,
        tell: Callable[[Address, object], None],
    ) -> None:
        self._canvas = canvas
        self._cards = cards
        self._storms = storms
        self._store = store
        self._shelf = shelf
        self._tell = tell
        self._told: set[str] = set()

    def arrived(self) -> None:
        """Telegram took something: the next refusal is news again."""
        self._told.clear()

    def heard(self, refusal: NotDelivered) -> None:
        chat_id = self._canvas.chat_id
        lost = self._shelf.lost(refusal.tag) if isinstance(refusal.tag, int) else None
        match refusal.reason:
            case Reason.MIGRATED if refusal.new_chat_id:
                self._store.cards.move_chat(chat_id, refusal.new_chat_id)
                digest = lost is not None and lost.position is not None and lost.position.screen is Verb.STORM
                if lost and not lost.card and not digest and isinstance(refusal.refused, SendMessage):
                    # Of cards and digests the new chat knows itself that they are missing.
                    again = SendHere(refusal.refused, lost.tokens, lost.position, lost.key)
                    self._tell(chat_address(refusal.new_chat_id), again)
                self._tell(chat_address(refusal.new_chat_id), CatchUp())
            case Reason.BLOCKED | Reason.CHAT_GONE:
                log.warning("chat cannot be reached", chat=chat_id, reason=refusal.reason, detail=refusal.detail)
                chat = self._store.chats.get(chat_id)
                self._store.chats.set_unreachable(chat_id, refusal.reason)
                if chat is not None and chat.subscribed and not chat.unreachable:
                    self._alarm("chat_unreachable", refusal)
            case Reason.MESSAGE_GONE if lost and lost.message_id:
                self._cards.message_gone(lost)
                self._storms.message_gone(lost)
            case Reason.SUPERSEDED | Reason.MESSAGE_GONE | Reason.QUERY_EXPIRED:
                # What was sent in its place is being brought up to date; what nobody can see any more needs nothing.
                pass
            case _:
                log.error("telegram refused a message", chat=chat_id, reason=refusal.reason, detail=refusal.detail)
                if refusal.reason not in self._told:
                    self._told.add(refusal.reason)
                    self._alarm("message_refused", refusal)

    def _alarm(self, code: str, refusal: NotDelivered) -> None:
        detail = {"chat": self._canvas.name, "problem": refusal.detail or refusal.reason}
        tell_admins(self._store, self._tell, Notice(code, detail))
