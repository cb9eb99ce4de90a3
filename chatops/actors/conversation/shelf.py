"""What a chat has under way at Telegram: each delivery with what must be remembered once it arrived."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chatops.actors.addresses import TELEGRAM, Address
from chatops.actors.tags import first_tag
from chatops.actors.telegram_messages import Deliver
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Card, Position
from chatops.core.outgoing import EditMessage, Key, Keyboard, Lane, SendDocument, SendMessage, SendPhoto
from chatops.core.screens.base import Screen
from chatops.db.store import Store


@dataclass(frozen=True, slots=True)
class UnderWay:
    """One delivery. `revision` is the incident's, as drawn; `card` says that the message is the incident's card.

    `drawn_anew`: it says what it has to say although nothing changed. `began`: it is a new message, and goes into the
    topic of `thread_id`.
    """

    tokens: tuple[str, ...]
    position: Position | None
    revision: int
    card: bool
    message_id: int
    key: str
    drawn_anew: bool = False
    thread_id: int | None = None
    began: bool = False

    @property
    def first_card(self) -> bool:
        """The message with which an incident begins here."""
        return self.card and self.key.startswith(_FIRST_CARD)


_FIRST_CARD = "card:"


class Shelf:
    """Hands screens to the TelegramActor with fresh tokens, and keeps the books when they arrived."""

    def __init__(
        self,
        chat_id: int,
        *,
        store: Store,
        address: Address,
        tell: Callable[[Address, object], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._chat_id = chat_id
        self._store = store
        self._address = address
        self._tell = tell
        self._clock = clock
        self._under_way: dict[int, UnderWay] = {}
        self._next_tag = first_tag()
        self._gone: int | None = None

    def send(
        self,
        screen: Screen,
        lane: Lane,
        *,
        position: Position | None = None,
        revision: int = 0,
        card: bool = False,
        reply_to: int | None = None,
        thread_id: int | None = None,
        key: str = "",
    ) -> None:
        tokens, keyboard = self._keyboard(screen, None)
        under_way = UnderWay(tokens, position, revision, card, 0, key, thread_id=thread_id, began=True)
        tag = self._remember(under_way)
        outgoing = SendMessage(self._chat_id, screen.html, keyboard, screen.silent, reply_to, thread_id)
        self._tell(TELEGRAM, Deliver(outgoing, lane, key, self._address, tag))

    def resend(self, message: SendMessage, tokens: tuple[str, ...], position: Position | None, key: str) -> None:
        """What was on its way when this chat had another id, once more and as it was."""
        here = replace(position, chat_id=self._chat_id) if position else None
        tag = self._remember(UnderWay(tokens, here, 0, False, 0, key, began=True))
        outgoing = replace(message, chat_id=self._chat_id)
        self._tell(TELEGRAM, Deliver(outgoing, Lane.RESULT, key, self._address, tag))

    def edit(
        self,
        screen: Screen,
        lane: Lane,
        *,
        position: Position,
        revision: int = 0,
        card: bool = False,
        anew: bool = False,
    ) -> None:
        """`position.message_id` is edited; a waiting edit of the same message is replaced by this one."""
        tokens, keyboard = self._keyboard(screen, position.message_id)
        key = f"message:{position.message_id}"
        tag = self._remember(UnderWay(tokens, position, revision, card, position.message_id, key, anew))
        outgoing = EditMessage(self._chat_id, position.message_id, screen.html, keyboard)
        self._tell(TELEGRAM, Deliver(outgoing, lane, key, self._address, tag))

    def send_file(self, name: str, content: bytes, *, reply_to: int, thread_id: int | None) -> None:
        document = SendDocument(self._chat_id, name, content, reply_to=reply_to, thread_id=thread_id)
        self._tell(TELEGRAM, Deliver(document, Lane.RESULT))

    def send_picture(
        self, content: bytes, caption_html: str, instead_html: str, *, reply_to: int, thread_id: int | None
    ) -> None:
        photo = SendPhoto(self._chat_id, content, caption_html, instead_html, reply_to, thread_id)
        self._tell(TELEGRAM, Deliver(photo, Lane.RESULT))

    def send_card(self, screen: Screen, *, incident_id: int, revision: int, thread_id: int | None = None) -> None:
        """The first card of an incident, drawn again as often as needed until it is sent: one message in the end."""
        begun = self._cards_under_way(incident_id)
        key = begun[0].key if begun else f"{_FIRST_CARD}{incident_id}:{self._next_tag}"
        position = Position(self._chat_id, 0, Verb.CARD, incident_id)
        self.send(screen, Lane.PAGE, position=position, revision=revision, card=True, thread_id=thread_id, key=key)

    def card_under_way(self, incident_id: int) -> int | None:
        """The revision drawn on the first card of this incident while that is being sent; None when none is."""
        return max((each.revision for each in self._cards_under_way(incident_id)), default=None)

    def is_under_way(self, screen: Verb, incident_id: int) -> bool:
        """Whether a message of its own that shows this of the incident is being sent."""
        waiting = (each for each in self._under_way.values() if each.position and not each.message_id)
        return any(each.position == Position(self._chat_id, 0, screen, incident_id) for each in waiting)

    def _cards_under_way(self, incident_id: int) -> list[UnderWay]:
        return [
            each
            for each in self._under_way.values()
            if each.card and not each.message_id and each.position and each.position.incident_id == incident_id
        ]

    def arrived(self, tag: int, message_id: int) -> UnderWay | None:
        """Write down what is shown where; None for what is not ours to remember (an answer, a replaced edit)."""
        done = self._done(tag)
        if done is None:
            return None
        position = done.position
        if done.began and done.thread_id is not None and done.thread_id == self._gone:
            done, self._gone = replace(done, thread_id=None), None
        # First: a card that is not on record when the process dies is sent again.
        if done.card and position is not None and position.incident_id is not None:
            card = Card(self._chat_id, position.incident_id, message_id, done.revision)
            self._store.cards.put(card, thread_id=(done.thread_id or 0) if done.began else None)
        if done.tokens and not done.message_id:
            self._store.buttons.bind(done.tokens, message_id)
        if position is None:
            return done
        if not done.message_id:
            self._store.positions.put(replace(position, message_id=message_id, touched_at=self._clock()))
        return replace(done, message_id=message_id)

    def topic_gone(self, thread_id: int) -> None:
        """What is under way to this topic arrives in the general one: a chat's messages go one after the other."""
        self._gone = thread_id

    def lost(self, tag: int) -> UnderWay | None:
        """Telegram refused it for good."""
        return self._done(tag)

    def _done(self, tag: int) -> UnderWay | None:
        """Take it out; earlier ones of the same key were replaced while they waited, without a word, and go with it."""
        done = self._under_way.pop(tag, None)
        if done is not None and done.key:
            replaced = [each for each, u in self._under_way.items() if u.key == done.key and each < tag]
            for each in replaced:
                del self._under_way[each]
        return done

    def _keyboard(self, screen: Screen, message_id: int | None) -> tuple[tuple[str, ...], Keyboard]:
        shown = [button for row in screen.rows for button in row if button.verb is not None]
        asking = [*shown, *screen.typed]
        tokens = self._store.buttons.offer(self._chat_id, message_id, asking, self._clock()) if asking else ()
        waiting = iter(tokens)
        rows = tuple(tuple(_key(b, next(waiting) if b.verb is not None else "") for b in row) for row in screen.rows)
        return tokens, rows

    def _remember(self, under_way: UnderWay) -> int:
        tag = self._next_tag
        self._next_tag += 1
        self._under_way[tag] = under_way
        return tag


def _key(button: Button, token: str) -> Key:
    return Key(button.label, data=token, url=button.url, copy=button.copy, style=button.style)
