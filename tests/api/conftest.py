from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.door import ApiHouse, api_house


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ApiHouse]:
    with api_house(tmp_path) as built:
        yield built
