"""Limits: how fast the bot may talk, and what it is told when it talks faster.

Telegram publishes orders of magnitude only: about 20 messages a minute in a group, one a second in a chat, 30
a second in all. Messages and edits share one budget. Refuses to know methods and texts.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from .refusals import too_many_requests

_MINUTE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Messages and edits allowed. `enabled=False` switches pacing off."""

    enabled: bool = True
    group_per_minute: int = 20
    private_per_second: float = 1.0
    private_burst: int = 5
    overall_per_second: int = 30

    @classmethod
    def off(cls) -> Limits:
        """No pacing at all."""
        return cls(enabled=False)


@dataclass(slots=True)
class _Window:
    spent: deque[float] = field(default_factory=deque)
    closed_until: float = 0.0

    def retry_after(self, now: float, *, allowed: int, seconds: float) -> float:
        """Seconds to wait, 0 when a message may go. At most `allowed` in any `seconds`."""
        if now < self.closed_until:
            return self.closed_until - now
        while self.spent and self.spent[0] <= now - seconds:
            self.spent.popleft()
        if len(self.spent) < allowed:
            return 0.0
        self.closed_until = self.spent[0] + seconds
        return self.closed_until - now


class Pacer:
    """Counts messages and edits per chat and for the whole bot. Call under the world's lock."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._overall = _Window()
        self._chats: dict[int, _Window] = {}

    def told_to_wait(self, chat_id: int, now: float) -> bool:
        """Whether a `retry_after` given earlier for this chat, or for the bot, is still running."""
        window = self._chats.get(chat_id)
        return now < self._overall.closed_until or (window is not None and now < window.closed_until)

    def close(self, chat_id: int | None, until: float) -> None:
        """Refuse everything to one chat (None: to all) until a moment, as a scripted flood wait does."""
        window = self._overall if chat_id is None else self._chats.setdefault(chat_id, _Window())
        window.closed_until = max(window.closed_until, until)

    def spend(self, chat_id: int, *, private: bool, now: float) -> None:
        """Count one message or edit. Raises `Refusal` 429 with whole seconds to wait."""
        limits = self.limits
        chat = self._chats.setdefault(chat_id, _Window())
        if not limits.enabled:
            wait = max(chat.closed_until, self._overall.closed_until) - now
        else:
            allowed, seconds = limits.group_per_minute, _MINUTE
            if private:
                allowed, seconds = limits.private_burst, limits.private_burst / limits.private_per_second
            wait = max(
                chat.retry_after(now, allowed=allowed, seconds=seconds),
                self._overall.retry_after(now, allowed=limits.overall_per_second, seconds=1.0),
            )
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        if limits.enabled:
            chat.spent.append(now)
            self._overall.spent.append(now)
