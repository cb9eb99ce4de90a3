"""How core values stand in columns: times as naive UTC, values as JSON text, text without what a database refuses."""

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from chatops.decoders import decoder_of

T = TypeVar("T")


def clean(text: str) -> str:
    """The text itself; NUL and halves of surrogate pairs become replacement characters."""
    if "\0" in text:
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return str(text) if type(text) is not str else text


def naive(moment: datetime) -> datetime:
    """UTC without its zone, as columns keep it. A time without zone is taken for UTC."""
    if moment.tzinfo is None:
        return moment
    if moment.tzinfo is UTC:
        return moment.replace(tzinfo=None)
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        return moment.replace(tzinfo=None)


def naive_or_none(moment: datetime | None) -> datetime | None:
    return None if moment is None else naive(moment)


def aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


def aware_or_none(moment: datetime | None) -> datetime | None:
    return None if moment is None else aware(moment)


def time_text(moment: datetime) -> str:
    """The text pony writes for a datetime, for statements that do not go through an entity."""
    return naive(moment).isoformat(" ", "microseconds")


def time_text_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else time_text(moment)


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def time_of_or_none(text: str | None) -> datetime | None:
    return None if text is None else time_of(text)


def to_json(value: Any) -> str:
    """Canonical JSON text of a core value; `""` for None, so that the column is never null."""
    if value is None:
        return ""
    try:
        return msgspec.json.encode(value, order="deterministic").decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_cleaned(msgspec.to_builtins(value)), order="deterministic").decode()


def from_json(text: str, type: type[T]) -> T | None:
    """What `to_json` wrote, as the value it was."""
    if not text:
        return None
    value: T = decoder_of(type).decode(text)
    return value


def strings_of(text: str) -> dict[str, str]:
    return msgspec.json.decode(text, type=dict[str, str]) if text else {}


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value
