"""Looks beside the main one: what they do not find, or may not see, must not hide what was found."""

from collections.abc import Callable
from typing import TypeVar

from chatops.core.failures import Permanent, Reason

T = TypeVar("T")

ABSENT = (Reason.NOT_FOUND, Reason.REPLACED)
UNSEEN = (*ABSENT, Reason.FORBIDDEN, Reason.REFUSED)


def aside(look: Callable[[], T], otherwise: T) -> T:
    """What `look` finds, or `otherwise` where nothing is there or this may not be seen. Temporary failures pass."""
    try:
        return look()
    except Permanent as failure:
        if failure.reason not in UNSEEN:
            raise
        return otherwise
