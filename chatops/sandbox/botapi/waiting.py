"""Waiting: until something is true in the world, in real seconds and without polling."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from .world import World

WAIT_SECONDS = 10.0
_T = TypeVar("_T")


def wait_for(world: World, look: Callable[[], _T | None], *, timeout: float = WAIT_SECONDS) -> _T | None:
    """What `look` returns as soon as it is true, looked at after every change; None after `timeout` real seconds."""
    deadline = time.monotonic() + timeout
    with world.condition:
        while not (found := look()):
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            world.condition.wait(left)
        return found
