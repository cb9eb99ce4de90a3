"""Which lines are worth a look for secrets: one pass of RE2 over a long text, which never goes back.

It finds all lines that `secret_suspects` would, and those with base64 of text, and some more. So that its tables stay
small it forgets what a pattern there says of the characters before: that costs a look at a line, and misses none.
"""

import re
from functools import cache
from typing import Any

from chatops.core.secret_suspects import WORDS, suspects

TEXT_IN_BASE64 = "[CI-Za-f][A-Za-z0-9+/_-]{3}" * 4
"""Base64 of what begins with 12 characters of ASCII: then each fourth letter is one of these, as in few other words."""

_BASE64 = re.compile(rf"\b{TEXT_IN_BASE64}", re.ASCII)

_SHORT = 1000
"""Characters that need no sieve: who serves looks through names and sentences, and through no log for long."""

_MEMORY = 4 * 1024 * 1024
"""Bytes that the tables may take; of a text that needs more they are made anew, or done without."""

_CROWD = 512
"""Lines found, at each so many of which it is asked whether they are most of the text so far."""

_DIGEST = {"": "s", "s": "h", "sh": "a", "sha": "25", "sha2": "5", "sha25": "6", "sha5": "1", "sha51": "2"}
_NO_DIGEST = "|".join(f"{begun}(?:[^{more}\\n]|$)" for begun, more in {**_DIGEST, "sha256": ":", "sha512": ":"}.items())

_SIEVE = "(?m)" + "|".join(
    (
        rf"(?i:{'|'.join(re.escape(word.decode()) for word in WORDS)})",
        r"(?i:pass[wpc\"'=:\\_])",
        r"(?i:\.(?:[a-z0-9_-]{14}|sid=|0-[0-9a-f]{8}))",
        rf"@(?i:{_NO_DIGEST})",
        r"[0-9]{6}:[\w-]{34}",
        r"_[A-Za-z0-9][\w-]{7}|\$[0-9asy]|eyJ|A[KSB]IA|EAAA|AIza|ks[./]|[KXk]-[\w-]{8}|[KC][0-9a-f]{32}",
        r"[_$JIKCEXAgkqxz](?:U-|l[a-z]{1,6}-|3T|0|ox|app-)",
        rf"\b{TEXT_IN_BASE64}",
    )
)


@cache
def _sieve() -> Any:
    # Here, since RE2's libraries take 2.5 MB, and who serves may have read no log yet.
    import re2

    options = re2.Options()
    options.max_mem = _MEMORY
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    return re2.compile(_SIEVE.encode(), options)


def sifted(text: str) -> list[int]:
    """Numbers of the lines to look at, ascending; lines end with a line feed."""
    if len(text) > _SHORT:
        return sieved(text)
    encoded = (text.count("\n", 0, found.start()) for found in _BASE64.finditer(text))
    return sorted({*suspects(text), *encoded})


def sieved(text: str) -> list[int]:
    """The same of a text of any length, in the one pass."""
    data = text.encode(errors="replace")
    numbers: list[int] = []
    number = counted = 0
    search = _sieve().search
    hit = search(data)
    while hit is not None:
        number += data.count(b"\n", counted, hit.end())
        numbers.append(number)
        if not len(numbers) % _CROWD and number < 2 * len(numbers):
            # To look at all the rest costs less than to look for it.
            return [*numbers, *range(number + 1, number + 1 + data.count(b"\n", hit.end()))]
        counted = data.find(b"\n", hit.end())
        hit = search(data, counted) if counted >= 0 else None
    return numbers
