"""Everything in the service that is drawn by chance, drawn from a seed: ids, tokens, tags and the jitter of retries."""

import random
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import structlog


@contextmanager
def determined(seed: int) -> Iterator[None]:
    """As long as it lasts; nothing is logged meanwhile."""
    drawn = random.Random(f"ids of {seed}")

    def number() -> uuid.UUID:
        return uuid.UUID(int=drawn.getrandbits(128), version=4)

    def token(size: int) -> str:
        return f"t{drawn.getrandbits(size * 6 - 6):0{size}x}"[:20]

    random.seed(seed)
    name = threading.current_thread().name
    structlog.configure(processors=[_drop])
    with (
        mock.patch("uuid.uuid4", number),
        mock.patch("secrets.token_urlsafe", token),
    ):
        try:
            yield
        finally:
            threading.current_thread().name = name
            structlog.reset_defaults()


def _drop(*_: object) -> Any:
    raise structlog.DropEvent
