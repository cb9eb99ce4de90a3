"""When an aside is taken away."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chatops.core.asides import LEFT_ALONE, MOST, Aside, crowded_out, left_alone, next_look

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

asides = st.lists(
    st.builds(
        Aside,
        message_id=st.integers(1, 10_000),
        user_id=st.integers(1, 3),
        below=st.just(1),
        sent_at=st.just(NOW),
        touched_at=st.integers(-4_000, 4_000).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    ),
    unique_by=lambda each: each.message_id,
    max_size=20,
)


@given(asides)
def test_none_stays_for_ever(standing):
    """Also where a clock was set back: the next look comes, and takes one away that nobody touched meanwhile."""
    now = NOW
    while standing:
        seconds = next_look(standing, now)
        assert seconds is not None
        assert 1.0 <= seconds <= LEFT_ALONE.total_seconds() + 1
        now += timedelta(seconds=seconds)
        standing = [each for each in standing if each not in left_alone(standing, now)]
        assert now < NOW + timedelta(hours=6)
    assert next_look(standing, now) is None


@given(asides, st.integers(1, 3))
def test_of_one_person_the_last_few_stay(standing, user_id):
    out = crowded_out(standing, user_id)
    kept = [each for each in standing if each.user_id == user_id and each not in out]
    assert len(kept) == min(MOST, sum(each.user_id == user_id for each in standing))
    assert all(each.user_id == user_id for each in out)
    assert all(each.touched_at <= least.touched_at for each in out for least in kept)
