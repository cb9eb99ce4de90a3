"""Messages the bot owns: the card of an incident in a chat, and where each message stands in the drill-down."""

from dataclasses import dataclass, field
from datetime import datetime

from chatops.core.buttons import Verb
from chatops.core.resources import ObjectRef


@dataclass(frozen=True, slots=True)
class Card:
    """The one message of an incident in a chat. `revision` is the incident revision it was last seen to show.

    `thread_id` is the forum topic it stands in, `pinned` the message of it that was seen to be pinned; 0 for none.
    """

    chat_id: int
    incident_id: int
    message_id: int
    revision: int
    thread_id: int = 0
    pinned: int = 0


@dataclass(frozen=True, slots=True)
class Position:
    """Where a message stands: the screen is named by the verb that opens it, with that button's arguments."""

    chat_id: int
    message_id: int
    screen: Verb
    incident_id: int | None = None
    args: dict[str, str] = field(default_factory=dict)
    ref: ObjectRef | None = None
    touched_at: datetime | None = None


def number(text: str | None, default: int = 0) -> int:
    """A number among a position's arguments; the default for what no button of ours says."""
    return int(text) if text and text.isdecimal() and len(text) < 7 else default
