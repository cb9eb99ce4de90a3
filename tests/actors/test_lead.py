"""The thread that strives to lead says what keeps it from it, and not twice a second for as long as that goes on."""

import itertools
import threading
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from chatops.actors import lead
from chatops.actors.lead import Lead
from chatops.core.failures import Reason, Temporary
from tests.flows.town import until

AWAY = Temporary(Reason.UNREACHABLE, "the server is away")


class Told:
    """A leadership whose answers are told: None is yes."""

    def __init__(self, *answers: Exception | None) -> None:
        self._answers = iter(answers)
        self.lost = threading.Event()
        self.asked = 0

    def take(self, _address: str) -> bool:
        self._answer()
        return True

    def confirm(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.asked += 1
        answer = next(self._answers, None)
        if answer is not None:
            raise answer


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lead, "TRY_SECONDS", 0.0)
    monkeypatch.setattr(lead, "CONFIRM_SECONDS", 0.0)


def said(leadership: Told, asked: int, *, leads: bool) -> list[str]:
    """What it says until it has asked so often, half a second of its clock apart."""
    clock: Callable[[], float] = itertools.count(0.0, 0.5).__next__
    with capture_logs() as lines:
        thread = Lead(leadership, "here", leads=leads, led=bool, lost=bool, clock=clock)  # type: ignore[arg-type]
        thread.start()
        until(lambda: leadership.asked >= asked, "it has asked")
        thread.stop()
        thread.join()
    return [line["event"] for line in lines]


def test_what_keeps_it_from_trying_is_said_once_and_then_each_minute() -> None:
    leadership = Told(*[AWAY] * 150)
    lines = said(leadership, 152, leads=False)
    assert lines == [*["cannot try to lead"] * 2, "can try to lead again", "leading"]


def test_that_the_lead_is_uncertain_is_said_and_when_that_is_over() -> None:
    leadership = Told(None, *[AWAY] * 100, None, None, AWAY, None)
    lines = said(leadership, 106, leads=True)
    uncertain, certain = "the lead is not certain", "the lead is certain again"
    assert lines == [uncertain, certain, uncertain, certain]
