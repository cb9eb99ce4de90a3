"""The TelegramActor: what came from Telegram goes to its chat, what goes there is paced."""

import queue
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from chatops import metrics
from chatops.actors.base import Actor
from chatops.actors.directory import Directory
from chatops.actors.health import Health
from chatops.actors.messages import Address, Deliver, Delivered, NotDelivered, UpdateArrived, chat_address
from chatops.actors.timers import Timer
from chatops.core.failures import ChatMigrated, Failure, Permanent, Reason, Temporary
from chatops.core.pacing import Delivery, Pacer
from chatops.db.store import Store
from chatops.telegram import updates
from chatops.telegram.client import Telegram

log = structlog.get_logger()

PART = "telegram"
SENDERS = 3
ANSWERERS = 2
POLL_SECONDS = 25
LONGEST_BACKOFF = 30.0
JOIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A sender thread is done with this: a message id, or why not."""

    delivery: Delivery
    outcome: int | Failure


@dataclass(frozen=True, slots=True)
class Pump:
    """Something may be due."""


def _now() -> datetime:
    return datetime.now(UTC)


class TelegramActor(Actor):
    """The pacer decides in this actor's thread; the requests themselves run in threads it owns."""

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        telegram: Telegram,
        store: Store,
        health: Health,
        commands: Mapping[str, Sequence[tuple[str, str]]],
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = _now,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._telegram = telegram
        self._health = health
        self._clock = clock
        self._pacer = Pacer(jitter=lambda: random.uniform(0.75, 1.25))
        self._free = SENDERS
        self._free_answerers = ANSWERERS
        self._held: list[Delivery] = []
        self._work: queue.SimpleQueue[Delivery | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Delivery | None] = queue.SimpleQueue()
        self._timer: Timer | None = None
        self._threads: list[threading.Thread] = []
        self._poller = Poller(telegram, store, health, commands, tell=self.tell, stopping=self.stopping, now=now)

    def setup(self) -> None:
        jobs: list[tuple[str, Callable[[], None]]] = [("poller", self._poller.run)]
        jobs += [(f"sender-{n}", lambda: self._send(self._work)) for n in range(SENDERS)]
        jobs += [(f"answerer-{n}", lambda: self._send(self._answers)) for n in range(ANSWERERS)]
        for name, run in jobs:
            thread = threading.Thread(target=run, name=f"telegram-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def teardown(self) -> None:
        """Threads that wait end at once; one in the middle of a request ends with it."""
        for _ in range(SENDERS):
            self._work.put(None)
        for _ in range(ANSWERERS):
            self._answers.put(None)
        if self._poller.waiting:
            self._telegram.end_wait()
        deadline = time.monotonic() + JOIN_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def receive(self, message: Any) -> Any:
        match message:
            case Deliver(outgoing, lane, key):
                self._pacer.add(Delivery(outgoing, lane, key, slip=message), self._clock())
                self._pump()
            case Sent(delivery, outcome):
                self._sent(delivery, outcome)
                self._pump()
            case Pump():
                self._pump()
            case _:
                return super().receive(message)
        return None

    def _pump(self) -> None:
        """Give threads work as long as there is both; then sleep until more may be due."""
        now = self._clock()
        while self._free and (delivery := self._pacer.next(now)):
            if delivery.answer:
                self._answers.put(delivery)
            else:
                self._free -= 1
                self._work.put(delivery)
        if self._timer:
            self._timer.cancel()
        due = self._pacer.due_in(now)
        if due is not None and self._free:
            self._timer = self.later(max(due, 0.005), Pump())

    def _sent(self, delivery: Delivery, outcome: int | Failure) -> None:
        if not delivery.answer:
            self._free += 1
        deliver = delivery.slip
        assert isinstance(deliver, Deliver)
        match outcome:
            case Temporary():
                self._pacer.failed(delivery, self._clock(), retry_after=outcome.retry_after)
                if outcome.reason is not Reason.THROTTLED:
                    self._health.down(PART, str(outcome))
                return
            case Failure():
                answer: Delivered | NotDelivered = NotDelivered(
                    deliver.tag,
                    str(outcome.reason),
                    outcome.detail,
                    outcome.new_chat_id if isinstance(outcome, ChatMigrated) else None,
                )
            case int():
                answer = Delivered(deliver.tag, outcome)
        self._pacer.succeeded(delivery)
        if deliver.reply_to:
            self.tell(deliver.reply_to, answer)

    def _send(self, work: "queue.SimpleQueue[Delivery | None]") -> None:
        """A sender thread's life."""
        while (delivery := work.get()) is not None:
            method = type(delivery.outgoing).__name__
            try:
                outcome: int | Failure = self._telegram.deliver(delivery.outgoing)
                metrics.telegram_answered(method, "ok")
            except Failure as failure:
                outcome = failure
                metrics.telegram_answered(method, str(failure.reason))
            except Exception as error:
                # Whatever it is, it would be the same the next time.
                log.exception("a delivery broke", method=method)
                outcome = Permanent(Reason.REFUSED, type(error).__name__)
            self.tell(self.address, Sent(delivery, outcome))


class Poller:
    """Asks for updates, puts them on disk, tells their chats; only then does the next offset confirm them."""

    def __init__(
        self,
        telegram: Telegram,
        store: Store,
        health: Health,
        commands: Mapping[str, Sequence[tuple[str, str]]],
        *,
        tell: Callable[[Address, object], None],
        stopping: threading.Event,
        now: Callable[[], datetime],
    ) -> None:
        self._telegram = telegram
        self._store = store
        self._health = health
        self._commands = commands
        self._tell = tell
        self._stopping = stopping
        self._now = now
        self._failures = 0
        self.waiting = False

    def run(self) -> None:
        """The thread's life: until `stopping` is set."""
        greeted = told = False
        offset: int | None = None
        while not self._stopping.is_set():
            try:
                if not told:
                    offset = self._tell_pending()
                    told = True
                if not greeted:
                    self._greet()
                    greeted = True
                offset = self._poll(offset)
                self._failures = 0
            except Failure as failure:
                if not self._stopping.is_set():
                    self._wait_after(failure)
            except Exception:
                log.exception("polling broke and goes on")
                self._stopping.wait(LONGEST_BACKOFF)

    def _tell_pending(self) -> int | None:
        """What was stored and not handled when the last run ended."""
        for update_id, _, body, _ in self._store.updates.pending():
            self._pass_on(update_id, body)
        last = self._store.updates.last_id()
        return last + 1 if last is not None else None

    def _greet(self) -> None:
        self._health.up(PART, f"@{self._telegram.me().username}")
        try:
            self._telegram.set_commands(self._commands)
        except Permanent as failure:
            log.warning("the command list was refused", reason=str(failure))

    def _poll(self, offset: int | None) -> int | None:
        self.waiting = True
        try:
            came = self._telegram.updates(offset, POLL_SECONDS)
        finally:
            self.waiting = False
        self._health.up(PART)
        if not came:
            return offset
        new = set(self._store.updates.store(came, self._now()))
        for update_id, _, body in came:
            if update_id in new:
                self._pass_on(update_id, body)
        return max(update_id for update_id, _, _ in came) + 1

    def _pass_on(self, update_id: int, body: bytes) -> None:
        update = updates.read(body)
        if update is None:
            self._store.updates.done(update_id)
        else:
            self._tell(chat_address(update.chat_id), UpdateArrived(update))

    def _wait_after(self, failure: Failure) -> None:
        self._failures += 1
        reason = MENDS.get(failure.reason, str(failure))
        self._health.down(PART, reason)
        if self._failures == 1 or failure.reason in MENDS:
            log.warning("telegram cannot be asked", reason=reason)
        wait = min(LONGEST_BACKOFF, 0.5 * 2 ** min(self._failures, 7)) * random.uniform(0.75, 1.25)
        self._stopping.wait(failure.retry_after or wait)


MENDS = {
    Reason.UNAUTHORIZED: "Telegram does not know the token: copy it again from @BotFather into TELEGRAM_BOT_TOKEN",
    Reason.CONFLICT: "another program asks for this bot's updates: stop it, or make a bot of its own for each",
}
