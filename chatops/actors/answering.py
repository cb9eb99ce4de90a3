"""What an incident says to people beside its card: the answer to a press or a note, and the call for help."""

from collections.abc import Callable

from chatops.actors.messages import TELEGRAM, Address, Deliver, HandedOver, HelpWanted, SilenceEnds, chat_address
from chatops.core.audit import EntryType
from chatops.core.incidents import Answer, Incident, Person
from chatops.core.outgoing import AnswerTap, Lane, SendMessage
from chatops.core.screens.base import screen
from chatops.core.screens.toasts import toast
from chatops.core.texts import tongue
from chatops.db.store import Store

Tell = Callable[[Address, object], None]


def answer_press(answer: Answer, tell: Tell) -> None:
    """A toast for a press; a short reply to what was written."""
    press = answer.press
    text = toast(answer.toast, tongue(press.language), answer.detail)
    if press.callback_id:
        tell(TELEGRAM, Deliver(AnswerTap(press.callback_id, text), Lane.ANSWER))
    elif press.message_id:
        reply(press.chat_id, press.message_id, text, tell)


def reply(chat_id: int, message_id: int, text: str, tell: Tell) -> None:
    """A short word below a message, without sound."""
    sent = SendMessage(chat_id, screen([text], []).html, silent=True, reply_to=message_id)
    tell(TELEGRAM, Deliver(sent, Lane.RESULT))


def call_again(incident_id: int, store: Store, tell: Tell) -> None:
    """After a start: the last call for help, for the chats that it did not reach."""
    lines = store.audit.for_incident(incident_id)
    called = next((line.entry for line in reversed(lines) if line.entry.type is EntryType.ESCALATED), None)
    if called is not None and called.subject.id.isdecimal():
        call_for_help(incident_id, Person(int(called.subject.id), called.subject.name), store, tell)


def tell_holder(incident: Incident, tell: Tell) -> None:
    """In private, to whom it was handed and who still has it; nobody where they took it themselves."""
    if incident.open and incident.taken_by and incident.handed_at:
        tell(chat_address(incident.taken_by.id), HandedOver(incident.id, incident.handed_by))


def call_for_help(incident_id: int, caller: Person, store: Store, tell: Tell) -> None:
    """Wherever the incident is shown, and each admin in private; not the caller's own chat, who knows."""
    audience = {*store.cards.audience(incident_id), *store.users.admin_ids()} - {caller.id}
    for chat_id in sorted(audience):
        tell(chat_address(chat_id), HelpWanted(incident_id, caller.name))


def warn_of_end(incident_id: int, key: str, store: Store, tell: Tell) -> None:
    """Wherever the incident is shown: its silence is about to end."""
    for chat_id in sorted(store.cards.audience(incident_id)):
        tell(chat_address(chat_id), SilenceEnds(incident_id, key))
