"""What the admins hear of the intake's door, and how often."""

import queue
from dataclasses import dataclass, field

import pytest

from chatops.actors.chat_messages import Notice
from chatops.actors.door_warnings import AGAIN_SECONDS, DoorWarnings


@dataclass
class Desk:
    """Where the notices come to, and the clock."""

    told: "queue.SimpleQueue[Notice]" = field(default_factory=queue.SimpleQueue)
    now: float = 100.0

    def hears(self) -> str:
        return self.told.get(timeout=10).code


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def warnings(desk: Desk) -> DoorWarnings:
    return DoorWarnings(desk.told.put, clock=lambda: desk.now)


def test_s1_an_alertmanager_with_a_wrong_token_is_told_again_while_it_lasts(desk: Desk, warnings: DoorWarnings) -> None:
    """S1: its alerts are lost, so one notice that was overlooked must not be the last."""
    for _ in range(100):
        warnings.wrong_token("Alertmanager/0.25.0")
    assert desk.hears() == "wrong_token"
    desk.now += AGAIN_SECONDS - 1
    warnings.wrong_token("Alertmanager/0.25.0")
    desk.now += 1
    warnings.wrong_token("Alertmanager/0.25.0")
    assert desk.hears() == "wrong_token"
    assert desk.told.empty()


@pytest.mark.parametrize("user_agent", ["", "curl/8.0", "alertmanager", "Mozilla/5.0 Alertmanager/0.25.0"])
def test_s1_whoever_else_guesses_disturbs_nobody(desk: Desk, warnings: DoorWarnings, user_agent: str) -> None:
    """S1: scanners are for the log."""
    warnings.wrong_token(user_agent)
    warnings.too_large("")
    assert desk.hears() == "too_large"
    assert desk.told.empty()


def test_s14_bodies_that_are_too_large_are_told_of_once_in_a_while(desk: Desk, warnings: DoorWarnings) -> None:
    """S14: Alertmanager sends such a group anew at every interval."""
    for _ in range(100):
        warnings.too_large("Alertmanager/0.25.0")
    assert desk.hears() == "too_large"
    assert desk.told.empty()
