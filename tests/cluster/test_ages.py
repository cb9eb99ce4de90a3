"""Ages: kubectl's short forms."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chatops.cluster.ages import age, ago, between, length
from chatops.sandbox.kubeapi.durations import human

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@given(st.integers(0, 20 * 365 * 86_400))
def test_lengths_are_those_of_kubectl(seconds: int) -> None:
    assert length(timedelta(seconds=seconds)) == human(seconds)


def test_moments_before_and_after() -> None:
    assert (age(NOW - timedelta(minutes=12), NOW), age(None, NOW)) == ("12m", "")
    assert ago(NOW - timedelta(minutes=12), NOW) == "12m ago"
    assert ago(NOW + timedelta(days=9), NOW) == "in 9d"
    assert ago(None, NOW) == ""
    assert age(NOW + timedelta(minutes=1), NOW) == "0s", "another clock may run ahead"
    assert (between(NOW, NOW + timedelta(seconds=72)), between(None, NOW)) == ("72s", "")
