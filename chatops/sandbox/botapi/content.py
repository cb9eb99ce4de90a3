"""Content: the text of a message or caption as Telegram keeps it, with all its entities.

Cleans and trims, merges nested entities by Telegram's rules, finds links and commands by itself, and checks
the limits of length. Refuses to know about chats and keyboards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from . import utf16
from .formatting import Entity, parse_html
from .links import BadLink, check
from .refusals import Refusal, bad_request

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ENTITIES = 100
_MAX_RAW_BYTES = 32_768
_CONTROL = {code: " " for code in range(32) if code != 10} | {13: None, 0x202E: None}
_FOUND = (
    ("bot_command", re.compile(r"(?<![\w/@<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/@<>])")),
    ("url", re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]']", re.IGNORECASE)),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)),
    ("mention", re.compile(r"(?<![\w@/])@[A-Za-z0-9_]{4,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\w*[^\W\d])\w{1,256}(?![#])")),
)
_AUTOMATIC = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"})
_FLAT = frozenset({"code", "pre"})
_QUOTES = frozenset({"blockquote", "expandable_blockquote"})
_STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
_VALUED = frozenset({"text_link", "text_mention", "custom_emoji", "date_time"})
_KINDS = _AUTOMATIC | _FLAT | _QUOTES | _STYLES | _VALUED


def text_of(
    raw: str,
    parse_mode: str,
    explicit: list[object] | None,
    *,
    too_long: str = "message is too long",
    limit: int = MAX_TEXT,
    may_be_empty: bool = False,
    find_user: Callable[[int], Entity | None] = lambda _: None,
) -> tuple[str, list[Entity]]:
    """Text and entities to keep. Raises `Refusal`.

    `explicit` is the caller's own entity list, used when there is no `parse_mode`; `limit` is in UTF-16 code units
    after entities are parsed; `too_long` is the wording beyond it.
    """
    if not raw and not may_be_empty:
        raise bad_request("message text is empty")
    if len(raw.encode()) > _MAX_RAW_BYTES:
        raise bad_request("text is too long")
    mode = parse_mode.lower()
    if mode == "html":
        text, entities = parse_html(raw.translate(_CONTROL))
    elif mode in ("", "none"):
        text = raw.translate(_CONTROL)
        entities = _explicit(text, explicit or [])
    elif mode in ("markdown", "markdownv2"):
        raise Refusal(400, "Bad Request: the sandbox does not speak Markdown, use parse_mode HTML")
    else:
        raise bad_request("unsupported parse_mode")
    entities = _resolved(entities, find_user)
    text, entities = _trimmed(text, entities)
    if not text and not may_be_empty:
        raise bad_request("text must be non-empty")
    if utf16.length(text) > limit:
        raise bad_request(too_long)
    entities = _normal(entities)
    return text, _ordered(entities + found_in(text, entities))[:MAX_ENTITIES]


def found_in(text: str, taken: Iterable[Entity] = ()) -> list[Entity]:
    """Links, commands and mentions that Telegram marks in `text` unasked, where `taken` leaves room."""
    closed = [_span(entity) for entity in taken if entity["type"] not in _STYLES | _QUOTES]
    found: list[Entity] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            begin = utf16.length(text[: match.start()])
            end = begin + utf16.length(match[0])
            if all(end <= left or begin >= right for left, right in closed):
                closed.append((begin, end))
                found.append({"type": kind, "offset": begin, "length": end - begin})
    return found


def _span(entity: Entity) -> tuple[int, int]:
    offset, size = entity["offset"], entity["length"]
    assert isinstance(offset, int)
    assert isinstance(size, int)
    return offset, offset + size


def _explicit(text: str, given: list[object]) -> list[Entity]:
    total = utf16.length(text)
    entities: list[Entity] = []
    for item in given:
        entity = _checked_entity(item)
        begin, end = _span(entity)
        if begin < 0:
            raise bad_request(f"receive an entity with incorrect offset {begin}")
        if end - begin <= 0:
            raise bad_request(f"receive an entity with incorrect length {end - begin}")
        if begin > total:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {begin}")
        if end > total:
            raise bad_request(
                f"entity beginning at UTF-16 offset {begin} ends after the end of the text at UTF-16 offset {end}"
            )
        if utf16.index_of(text, begin) is None:
            raise bad_request(f"entity begins in a middle of a UTF-16 symbol at byte offset {begin}")
        if utf16.index_of(text, end) is None:
            raise bad_request(f"entity beginning at UTF-16 offset {begin} ends in a middle of a UTF-16 symbol")
        if entity["type"] not in _AUTOMATIC:
            entities.append(entity)
    return entities


def _checked_entity(item: object) -> Entity:
    wrong = "can't parse MessageEntity: "
    if not isinstance(item, dict):
        raise bad_request(wrong + "Expected an Object")
    for field, kind, name in (("offset", int, "Number"), ("length", int, "Number"), ("type", str, "String")):
        if field not in item:
            raise bad_request(f'{wrong}Can\'t find field "{field}"')
        if not isinstance(item[field], kind) or isinstance(item[field], bool):
            raise bad_request(f'{wrong}Field "{field}" must be of type {name}')
    if item["type"] not in _KINDS:
        raise bad_request(wrong + "Unsupported type specified")
    entity: Entity = {"type": item["type"], "offset": item["offset"], "length": item["length"]}
    match item["type"]:
        case "text_link":
            url = _required(item, "url", wrong)
            try:
                entity["url"] = check(url)
            except BadLink as error:
                raise bad_request(f"entity URL '{url}' is invalid: {error}") from error
        case "pre" if isinstance(item.get("language"), str) and item["language"]:
            entity["language"] = item["language"]
        case "custom_emoji":
            entity["custom_emoji_id"] = _required(item, "custom_emoji_id", wrong)
        case "text_mention":
            user = item.get("user")
            if not isinstance(user, dict) or not isinstance(user.get("id"), int):
                raise bad_request(f'{wrong}Can\'t find field "user"')
            entity["user_id"] = user["id"]
        case "date_time":
            if not isinstance(item.get("unix_time"), int):
                raise bad_request(f'{wrong}Can\'t find field "unix_time"')
            entity |= {
                "unix_time": item["unix_time"],
                "date_time_format": str(item.get("date_time_format", "")),
            }
    return entity


def _required(item: dict[object, object], field: str, wrong: str) -> str:
    value = item.get(field)
    if not isinstance(value, str):
        raise bad_request(f'{wrong}Can\'t find field "{field}"')
    return value


def _resolved(entities: list[Entity], find_user: Callable[[int], Entity | None]) -> list[Entity]:
    resolved: list[Entity] = []
    for entity in entities:
        entity.pop("_language", None)
        user_id = entity.pop("user_id", None)
        if isinstance(user_id, int):
            user = find_user(user_id)
            if user is None:
                continue
            entity["user"] = user
        resolved.append(entity)
    return resolved


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without white space at the end, nor at the beginning before the first entity."""
    kept = text.rstrip()
    first = min((_span(entity)[0] for entity in entities), default=utf16.length(kept))
    leading = min(len(kept) - len(kept.lstrip()), first)
    kept = kept[leading:]
    end = utf16.length(kept)
    clipped: list[Entity] = []
    for entity in entities:
        left, right = (min(max(edge - leading, 0), end) for edge in _span(entity))
        if right > left:
            clipped.append(entity | {"offset": left, "length": right - left})
    return kept, clipped


def _normal(entities: list[Entity]) -> list[Entity]:
    """By Telegram's nesting rules: nothing inside `code` and `pre`, no quote in a quote, no link in a link."""
    entities = _ordered(entities)
    flat: list[Entity] = []
    for entity in entities:
        if entity["type"] in _FLAT and not any(_overlap(entity, other) for other in flat):
            flat.append(entity)
    kept = list(flat)
    for entity in entities:
        if entity["type"] in _FLAT:
            continue
        exclusive = entity["type"] not in _STYLES
        rivals = _QUOTES if entity["type"] in _QUOTES else _AUTOMATIC | _VALUED
        if exclusive and any(other["type"] in rivals and _overlap(entity, other) for other in kept):
            continue
        if entity["type"] in _QUOTES:
            kept.append(entity)
        elif exclusive:
            if not any(_overlap(entity, other) for other in flat):
                kept.append(entity)
        else:
            kept += _without(entity, flat)
    return kept


def _overlap(one: Entity, other: Entity) -> bool:
    (left, right), (begin, end) = _span(one), _span(other)
    return left < end and begin < right


def _without(entity: Entity, holes: list[Entity]) -> list[Entity]:
    begin, end = _span(entity)
    pieces: list[Entity] = []
    for left, right in sorted(_span(hole) for hole in holes):
        if left >= end or right <= begin:
            continue
        if left > begin:
            pieces.append(entity | {"offset": begin, "length": left - begin})
        begin = right
    if begin < end:
        pieces.append(entity | {"offset": begin, "length": end - begin})
    return pieces


def _ordered(entities: list[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda entity: (_span(entity)[0], -_span(entity)[1]))
