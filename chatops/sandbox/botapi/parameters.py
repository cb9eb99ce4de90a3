"""Parameters: what a request carries, read the same way from query string, form, multipart or JSON.

The Bot API server turns everything into strings first, so a JSON number and its string are one; values that
must be JSON are decoded here. Refuses to know which method asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from .refusals import bad_request


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request."""

    name: str
    mime_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of one request."""

    values: Mapping[str, str]
    files: Mapping[str, Upload] = field(default_factory=dict)
    sender: str = ""
    """The address that they came from."""

    def text(self, name: str) -> str:
        """A string, empty when missing."""
        return self.values.get(name, "")

    def number(self, name: str, default: int = 0) -> int:
        """An integer; missing or unreadable gives the default, as on the real server."""
        return _integer(self.text(name), default)

    def flag(self, name: str) -> bool:
        """A boolean in any spelling Telegram takes."""
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def mapping(self, name: str, what: str) -> dict[str, object] | None:
        """A JSON object, None when missing. `what` names it in the refusal."""
        value = self._json(name, what)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise bad_request(f"can't parse {what}: Expected an Object")
        return value

    def array(self, name: str, what: str) -> list[object] | None:
        """A JSON array, None when missing. `what` names it in the refusal."""
        value = self._json(name, what)
        if value is None:
            return None
        if not isinstance(value, list):
            raise bad_request(f"expected an Array of {what}")
        return value

    def _json(self, name: str, what: str) -> object:
        raw = self.text(name)
        if not raw:
            return None
        try:
            value: object = msgspec.json.decode(raw)
        except msgspec.DecodeError as error:
            raise bad_request(f"can't parse {what} JSON object") from error
        return value


def _integer(raw: str, default: int) -> int:
    raw = raw.strip()
    sign = raw[1:] if raw.startswith("-") else raw
    if not (sign.isascii() and sign.isdigit()) or len(sign) > 19:
        return default
    return int(raw)


def field_number(object_: dict[str, object], name: str, default: int | None = None) -> int:
    """An integer field of a decoded object, given as a number or as its string. Raises `Refusal` when it is missing."""
    value = object_.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise bad_request(f'can\'t find field "{name}"' if value is None else f'field "{name}" must be of type Number')
    number = value if isinstance(value, int) else _integer(value, 0)
    if isinstance(value, str) and str(number) != value.strip():
        raise bad_request(f'field "{name}" must be of type Number')
    return number


def field_flag(object_: dict[str, object], name: str) -> bool:
    """A boolean field of a decoded object, False when missing."""
    value = object_.get(name, False)
    if not isinstance(value, bool):
        raise bad_request(f'field "{name}" must be of type Boolean')
    return value
