"""A loopback stand-in of Telegram's Bot API server, with people, scripted faults and a chat page."""

from .clock import HandClock
from .conversation import Conversation
from .faults import Fault
from .launch import NotOpened
from .limits import Limits
from .newer import Knows
from .person import Person, Press
from .requestlog import Request
from .seen import Seen
from .server import DEMO_TOKEN, BotApiServer
from .world import Answer

__all__ = [
    "DEMO_TOKEN",
    "Answer",
    "BotApiServer",
    "Conversation",
    "Fault",
    "HandClock",
    "Knows",
    "Limits",
    "NotOpened",
    "Person",
    "Press",
    "Request",
    "Seen",
]
