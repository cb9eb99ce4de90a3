"""Formatting: Telegram HTML to plain text with entities, by the rules of the Bot API server.

Follows https://core.telegram.org/bots/api#html-style and the observable behaviour of the public server: which
tags exist, what is decoded, and the error with its byte offset. Refuses to be lenient where Telegram is not,
and to guess at limits of length: see `content`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import utf16
from .links import checked_link, mentioned_user_id
from .refusals import bad_request

Entity = dict[str, object]

_SIMPLE_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_TAGS = frozenset(_SIMPLE_TAGS) | {"a", "pre", "code", "blockquote", "tg-emoji", "tg-time"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+))(;?)")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")
_TIME_FORMAT = re.compile(r"r|w?[dD]?[tT]?")
_SPACES = " \t\r\n\v\f"
_MAX_REFERENCE = 10


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    start: int


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Plain text of `source` and its entities (offsets and lengths in UTF-16 code units).

    Raises `Refusal` 400 "can't parse entities: ..." on anything Telegram does not accept.
    """
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._out: list[str] = []
        self._units = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        source = self._source
        while self._at < len(source):
            character = source[self._at]
            if character == "&":
                self._write(self._reference() or self._take())
            elif character != "<":
                self._write(self._take())
            elif source.startswith("</", self._at):
                self._end_tag()
            else:
                self._start_tag()
        if self._open:
            raise self._refused(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        text = "".join(self._out)
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self._refused(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        return text, self._entities

    def _take(self) -> str:
        self._at += 1
        return self._source[self._at - 1]

    def _peek(self) -> str:
        return self._source[self._at] if self._at < len(self._source) else ""

    def _write(self, text: str) -> None:
        self._out.append(text)
        self._units += utf16.length(text)

    def _reference(self) -> str | None:
        """The character of an entity reference here, consumed; None leaves the ampersand literal."""
        match = _REFERENCE.match(self._source, self._at)
        if match is None:
            return None
        hexadecimal, decimal, name, semicolon = match.groups()
        if name is not None:
            character = _NAMED.get(name)
        elif len(match[0]) - len(semicolon) >= _MAX_REFERENCE:
            return None
        else:
            code = int(hexadecimal, 16) if hexadecimal else int(decimal)
            character = chr(code) if 0 < code < 0x10FFFF else None
        if character is not None:
            self._at = match.end()
        return character

    def _start_tag(self) -> None:
        begin = self._at
        self._at += 1
        tag = self._until(_SPACES + ">").lower()
        if not self._peek():
            raise self._refused("Unclosed start tag", begin)
        if tag not in _TAGS:
            raise self._refused(f'Unsupported start tag "{tag}"', begin)
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._refused('Tag "span" must have class "tg-spoiler"', begin)
        self._open.append(_Open(tag, attributes, self._units, len(self._out)))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._skip_spaces()
            if self._peek() == ">":
                self._at += 1
                return attributes
            name = self._until(_SPACES + "=>/\"'").lower()
            if not self._peek():
                raise self._refused("Unclosed start tag", begin)
            if not name:
                raise self._refused(f'Empty attribute name in the tag "{tag}"', begin)
            self._skip_spaces()
            if self._peek() != "=":
                attributes[name] = ""
                continue
            self._at += 1
            self._skip_spaces()
            attributes[name] = self._value(tag, begin)

    def _value(self, tag: str, begin: int) -> str:
        quote = self._peek()
        if not quote:
            raise self._refused(f'Unclosed start tag "{tag}"', begin)
        if quote not in "\"'":
            token_begin = self._at
            match = _NAME_TOKEN.match(self._source, self._at)
            value = match[0].lower() if match else ""
            self._at += len(value)
            if self._peek() and self._peek() not in _SPACES + ">":
                raise self._refused("Unexpected end of name token", token_begin)
        else:
            self._at += 1
            parts: list[str] = []
            while self._peek() and self._peek() != quote:
                parts.append((self._peek() == "&" and self._reference()) or self._take())
            self._at += 1
            value = "".join(parts)
        if not self._peek():
            raise self._refused("Unclosed start tag", begin)
        return value

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise self._refused("Unexpected end tag", begin)
        self._at += 2
        name = self._until(_SPACES + ">").lower()
        self._skip_spaces()
        if self._peek() != ">":
            raise self._refused("Unclosed end tag", begin)
        self._at += 1
        opened = self._open.pop()
        if name and name != opened.tag:
            wanted = f'expected "</{opened.tag}>", found "</{name}>"'
            raise self._refused("Unmatched end tag", begin, wanted)
        if self._units > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity: Entity = {"offset": opened.offset, "length": self._units - opened.offset}
        attributes = opened.attributes
        match opened.tag:
            case "a":
                link = attributes.get("href") or "".join(self._out[opened.start :])
                user_id = mentioned_user_id(link)
                url = checked_link(link)
                if user_id is not None:
                    entity |= {"type": "text_mention", "user_id": user_id}
                elif url is not None:
                    entity |= {"type": "text_link", "url": url}
                else:
                    return
            case "pre" | "code":
                self._close_code(opened, entity)
                return
            case "blockquote":
                entity["type"] = "expandable_blockquote" if "expandable" in attributes else "blockquote"
            case "tg-emoji":
                emoji_id = attributes.get("emoji-id", "")
                if not re.fullmatch(r"-?[0-9]{1,19}", emoji_id) or not 0 != int(emoji_id) < 2**63:
                    raise self._refused("Invalid custom emoji identifier specified")
                entity |= {"type": "custom_emoji", "custom_emoji_id": emoji_id}
            case "tg-time":
                entity |= self._time(attributes)
            case tag:
                entity["type"] = _SIMPLE_TAGS[tag]
        self._entities.append(entity)

    def _close_code(self, opened: _Open, entity: Entity) -> None:
        """`pre` and `code` over the same text merge into one `pre` with a language, whichever is outside."""
        language = opened.attributes.get("class", "").removeprefix("language-")
        if not opened.attributes.get("class", "").startswith("language-"):
            language = ""
        last = self._entities[-1] if self._entities else {}
        same = (last.get("offset"), last.get("length")) == (entity["offset"], entity["length"])
        if opened.tag == "pre" and same and last["type"] == "code" and last.get("_language"):
            last |= {"type": "pre", "language": last.pop("_language")}
        elif opened.tag == "code" and same and last["type"] == "pre" and language:
            last["language"] = language
        else:
            entity["type"] = opened.tag
            if opened.tag == "code" and language:
                entity["_language"] = language
            self._entities.append(entity)

    def _time(self, attributes: dict[str, str]) -> Entity:
        unix, form = attributes.get("unix", ""), attributes.get("format", "")
        if not re.fullmatch(r"[0-9]{1,11}", unix):
            raise self._refused("Invalid date-time specified")
        if not _TIME_FORMAT.fullmatch(form):
            raise self._refused("Invalid date-time format specified")
        return {"type": "date_time", "unix_time": int(unix), "date_time_format": form}

    def _until(self, stops: str) -> str:
        begin = self._at
        while self._peek() and self._peek() not in stops:
            self._at += 1
        return self._source[begin : self._at]

    def _skip_spaces(self) -> None:
        while self._peek() and self._peek() in _SPACES:
            self._at += 1

    def _refused(self, reason: str, begin: int | None = None, detail: str = "") -> Exception:
        if begin is not None:
            reason += f" at byte offset {len(self._source[:begin].encode('utf-8', 'surrogatepass'))}"
        if detail:
            reason += f", {detail}"
        return bad_request(f"can't parse entities: {reason}")
