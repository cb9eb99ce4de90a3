"""How long is too long: presses that Telegram forgot, and those that lay in the database for as long."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.absence import CAUGHT_UP, NOTE_STANDS, TAP_LIFE, Absence, absence, away, note_of, too_late

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MOMENTS = st.integers(-100_000, 100_000).map(lambda seconds: NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("heard", "gone"),
    [(None, False), (NOW, False), (NOW - TAP_LIFE, False), (NOW - TAP_LIFE - SECOND, True), (NOW + SECOND, False)],
)
def test_r21_an_absence_is_one_in_which_presses_are_lost(heard: datetime | None, gone: bool) -> None:
    """R21: a clock that was set back, or a first start, is no absence."""
    assert absence(heard, NOW) == (Absence(heard, NOW) if gone and heard else None)


def test_r21_what_comes_with_the_return_was_pressed_before_it() -> None:
    """R21: and what comes after it counts again."""
    last = Absence(NOW - timedelta(minutes=12), NOW)
    assert too_late(NOW, last, NOW) == last
    assert too_late(NOW + CAUGHT_UP, last, NOW + CAUGHT_UP) == last
    later = NOW + CAUGHT_UP + SECOND
    assert too_late(later, last, later) is None
    assert too_late(last.since, last, last.since) is None


def test_r21_a_press_that_lay_in_the_database_is_as_late() -> None:
    """R21: stored, and then the process was down."""
    assert too_late(NOW, None, NOW + TAP_LIFE) is None
    assert too_late(NOW, None, NOW + TAP_LIFE + SECOND) == Absence(NOW, NOW + TAP_LIFE + SECOND)


@given(MOMENTS, st.none() | st.tuples(MOMENTS, MOMENTS), MOMENTS)
def test_r21_a_fresh_press_counts_and_an_old_one_never(
    came: datetime, last: tuple[datetime, datetime] | None, now: datetime
) -> None:
    """R21: whatever the last absence was."""
    found = too_late(came, Absence(*last) if last else None, now)
    if now - came > TAP_LIFE:
        assert found is not None
    elif last is None or came > last[1] + CAUGHT_UP or came <= last[0]:
        assert found is None


@given(st.integers(151, 10**6), st.integers(-1_000, 1_000))
def test_r21_a_note_says_how_long_and_ends(seconds: int, later: int) -> None:
    """R21: what stands in a position is what was told of, for as long as the note stands."""
    gone = Absence(NOW - timedelta(seconds=seconds), NOW)
    told = away(note_of(gone), NOW + timedelta(seconds=later))
    assert told == (gone.span if timedelta(seconds=later) < NOTE_STANDS else None)
    assert away({}, NOW) is None
