"""Words for people: translated, escaped, with the right plural. One Tongue speaks one language.

A message is a whole sentence in English with named places; its Russian twin stands in `chatops/locale`. Values are
escaped where they are put in, so no label or log line can become markup.
"""

import gettext
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

LANGUAGES = ("en", "ru")
_LOCALE = Path(__file__).parent.parent / "locale"

_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, halves of surrogate pairs, and marks that would turn around the text after them."""

_STAMP = re.compile(r"(?<!\d)[12]\d{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} UTC\b")
"""As `cluster/` writes moments."""

SECONDS_IN = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def mark(message: str) -> str:
    """Mark a message for extraction where it is defined; it is translated where it is shown."""
    return message


class Tongue:
    """Speaks one language. Everything returned by `say` and `plural` is safe to send as HTML."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = gettext.translation("chatops", _LOCALE, [language], fallback=True)

    def plain(self, message: str, /, **values: object) -> str:
        """For toasts, button labels and files: not escaped, not markup."""
        return self._translated(message).format_map(values)

    def say(self, message: str, /, **values: object) -> Markup:
        return Markup(self._translated(message)).format_map(values)

    def plural(self, one: str, many: str, number: int, /, **values: object) -> Markup:
        """`many` is said with `{n}`; Russian has three forms and picks by the number."""
        return Markup(self._catalogue.ngettext(one, many, number)).format(n=number, **values)

    def span(self, length: timedelta) -> Markup:
        """A length of time in its two largest units: `1 min 12 s`, `3 h`, `2 d 4 h`. Never negative."""
        left = max(0, round(length.total_seconds()))
        parts = []
        for unit, seconds in SECONDS_IN:
            amount, left = divmod(left, seconds)
            if amount:
                parts.append(self._unit(unit, amount))
            if parts and (not amount or len(parts) == 2):
                break
        return Markup(" ").join(parts or [self._unit("s", 0)])

    def _translated(self, message: str) -> str:
        # The empty message is the catalogue's own header.
        return self._catalogue.gettext(message) if message else ""

    def _unit(self, unit: str, amount: int) -> Markup:
        match unit:
            case "d":
                return self.say("{n} d", n=amount)
            case "h":
                return self.say("{n} h", n=amount)
            case "min":
                return self.say("{n} min", n=amount)
            case _:
                return self.say("{n} s", n=amount)

    def clock(self, moment: datetime) -> Markup:
        """The time of day: each reader's own zone where the client knows how, UTC elsewhere."""
        return _tg_time(moment, "t", f"{moment.astimezone(UTC):%H:%M} UTC")

    def moment(self, moment: datetime) -> Markup:
        """Weekday, day and time of day, in each reader's own zone where the client knows how."""
        return _tg_time(moment, "wdt", f"{moment.astimezone(UTC):%d.%m %H:%M} UTC")

    def ago(self, moment: datetime) -> Markup:
        """`12 minutes ago`, kept current by the client. One that cannot shows the moment itself, which stays true."""
        return _tg_time(moment, "r", f"{moment.astimezone(UTC):%d.%m %H:%M} UTC")

    def stamped(self, text: str) -> Markup:
        """Text of one line in which each `2026-11-23 08:48 UTC` is in the reader's own zone, where the client can."""
        shown, begin = Markup(), 0
        for found in _STAMP.finditer(text):
            try:
                moment = datetime.strptime(found[0], "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC)
            except ValueError:
                continue
            shown += escape(text[begin : found.start()]) + _tg_time(moment, "dt", found[0])
            begin = found.end()
        return shown + escape(text[begin:])


def _tg_time(moment: datetime, style: str, fallback: str) -> Markup:
    return Markup('<tg-time unix="{}" format="{}">{}</tg-time>').format(int(moment.timestamp()), style, fallback)


@cache
def tongue(language: str) -> Tongue:
    """The Tongue for an IETF tag: `ru-RU` speaks Russian, an unknown or empty one English."""
    base = language.lower().partition("-")[0]
    return Tongue(base if base in LANGUAGES else "en")


def showable(text: str) -> str:
    """The same text, with a mark for each character that must not reach a screen; lines and tabs stay."""
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str, limit: int) -> str:
    """Hostile text as one line of at most `limit` characters; a cut is visible."""
    flat = showable(" ".join(text.split()))
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def joined(parts: Iterable[Markup | str], separator: str = " · ") -> Markup:
    """The parts that are not empty, escaped and joined."""
    return Markup(separator).join(part for part in parts if part)
