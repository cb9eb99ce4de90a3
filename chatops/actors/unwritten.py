"""What the database did not take: a person is told that nothing was done, an actor handles its message again."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from chatops.actors.addresses import TELEGRAM, chat_address
from chatops.actors.answering import Tell, reply
from chatops.actors.base import Actor
from chatops.actors.telegram_messages import Deliver
from chatops.core.failures import Failure, Reason
from chatops.core.outgoing import AnswerTap, Lane
from chatops.core.people import ChatKind
from chatops.core.screens.toasts import toast
from chatops.core.texts import Tongue
from chatops.core.updates import Tap, TextMessage, Update
from chatops.db.store import Store

log = structlog.get_logger()

AGAIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class PutAside:
    """Time to try again to have done with an update that was refused."""

    update_id: int


def known_undone(failure: Failure) -> bool:
    """Whether nothing of it is stored, for certain: only then may a person be told to try again."""
    return failure.reason is not Reason.UNKNOWN_OUTCOME


@contextmanager
def handled_again(actor: Actor, message: object, seconds: float) -> Iterator[None]:
    """Around what handles the message: where nothing of it was stored, the actor is told it again in `seconds`.

    To end there instead would lose what the message brought. What may be stored after all is raised.
    """
    try:
        yield
    except Failure as failure:
        if not known_undone(failure):
            raise
        log.warning("waits for the database", address=actor.address, what=type(message).__name__, error=str(failure))
        actor.later(seconds, message)


def tell_unwritten(update: Tap | TextMessage, failure: Failure, speaks: Tongue, tell: Tell) -> None:
    """Within the toast of the press, or below the command. What people say among themselves is not answered."""
    log.error("not_written_down", chat=update.chat_id, update=update.update_id, problem=str(failure))
    words = toast("unwritten", speaks)
    if isinstance(update, Tap):
        tell(TELEGRAM, Deliver(AnswerTap(update.callback_id, words), Lane.ANSWER))
    elif update.text.startswith("/") or update.chat_kind is ChatKind.PRIVATE:
        reply(update.chat_id, update.message_id, words, tell)


def done_with(update: Update, store: Store, tell: Tell) -> None:
    """Nothing is left to do for it. Nobody waits until that is on disk: whoever presses next would wait for it too."""

    def written(done: "Future[None]") -> None:
        if done.exception() is not None:
            tell(chat_address(update.chat_id), PutAside(update.update_id))

    store.updates.done_soon(update.update_id).add_done_callback(written)


def put_aside(actor: Actor, store: Store, update_id: int) -> None:
    """They were told to try again: the same press must not count later on. It is tried until the database takes it."""
    try:
        store.updates.done(update_id)
    except Failure as failure:
        log.warning("an update could not be put aside", update=update_id, problem=str(failure))
        actor.later(AGAIN_SECONDS, PutAside(update_id))
