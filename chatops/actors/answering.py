"""The answer to a press or to what somebody wrote, said beside the cards: a toast, or a short reply."""

from collections.abc import Callable

from chatops.actors.addresses import API, TELEGRAM, Address
from chatops.actors.messages import Answered
from chatops.actors.telegram_messages import Deliver
from chatops.core.incidents import Answer
from chatops.core.outgoing import AnswerTap, Lane, SendMessage
from chatops.core.screens.base import screen
from chatops.core.screens.toasts import toast
from chatops.core.texts import tongue

Tell = Callable[[Address, object], None]


def answer_press(answer: Answer, tell: Tell, *, counted: bool = False) -> None:
    """A toast for a press; a short reply to what was written. `counted`: it changed something, for who cannot see."""
    press = answer.press
    if press.quiet:
        return
    text = toast(answer.toast, tongue(press.language), answer.detail)
    if press.asked:
        tell(API, Answered(press.asked, answer.toast, text, counted))
    elif press.callback_id:
        tell(TELEGRAM, Deliver(AnswerTap(press.callback_id, text), Lane.ANSWER))
    elif press.message_id:
        reply(press.chat_id, press.message_id, text, tell)


def reply(chat_id: int, message_id: int, text: str, tell: Tell) -> None:
    """A short word below a message, without sound."""
    sent = SendMessage(chat_id, screen([text], []).html, silent=True, reply_to=message_id)
    tell(TELEGRAM, Deliver(sent, Lane.RESULT))
