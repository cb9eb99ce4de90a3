"""R2 and P3 in short; `make kill` has the long runs."""

from pathlib import Path

import pytest

from tests.killing.forks import Forks, shared
from tests.killing.snapshots import snapshots_under_load
from tests.killing.terms import terms_under_load


@pytest.fixture(scope="module")
def forks() -> Forks:
    return shared()


def test_r2_copies_at_random_instants_are_whole(forks: Forks, tmp_path: Path) -> None:
    """R2: what a crash would leave at 60 instants under load, every second one with a torn log."""
    snapshots_under_load(forks, tmp_path / "town", 60, seed=2)


def test_p3_sigterm_under_load_ends_in_good_order(forks: Forks, tmp_path: Path) -> None:
    """P3: five times, each on what the last one left."""
    terms_under_load(forks, tmp_path / "town", 5)
