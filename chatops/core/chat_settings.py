"""What is set for one chat: whether critical cards are pinned, and have a topic each. It knows not who may set it."""

from dataclasses import dataclass
from enum import StrEnum


class Setting(StrEnum):
    """What can be set in a chat. Values are stored behind buttons and in the log; never rename one."""

    LANGUAGE = "language"
    PINS = "pins"
    TOPICS = "topics"


ON, OFF = "on", "off"

OF_GROUPS = frozenset({Setting.PINS, Setting.TOPICS})
"""What means something in a group alone."""


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """As long as nothing is set: open critical cards are pinned, and none has a topic of its own.

    `pins_refused` and `topics_refused` are empty, or Telegram's words with which it refused: then it is not tried.
    """

    pins: bool = True
    topics: bool = False
    pins_refused: str = ""
    topics_refused: str = ""

    @property
    def pinning(self) -> bool:
        return self.pins and not self.pins_refused

    @property
    def opening_topics(self) -> bool:
        return self.topics and not self.topics_refused


@dataclass(frozen=True, slots=True)
class Topic:
    """The forum topic of one incident in a chat. `thread_id` 0: it was asked for, and nobody knows what became of it.

    `name` and `closed` are as it was last seen to be; `gone`: nothing is sent there any more.
    """

    chat_id: int
    incident_id: int
    thread_id: int = 0
    name: str = ""
    closed: bool = False
    gone: bool = False

    @property
    def usable(self) -> bool:
        return self.thread_id != 0 and not self.gone
