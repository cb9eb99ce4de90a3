"""Telegram's HTML as text with limits: measured, cut, simplified and stripped, always with balanced tags.

It knows the markup of https://core.telegram.org/bots/api#html-style and how Telegram counts. It refuses to know what a
message says and who sends it.
"""

import html
from bisect import bisect_right
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate

from chatops.core.telegram_features import EVERY, NONE, Feature, Features

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
TOAST_LIMIT = 200
COPY_LIMIT = 256
RAW_LIMIT = 32_768
"""Bytes of a text with its markup: more is refused whatever remains after parsing."""

CUT = "…"

_ATTRIBUTES = {
    "a": ("href",),
    "b": (),
    "strong": (),
    "i": (),
    "em": (),
    "u": (),
    "ins": (),
    "s": (),
    "strike": (),
    "del": (),
    "tg-spoiler": (),
    "span": ("class",),
    "pre": (),
    "code": ("class",),
    "blockquote": ("expandable",),
    "tg-emoji": ("emoji-id",),
    "tg-time": ("unix", "format"),
}
_OLD = ""
_NEWER_TAGS = {"tg-time": Feature.TIMES}
_NEWER_ATTRIBUTES = {"expandable": Feature.QUOTES}


def units(text: str) -> int:
    """UTF-16 code units, which is how Telegram counts."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def clean(text: str) -> str:
    """With every half of a surrogate pair mended or replaced: no such text can be sent, or even encoded."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def cut(text: str, limit: int) -> str:
    """Plain text of at most `limit` units. A cut shows, and splits no character."""
    text = clean(text)
    return text if units(text) <= limit else text[: _fitting(text, limit - units(CUT))].rstrip() + CUT


def fit(markup: str, limit: int = TEXT_LIMIT, *, features: Features = EVERY) -> str:
    """HTML of at most `limit` units of visible text and RAW_LIMIT bytes, with balanced tags that Telegram knows.

    Too much is cut by whole lines at the end, and the cut shows. What is none of the `features` is
    left out: `tg-time` keeps its inner text, and a quote is not expandable.
    """
    parsed = _parsed(clean(markup), features=features)
    text = parsed.text
    fitted = _rendered(parsed.pieces, len(text))
    if units(text) <= limit and len(fitted.encode()) <= RAW_LIMIT:
        return fitted
    while True:
        kept, sign = _cut_at(text, limit)
        fitted = _rendered(parsed.pieces, kept) + sign
        if len(fitted.encode()) <= RAW_LIMIT:
            return fitted
        # Visible text of one unit can stand for any number of bytes of markup: go on until it fits.
        limit = limit * 3 // 4
        if limit < units(CUT):
            return CUT


def plain(markup: str, limit: int = TEXT_LIMIT) -> str:
    """The visible text alone, cut like `fit`."""
    text = _parsed(clean(markup), features=NONE).text
    if units(text) <= limit:
        return text
    kept, sign = _cut_at(text, limit)
    return text[:kept] + sign


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    source: str


@dataclass(frozen=True, slots=True)
class _Close:
    tag: str


_Piece = str | _Open | _Close


class _Parser(HTMLParser):
    """Collects pieces that are balanced whatever came in: a stray end is dropped, a missing one added."""

    def __init__(self, *, features: Features) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[_Piece] = []
        self._features = features
        self._open: list[str] = []

    @property
    def text(self) -> str:
        return "".join(piece for piece in self.pieces if isinstance(piece, str))

    def set_cdata_mode(self, *_: object, **__: object) -> None:
        """Scripts and the like have no rules of their own here: they are tags Telegram does not know."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        source = _start_tag(tag, dict(attrs), features=self._features)
        if source:
            self._open.append(tag)
            self.pieces.append(_Open(tag, source))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Telegram knows no such tag, and nothing is inside it."""

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._close_last() != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.pieces.append(clean(data))

    def close(self) -> None:
        super().close()
        while self._open:
            self._close_last()

    def _close_last(self) -> str:
        tag = self._open.pop()
        self.pieces.append(_Close(tag))
        return tag


def _parsed(markup: str, *, features: Features) -> _Parser:
    parser = _Parser(features=features)
    # Telegram has no declarations, and the parser gives up on some.
    parser.feed(markup.replace("<!", "&lt;!").replace("<?", "&lt;?"))
    parser.close()
    return parser


def _start_tag(tag: str, attributes: dict[str, str | None], *, features: Features) -> str:
    """As it is sent; empty for one that Telegram would refuse, with its whole message."""
    if tag not in _ATTRIBUTES or _NEWER_TAGS.get(tag, _OLD) not in {_OLD, *features}:
        return ""
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        return ""
    for tag_with_number, name in (("tg-time", "unix"), ("tg-emoji", "emoji-id")):
        number = attributes.get(name) or ""
        if tag == tag_with_number and not (number.isascii() and number.isdigit() and len(number) <= 19):
            return ""
    source = tag
    for name in _ATTRIBUTES[tag]:
        if name in attributes and _NEWER_ATTRIBUTES.get(name, _OLD) in {_OLD, *features}:
            value = attributes[name]
            source += f" {name}" if value is None else f' {name}="{html.escape(clean(value))}"'
    return f"<{source}>"


def _cut_at(text: str, limit: int) -> tuple[int, str]:
    """How many characters are kept, and the sign that stands for the rest."""
    whole = _fitting(text, limit - units("\n" + CUT))
    line_end = text.rfind("\n", 0, whole + 1)
    # One endless line must not take everything with it.
    if line_end > whole // 2:
        return len(text[:line_end].rstrip()), "\n" + CUT
    return max(0, _fitting(text, limit - units(CUT))), CUT


def _fitting(text: str, limit: int) -> int:
    """How many characters from the start fit into `limit` units."""
    if len(text) * 2 <= limit:
        return len(text)
    ends = list(accumulate(2 if letter > "\uffff" else 1 for letter in text))
    return bisect_right(ends, limit)


def _rendered(pieces: list[_Piece], kept: int) -> str:
    """The HTML of the first `kept` visible characters."""
    out: list[str] = []
    still_open: list[str] = []
    left = kept
    for piece in pieces:
        match piece:
            case str():
                out.append(html.escape(piece[:left], quote=False))
                left -= len(piece)
                if left <= 0:
                    break
            case _Open(tag, source):
                still_open.append(tag)
                out.append(source)
            case _Close(tag):
                still_open.pop()
                out.append(f"</{tag}>")
    return "".join(out) + "".join(f"</{tag}>" for tag in reversed(still_open))
