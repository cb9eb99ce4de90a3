"""Seen: a message as a person sees it, frozen at one moment. Refuses to change anything."""

from __future__ import annotations

from dataclasses import dataclass

from .formatting import Entity
from .keyboard import Button, buttons_of
from .people import Message
from .rich import buttons


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A message as a person sees it at one moment. `keyboard` holds rows of button objects, those in its text first.

    With an `ephemeral_id` it is one that nobody else sees.
    """

    id: int
    chat_id: int
    date: int
    from_bot: bool
    text: str
    entities: tuple[Entity, ...]
    keyboard: tuple[tuple[Button, ...], ...]
    edits: int
    silent: bool
    deleted: bool
    reply_to: int | None
    thread_id: int | None
    document: bytes | None
    document_name: str
    photo: bytes | None
    reactions: tuple[str, ...]
    pinned: bool
    service: str
    ephemeral_id: int = 0
    rich: bool = False

    @property
    def buttons(self) -> list[str]:
        """Every label in reading order."""
        return [str(button["text"]) for row in self.keyboard for button in row]

    def button(self, which: str | int) -> Button:
        """A button by its label, a part of it, or its place in reading order. Raises `LookupError`."""
        flat = [button for row in self.keyboard for button in row]
        if isinstance(which, int):
            return flat[which]
        for test in (str.__eq__, str.__contains__):
            for button in flat:
                if test(str(button["text"]), which):
                    return button
        raise LookupError(f"no button {which!r} among {self.buttons}")


def seen(message: Message) -> Seen:
    """Snapshot of a message. Call holding the world's condition."""
    return Seen(
        id=message.id,
        chat_id=message.chat.id,
        date=message.date,
        from_bot=message.sender.is_bot,
        text=message.text or message.caption,
        entities=tuple(message.entities or message.caption_entities),
        keyboard=(
            *((button,) for button in (buttons(message.rich) if message.rich else ())),
            *(tuple(row) for row in buttons_of(message.markup)),
        ),
        edits=message.edits,
        silent=message.silent,
        deleted=message.deleted,
        reply_to=message.reply_to,
        thread_id=message.thread_id,
        document=message.document.content if message.document else None,
        document_name=message.document.name if message.document else "",
        photo=message.photo.content if message.photo else None,
        reactions=tuple(symbol for symbols in message.reactions.values() for symbol in symbols),
        pinned=message.id in message.chat.pinned,
        service=next(iter(message.service), ""),
        ephemeral_id=message.ephemeral_id,
        rich=message.rich is not None,
    )
