from datetime import UTC, datetime, timedelta

import pytest

from chatops.actors.health import Health, PartState, PartStatus

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Clock:
    now = NINE

    def __call__(self):
        return self.now


@pytest.fixture
def wall():
    return Clock()


def test_says_since_when_and_why(wall):
    health = Health(wall)
    health.down("telegram", "connection refused")
    health.off("prometheus")
    wall.now += timedelta(minutes=1)
    health.down("telegram", "timed out")
    health.up("cluster:prod", "v1.31")
    assert health.snapshot() == {
        "cluster:prod": PartState(PartStatus.UP, "v1.31", NINE + timedelta(minutes=1)),
        "prometheus": PartState(PartStatus.OFF, "", NINE),
        "telegram": PartState(PartStatus.DOWN, "timed out", NINE),
    }


def test_a_change_of_status_starts_a_new_since(wall):
    health = Health(wall)
    health.down("telegram", "refused")
    wall.now += timedelta(minutes=5)
    health.up("telegram")
    assert health.snapshot()["telegram"] == PartState(PartStatus.UP, "", NINE + timedelta(minutes=5))


def test_a_snapshot_does_not_move():
    health = Health()
    before = health.snapshot()
    health.up("telegram")
    assert before == {}
