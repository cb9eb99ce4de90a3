"""How the webhook actor routes while a storm pours in: little at a time, with rests, and for no longer than it must."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from chatops.actors.addresses import WEBHOOK
from chatops.actors.directory import Directory
from chatops.actors.messages import BodiesStored, RouteNext
from chatops.actors.unanswered import Unanswered
from chatops.actors.webhook import (
    GIVE_WAY_SECONDS,
    LEAST_TOGETHER,
    MOST_ALERTS,
    MOST_REST_SECONDS,
    MOST_TOGETHER,
    MOST_WAYS_GIVEN,
    RESTING_SECONDS,
    RESTS,
    RUSH_SECONDS,
    WebhookActor,
)
from chatops.core.inbox import InboxRow, InboxState
from chatops.db.opening import Opened

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class Inbox:
    """Opens whatever it is given, each of which takes it a hundredth of a second."""

    def __init__(self, alerts: int) -> None:
        self.seconds = 100.0
        self.together: list[int] = []
        self._body = (
            b'{"version":"4","groupKey":"g","status":"firing","alerts":['
            + b",".join(
                b'{"status":"firing","labels":{"alertname":"A%d"},"fingerprint":"%d"}' % (n, n) for n in range(alerts)
            )
            + b"]}"
        )

    def many(self, inbox_ids: Sequence[int]) -> tuple[InboxRow, ...]:
        return tuple(InboxRow(number, NOW, "", self._body, InboxState.NEW, "", 0) for number in inbox_ids)

    def get(self, inbox_id: int) -> InboxRow | None:
        """Gone by now: what becomes of one alone is others' business."""
        return None

    def open_new(self, bodies: Sequence[Any], now: datetime) -> Opened:
        self.together.append(len(bodies))
        self.seconds += len(bodies) / 100
        return Opened((), ())


class Routing(WebhookActor):
    """Outside of any thread: what it would tell itself is kept, with the seconds until then."""

    def __init__(self, inbox: Inbox) -> None:
        super().__init__(
            directory=Directory(),
            address=WEBHOOK,
            store=SimpleNamespace(inbox=inbox),  # type: ignore[arg-type]  # the part that is used here
            clock=lambda: NOW,
            monotonic=lambda: inbox.seconds,
            unanswered=(unanswered := Unanswered(lambda: inbox.seconds)),
        )
        self.presses = unanswered
        self.inbox = inbox
        self.next: list[float] = []

    def tell(self, address: Any, message: Any) -> None:
        self.next.append(0.0)

    def later(self, seconds: float, message: Any) -> Any:
        self.next.append(seconds)

    def pour(self, first: int, count: int) -> None:
        for number in range(first, first + count):
            self.receive(BodiesStored((number,)))

    def route(self) -> float:
        """Seconds until it would go on."""
        self.next.clear()
        self.receive(RouteNext())
        assert len(self.next) <= 1
        return self.next[0] if self.next else -1.0


@pytest.fixture
def routing() -> Routing:
    return Routing(Inbox(alerts=1))


def test_one_alone_is_routed_at_once(routing: Routing) -> None:
    routing.pour(1, 1)
    assert routing.next == [0.0]


def test_while_more_come_it_rests_for_longer_than_it_worked(routing: Routing) -> None:
    routing.pour(1, 10)
    routing.route()
    routing.pour(11, LEAST_TOGETHER)
    assert routing.next == [pytest.approx(min(RESTS * 10 / 100, MOST_REST_SECONDS))]


def test_what_is_left_once_nothing_comes_is_routed_without_a_rest(routing: Routing) -> None:
    routing.pour(1, 3 * MOST_TOGETHER)
    assert routing.route() == pytest.approx(min(RESTS * MOST_TOGETHER / 100, MOST_REST_SECONDS))
    assert routing.route() == 0.0, "nothing has come since"
    assert routing.route() == -1.0, "nothing is left"
    assert routing.inbox.together == [MOST_TOGETHER] * 3


def test_a_storm_that_never_ends_is_routed_all_the_same(routing: Routing) -> None:
    first, begun = 1, routing.inbox.seconds
    while routing.inbox.seconds <= begun + RESTING_SECONDS:
        routing.pour(first, 2 * MOST_TOGETHER)
        first += 2 * MOST_TOGETHER
        rest = routing.route()
    routing.pour(first, 2 * MOST_TOGETHER)
    assert rest > 0
    assert routing.route() == 0.0


def test_a_rest_is_over_with_the_storm(routing: Routing) -> None:
    routing.pour(1, MOST_TOGETHER)
    routing.route()
    routing.pour(MOST_TOGETHER + 1, 1)
    routing.route()
    routing.next.clear()
    routing.pour(MOST_TOGETHER + 2, 1)
    assert routing.next == [0.0]


def test_of_large_groups_fewer_are_looked_at_together() -> None:
    """Whoever sends another waits for the transaction."""
    routing = Routing(Inbox(alerts=50))
    routing.pour(1, 2 * MOST_TOGETHER)
    routing.route()
    routing.route()
    assert routing.inbox.together == [MOST_TOGETHER, MOST_ALERTS // 50]
    assert RUSH_SECONDS < MOST_REST_SECONDS


def test_a_storm_gives_way_to_a_press_until_it_is_answered(routing: Routing) -> None:
    routing.pour(1, LEAST_TOGETHER)
    routing.presses.came("press")
    assert routing.route() == GIVE_WAY_SECONDS
    assert routing.route() == GIVE_WAY_SECONDS
    routing.presses.answered("press")
    routing.route()
    assert routing.inbox.together == [LEAST_TOGETHER]


def test_one_alone_gives_way_to_nobody(routing: Routing) -> None:
    routing.pour(1, 1)
    routing.presses.came("press")
    routing.route()
    assert routing.inbox.together == [1]


def test_however_many_press_a_storm_is_let_in(routing: Routing) -> None:
    routing.pour(1, 3 * MOST_TOGETHER)
    for number in range(3 * MOST_WAYS_GIVEN):
        routing.presses.came(str(number))
        routing.route()
    assert routing.inbox.together == [MOST_TOGETHER] * 2
