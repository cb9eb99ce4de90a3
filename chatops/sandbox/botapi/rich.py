"""Rich: the HTML of rich messages as a tree, with the limits of https://core.telegram.org/bots/api#sendrichmessage.

The tags, their places and the limits are documented; in which words a server refuses is not. Media, maps, formulas and
anchors are left out. Refuses to know chats and messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from .keyboard import Button
from .refusals import bad_request

MAX_TEXT = 32_768
MAX_BLOCKS = 500
MAX_DEPTH = 16
MAX_COLUMNS = 20
MAX_BUTTONS_IN_ROW = 8
_MAX_DATA_BYTES = 64

_INLINE = frozenset({"a", "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "mark", "sub", "sup"}) | {
    *("tg-spoiler", "tg-time", "tg-emoji", "tg-button", "br", "cite"),
}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TEXTUAL = _HEADINGS | {"p", "pre", "footer", "aside", "summary", "caption", "td", "th"}
_BLOCKS = _TEXTUAL | {"hr", "ul", "ol", "li", "blockquote", "table", "tr", "details", "tg-button-row"}
_VOID = frozenset({"br", "hr"})
_HOMES = {
    "tr": {"table"},
    "caption": {"table"},
    "td": {"tr"},
    "th": {"tr"},
    "li": {"ul", "ol"},
    "summary": {"details"},
    "cite": {"blockquote", "aside"},
}
_COUNTED = _BLOCKS - {"td", "th", "summary", "caption"}
_ENTITY = re.compile(r"&(?!#[0-9]+;|#x[0-9a-fA-F]+;|(?:lt|gt|amp|quot|apos|nbsp|hellip|[mn]dash|[lr][sd]quo);)")
_STYLES = frozenset({"danger", "success", "primary", "link"})
_WRONG = "can't parse rich message: "


@dataclass(slots=True)
class Node:
    """One element. The root has no tag."""

    tag: str
    attributes: dict[str, str]
    inside: list[Node | str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """For the page."""
        inside = [each if isinstance(each, str) else each.as_json() for each in self.inside]
        return {"tag": self.tag, "attributes": self.attributes, "inside": inside}


def parse(source: str) -> Node:
    """The tree of a message. Raises `Refusal`."""
    if _ENTITY.search(source):
        raise bad_request(_WRONG + "Unsupported entity")
    parser = _Parser()
    parser.feed(source)
    parser.close()
    if len(parser.open) > 1:
        raise bad_request(f"{_WRONG}Can't find end tag corresponding to start tag {parser.open[-1].tag}")
    root = parser.open[0]
    _check(root)
    return root


def visible(node: Node) -> str:
    """The text, a line to each block, the cells of a row beside each other."""
    lines: list[str] = []
    _write(node, lines)
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def buttons(node: Node) -> Iterator[Button]:
    """Every button in reading order, as one of an inline keyboard looks."""
    for each in node.inside:
        if isinstance(each, Node) and each.tag == "tg-button":
            yield _button(each)
        elif isinstance(each, Node):
            yield from buttons(each)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Node("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _INLINE | _BLOCKS:
            raise bad_request(f'{_WRONG}Unsupported start tag "{tag}"')
        above = self.open[-1].tag
        fits = above in _HOMES[tag] if tag in _HOMES else above not in ("table", "tr", "ul", "ol")
        in_text = any(node.tag in _TEXTUAL for node in self.open)
        # Seen to be taken inside a cell, and nowhere else among text.
        row_in_cell = tag == "tg-button-row" and above in ("td", "th")
        if not fits or (tag in _BLOCKS and in_text and not row_in_cell):
            raise bad_request(f'{_WRONG}Tag "{tag}" can\'t be inside of tag "{above}"')
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in _VOID:
            self.open.append(node)
        if len(self.open) - 1 > MAX_DEPTH:
            raise bad_request(_WRONG + "nested too deep")

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self.open[-1].tag != tag:
            raise bad_request(f'{_WRONG}Unexpected end tag "{tag}"')
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def _check(root: Node) -> None:
    nodes = list(_all(root))
    text = "".join(piece for node in (root, *nodes) for piece in node.inside if isinstance(piece, str))
    if not text.strip():
        raise bad_request("message text is empty")
    if len(text) > MAX_TEXT:
        raise bad_request("message is too long")
    if sum(node.tag in _COUNTED for node in nodes) > MAX_BLOCKS:
        raise bad_request(_WRONG + "too many blocks")
    for node in nodes:
        match node.tag:
            case "tr" if len(_children(node)) > MAX_COLUMNS:
                raise bad_request(_WRONG + "too many columns")
            case "details" if not _children(node) or _children(node)[0].tag != "summary":
                raise bad_request(_WRONG + "a details block must begin with its summary")
            case "tg-button-row" if not 1 <= len(_children(node)) <= MAX_BUTTONS_IN_ROW:
                raise bad_request(_WRONG + "a row has 1-8 buttons")
            case "tg-button":
                _button(node)


def _button(node: Node) -> Button:
    given = node.attributes
    kind, style, text = given.get("type", ""), given.get("style", ""), visible(node)
    if not text or any(child.tag not in ("tg-emoji", "tg-time") for child in _children(node)):
        raise bad_request("BUTTON_TEXT_INVALID")
    if style and (style not in _STYLES or (style == "link" and kind != "callback_data")):
        raise bad_request(_WRONG + "Invalid button style specified")
    shown: Button = {"text": text, **({"style": style} if style else {})}
    match kind:
        case "callback_data" if 1 <= len(given.get("data", "").encode()) <= _MAX_DATA_BYTES:
            return {**shown, "callback_data": given["data"]}
        case "url" if given.get("url", "").startswith(("https://", "http://", "tg://")):
            return {**shown, "url": given["url"]}
        case "copy_text" if 1 <= len(given.get("text", "")) <= 256:
            return {**shown, "copy_text": {"text": given["text"]}}
        case "disabled":
            return {**shown, "disabled": {}}
        case "callback_data":
            raise bad_request("BUTTON_DATA_INVALID")
    raise bad_request(_WRONG + "Unsupported button type specified")


def _children(node: Node) -> list[Node]:
    return [each for each in node.inside if isinstance(each, Node)]


def _all(node: Node) -> Iterator[Node]:
    for child in _children(node):
        yield child
        yield from _all(child)


def _write(node: Node, lines: list[str]) -> None:
    if node.tag in _BLOCKS - {"td", "th"} or not lines:
        lines.append("")
    for each in node.inside:
        if isinstance(each, str):
            lines[-1] += each
            continue
        if each.tag in ("td", "th", "tg-button"):
            lines[-1] += " "
        if each.tag == "br":
            lines.append("")
        else:
            _write(each, lines)
    if node.tag in _BLOCKS - {"td", "th"}:
        lines.append("")
