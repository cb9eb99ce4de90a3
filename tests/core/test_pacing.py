"""The pacer is driven against a model of Telegram's own limits: it must never be told to wait, and lose nothing."""

import random
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatops.core.outgoing import AnswerTap, CreateTopic, EditMessage, Lane, LeaveChat, Outgoing, SendMessage
from chatops.core.pacing.pace import Pace
from chatops.core.pacing.pacer import Pacer

GROUP, OTHER, ANNA = -100, -200, 7
PACE = Pace()


@dataclass(frozen=True)
class Item:
    outgoing: Outgoing
    lane: Lane = Lane.EDIT
    key: str = ""


def send(text="x", chat=GROUP, lane=Lane.PAGE, key="") -> Item:
    return Item(SendMessage(chat, text), lane, key)


def edit(text="x", chat=GROUP, message=1, lane=Lane.EDIT, key="") -> Item:
    return Item(EditMessage(chat, message, text), lane, key)


def tap(number="q") -> Item:
    return Item(AnswerTap(number), Lane.ANSWER)


@pytest.fixture
def pacer() -> Pacer[Item]:
    return Pacer(PACE, chance=lambda: 1.0)


def text(parcel):
    return parcel.delivery.outgoing.html


def drain(pacer, now, *, until=10_000.0):
    """Everything that goes out with prompt answers, as (time, item)."""
    gone = []
    while True:
        parcel = pacer.next(now)
        if parcel is not None:
            gone.append((now, parcel.delivery))
            pacer.succeeded(parcel, now)
            continue
        due = pacer.due_at(now)
        if due is None:
            return gone
        assert now < due < until
        now = due


def test_lanes_go_first_and_each_keeps_its_order(pacer):
    items = [
        send("digest", lane=Lane.DIGEST),
        edit("edit 1", message=1),
        send("page 1"),
        send("result", lane=Lane.RESULT),
        edit("edit 2", message=2),
        send("page 2"),
    ]
    for item in items:
        pacer.add(item, 0.0)
    assert [item.outgoing.html for _, item in drain(pacer, 0.0)] == [
        "page 1",
        "page 2",
        "result",
        "edit 1",
        "edit 2",
        "digest",
    ]


def test_one_request_per_chat_is_under_way_and_chats_do_not_wait_for_each_other(pacer):
    for item in (send("a"), send("b"), send("c", chat=OTHER)):
        pacer.add(item, 0.0)
    first, second = pacer.next(0.0), pacer.next(0.0)
    assert {text(first), text(second)} == {"a", "c"}
    assert pacer.next(0.0) is None
    assert pacer.due_at(0.0) is None
    pacer.succeeded(first, 0.0)
    assert text(pacer.next(0.0)) == "b"


def test_a_group_gets_its_budget_a_minute_and_no_more(pacer):
    for number in range(50):
        pacer.add(send(str(number)), 0.0)
    times = [at for at, _ in drain(pacer, 0.0)]
    assert times == [0.0] * 18 + [60.0] * 18 + [120.0] * 14


def test_edits_leave_the_reserve_to_pages(pacer):
    for number in range(30):
        pacer.add(edit(message=number + 1), 0.0)
    gone = []
    while (parcel := pacer.next(1.0)) is not None:
        gone.append(parcel)
        pacer.succeeded(parcel, 1.0)
    assert len(gone) == PACE.group_per_minute - PACE.group_reserve
    pacer.add(send("page"), 2.0)
    assert text(pacer.next(2.0)) == "page"


def test_a_private_chat_gets_a_burst_and_then_one_a_second_on_average(pacer):
    for number in range(9):
        pacer.add(send(str(number), chat=ANNA), 10.0)
    assert [at for at, _ in drain(pacer, 10.0)] == [10.0] * 3 + [13.0] * 3 + [16.0] * 3


def test_in_a_private_chat_a_new_card_waits_for_no_edit(pacer):
    for number in range(9):
        pacer.add(edit(message=number + 1, chat=ANNA), 10.0)
    sent = 0
    while (parcel := pacer.next(10.0)) is not None:
        sent += 1
        pacer.succeeded(parcel, 10.0)
    assert sent == PACE.private_burst - PACE.private_reserve
    pacer.add(send("page", chat=ANNA), 10.5)
    assert text(pacer.next(10.5)) == "page"


def test_all_chats_together_keep_the_overall_budget(pacer):
    for chat in range(1, 101):
        pacer.add(send(chat=chat), 0.0)
    times = [at for at, _ in drain(pacer, 0.0)]
    assert [times.count(second) for second in (0.0, 1.0, 2.0, 3.0)] == [28, 28, 28, 16]


def test_what_telegram_counted_late_is_counted_late_here(pacer):
    pacer.add(send(chat=ANNA), 0.0)
    slow = pacer.next(0.0)
    for _ in range(3):
        pacer.add(send(chat=ANNA), 0.0)
    pacer.succeeded(slow, 20.0)
    assert [at for at, _ in drain(pacer, 20.0)] == [20.0, 20.0, 23.0]


def test_answers_are_first_and_outside_every_budget(pacer):
    for number in range(40):
        pacer.add(send(str(number)), 0.0)
        pacer.add(tap(str(number)), 0.0)
    parcels = [pacer.next(0.0) for _ in range(40)]
    assert [parcel.delivery.outgoing.callback_id for parcel in parcels] == [str(number) for number in range(40)]
    assert text(pacer.next(0.0)) == "0"


def test_answers_only(pacer):
    pacer.add(send(), 0.0)
    assert pacer.next(0.0, answers_only=True) is None
    pacer.add(tap(), 0.0)
    assert isinstance(pacer.next(0.0, answers_only=True).delivery.outgoing, AnswerTap)


def test_an_answer_goes_out_while_its_chat_is_frozen(pacer):
    pacer.add(send(), 0.0)
    pacer.failed(pacer.next(0.0), 0.0, retry_after=60)
    pacer.add(tap(), 1.0)
    assert isinstance(pacer.next(1.0).delivery.outgoing, AnswerTap)


def test_a_waiting_one_is_replaced_and_keeps_its_place_and_the_better_lane(pacer):
    pacer.add(edit("old", message=1, lane=Lane.RESULT, key="message:1"), 0.0)
    pacer.add(edit("other", message=2, lane=Lane.RESULT), 0.0)
    pacer.add(edit("new", message=1, lane=Lane.EDIT, key="message:1"), 0.0)
    assert [item.outgoing.html for _, item in drain(pacer, 0.0)] == ["new", "other"]


def test_one_under_way_is_not_replaced(pacer):
    pacer.add(edit("first", key="k"), 0.0)
    first = pacer.next(0.0)
    pacer.add(edit("second", key="k"), 0.0)
    pacer.succeeded(first, 0.0)
    assert [item.outgoing.html for _, item in drain(pacer, 0.0)] == ["second"]


def test_one_that_failed_gives_way_to_its_newer_version(pacer):
    pacer.add(send("first", key="card"), 0.0)
    pacer.add(send("later"), 0.0)
    first = pacer.next(0.0)
    pacer.add(send("second", key="card"), 0.0)
    pacer.failed(first, 0.0)
    assert [item.outgoing.html for _, item in drain(pacer, 0.0)] == ["second", "later"]


def test_equal_keys_of_two_chats_have_nothing_to_do_with_each_other(pacer):
    pacer.add(send("a", chat=GROUP, key="card:1"), 0.0)
    pacer.add(send("b", chat=OTHER, key="card:1"), 0.0)
    assert len(drain(pacer, 0.0)) == 2


def test_edits_of_one_message_keep_a_distance(pacer):
    pacer.add(edit("a"), 0.0)
    pacer.add(edit("b"), 0.0)
    pacer.add(edit("elsewhere", message=2), 0.0)
    assert [(at, item.outgoing.html) for at, item in drain(pacer, 0.0)] == [(0.0, "a"), (0.0, "elsewhere"), (3.0, "b")]


@pytest.mark.parametrize("lane", [Lane.RESULT, Lane.ANSWER])
def test_an_edit_that_answers_a_tap_does_not_wait(pacer, lane):
    pacer.add(edit("a"), 0.0)
    pacer.succeeded(pacer.next(0.0), 0.0)
    pacer.add(edit("b", lane=lane), 0.5)
    assert text(pacer.next(0.5)) == "b"


def test_an_older_edit_never_comes_after_a_newer_one_of_its_message(pacer):
    pacer.add(edit("zero"), 0.0)
    pacer.succeeded(pacer.next(0.0), 0.0)
    pacer.add(edit("old"), 0.1)
    pacer.add(edit("new", lane=Lane.RESULT), 0.2)
    assert [(at, item.outgoing.html) for at, item in drain(pacer, 0.3)] == [(0.3, "old"), (0.3, "new")]


def test_an_edit_that_comes_back_is_as_urgent_as_the_newer_one_behind_it(pacer):
    pacer.add(edit("old"), 0.0)
    old = pacer.next(0.0)
    pacer.add(edit("new", lane=Lane.RESULT), 0.1)
    pacer.failed(old, 0.2)
    assert [item.outgoing.html for _, item in drain(pacer, 0.2)] == ["old", "new"]


def test_r13_a_flood_wait_freezes_its_chat_to_the_letter_and_no_other(pacer):
    """R13: to the last moment of it."""
    pacer.add(send("a"), 0.0)
    pacer.add(send("b", chat=OTHER), 0.0)
    parcel = pacer.next(0.0)
    assert text(parcel) == "a"
    assert pacer.failed(parcel, 5.0, retry_after=30)
    assert text(pacer.next(5.0)) == "b"
    pacer.add(Item(LeaveChat(GROUP), Lane.ANSWER), 6.0)
    assert pacer.next(34.9) is None
    assert pacer.due_at(34.9) == 35.0
    assert isinstance(pacer.next(35.0).delivery.outgoing, LeaveChat)


def test_r13_a_recall_does_not_shorten_a_flood_wait(pacer):
    """R13: nor does a new sender."""
    pacer.add(send(), 0.0)
    pacer.failed(pacer.next(0.0), 0.0, retry_after=100)
    pacer.recall(1.0)
    assert pacer.due_at(1.0) == 100.0


def test_r14_failures_back_off_and_never_end(pacer):
    """R14: up to ten seconds between two."""
    pacer.add(send(), 0.0)
    now, waits = 0.0, []
    for _ in range(40):
        assert pacer.failed(pacer.next(now), now)
        waits.append(pacer.due_at(now) - now)
        now = pacer.due_at(now)
    assert waits[:6] == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0]
    assert set(waits[6:]) == {10.0}
    pacer.succeeded(pacer.next(now), now)
    pacer.add(send(), now)
    pacer.failed(pacer.next(now), now)
    assert pacer.due_at(now) - now == 0.5


def test_r14_jitter_takes_up_to_half_away():
    """R14: many chats do not come back at once."""
    pacer = Pacer(PACE, chance=lambda: 0.0)
    pacer.add(send(), 0.0)
    pacer.failed(pacer.next(0.0), 0.0)
    assert pacer.due_at(0.0) == 0.25


def test_an_answer_is_given_up_once_nobody_can_see_it(pacer):
    pacer.add(tap(), 0.0)
    now, tries = 0.0, 1
    while pacer.failed(pacer.next(now), now):
        now, tries = pacer.due_at(now), tries + 1
    assert now < PACE.answer_life
    assert tries == 5
    assert len(pacer) == 0


def test_an_answer_is_given_up_when_told_to_wait_too_long(pacer):
    pacer.add(tap(), 0.0)
    assert not pacer.failed(pacer.next(0.0), 0.0, retry_after=20)


def test_what_is_refused_is_forgotten_and_the_next_one_goes(pacer):
    pacer.add(send("poison"), 0.0)
    pacer.add(send("fine"), 0.0)
    pacer.refused(pacer.next(0.0), 0.0)
    assert [item.outgoing.html for _, item in drain(pacer, 0.0)] == ["fine"]
    assert len(pacer) == 0


def test_a_topic_under_way_is_not_asked_for_again(pacer):
    """Nobody knows whether it was made, and nobody can find out."""
    topic = Item(CreateTopic(GROUP, "x"), Lane.PAGE)
    pacer.add(topic, 0.0)
    pacer.add(send("behind it"), 0.0)
    pacer.next(0.0)
    assert pacer.recall(1.0) == (topic,)
    assert [item.outgoing.html for _, item in drain(pacer, 1.0)] == ["behind it"]


def test_recalled_parcels_wait_again_and_keep_their_place(pacer):
    for item in (send("a"), send("b"), tap("q")):
        pacer.add(item, 0.0)
    assert pacer.next(0.0)
    assert pacer.next(0.0)
    pacer.recall(1.0)
    assert len(pacer) == 3
    assert isinstance(pacer.next(1.0).delivery.outgoing, AnswerTap)
    assert text(pacer.next(1.0)) == "a"


def test_idle_chats_are_forgotten(pacer):
    for chat in range(1, 2_000):
        pacer.add(send(chat=chat), chat * 100.0)
        pacer.succeeded(pacer.next(chat * 100.0), chat * 100.0)
    assert len(pacer._lines) <= 2


# A model of Telegram


CHATS = st.sampled_from([GROUP, OTHER, ANNA, 8])
ITEMS = st.one_of(
    st.builds(send, chat=CHATS, lane=st.sampled_from(list(Lane)[1:]), key=st.sampled_from(["", "k1", "k2"])),
    st.builds(
        edit,
        chat=CHATS,
        message=st.integers(1, 3),
        lane=st.sampled_from(list(Lane)[1:]),
        key=st.sampled_from(["", "m"]),
    ),
    st.builds(tap),
)
OUTCOMES = st.sampled_from(["ok"] * 6 + ["fail", "wait", "refuse"])


@dataclass(frozen=True)
class Flight:
    """Telegram counts a request at some moment from `begun` to `ended`."""

    begun: float
    ended: float
    lane: Lane
    item: Item


class Story:
    """Random mail and random outcomes under a clock that moves from event to event."""

    def __init__(self, seed: int, items: list[tuple[Item, float]], outcomes: list[tuple[str, float]]) -> None:
        self.pacer: Pacer[tuple] = Pacer(PACE, chance=random.Random(seed).random)
        self.items = items
        self.outcomes = outcomes
        self.now = 0.0
        self.sent: dict[int, list[Flight]] = {}
        self.frozen: dict[int, float] = {}
        self.flying: list[tuple[float, str, object, float]] = []
        self.delivered: list[Item] = []
        self.done: list[Item] = []
        self.given_up: list[Item] = []
        self.superseded: list[Item] = []

    def run(self) -> None:
        arrivals = []
        at = 0.0
        for item, gap in self.items:
            at += gap
            arrivals.append((at, item))
        outcomes = iter(self.outcomes)
        for _ in range(20_000):
            while arrivals and arrivals[0][0] <= self.now:
                item = arrivals.pop(0)[1]
                if not self.pacer.add(item, self.now):
                    self.superseded.append(item)
            for landing in [each for each in self.flying if each[0] <= self.now]:
                self.flying.remove(landing)
                self.land(*landing[1:])
            while len(self.flying) < 4 and (parcel := self.pacer.next(self.now)):
                outcome, takes = next(outcomes, ("ok", 0.1))
                self.take_off(parcel, outcome, takes)
            moments = [at for at, _ in arrivals[:1]] + [landing[0] for landing in self.flying]
            due = self.pacer.due_at(self.now)
            if due is not None and len(self.flying) < 4:
                # Else the actor would never wake up for it, or spin.
                assert due > self.now
                moments.append(due)
            if not moments:
                return
            self.now = min(moments)
        raise AssertionError("it does not come to an end")

    def take_off(self, parcel, outcome: str, takes: float) -> None:
        outgoing = parcel.delivery.outgoing
        if not isinstance(outgoing, AnswerTap):
            assert self.now >= self.frozen.get(outgoing.chat_id, 0.0)
            assert all(
                isinstance(other.delivery.outgoing, AnswerTap) or other.delivery.outgoing.chat_id != outgoing.chat_id
                for _, _, other, _ in self.flying
            )
        self.flying.append((self.now + takes, outcome, parcel, self.now))

    def land(self, outcome: str, parcel, begun: float) -> None:
        outgoing = parcel.delivery.outgoing
        if not isinstance(outgoing, AnswerTap):
            flight = Flight(begun, self.now, parcel.lane, parcel.delivery)
            self.sent.setdefault(outgoing.chat_id, []).append(flight)
        match outcome:
            case "ok":
                late = self.pacer.succeeded(parcel, self.now)
                self.delivered.append(parcel.delivery)
                if late is not None:
                    self.superseded.append(late)
            case "refuse":
                self.pacer.refused(parcel, self.now)
                self.done.append(parcel.delivery)
            case "wait":
                if not isinstance(outgoing, AnswerTap):
                    self.frozen[outgoing.chat_id] = self.now + 7
                if not self.pacer.failed(parcel, self.now, retry_after=7):
                    self.given_up.append(parcel.delivery)
            case "fail":
                if not self.pacer.failed(parcel, self.now):
                    self.given_up.append(parcel.delivery)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 2**32),
    st.lists(st.tuples(ITEMS, st.sampled_from([0.0, 0.0, 0.0, 0.3, 2.0, 20.0])), max_size=90),
    st.lists(st.tuples(OUTCOMES, st.sampled_from([0.0, 0.05, 1.0, 9.0])), max_size=150),
)
def test_budgets_hold_and_everything_arrives(seed, items, outcomes):
    # Each item is recognised by its identity, whatever it says.
    numbered = [(Item(item.outgoing, item.lane, item.key), gap) for item, gap in items]
    story = Story(seed, numbered, outcomes)
    story.run()
    for chat, sent in story.sent.items():
        if chat < 0:
            at_most(sent, PACE.group_per_minute, 60.0)
            leave_the_reserve(sent, PACE.group_per_minute - PACE.group_reserve, 60.0)
        else:
            span = PACE.private_burst / PACE.private_per_second
            at_most(sent, PACE.private_burst, span)
            leave_the_reserve(sent, PACE.private_burst - PACE.private_reserve, span)
        keep_distance(sent)
    everything_arrived([item for item, _ in numbered], story)
    a_keyed_message_is_sent_once(story)
    assert len(story.pacer) == 0


def a_keyed_message_is_sent_once(story: Story) -> None:
    """However often it was drawn anew on its way; what came too late was said to have."""
    sent = [(i.outgoing.chat_id, i.key) for i in story.delivered if i.key and isinstance(i.outgoing, SendMessage)]
    assert len(sent) == len(set(sent))
    assert {(i.outgoing.chat_id, i.key) for i in story.superseded} <= set(sent)


def at_most(sent: list[Flight], allowed: int, seconds: float) -> None:
    for first, last in zip(sent, sent[allowed:], strict=False):
        assert last.begun - first.ended >= seconds - 1e-6


def leave_the_reserve(sent: list[Flight], allowed: int, seconds: float) -> None:
    """Edits never take what is kept for pages and results."""
    for index, flight in enumerate(sent):
        if flight.lane >= Lane.EDIT:
            recent = [before for before in sent[:index] if before.ended + seconds > flight.begun + 1e-6]
            assert len(recent) < allowed


def keep_distance(sent: list[Flight]) -> None:
    last: dict[int, float] = {}
    for flight in sent:
        if isinstance(flight.item.outgoing, EditMessage):
            message = flight.item.outgoing.message_id
            if flight.lane >= Lane.EDIT:
                assert flight.begun - last.get(message, -100.0) >= PACE.edit_gap - 1e-6
            last[message] = flight.ended


def everything_arrived(items: list[Item], story: Story) -> None:
    ended = [*story.delivered, *story.done, *story.given_up, *story.superseded]
    for index, item in enumerate(items):
        if any(item is each for each in ended):
            continue
        # Only what a later one with its key replaced is missing.
        assert item.key
        assert any(
            later.key == item.key and later.outgoing.chat_id == item.outgoing.chat_id
            for later in items[index + 1 :]
            if not isinstance(later.outgoing, AnswerTap)
        )
    assert all(isinstance(item.outgoing, AnswerTap) for item in story.given_up)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(ITEMS, st.sampled_from([0.0, 0.5])), max_size=60))
def test_order_is_kept_within_a_lane_and_within_a_message(items):
    given_items = [Item(item.outgoing, item.lane) for item, _ in items]
    story = Story(0, [(item, gap) for item, (_, gap) in zip(given_items, items, strict=True)], [])
    story.run()
    place = {id(item): index for index, item in enumerate(given_items)}
    for sent in story.sent.values():
        for lane in Lane:
            plain = [
                place[id(flight.item)]
                for flight in sent
                if flight.item.lane is lane and isinstance(flight.item.outgoing, SendMessage)
            ]
            assert plain == sorted(plain)
        for message in range(1, 4):
            edits = [
                place[id(flight.item)]
                for flight in sent
                if isinstance(flight.item.outgoing, EditMessage) and flight.item.outgoing.message_id == message
            ]
            assert edits == sorted(edits)


def test_what_nobody_would_know_is_not_sent(pacer):
    """A chat's new life begins its first cards anew; edits and messages without a key stay as they are."""
    pacer.add(send("card", key="card:1"), 0.0)
    pacer.add(send("notice"), 0.0)
    pacer.add(edit("edit", key="message:1"), 0.0)
    pacer.add(send("another chat's", chat=OTHER, key="card:1"), 0.0)
    pacer.withdraw(GROUP)
    pacer.withdraw(12345)
    assert {item.outgoing.html for _, item in drain(pacer, 0.0)} == {"notice", "edit", "another chat's"}


def test_what_need_not_be_said_any_more_is_taken_back_in_every_chat(pacer):
    pacer.add(send("mine", key="call:1:5"), 0.0)
    pacer.add(send("there", chat=OTHER, key="call:1:5"), 0.0)
    pacer.add(send("another's", key="call:12:5"), 0.0)
    pacer.add(send("notice"), 0.0)
    assert {item.outgoing.html for item in pacer.take_back("call:1:")} == {"mine", "there"}
    assert {item.outgoing.html for _, item in drain(pacer, 0.0)} == {"another's", "notice"}


def test_what_is_taken_back_while_under_way_is_not_tried_again(pacer):
    pacer.add(send("call", key="call:1:5"), 0.0)
    parcel = pacer.next(0.0)
    assert pacer.take_back("call:1:") == ()
    assert pacer.failed(parcel, 0.0)
    assert len(pacer) == 0


def test_what_is_under_way_and_nobody_would_know_is_not_tried_again(pacer):
    pacer.add(send("card", key="card:1"), 0.0)
    parcel = pacer.next(0.0)
    pacer.withdraw(GROUP)
    assert pacer.failed(parcel, 0.0)
    assert len(pacer) == 0
