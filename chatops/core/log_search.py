"""Searching a log that was already fetched: lines that hold a text, and lines that look like errors.

Pure: lines come in as they were read, masked, each with Kubernetes' time stamp or without. A line is judged by its
beginning, so that no text makes this slow.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from chatops.core.similar import skeleton

JUDGED = 4_000
"""Characters of a line that are looked at."""

MESSAGE = 120
"""Characters of an error's message that are kept."""

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d) ?")
"""What Kubernetes puts in front of a line."""

_BAD = r"(?:error|err|fatal|panic|dpanic|critical|crit|severe|alert|emerg|emergency)"
_KEY = r"(?:level|lvl|severity|levelname|log\.level|loglevel|log_level)"

_JSON_LEVEL = re.compile(rf'"{_KEY}"\s*:\s*(?:"(?P<word>\w+)"|(?P<number>\d+))', re.IGNORECASE)
_LOGFMT_LEVEL = re.compile(rf'(?:^|[\s,{{]){_KEY}=["\']?(?P<word>\w+)', re.IGNORECASE)
_KLOG = re.compile(r"(?P<level>[IWEF])\d{4} \d\d:\d\d:\d\d(?:\.\d+)?\s+\d+ [^\]]*\]\s?")
_WORD = re.compile(
    r"(?<![\w=/.-])(?P<word>TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|FATAL|SEVERE|CRITICAL|CRIT|PANIC|EMERG|ALERT)"
    r"(?![\w=/-])"
)
_BRACKETED = re.compile(r"\[(?P<word>trace|debug|info|notice|warn|warning|error|err|crit|critical|alert|emerg|fatal)\]")
_BAD_WORD = re.compile(_BAD, re.IGNORECASE)
_PINO_ERROR = 50
"""From this number on a numeric level means an error."""

TRACEBACK = "Traceback (most recent call last)"
_GO_PANIC = re.compile(r"panic: |fatal error: |http: panic serving")
_THROWN = re.compile(r"(?:[\w$]+\.)*[A-Z][\w$]*(?:Exception|Error|Throwable|Failure)(?::|\s*$)")
_THREW = re.compile(
    r"Exception in thread |Unhandled (?:exception|rejection|promise)|Uncaught |(?:error|fatal|ERROR):\s", re.I
)
_FOLLOWS = re.compile(r"\s+\S|Caused by: |Suppressed: |\.\.\. \d+ more")
_CHAINED = ("During handling of the above exception", "The above exception was the direct cause")
_GO_FOLLOWS = re.compile(r"goroutine \d+|\[signal |created by |exit status \d|[\w./*()·-]+\(.*\)$|\s+\S|\t")
_LOGFMT_MESSAGE = re.compile(r'(?:^|\s)(?:msg|message|error|err)=(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>\S+))')
_CLOCK = re.compile(r"[\[(]?(?:\d{4}[-/]\d\d[-/]\d\d)?[T ]?\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?[\])]?\s*")
_LEVEL_AHEAD = re.compile(rf"[\s\[(|:-]*{_BAD}\b[\])|:\s-]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Alike:
    """Errors whose messages differ in numbers, hashes and names only."""

    message: str
    count: int


@dataclass(frozen=True, slots=True)
class Errors:
    """`lines` are those of the errors with what belongs to each, in their order; `alike` the most frequent first."""

    count: int
    lines: tuple[str, ...]
    alike: tuple[Alike, ...]


def find(lines: Sequence[str], text: str) -> tuple[str, ...]:
    """The lines that hold the text, whatever its case. No pattern: it is looked for as it is written."""
    wanted = text.casefold()
    return tuple(line for line in lines if wanted in line.casefold())


def errors(lines: Sequence[str]) -> Errors:
    """Every line that looks like an error, with its traceback or the indented lines after it."""
    blocks = _blocks(lines)
    counts: dict[str, int] = {}
    for block in blocks:
        message = skeleton(_message([unstamped(line) for line in block]))
        # Put at the end again, so that among equals the latest comes first.
        counts[message] = counts.pop(message, 0) + 1
    latest = {message: at for at, message in enumerate(counts)}
    ranked = sorted(counts, key=lambda message: (-counts[message], -latest[message]))
    alike = tuple(Alike(message, counts[message]) for message in ranked if message)
    return Errors(len(blocks), tuple(line for block in blocks for line in block), alike)


def unstamped(line: str) -> str:
    """The line as the program wrote it, as far as it is judged."""
    stamp = STAMP.match(line)
    start = stamp.end() if stamp else 0
    return line[start : start + JUDGED]


class _Block:
    """One error being collected. It decides which of the lines after its first still belong to it."""

    def __init__(self, line: str, told: str) -> None:
        self.lines = [line]
        self._waiting: list[str] = []
        self._traceback = told.startswith(TRACEBACK)
        self._go = _GO_PANIC.match(told) is not None
        self._ended = False

    def takes(self, line: str, told: str) -> bool:
        if not told.strip():
            # Blank lines stand within goroutines and between chained exceptions; alone they belong to nothing.
            if self._go or self._ended:
                self._waiting.append(line)
            return self._go or self._ended
        if not self._belongs(told):
            return False
        self.lines += [*self._waiting, line]
        self._waiting = []
        return True

    def _belongs(self, told: str) -> bool:
        chained = told.startswith(_CHAINED)
        if told.startswith(TRACEBACK) and (self._ended or len(self.lines) == 1 or self._after_chain):
            self._traceback, self._ended = True, False
            return True
        if chained:
            return self._ended
        if self._traceback:
            if not told[0].isspace():
                # The exception itself ends its traceback.
                self._traceback, self._ended = False, True
            return True
        if self._go and _GO_FOLLOWS.match(told):
            return True
        if _FOLLOWS.match(told):
            return True
        # A logger's line, and below it what was thrown, with no level of its own.
        return len(self.lines) == 1 and _THROWN.match(told) is not None and _level(told) is None

    @property
    def _after_chain(self) -> bool:
        return unstamped(self.lines[-1]).startswith(_CHAINED)


def _blocks(lines: Sequence[str]) -> list[list[str]]:
    found: list[_Block] = []
    block: _Block | None = None
    for line in lines:
        told = unstamped(line)
        if block is not None and block.takes(line, told):
            continue
        block = _Block(line, told) if _is_error(told) else None
        if block is not None:
            found.append(block)
    return [each.lines for each in found]


def _is_error(told: str) -> bool:
    level = _level(told)
    if level is not None:
        return level
    if told[:1].isspace():
        return False
    return bool(told.startswith(TRACEBACK) or _GO_PANIC.match(told) or _THROWN.match(told) or _THREW.match(told))


def _level(told: str) -> bool | None:
    """Whether the level that the line itself names is that of an error; None where it names none."""
    klog = _KLOG.match(told)
    if klog is not None:
        return klog["level"] in "EF"
    if told.lstrip()[:1] == "{":
        named = _JSON_LEVEL.search(told)
        if named is not None:
            return int(named["number"][:6]) >= _PINO_ERROR if named["number"] else _bad(named["word"])
    for pattern in (_LOGFMT_LEVEL, _WORD, _BRACKETED):
        named = pattern.search(told)
        if named is not None:
            return _bad(named["word"])
    return None


def _bad(word: str) -> bool:
    return _BAD_WORD.fullmatch(word) is not None


def _message(block: Sequence[str]) -> str:
    """What the error says, without time and level; of a traceback the exception at its end."""
    told = block[0]
    if told.startswith(TRACEBACK):
        thrown = [line for line in block[1:] if line[:1] and not line[0].isspace() and not line.startswith(_CHAINED)]
        return thrown[-1][:MESSAGE] if thrown else told
    if told.lstrip()[:1] == "{":
        said = _from_json(told)
        if said:
            return said[:MESSAGE]
    named = _LOGFMT_MESSAGE.search(told) if _LOGFMT_LEVEL.search(told) else None
    if named is not None:
        return (named["quoted"] or named["bare"] or "")[:MESSAGE]
    klog = _KLOG.match(told)
    if klog is not None:
        return told[klog.end() :][:MESSAGE]
    clock = _CLOCK.match(told)
    told = told[clock.end() :] if clock else told
    ahead = _LEVEL_AHEAD.match(told)
    rest = told[ahead.end() :] if ahead else told
    return (rest.strip() or told)[:MESSAGE]


def _from_json(told: str) -> str:
    try:
        fields = msgspec.json.decode(told)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return ""
    if not isinstance(fields, dict):
        return ""
    return next((str(fields[key]) for key in ("msg", "message", "error", "err", "log") if fields.get(key)), "")
