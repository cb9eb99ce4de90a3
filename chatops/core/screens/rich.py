"""The rich form of a screen: its lists as tables whose rows are buttons, and sections that unfold.

It is made of the very lines and buttons of the screen, which stays what it is where Telegram shows no such messages.
It knows the Bot API's rich HTML and its limits.
"""

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from chatops.core.buttons import Button

TEXT_LIMIT = 32_768
BLOCK_LIMIT = 500
"""Paragraphs, sections and tables, and each row of a table."""
COLUMN_LIMIT = 20

_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)[^>]*>")
_INLINE = frozenset({"b", "strong", "i", "em", "u", "s", "code", "a", "tg-time", "tg-spoiler"})
"""What may stand inside a paragraph, a cell and a title."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One thing of a list: a `line` and, somewhere in the rows, its `button`; in a table a row of that and `cells`.

    There the button says its whole `name`, for which a keyboard has no room.
    """

    line: Markup
    button: Button
    name: str
    cells: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a title. Where nothing unfolds, only the `first` of them are there."""

    title: Markup
    lines: tuple[Markup, ...]
    first: int
    is_open: bool = False


Block = Markup | tuple[Listed, ...] | Section
"""A paragraph, a table, or a section."""


def blocks_of(parts: Iterable[Markup | Listed | Section]) -> tuple[Block, ...]:
    """The rich form; nothing where it would have nothing of its own, or more than Telegram takes."""
    found: list[Block] = []
    for listed, run in groupby(parts, key=lambda part: isinstance(part, Listed)):
        if listed:
            found.append(tuple(part for part in run if isinstance(part, Listed)))
        else:
            found += [part for part in run if not isinstance(part, Listed) and part]
    own = any(not isinstance(block, Markup) for block in found)
    return tuple(found) if own and _fits(found) else ()


def buttons_in(blocks: Iterable[Block]) -> list[Button]:
    """The buttons that stand in the text, and so in no row below it."""
    return [listed.button for block in blocks if isinstance(block, tuple) for listed in block]


def rich_html(blocks: Iterable[Block], data_of: Callable[[Button], str]) -> str:
    """As Telegram takes it. `data_of` a button is what a press on it sends."""
    return "".join(_html(block, data_of) for block in blocks)


def _html(block: Block, data_of: Callable[[Button], str]) -> str:
    if isinstance(block, Section):
        summary = Markup("<summary>{}</summary>").format(block.title)
        inner = "".join(_paragraph(line) for line in block.lines)
        return f"<details{' open' if block.is_open else ''}>{summary}{inner}</details>"
    if isinstance(block, tuple):
        return f"<table compact>{''.join(_row(listed, data_of) for listed in block)}</table>"
    return _paragraph(block)


def _paragraph(line: Markup) -> str:
    return f"<p>{line}</p>"


def _row(listed: Listed, data_of: Callable[[Button], str]) -> str:
    button = Markup('<tg-button type="callback_data" style="link" data="{}">{}</tg-button>').format(
        data_of(listed.button), listed.name
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in (button, *listed.cells))}</tr>"


def _fits(blocks: Sequence[Block]) -> bool:
    texts = [text for block in blocks for text in _texts(block)]
    if any(tag[1].lower() not in _INLINE for text in texts for tag in _TAG.finditer(text)):
        return False
    columns = max(
        (len(listed.cells) + 1 for block in blocks if isinstance(block, tuple) for listed in block), default=0
    )
    length = sum(len(html.unescape(_TAG.sub("", text))) for text in texts)
    return columns <= COLUMN_LIMIT and length <= TEXT_LIMIT and sum(map(_count, blocks)) <= BLOCK_LIMIT


def _texts(block: Block) -> list[str]:
    if isinstance(block, Section):
        return [block.title, *block.lines]
    if isinstance(block, tuple):
        return [text for listed in block for text in (Markup.escape(listed.name), *listed.cells)]
    return [block]


def _count(block: Block) -> int:
    if isinstance(block, Section):
        return 1 + len(block.lines)
    return 1 + len(block) if isinstance(block, tuple) else 1
