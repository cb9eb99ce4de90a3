"""What people are shown, and how Telegram takes it."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime

from prometheus_client import Counter, Gauge, Histogram

from chatops.metrics.labels import Words, outcome

_FIRST = Histogram(
    "chatops_first_shown_seconds",
    "From the webhook that opened an incident being received to Telegram having taken its first card or digest.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900),
)
_ANSWERS = Counter(
    "chatops_telegram_answers_total", "Answers of the Bot API, by method and outcome.", ["method", "code"]
)
_TOOK = Histogram(
    "chatops_telegram_request_seconds",
    "How long the Bot API took to answer, but for asking it for updates.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25),
)
_ASKED = Counter("chatops_telegram_retry_after_total", "Times that Telegram asked to wait.")
_ASKED_SECONDS = Counter("chatops_telegram_retry_after_seconds_total", "Seconds that Telegram asked to wait, in all.")
_WAITING = Gauge("chatops_telegram_waiting", "Messages, edits and answers that wait for Telegram or are under way.")
_HELD = Gauge("chatops_telegram_chats_held", "Chats that wait because Telegram asked to, or failed.")

_METHODS = Words(60)
_ANSWERED = ("not_modified",)

MOST_RECEIVED = 20_000


class _Receipts:
    """When what opened an incident was received, until that is first shown. The oldest are forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at: OrderedDict[int, datetime] = OrderedDict()

    def put(self, incident_id: int, at: datetime) -> None:
        with self._lock:
            self._at.setdefault(incident_id, at)
            while len(self._at) > MOST_RECEIVED:
                self._at.popitem(last=False)

    def take(self, incident_ids: Iterable[int]) -> list[datetime]:
        with self._lock:
            return [self._at.pop(each) for each in incident_ids if each in self._at]


_RECEIPTS = _Receipts()


def received(incident_id: int, at: datetime) -> None:
    """The webhook that opened, or is about to open, this incident came `at`."""
    _RECEIPTS.put(incident_id, at)


def first_shown(incident_ids: Iterable[int], now: datetime) -> None:
    """Telegram has taken something that shows them. Only the first time counts, of what opened in this life."""
    for at in _RECEIPTS.take(incident_ids):
        _FIRST.observe(max(0.0, (now - at).total_seconds()))


def telegram_answered(method: str, code: str) -> None:
    """`method` is one of the Bot API's, `code` an HTTP status or a failures.Reason value."""
    _ANSWERS.labels(_METHODS(method), outcome(code, *_ANSWERED)).inc()


def telegram_took(seconds: float) -> None:
    _TOOK.observe(seconds)


def telegram_asked_to_wait(seconds: float) -> None:
    _ASKED.inc()
    _ASKED_SECONDS.inc(max(0.0, seconds))


def telegram_waits(waiting: int, held: int) -> None:
    """`held`: chats of which nothing may be sent for now."""
    _WAITING.set(waiting)
    _HELD.set(held)
