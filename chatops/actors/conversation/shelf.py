"""What a chat has under way at Telegram: each delivery with what must be remembered once it arrived."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from chatops.actors.addresses import TELEGRAM, Address
from chatops.actors.tags import first_tag
from chatops.actors.telegram_messages import Deliver
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Card, Position
from chatops.core.outgoing import (
    EditMessage,
    Ephemeral,
    EphemeralId,
    ForPresser,
    Key,
    Keyboard,
    Lane,
    RichForm,
    SendDocument,
    SendMessage,
    SendPhoto,
)
from chatops.core.screens.base import Screen
from chatops.core.screens.rich import buttons_in, rich_html
from chatops.db.store import Store


@dataclass(frozen=True, slots=True)
class UnderWay:
    """One delivery. `revision` is the incident's, as drawn; `card` says that the message is the incident's card.

    `drawn_anew`: it says what it has to say although nothing changed. `only`: whom it may be shown to alone. `began`:
    it is a new message, and goes into the topic of `thread_id`.
    """

    tokens: tuple[str, ...]
    position: Position | None
    revision: int
    card: bool
    message_id: int
    key: str
    drawn_anew: bool = False
    only: ForPresser | None = None
    thread_id: int | None = None
    began: bool = False

    @property
    def first_card(self) -> bool:
        """The message with which an incident begins here."""
        return self.card and self.key.startswith(_FIRST_CARD)


@dataclass(frozen=True, slots=True)
class KeepArrived:
    """Time to try again to put on record what arrived."""

    done: UnderWay


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
        self._arrived: dict[int, UnderWay] = {}
        """Telegram has them, and they are not on record yet."""
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
        only: ForPresser | None = None,
    ) -> None:
        """A new message; `only` for one person, where the server takes it so."""
        tokens, keyboard = self._keyboard(screen, None)
        under_way = UnderWay(tokens, position, revision, card, 0, key, only=only, thread_id=thread_id, began=True)
        tag = self._remember(under_way)
        below = _below(reply_to)
        rich = _rich(screen, keyboard)
        outgoing = SendMessage(self._chat_id, screen.html, keyboard, screen.silent, below, thread_id, only, rich)
        about = position.incident_id if position else None
        self._tell(TELEGRAM, Deliver(outgoing, lane, key, self._address, tag, about))

    def resend(self, message: SendMessage, tokens: tuple[str, ...], position: Position | None, key: str) -> None:
        """What was on its way when this chat had another id, once more and as it was."""
        here = replace(position, chat_id=self._chat_id) if position else None
        tag = self._remember(UnderWay(tokens, here, 0, False, 0, key, only=message.only, began=True))
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
        shown_to = self._store.shown_alone.get(self._chat_id, position.message_id) if position.message_id < 0 else None
        if position.message_id < 0 and shown_to is None:
            # It was forgotten after a week, or left behind with the chat's old id.
            return
        tokens, keyboard = self._keyboard(screen, position.message_id)
        key = f"message:{position.message_id}"
        tag = self._remember(UnderWay(tokens, position, revision, card, position.message_id, key, anew))
        rich = _rich(screen, keyboard)
        outgoing = EditMessage(self._chat_id, position.message_id, screen.html, keyboard, shown_to, rich)
        self._tell(TELEGRAM, Deliver(outgoing, lane, key, self._address, tag, position.incident_id))

    def send_file(
        self, name: str, content: bytes, *, reply_to: int, thread_id: int | None, only: ForPresser | None = None
    ) -> None:
        below = _below(reply_to)
        document = SendDocument(self._chat_id, name, content, reply_to=below, thread_id=thread_id, only=only)
        self._tell(TELEGRAM, Deliver(document, Lane.RESULT))

    def send_picture(
        self, content: bytes, caption_html: str, instead_html: str, *, reply_to: int, thread_id: int | None
    ) -> None:
        photo = SendPhoto(self._chat_id, content, caption_html, instead_html, _below(reply_to), thread_id)
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
        waiting = (each for each in self._unrecorded() if each.position and not each.message_id)
        return any(each.position == Position(self._chat_id, 0, screen, incident_id) for each in waiting)

    def _cards_under_way(self, incident_id: int) -> list[UnderWay]:
        return [
            each
            for each in self._unrecorded()
            if each.card and not each.message_id and each.position and each.position.incident_id == incident_id
        ]

    def _unrecorded(self) -> Iterable[UnderWay]:
        return chain(self._under_way.values(), self._arrived.values())

    def arrived(self, tag: int, message_id: int) -> UnderWay | None:
        """Write down what is shown where; None for what is not ours to remember (an answer, a replaced edit).

        It is under way until that is on record.
        """
        done = self._arrived.get(tag) or self._done(tag)
        if done is None:
            return None
        self._arrived[tag] = done
        if done.only is not None and isinstance(message_id, EphemeralId):
            shown = Ephemeral(done.only.user_id, int(message_id))
            message_id = self._store.shown_alone.sent(self._chat_id, shown, self._clock())
        position = done.position
        if done.began and done.thread_id is not None and done.thread_id == self._gone:
            done, self._gone = replace(done, thread_id=None), None
            self._arrived[tag] = done
        if done.card or (not done.message_id and (done.tokens or position)):
            self._store.together(lambda: self._write_down(done, message_id))
        del self._arrived[tag]
        return done if position is None else replace(done, message_id=message_id)

    def _write_down(self, done: UnderWay, message_id: int) -> None:
        position = done.position
        if done.card and position is not None and position.incident_id is not None:
            card = Card(self._chat_id, position.incident_id, message_id, done.revision)
            if not self._is_anothers(card):
                self._store.cards.put(card, thread_id=(done.thread_id or 0) if done.began else None)
        if done.tokens and not done.message_id:
            self._store.buttons.bind(done.tokens, message_id)
        if position is not None and not done.message_id:
            self._store.positions.put(replace(position, message_id=message_id, touched_at=self._clock()))

    def _is_anothers(self, card: Card) -> bool:
        """Whether the message became another incident's card while this one was on its way into it.

        Somebody can press two lines of a list before the first is shown.
        """
        known = self._store.cards.by_message(card.chat_id, card.message_id)
        return known is not None and known.incident_id != card.incident_id

    def seen(self, token: str, message_id: int) -> int | None:
        """The tag of the new message that was sent with this button; None where it is on record, or not ours.

        Somebody can press before Telegram's answer says where the message is: then the press says it. A message that is
        known already is another one, whatever a client pretends.
        """
        tag = next((tag for tag, u in self._under_way.items() if token in u.tokens and not u.message_id), None)
        if tag is None or self._store.positions.get(self._chat_id, message_id) is not None:
            return None
        return tag

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


def _below(message_id: int | None) -> int | None:
    """What a message that everybody sees may answer."""
    return message_id if message_id is not None and message_id > 0 else None


def _rich(screen: Screen, keyboard: Keyboard) -> RichForm | None:
    """The rich form, with the tokens that the keyboard has."""
    if not screen.rich:
        return None
    keys = [pair for row, given in zip(screen.rows, keyboard, strict=True) for pair in zip(row, given, strict=True)]
    inside = buttons_in(screen.rich)
    text = rich_html(screen.rich, lambda wanted: next(key.data for button, key in keys if button == wanted))
    below = (
        tuple(key for button, key in zip(row, given, strict=True) if button not in inside)
        for row, given in zip(screen.rows, keyboard, strict=True)
    )
    return RichForm(text, tuple(row for row in below if row))


def _key(button: Button, token: str) -> Key:
    return Key(button.label, token, button.url, button.copy, button.web_app, button.style)
