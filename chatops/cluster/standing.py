"""How one object stands: its health, the facts a phone shows of it, its conditions. It knows no kind."""

from dataclasses import dataclass
from datetime import datetime

from chatops.cluster.facts import Facts, moment
from chatops.cluster.models import Condition
from chatops.cluster.plain import safe_text
from chatops.core.resources import Health


@dataclass(frozen=True, slots=True)
class Standing:
    """What an object says of itself. Facts are label and value, most telling first."""

    health: Health
    facts: Facts
    conditions: tuple[Condition, ...] = ()


def said(*facts: tuple[str, object]) -> Facts:
    """The facts that have a value, masked. A time is told to the minute; no and none are left out."""
    told = ((label, _text(value)) for label, value in facts)
    return tuple((label, value) for label, value in told if value)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    if value is True:
        return "yes"
    return "" if value is None or value is False else safe_text(str(value))
