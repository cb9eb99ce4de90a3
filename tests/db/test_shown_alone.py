"""Each message that one person sees has a number of its own, which stands where a message's id would."""

from datetime import timedelta

from chatops.core.outgoing import Ephemeral
from tests.db.building import NOW

GROUP, ANNA, OLEG = -100, 1001, 1002
HERS, HIS = Ephemeral(ANNA, 7), Ephemeral(OLEG, 7)


def test_who_sees_it_and_where_tell_them_apart(store):
    all_four = [(GROUP, HERS), (GROUP, HIS), (GROUP - 1, HERS), (GROUP, Ephemeral(ANNA, 8))]
    numbers = [store.shown_alone.sent(chat, shown, NOW) for chat, shown in all_four]
    assert len(set(numbers)) == 4
    assert max(numbers) < 0
    for number, (chat, shown) in zip(numbers, all_four, strict=True):
        assert store.shown_alone.get(chat, number) == shown
        assert store.shown_alone.pressed(chat, shown, NOW) == number


def test_it_is_found_by_its_number_in_its_chat_alone(store):
    number = store.shown_alone.sent(GROUP, HERS, NOW)
    assert store.shown_alone.get(GROUP, number) == HERS
    assert store.shown_alone.get(GROUP - 1, number) is None
    assert store.shown_alone.get(GROUP, -number) is None
    assert store.shown_alone.pressed(GROUP, HERS, NOW) == number


def test_an_id_given_again_is_another_message(store):
    old = store.shown_alone.sent(GROUP, HERS, NOW)
    new = store.shown_alone.sent(GROUP, HERS, NOW)
    assert new != old
    assert (store.shown_alone.get(GROUP, old), store.shown_alone.get(GROUP, new)) == (None, HERS)


def test_a_press_may_be_the_first_that_is_known_of_it(store):
    number = store.shown_alone.pressed(GROUP, HERS, NOW)
    assert store.shown_alone.pressed(GROUP, HERS, NOW) == number
    assert store.shown_alone.sent(GROUP, HERS, NOW) == number
    assert store.shown_alone.sent(GROUP, HERS, NOW) != number


def test_a_number_is_never_used_again(store):
    number = store.shown_alone.sent(GROUP, HERS, NOW)
    assert store.shown_alone.prune(NOW) == 0
    assert store.shown_alone.prune(NOW + timedelta(seconds=1)) == 1
    assert store.shown_alone.get(GROUP, number) is None
    assert store.shown_alone.sent(GROUP, HERS, NOW) < number
