"""Telegram as a world: chats with their messages, limits, updates that wait for their offset, and every trouble.

It stands where chatops.telegram.client.Telegram does and raises the same failures. It knows nothing of incidents.
"""

import json
import random
import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.core.outgoing import AnswerTap, DeleteMessage, EditMessage, Key, Outgoing, PinMessage, SendMessage
from chatops.telegram.client import Me
from chatops.telegram.raw_updates import RawUpdate
from tests.simulation.virtual_time import VirtualTime

PER_MINUTE = 20
"""Telegram's own limit for a group."""
QUERY_LIFE = 15.0
_CARD = re.compile(r"\S+ <b>[^<]*</b>\s+<code>#(\d+)</code>")
"""How a card begins, and nothing else does."""


@dataclass(slots=True)
class Message:
    """One message of the bot. `key` is the name the service sent it by, `tokens` every button it ever had."""

    id: int
    chat_id: int
    key: str
    life: int
    html: str
    rows: tuple[tuple[Key, ...], ...]
    tokens: list[str] = field(default_factory=list)
    deleted: bool = False
    silent: bool = False
    at: float = 0.0
    """When it was sent."""
    lost: bool = False
    """The service was not told that it was sent."""
    card_of: int | None = None
    """The incident whose card it was sent as: told by how it reads, whatever the service calls it."""


class SimulatedProfile:
    """Nobody looks at what the bot says of itself."""

    def set_commands(self, _commands: object) -> None:
        pass


class SimulatedTelegram:
    """`calm` ends all trouble. `life` is the number of the service's process that talks to it now."""

    def __init__(self, time: VirtualTime, chance: random.Random, trace: Callable[[str], None]) -> None:
        self.profile = SimulatedProfile()
        self.calm = False
        self.life = 0
        self.messages: dict[int, dict[int, Message]] = {}
        self.taps: dict[str, float] = {}
        self.toasts: dict[str, list[str]] = {}
        """What each tap was answered, as often as it was."""
        self.arrivals: dict[int, deque[tuple[float, int]]] = {}
        """When requests about each chat came, and from which life."""
        self.floods: dict[int, tuple[float, int]] = {}
        """Until when each chat was told to wait, and which life was told."""
        self.too_many: list[str] = []
        self.too_soon: list[str] = []
        """Limits that the service broke with what it asked."""
        self.presses: Counter[int] = Counter()
        """How often each person pressed or wrote."""
        self.said: list[tuple[float, int, int, str]] = []
        """When who wrote what in which chat."""
        self.cut_off_until = 0.0
        self.calls: list[tuple[int, float]] = []
        """Of what incident a call was sent off, and when, for whoever checks that it was still to be made."""
        self.loud: list[str] = []
        """Cards that began with a sound although they said that the trouble was expected."""
        self.begun: dict[int, list[Message]] = {}
        """By chat: the cards with which incidents begin."""
        self.by: dict[str, int] = {}
        """Who made each tap."""
        self.requests = 0
        self._time = time
        self._chance = chance
        self._trace = trace
        self._updates: list[tuple[int, dict[str, Any]]] = []
        self._next_update = 1
        self._next_message = 1

    # What the service asks

    def me(self) -> Me:
        return Me(1, "a_bot")

    def stop_polling(self) -> None:
        pass

    def hang_up(self) -> None:
        pass

    def updates(self, offset: int | None, _timeout: int) -> tuple[RawUpdate, ...]:
        """Everything from `offset` on, again and again until a later offset is asked for."""
        self._reach()
        if self._trouble(0.08):
            raise Temporary(Reason.SERVER_ERROR, "Bad Gateway")
        if offset is not None:
            self._updates = [each for each in self._updates if each[0] >= offset]
        if self._trouble(0.05):
            raise Temporary(Reason.TIMEOUT, "Telegram did not answer in time")
        return tuple(RawUpdate(number, 0, json.dumps(body).encode()) for number, body in self._updates)

    def deliver(self, outgoing: Outgoing, key: str, life: int) -> int:
        """One request of this life arrives. Raises Failure, also for what had its effect."""
        self.requests += 1
        self._reach()
        if isinstance(outgoing, AnswerTap):
            return self._answer(outgoing)
        chat_id = outgoing.chat_id
        self._admit(chat_id, life)
        if self._trouble(0.06):
            raise Temporary(Reason.SERVER_ERROR, "Internal Server Error")
        message_id = self._carry_out(outgoing, key, life)
        if self._trouble(0.05):
            self._trace(f"telegram did it and its answer is lost: {message_id}")
            self.lose(chat_id, message_id)
            raise Temporary(Reason.TIMEOUT, "Telegram did not answer in time")
        return message_id

    def sent_off(self, key: str) -> None:
        """A request by which a message of this key is made is on its way."""
        if key.startswith("call:"):
            self.calls.append((int(key.split(":")[1]), self._time.seconds))

    # What people do

    def press(self, user: tuple[int, str], message: Message, token: str) -> None:
        number = self._next_update
        query = f"q{number}"
        self.taps[query] = self._time.seconds
        self.by[query] = user[0]
        self.presses[user[0]] += 1
        chat = self._chat(message.chat_id)
        sender = {"id": user[0], "is_bot": False, "first_name": user[1], "username": user[1], "language_code": "en"}
        self._come(
            {
                "callback_query": {
                    "id": query,
                    "from": sender,
                    "data": token,
                    "message": {"message_id": message.id, "date": 1, "chat": chat},
                }
            }
        )

    def write(self, user: tuple[int, str], chat_id: int, text: str, reply_to: int | None = None) -> None:
        sender = {"id": user[0], "is_bot": False, "first_name": user[1], "username": user[1], "language_code": "en"}
        said = {
            "message_id": self._new_id(),
            "date": int(self._time.now().timestamp()),
            "chat": self._chat(chat_id),
            "from": sender,
        }
        if reply_to is not None:
            said["reply_to_message"] = {"message_id": reply_to, "date": 1, "chat": self._chat(chat_id)}
        self.presses[user[0]] += 1
        self.said.append((self._time.seconds, user[0], chat_id, text))
        self._come({"message": {**said, "text": text}})

    def delete(self, message: Message) -> None:
        self._trace(f"somebody deletes message {message.id}")
        message.deleted = True

    @property
    def update_ids(self) -> range:
        """Of all updates there ever were."""
        return range(1, self._next_update)

    def everything(self) -> list[Message]:
        """All messages of the bot there ever were."""
        return [each for chat in self.messages.values() for each in chat.values()]

    def standing(self) -> list[Message]:
        """All messages that nobody deleted, oldest first."""
        return [each for each in self.everything() if not each.deleted]

    # Inside

    def _come(self, body: dict[str, Any]) -> None:
        number = self._next_update
        self._next_update += 1
        self._updates.append((number, {"update_id": number, **body}))

    def _chat(self, chat_id: int) -> dict[str, Any]:
        return {"id": chat_id, "type": "private" if chat_id > 0 else "supergroup", "title": "on call"}

    def _admit(self, chat_id: int, life: int) -> None:
        now = self._time.seconds
        told_to_wait, told = self.floods.get(chat_id, (0.0, 0))
        if now < told_to_wait and life == told:
            self.too_soon.append(f"a request about chat {chat_id} {told_to_wait - now:.2f} s before its wait was over")
        came = self.arrivals.setdefault(chat_id, deque())
        while came and came[0][0] <= now - 60:
            came.popleft()
        came.append((now, life))
        of_this_life = sum(each == life for _, each in came)
        if chat_id < 0 and of_this_life > PER_MINUTE:
            self.too_many.append(f"{of_this_life} requests about group {chat_id} within a minute")
        if (chat_id < 0 and len(came) > PER_MINUTE) or self._trouble(0.04):
            raise Temporary(Reason.THROTTLED, "Too Many Requests", retry_after=self._chance.choice([1.0, 3.0, 12.0]))

    def lose(self, chat_id: int, message_id: int) -> None:
        """Nobody hears that this message was sent."""
        if message_id in self.messages.get(chat_id, {}):
            self.messages[chat_id][message_id].lost = True

    def told_to_wait(self, outgoing: Outgoing, failure: Failure) -> None:
        """The answer has reached the service: from now on it knows."""
        if failure.reason is Reason.THROTTLED and failure.retry_after and not isinstance(outgoing, AnswerTap):
            self.floods[outgoing.chat_id] = (self._time.seconds + failure.retry_after, self.life)

    def _answer(self, answer: AnswerTap) -> int:
        if self._trouble(0.05):
            raise Temporary(Reason.SERVER_ERROR, "Internal Server Error")
        pressed = self.taps.get(answer.callback_id)
        if pressed is None or self._time.seconds - pressed > QUERY_LIFE or self._trouble(0.02):
            raise Permanent(Reason.QUERY_EXPIRED, "query is too old and response timeout expired")
        self.toasts.setdefault(answer.callback_id, []).append(answer.text)
        self._trace(f"toast {answer.callback_id}: {answer.text}")
        return 0

    def _carry_out(self, outgoing: Outgoing, key: str, life: int) -> int:
        match outgoing:
            case SendMessage(chat_id, html, rows, silent):
                made = Message(self._new_id(), chat_id, key, life, html, rows, silent=silent, at=self._time.seconds)
                made.tokens += _tokens(rows)
                made.card_of = int(reads[1]) if (reads := _CARD.match(html)) else None
                self.messages.setdefault(chat_id, {})[made.id] = made
                if key.startswith("card:"):
                    self.begun.setdefault(chat_id, []).append(made)
                    self.loud += [html] if "🛠" in html and not silent else []
                self._trace(f"message {made.id} in {chat_id} as {key or '-'}")
                return made.id
            case EditMessage(chat_id, message_id, html, rows):
                known = self.messages.get(chat_id, {}).get(message_id)
                if known is None or known.deleted:
                    raise Permanent(Reason.MESSAGE_GONE, "message to edit not found")
                known.html, known.rows = html, rows
                known.tokens += [token for token in _tokens(rows) if token not in known.tokens]
                return message_id
            case DeleteMessage(chat_id, message_id):
                known = self.messages.get(chat_id, {}).get(message_id)
                if known is None or known.deleted:
                    raise Permanent(Reason.MESSAGE_GONE, "message to delete not found")
                self._trace(f"the bot deletes message {message_id}")
                known.deleted = True
                return 0
            case PinMessage():
                return 0
        return self._new_id()

    def _new_id(self) -> int:
        self._next_message += 1
        return self._next_message

    def cut_off(self, seconds: float) -> None:
        self._trace(f"telegram takes nothing for {seconds:g} s")
        self.cut_off_until = self._time.seconds + seconds

    def _reach(self) -> None:
        if self._time.seconds < self.cut_off_until and not self.calm:
            raise Temporary(Reason.SERVER_ERROR, "Bad Gateway")

    def _trouble(self, probability: float) -> bool:
        return not self.calm and self._chance.random() < probability


def _tokens(rows: tuple[tuple[Key, ...], ...]) -> list[str]:
    return [key.data for row in rows for key in row if key.data]
