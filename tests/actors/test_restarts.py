from chatops.actors.restarts import RestartBudget


def test_first_at_once_then_doubling_then_none():
    budget = RestartBudget(intensity=4, period=10.0, backoff=0.1)
    assert [budget.spend(0.0) for _ in range(5)] == [0.0, 0.1, 0.2, 0.4, None]


def test_what_lies_a_period_back_no_longer_counts():
    budget = RestartBudget(intensity=2, period=10.0, backoff=0.1)
    assert [budget.spend(now) for now in (0.0, 6.0, 9.9)] == [0.0, 0.1, None]
    assert [budget.spend(now) for now in (10.0, 15.9, 16.0)] == [0.1, None, 0.1]


def test_none_is_allowed_with_an_intensity_of_zero():
    assert RestartBudget(intensity=0, period=10.0, backoff=0.1).spend(0.0) is None
