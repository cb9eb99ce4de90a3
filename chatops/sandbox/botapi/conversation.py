"""Conversation: a chat to look at from outside, for tests and demonstrations. Refuses to write anything."""

from __future__ import annotations

from collections.abc import Callable

from .people import Chat
from .seen import Seen, seen
from .waiting import WAIT_SECONDS, wait_for
from .world import World


class Conversation:
    """A chat to look at: what is in it, and waiting for what comes."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self._chat = chat
        self.id = chat.id

    def messages(self, *, from_bot: bool | None = None) -> list[Seen]:
        """Messages that are there, oldest first, without service messages; `from_bot` keeps one side only."""
        with self._world.condition:
            snapshots = [seen(m) for m in self._chat.messages.values() if not m.deleted and not m.service]
        return [message for message in snapshots if from_bot is None or message.from_bot == from_bot]

    def message(self, message_id: int) -> Seen:
        """One message as it is, deleted or not. Raises `LookupError`."""
        with self._world.condition:
            return seen(self._chat.messages[message_id])

    def last(self, *, from_bot: bool = True) -> Seen:
        """The newest message of the bot (or of people). Raises `LookupError` when there is none."""
        return self.messages(from_bot=from_bot)[-1]

    def wait_for(self, test: str | Callable[[Seen], object], *, after: int = 0, timeout: float = WAIT_SECONDS) -> Seen:
        """The first of the bot's messages with an id above `after` that passes `test`.

        `test` is a part of its text, or a function. A message is looked at again whenever it is edited.
        Raises `TimeoutError` with what is there instead.
        """
        passes = (lambda m: test in m.text) if isinstance(test, str) else test

        def found() -> Seen | None:
            return next((m for m in self.messages(from_bot=True) if m.id > after and passes(m)), None)

        message = wait_for(self._world, found, timeout=timeout)
        if message is None:
            texts = [m.text[:80] for m in self.messages()]
            raise TimeoutError(f"no such message within {timeout} s in chat {self.id}; there are {texts}")
        return message
