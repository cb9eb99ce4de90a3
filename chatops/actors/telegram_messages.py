"""What the TelegramActor is asked to deliver, and what it answers."""

from collections.abc import Hashable

from msgspec import Struct

from chatops.actors.addresses import Address
from chatops.core.outgoing import Lane, Outgoing


class Withdraw(Struct, frozen=True):
    """New messages whose key begins so are not to be sent any more, in whatever chat they wait."""

    keys: str


class Deliver(Struct, frozen=True):
    """Carry this out when the chat's budget allows. A waiting one with the same `key` is replaced by this.

    `key` names what is delivered (a card, a screen), unique within the chat; empty means never replaced. A message
    whose key was sent already is answered with NotDelivered(superseded).
    """

    outgoing: Outgoing
    lane: Lane
    key: str = ""
    reply_to: Address | None = None
    tag: Hashable = None
    incident_id: int | None = None
    """What it shows, for the log."""


class ChatBegan(Struct, frozen=True):
    """The chat's actor begins a life: new messages with a key that a former one left are not sent, since nobody would
    know them when they arrive. What should be shown is asked for anew.
    """

    chat_id: int


class Delivered(Struct, frozen=True):
    """Telegram took it. `message_id` is the message sent or edited, 0 for answers."""

    tag: Hashable
    message_id: int


class NotDelivered(Struct, frozen=True):
    """Telegram refused it for good: `reason` is a failures.Reason value.

    For a chat that lives on under `new_chat_id`, `refused` is what was to be delivered.
    """

    tag: Hashable
    reason: str
    detail: str
    new_chat_id: int | None = None
    refused: Outgoing | None = None
