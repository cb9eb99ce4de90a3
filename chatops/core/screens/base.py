"""A screen: its text and its buttons, before tokens and delivery."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from chatops.core.alerts import Severity
from chatops.core.buttons import Button, Verb
from chatops.core.resources import Health, ObjectRef
from chatops.core.screens.rich import Block, Listed, Section, blocks_of, buttons_in
from chatops.core.texts import Tongue, one_line, showable

Row = tuple[Button, ...]
Part = Markup | str | Listed | Section | None

SEVERITY_ICONS = {Severity.CRITICAL: "🔴", Severity.WARNING: "🟠", Severity.INFO: "🟡", Severity.NONE: "⚪"}
HEALTH_ICONS = {Health.BAD: "🔴", Health.WARN: "🟠", Health.UNKNOWN: "⚪", Health.GOOD: "🟢"}

TEXT_LIMIT = 4_096
"""UTF-16 units of a message, counted after its tags and references are read."""

LABEL_LIMIT = 40
"""Characters of a button's label, its icon included."""

NAME_LIMIT = 100
"""Of a button inside a text; how long one may be is not documented."""

_TAG = re.compile(r"<[^>]*>")

PAGE_SIZE = 8
"""Buttons on one page of a list: what fits a phone above the fold."""


@dataclass(frozen=True, slots=True)
class Screen:
    """HTML as Telegram takes it, and rows of buttons. `silent`: no sound when it arrives as a message of its own.

    `rich`: the same with tables and sections that unfold, where there is something for them.
    """

    html: Markup
    rows: tuple[Row, ...] = ()
    silent: bool = True
    typed: Row = ()
    """Buttons that are not shown: each is pressed by typing a word in reply."""
    rich: tuple[Block, ...] = ()


def screen(lines: Iterable[Part], rows: Iterable[Iterable[Button | None]], *, silent: bool = True) -> Screen:
    """Leave out what is None, empty rows, and blank lines at the ends; everything not Markup is escaped.

    Lines that no longer fit are left out from the first of them on: screens say first what matters most. Labels are
    made to fit.
    """
    parts = [_shown(part) for part in lines if part is not None]
    text = Markup("\n").join(_fitting(line for part in parts for line in _lines(part))).strip()
    kept = tuple(tuple(replace(button, label=label(button.label)) for button in row if button) for row in rows)
    blocks = blocks_of(parts)
    # A button of a list that is in no row has nothing to press it by.
    rich = blocks if all(any(button in row for row in kept) for button in buttons_in(blocks)) else ()
    return Screen(text, tuple(row for row in kept if row), silent, rich=rich)


def _shown(part: Markup | str | Listed | Section) -> Markup | Listed | Section:
    match part:
        case Listed(line, button, name, cells):
            cells = tuple(_safe(cell) for cell in cells)
            return Listed(_safe(line), replace(button, label=label(button.label)), one_line(name, NAME_LIMIT), cells)
        case Section(title, lines):
            return replace(part, title=_safe(title), lines=tuple(map(_safe, lines)))
        case _:
            return _safe(part)


def _safe(line: Markup | str) -> Markup:
    return Markup(showable(escape(line)))


def _lines(part: Markup | Listed | Section) -> Iterator[Markup]:
    """Where there are neither tables nor sections."""
    match part:
        case Listed(line):
            yield line
        case Section(title, lines, first):
            yield from (Markup(""), Markup("<b>{}</b>").format(title), *lines[:first])
        case _:
            yield part


def _fitting(lines: Iterable[Markup]) -> Iterator[Markup]:
    room = TEXT_LIMIT - len("\n…")
    for line in lines:
        room -= shown_length(line) + 1
        if room < 0:
            yield Markup("…")
            return
        yield line


def shown_length(markup: Markup) -> int:
    """What Telegram counts of a text: UTF-16 units, without tags."""
    return len(html.unescape(_TAG.sub("", markup)).encode("utf-16-le", "surrogatepass")) // 2


def in_rows(buttons: Sequence[Button], width: int) -> Iterator[Row]:
    for start in range(0, len(buttons), width):
        yield tuple(buttons[start : start + width])


def code(text: str, limit: int = 120) -> Markup:
    return Markup("<code>{}</code>").format(one_line(text, limit))


def bold(text: str, limit: int = 200) -> Markup:
    return Markup("<b>{}</b>").format(one_line(text, limit))


def link(url: str, label: str) -> Markup | None:
    """A link, or nothing where there is none."""
    return Markup('<a href="{}">{}</a>').format(url, label) if safe_url(url) else None


def safe_url(url: str) -> str:
    """The address, or nothing where it is not plain http(s): labels and annotations are anybody's."""
    plain = url.startswith(("http://", "https://")) and len(url) <= 1_500 and not any(c.isspace() for c in url)
    return url if plain else ""


def crumbs(incident_id: int | None, *names: str) -> Markup:
    """Where the person is: `#96 › deploy checkout › Pods`."""
    head = [f"#{incident_id}"] if incident_id is not None else []
    return bold(" › ".join([*head, *(one_line(name, 60) for name in names)]))


def label(text: str, limit: int = LABEL_LIMIT) -> str:
    """A button's label: one line, cut at the end."""
    return one_line(text, limit)


def back_to_card(tongue: Tongue, incident_id: int | None) -> Button:
    if incident_id is None:
        return Button(tongue.plain("« Incidents"), Verb.INCIDENTS)
    return Button(tongue.plain("« Incident"), Verb.CARD, incident_id=incident_id)


def short_name(ref: ObjectRef) -> str:
    return f"{ref.short_kind} {ref.name}"


def short_path(ref: ObjectRef) -> str:
    return f"{ref.short_kind} {ref.path}"


def page_row(verb: Verb, page: int, pages: int, button: Button) -> Row:
    """`‹ 1/3 ›` for a list that does not fit; `button` lends its incident and object to the page turns."""
    if pages <= 1:
        return ()

    def turn(text: str, to: int) -> Button:
        return Button(text, verb, {**button.args, "page": str(to)}, ref=button.ref, incident_id=button.incident_id)

    before = turn("‹", page - 1) if page else None
    after = turn("›", page + 1) if page + 1 < pages else None
    here = turn(f"{page + 1}/{pages}", page)
    return tuple(b for b in (before, here, after) if b)


def pages_of(total: int, size: int = PAGE_SIZE) -> int:
    return max(1, -(-total // size))
