"""Which presses wait for their answer, as far as anybody is to wait for them."""

from chatops.actors.unanswered import PATIENCE_SECONDS, Unanswered
from tests.actors.small_actors import FakeClock


def test_a_press_waits_until_it_is_answered():
    unanswered = Unanswered(FakeClock())
    assert not unanswered.any
    unanswered.came("1")
    unanswered.came("2")
    unanswered.answered("1")
    assert unanswered.any
    unanswered.answered("2")
    unanswered.answered("never came")
    assert not unanswered.any


def test_one_that_nobody_answers_is_waited_for_a_moment_only():
    clock = FakeClock()
    unanswered = Unanswered(clock)
    unanswered.came("1")
    clock.advance(PATIENCE_SECONDS / 2)
    unanswered.came("2")
    assert unanswered.any
    clock.advance(PATIENCE_SECONDS / 2)
    assert unanswered.any, "the second is younger"
    clock.advance(PATIENCE_SECONDS / 2)
    assert not unanswered.any
