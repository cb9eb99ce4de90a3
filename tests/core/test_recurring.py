"""What goes on for long is said when it begins, once a minute, and when it is over."""

from chatops.core.recurring import SAY_AGAIN_SECONDS, Recurring


def test_it_is_said_when_it_begins_and_once_a_minute() -> None:
    trouble = Recurring()
    said = [second for second in range(150) if trouble.met(1000.0 + second)]
    assert said == [0, SAY_AGAIN_SECONDS, 2 * SAY_AGAIN_SECONDS]


def test_its_end_is_said_once_and_the_next_one_begins_anew() -> None:
    trouble = Recurring()
    assert trouble.over() == 0
    trouble.met(1.0)
    assert not trouble.met(2.0)
    assert trouble.over() == 2
    assert trouble.over() == 0
    assert trouble.met(3.0)
