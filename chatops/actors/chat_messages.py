"""What a chat's actor is told, but for what Telegram answers and the work it asked for."""

from datetime import datetime

from msgspec import Struct, field

from chatops.core.absence import Absence
from chatops.core.actions import Preview
from chatops.core.audit import EntryType
from chatops.core.cards import Position
from chatops.core.incidents import Person
from chatops.core.incidents.targets import EVERYBODY, Target
from chatops.core.outgoing import SendMessage
from chatops.core.people import Grant
from chatops.core.updates import Update


class IncidentChanged(Struct, frozen=True):
    """The incident reads differently: chats that show it bring their cards up to date."""

    incident_id: int
    revision: int


class IncidentsOpened(Struct, frozen=True):
    """They begin here, many at once in a storm: nobody has looked at their objects yet, and their actors sleep."""

    incident_ids: tuple[int, ...]


class SilenceEnds(Struct, frozen=True):
    """The silence of this key is about to end, and what it hides is critical: said aloud."""

    incident_id: int
    key: str


class HelpWanted(Struct, frozen=True):
    """Tell the people of this chat, loudly, that somebody asks for help with an incident."""

    incident_id: int
    by_name: str
    target: Target = EVERYBODY
    """Whom the chain names; everybody where there is none."""


class Unattended(Struct, frozen=True):
    """Say, loudly, that nobody takes the incident: as it says itself, if it still stands at this step."""

    incident_id: int
    step: int


class HandedOver(Struct, frozen=True):
    """Tell whose private chat this is that an incident is theirs now."""

    incident_id: int
    by_name: str


class ReviewDue(Struct, frozen=True):
    """Tell this chat how the week went that ended at `until`."""

    until: datetime


class CatchUp(Struct, frozen=True):
    """Bring every card of this chat up to date: after a start, a subscription, a migration."""


class WasAway(Struct, frozen=True):
    """The bot heard nothing of Telegram for longer than a press is kept: open cards say so, with buttons that work."""

    absence: Absence


class NotesOver(Struct, frozen=True):
    """Cards that still say that the bot was away have said it for long enough."""


class DrawNext(Struct, frozen=True):
    """One of the incidents that changed is drawn; what people do and what arrived comes between it and the next."""


class Rested(Struct, frozen=True):
    """The incident's card was edited long enough ago to be drawn again, if the incident has changed since."""

    incident_id: int


class ReturnToCard(Struct, frozen=True):
    """A card that was left in the drill-down shows the incident again, unless it was used since."""

    message_id: int


class TopicGone(Struct, frozen=True):
    """A forum topic of the chat is closed or deleted. Told before the answer about what was to go into it."""

    thread_id: int


class Notice(Struct, frozen=True):
    """Tell the people of this chat about the bot itself: `code` names a sentence of screens.notices."""

    code: str
    detail: dict[str, str] = field(default_factory=dict)


class AccessChanged(Struct, frozen=True):
    """An admin decided what the person whose private chat this is may do: `type` as in core.granting.Act."""

    type: EntryType
    grant: Grant | None = None


class ApprovalWanted(Struct, frozen=True):
    """Somebody chose in another chat what takes a second person: show it here, for approval."""

    preview: Preview
    by: Person
    incident_id: int
    run_id: str


class UpdateArrived(Struct, frozen=True):
    """An update for this chat is on disk. A press that came `late`, after an absence, does not count."""

    update: Update
    late: Absence | None = None


class SendHere(Struct, frozen=True):
    """A message on its way to this chat when it still had another id. Its buttons' tokens are this chat's by now."""

    message: SendMessage
    tokens: tuple[str, ...]
    position: Position | None
    key: str
