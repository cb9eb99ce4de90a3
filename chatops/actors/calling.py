"""Whom an incident calls beside its card: for help, because nobody takes it, because it is theirs now.

Owned by the IncidentActor and run in its thread. It decides nothing, and knows nothing of how a chat says it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from chatops.actors.addresses import TELEGRAM, Address, chat_address
from chatops.actors.chat_messages import HandedOver, HelpWanted, SilenceEnds, Unattended
from chatops.actors.telegram_messages import Withdraw
from chatops.core.audit import EntryType
from chatops.core.incidents import Call, CallForHelp, Incident, Person, StopCalling, TellHolder, WarnOfEnd
from chatops.core.incidents.escalation import QUIET, target_of, waits
from chatops.core.incidents.targets import EVERYBODY, Target
from chatops.db.store import Store

CALLS = "call:{incident_id}:"
"""How the keys begin of what is said because nobody takes an incident: so it can be taken back while it waits."""

CallEffect = CallForHelp | Call | StopCalling | TellHolder | WarnOfEnd


class Caller:
    """`known` is the incident as it is."""

    def __init__(
        self,
        *,
        known: Callable[[], Incident],
        store: Store,
        clock: Callable[[], datetime],
        tell: Callable[[Address, object], None],
    ) -> None:
        self._known = known
        self._store = store
        self._clock = clock
        self._tell = tell

    def resume(self) -> None:
        """After a start: what was said last, by somebody or because nobody took it, for the chats it did not reach."""
        incident, now = self._known(), self._clock()
        if incident.open and incident.escalated_at and now - incident.escalated_at < QUIET:
            self._call_again()
        said_at = incident.escalation.at
        if waits(incident) and said_at and now - said_at < QUIET:
            self._call_next()
        self._tell_holder()

    def carry_out(self, effect: CallEffect) -> None:
        match effect:
            case CallForHelp(press, target):
                self._call_for_help(press.by, target)
            case Call():
                self._call_next()
            case StopCalling():
                self._stop_calling()
            case TellHolder():
                self._tell_holder()
            case WarnOfEnd(silence):
                self._warn_of_end(silence.key)

    def _call_again(self) -> None:
        lines = self._store.audit.for_incident(self._known().id)
        called = next((line.entry for line in reversed(lines) if line.entry.type is EntryType.ESCALATED), None)
        if called is not None and called.subject.id.isdecimal():
            self._call_for_help(Person(int(called.subject.id), called.subject.name), target_of(called.detail))

    def _call_for_help(self, caller: Person, target: Target = EVERYBODY) -> None:
        """Wherever the incident is shown, and the target; not the caller's own chat, who knows."""
        incident_id = self._known().id
        audience = {*self._store.cards.audience(incident_id), *self._chats_of(target)} - {caller.id}
        for chat_id in sorted(audience):
            self._tell(chat_address(chat_id), HelpWanted(incident_id, caller.name, target))

    def _call_next(self) -> None:
        """Wherever it is shown, and whose turn it is. What was to be said before is not said any more."""
        self._stop_calling()
        incident = self._known()
        target = incident.escalation.target
        audience = {*self._store.cards.audience(incident.id), *(self._chats_of(target) if target else ())}
        for chat_id in sorted(audience):
            self._tell(chat_address(chat_id), Unattended(incident.id, incident.escalation.step))

    def _stop_calling(self) -> None:
        self._tell(TELEGRAM, Withdraw(CALLS.format(incident_id=self._known().id)))

    def _tell_holder(self) -> None:
        """In private, to whom it was handed and who still has it; nobody where they took it themselves."""
        incident = self._known()
        if incident.open and incident.taken_by and incident.handed_at:
            self._tell(chat_address(incident.taken_by.id), HandedOver(incident.id, incident.handed_by))

    def _warn_of_end(self, key: str) -> None:
        """Wherever the incident is shown: its silence is about to end."""
        incident_id = self._known().id
        for chat_id in sorted(self._store.cards.audience(incident_id)):
            self._tell(chat_address(chat_id), SilenceEnds(incident_id, key))

    def _chats_of(self, target: Target) -> Iterable[int]:
        """A person's private chat has their own number."""
        if target.everybody:
            return self._store.users.admin_ids()
        return [each for each in (target.user_id, target.chat_id) if each]
