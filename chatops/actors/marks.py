"""What a message is about, for the log: the ids that every line carries that comes of handling it.

An operator looks for one incident (`"incident": 42`), one run or one webhook (`"inbox": 17`) and has all of it,
whichever thread it came from. Context variables do not cross threads, so an actor takes the ids from its address and
from each message, which have them anyway.
"""

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from structlog.contextvars import bind_contextvars, bound_contextvars

from chatops.actors.addresses import Address

_FIELDS = {"incident_id": "incident", "run_id": "run", "inbox_id": "inbox", "update_id": "update"}
"""Fields of messages, and of what they carry, that name something."""

_CARRIED = ("event", "update", "submit")
_RUNS = frozenset({"perform", "follow", "look up"})
_KINDS = frozenset({"incident", "chat"})


def marks_of(message: Any) -> dict[str, Hashable]:
    """Empty for most of what is told: a nudge, a timer."""
    marks: dict[str, Hashable] = {}
    fields, carried, tagged = _read(type(message))
    for field, name in fields:
        if (value := getattr(message, field)) is not None:
            marks[name] = value
    for field in carried:
        marks.update(marks_of(getattr(message, field)))
    if tagged:
        match getattr(message, "tag", None):
            case (str(kind), str(run_id)) if kind in _RUNS:
                marks["run"] = run_id
        match getattr(message, "reply_to", None):
            case ("incident", int(incident_id)):
                marks["incident"] = incident_id
    return marks


@cache
def _read(kind: Hashable) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...], bool]:
    """Which of its fields to look at; the same for all of a kind."""
    there: Mapping[str, Any] = getattr(kind, "__dataclass_fields__", {})
    fields = tuple((field, name) for field, name in _FIELDS.items() if field in there)
    return fields, tuple(field for field in _CARRIED if field in there), "tag" in there


def mark_thread(address: Address) -> None:
    """All that this thread ever says is about the incident or chat that its actor is."""
    if len(address) == 2 and address[0] in _KINDS:
        bind_contextvars(**{str(address[0]): address[1]})


@contextmanager
def marked(message: object) -> Iterator[None]:
    """What is said while it is handled carries its ids."""
    marks: dict[str, Any] = dict(marks_of(message))
    if not marks:
        yield
        return
    with bound_contextvars(**marks):
        yield
