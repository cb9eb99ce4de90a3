"""What the books say is compared with the clock: what is on its way is no breach, and what is missing is one."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chatops.core.self_audit import DELIVERED_WITHIN, READ_WITHIN, SEEN_TWICE, SHOWN_WITHIN, Books, Breach, Gap, compare

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_p4_nothing_missing_is_clean() -> None:
    found = compare(Books(), {}, NOW)
    assert (found.findings, found.soon, found.oldest) == ((), False, None)


def test_p4_a_card_that_is_missing_is_looked_at_twice_and_then_told() -> None:
    """P4: 60 seconds at the most from the round that finds it."""
    gap = Gap(-5, 7, NOW - timedelta(hours=1))
    first = compare(Books(missing=(gap,)), {}, NOW)
    assert (first.findings, first.soon) == ((), True)
    second = compare(Books(missing=(gap,)), first.first_missed, NOW + SEEN_TWICE)
    (finding,) = second.findings
    assert (finding.breach, finding.count, finding.incident_id) == (Breach.NOT_SHOWN, 1, 7)
    assert finding.since == gap.opened_at
    assert not second.soon
    healed = compare(Books(), second.first_missed, NOW + SEEN_TWICE)
    assert (healed.findings, dict(healed.first_missed)) == ((), {})


def test_p4_a_card_on_its_way_is_waited_for() -> None:
    gap = Gap(-5, 7, NOW)
    found = compare(Books(missing=(gap,)), {gap: NOW}, NOW + SHOWN_WITHIN - SECOND)
    assert (found.findings, found.soon) == ((), False)
    assert compare(Books(missing=(gap,)), {gap: NOW}, NOW + SHOWN_WITHIN).findings


def test_p4_a_card_that_stays_behind_is_late_and_one_that_moves_is_not() -> None:
    gap = Gap(-5, 7, NOW - timedelta(days=1), shown=3)
    missed = compare(Books(behind=(gap,)), {}, NOW).first_missed
    assert not compare(Books(behind=(gap,)), missed, NOW + DELIVERED_WITHIN - SECOND).findings
    late = compare(Books(behind=(gap,)), missed, NOW + DELIVERED_WITHIN)
    assert [finding.breach for finding in late.findings] == [Breach.LATE]
    assert late.oldest == NOW
    moved = Gap(-5, 7, NOW - timedelta(days=1), shown=4)
    assert not compare(Books(behind=(moved,)), missed, NOW + DELIVERED_WITHIN).findings


def test_p4_bodies_that_stay_unread_are_a_backlog() -> None:
    books = Books(waiting=3, waiting_since=NOW)
    assert not compare(books, {}, NOW + READ_WITHIN - SECOND).findings
    (finding,) = compare(books, {}, NOW + READ_WITHIN).findings
    assert (finding.breach, finding.count, finding.incident_id) == (Breach.BACKLOG, 3, None)


GAPS = st.builds(
    Gap, st.integers(-3, 3), st.integers(1, 5), st.integers(0, 500).map(lambda s: NOW - s * SECOND), st.integers(0, 3)
)


@given(st.lists(st.lists(GAPS, max_size=6, unique=True), max_size=8), st.integers(-100, 400))
def test_p4_a_clock_that_jumps_breaks_no_round(rounds: list[list[Gap]], step: int) -> None:
    missed, now = compare(Books(), {}, NOW).first_missed, NOW
    for gaps in rounds:
        now += step * SECOND
        found = compare(Books(tuple(gaps), tuple(gaps)), missed, now)
        missed = found.first_missed
        assert set(missed) == set(gaps)
        assert sum(finding.count for finding in found.findings) <= 2 * len(gaps)
