"""What an incident says to people beside its card: the answer to a press or a note, and the call for help."""

from collections.abc import Callable, Iterable
from datetime import datetime

from chatops.actors.addresses import API, TELEGRAM, Address, chat_address
from chatops.actors.chat_messages import HandedOver, HelpWanted, SilenceEnds, Unattended
from chatops.actors.messages import Answered
from chatops.actors.telegram_messages import Deliver, Withdraw
from chatops.core.audit import EntryType
from chatops.core.incidents import Answer, Incident, Person
from chatops.core.incidents.escalation import QUIET, target_of, waits
from chatops.core.incidents.targets import EVERYBODY, Target
from chatops.core.outgoing import AnswerTap, Lane, SendMessage
from chatops.core.screens.base import screen
from chatops.core.screens.toasts import toast
from chatops.core.texts import tongue
from chatops.db.store import Store

Tell = Callable[[Address, object], None]

CALLS = "call:{incident_id}:"
"""How the keys begin of what is said because nobody takes an incident: so it can be taken back while it waits."""


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


def call_again(incident_id: int, store: Store, tell: Tell) -> None:
    """After a start: the last call for help, for the chats that it did not reach."""
    lines = store.audit.for_incident(incident_id)
    called = next((line.entry for line in reversed(lines) if line.entry.type is EntryType.ESCALATED), None)
    if called is not None and called.subject.id.isdecimal():
        caller = Person(int(called.subject.id), called.subject.name)
        call_for_help(incident_id, caller, store, tell, target_of(called.detail))


def tell_holder(incident: Incident, tell: Tell) -> None:
    """In private, to whom it was handed and who still has it; nobody where they took it themselves."""
    if incident.open and incident.taken_by and incident.handed_at:
        tell(chat_address(incident.taken_by.id), HandedOver(incident.id, incident.handed_by))


def call_for_help(incident_id: int, caller: Person, store: Store, tell: Tell, target: Target = EVERYBODY) -> None:
    """Wherever the incident is shown, and the target; not the caller's own chat, who knows."""
    audience = {*store.cards.audience(incident_id), *_chats_of(target, store)} - {caller.id}
    for chat_id in sorted(audience):
        tell(chat_address(chat_id), HelpWanted(incident_id, caller.name, target))


def call_next(incident: Incident, store: Store, tell: Tell) -> None:
    """Nobody takes it: wherever it is shown, and whose turn it is. What was to be said before is not said any more."""
    stop_calling(incident.id, tell)
    target = incident.escalation.target
    audience = {*store.cards.audience(incident.id), *(_chats_of(target, store) if target else ())}
    for chat_id in sorted(audience):
        tell(chat_address(chat_id), Unattended(incident.id, incident.escalation.step))


def stop_calling(incident_id: int, tell: Tell) -> None:
    tell(TELEGRAM, Withdraw(CALLS.format(incident_id=incident_id)))


def tell_again(incident: Incident, now: datetime, store: Store, tell: Tell) -> None:
    """After a start: what was said last, by somebody or because nobody took it, for the chats that it did not reach."""
    if incident.open and incident.escalated_at and now - incident.escalated_at < QUIET:
        call_again(incident.id, store, tell)
    said_at = incident.escalation.at
    if waits(incident) and said_at and now - said_at < QUIET:
        call_next(incident, store, tell)


def _chats_of(target: Target, store: Store) -> Iterable[int]:
    """A person's private chat has their own number."""
    if target.everybody:
        return store.users.admin_ids()
    return [each for each in (target.user_id, target.chat_id) if each]


def warn_of_end(incident_id: int, key: str, store: Store, tell: Tell) -> None:
    """Wherever the incident is shown: its silence is about to end."""
    for chat_id in sorted(store.cards.audience(incident_id)):
        tell(chat_address(chat_id), SilenceEnds(incident_id, key))
