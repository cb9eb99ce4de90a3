"""A town per test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.town import Town, town


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path) as built:
        yield built
