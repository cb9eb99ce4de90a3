"""What a message is about, for the log: the ids that every line carries that comes of handling it.

An operator looks for one incident (`"incident": 42`), one run or one webhook (`"inbox": 17`) and has all of it,
whichever thread it came from. Context variables do not cross threads, so an actor takes the ids from its address and
from each message, which have them anyway.
"""

from collections.abc import Hashable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from structlog.contextvars import bind_contextvars, bound_contextvars

from chatops.actors.addresses import Address

_FIELDS = {"incident_id": "incident", "run_id": "run", "inbox_id": "inbox", "update_id": "update"}
"""Fields of messages, and of what they carry, that name something."""

_CARRIED = ("event", "update", "submit")
_RUNS = frozenset({"perform", "follow", "look up"})
_KINDS = frozenset({"incident", "chat"})

_Fields = tuple[tuple[tuple[str, str], ...], tuple[str, ...], bool]
_KNOWN: dict[type, _Fields] = {}
_NOTHING: _Fields = ((), (), False)
_UNMARKED = nullcontext()


def marks_of(message: Any) -> dict[str, Hashable]:
    """Empty for most of what is told: a nudge, a timer. It raises nothing, whatever a message lacks."""
    marks: dict[str, Hashable] = {}
    read = _KNOWN.get(type(message)) or _read(type(message))
    if read == _NOTHING:
        return marks
    fields, carried, tagged = read
    for field, name in fields:
        if (value := getattr(message, field, None)) is not None:
            marks[name] = value
    for field in carried:
        marks.update(marks_of(getattr(message, field, None)))
    if tagged:
        match getattr(message, "tag", None):
            case (str(kind), str(run_id)) if kind in _RUNS:
                marks["run"] = run_id
        match getattr(message, "reply_to", None):
            case ("incident", int(incident_id)):
                marks["incident"] = incident_id
    return marks


def _read(kind: type) -> _Fields:
    """Which of its fields to look at, once for all of a kind."""
    there: tuple[str, ...] = getattr(kind, "__match_args__", ())
    fields = tuple((field, name) for field, name in _FIELDS.items() if field in there)
    read = fields, tuple(field for field in _CARRIED if field in there), "tag" in there
    _KNOWN[kind] = read
    return read


def mark_thread(address: Address) -> None:
    """All that this thread ever says is about the incident or chat that its actor is."""
    if len(address) == 2 and address[0] in _KINDS:
        bind_contextvars(**{str(address[0]): address[1]})


def marked(message: Any) -> AbstractContextManager[None]:
    """What is said while it is handled carries its ids."""
    marks: dict[str, Any] = dict(marks_of(message))
    return bound_contextvars(**marks) if marks else _UNMARKED
