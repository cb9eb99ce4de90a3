"""The TelegramActor: what comes from Telegram goes to its chat, and what goes there is paced.

It owns the threads that talk to Telegram and knows neither incidents nor screens.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from chatops import metrics
from chatops.actors.addresses import Address
from chatops.actors.arrivals import Arrivals
from chatops.actors.base import Actor, summary
from chatops.actors.directory import Directory
from chatops.actors.health import Health
from chatops.actors.hook import Hook
from chatops.actors.line import Line
from chatops.actors.menu import Menu
from chatops.actors.poller import Poller
from chatops.actors.senders import Outcome, Senders, join_all
from chatops.actors.telegram_messages import ChatBegan, Deliver, Delivered, NotDelivered, Withdraw
from chatops.actors.timers import Timer
from chatops.actors.unanswered import Unanswered
from chatops.core.failures import ChatMigrated, Failure, Permanent, Reason
from chatops.core.outgoing import AnswerTap
from chatops.core.pacing.pace import Pace
from chatops.core.pacing.pacer import Pacer
from chatops.core.pacing.parcels import Parcel
from chatops.telegram.client import Me, Telegram
from chatops.telegram.profile import Commands

log = structlog.get_logger()

SENDERS = 4
"""One of them is kept for answers to taps."""

STOP_SECONDS = 0.8
GRACE_SECONDS = 0.3
"""What is being sent when the actor ends has this long to arrive; afterwards nobody knows whether it did."""

NOT_ITS_FAULT = frozenset({Reason.UNAUTHORIZED, Reason.NOT_FOUND})
"""Refusals of the bot or its server and not of the message, which waits until that is mended."""


class Receiver(Protocol):
    """What sees to it that updates come, for as long as the actor lives: a Poller or a Hook."""

    def run(self, *, tell_pending: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class HookWanted:
    """Updates are to be posted to `url` with this `secret`; `on_set` is told before it is set."""

    url: str
    secret: str
    on_set: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything parked for this address has been handled: what a predecessor left behind, if any, is here."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """All that a crashed predecessor still had to deliver, with its budgets and flood waits."""

    pacer: Pacer[Deliver]


@dataclass(frozen=True, slots=True)
class Wake:
    """A sender is done, or something is due."""


@dataclass(frozen=True, slots=True)
class PollerBroke:
    error: str


class TelegramActor(Actor):
    """Takes Deliver. `clock` is monotonic seconds, the same that the directory's timers go by.

    Without a `hook` updates are polled for; see Poller for `left_hook`, Line for `on_me`.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        address: Address,
        telegram: Telegram,
        arrivals: Arrivals,
        health: Health,
        commands: Commands | None = None,
        hook: HookWanted | None = None,
        left_hook: str = "",
        menu: Menu | None = None,
        on_me: Callable[[Me], None] = lambda _me: None,
        clock: Callable[[], float] = time.monotonic,
        pace: Pace | None = None,
        unanswered: Unanswered | None = None,
    ) -> None:
        super().__init__(directory=directory, address=address)
        self._telegram = telegram
        self._clock = clock
        self._unanswered = unanswered or Unanswered()
        self._pacer: Pacer[Deliver] = Pacer(pace, chance=random.random)
        self._senders: Senders[Deliver] = Senders(telegram.deliver, self._wake, count=SENDERS)
        line = Line(
            telegram=telegram,
            health=health,
            commands=commands or {},
            menu=menu or Menu(),
            stopping=self.stopping,
            on_me=on_me,
        )
        self._receiver: Receiver
        if hook is None:
            self._receiver = Poller(
                telegram=telegram, arrivals=arrivals, line=line, stopping=self.stopping, left_hook=left_hook
            )
        else:
            self._receiver = Hook(
                telegram=telegram,
                arrivals=arrivals,
                line=line,
                stopping=self.stopping,
                url=hook.url,
                secret=hook.secret,
                on_set=hook.on_set,
            )
        self._polling: threading.Thread | None = None
        self._timer: Timer | None = None
        self._open = False
        self._succeeds = False
        self._early: list[Deliver | ChatBegan | Withdraw] = []

    def setup(self) -> None:
        # Behind all mail that is parked by this time, and so behind what a predecessor handed over.
        self.tell(self.address, Opened())

    def receive(self, message: Any) -> Any:
        match message:
            case Deliver() | ChatBegan() | Withdraw() if not self._open:
                self._early.append(message)
            case Deliver() | ChatBegan() | Withdraw():
                self._heed(message)
                self._pump()
            case Wake():
                self._pump()
            case HandedOver(pacer) if not self._open:
                self._pacer = pacer
                self._succeeds = True
            case Opened() if not self._open:
                self._begin()
            case Opened():
                pass
            case PollerBroke(error):
                raise RuntimeError(f"the poller broke: {error}")
            case _:
                return super().receive(message)
        return None

    def teardown(self) -> None:
        """Nothing is lost by a crash: what was not delivered waits for the successor."""
        threads = (*self._senders.close(), *([self._polling] if self._polling else []))
        for thread in join_all(threads, seconds=STOP_SECONDS, nudge=self._hurry):
            log.error("thread does not end and is left behind", thread=thread.name)
        self._settle()
        if not self._open:
            for message in self._early:
                self._heed(message)
        for lost in self._pacer.recall(self._clock()):
            nobody_knows = Permanent(Reason.UNKNOWN_OUTCOME, "nobody heard what became of it")
            self._reply(lost, _refusal(lost, nobody_knows))
        self.tell(self.address, HandedOver(self._pacer))

    def _begin(self) -> None:
        self._open = True
        for message in self._early:
            self._heed(message)
        self._early.clear()
        self._senders.start()
        self._polling = threading.Thread(target=self._poll, name="telegram-poller", daemon=True)
        self._polling.start()
        self._pump()

    def _heed(self, message: Deliver | ChatBegan | Withdraw) -> None:
        if isinstance(message, ChatBegan):
            self._pacer.withdraw(message.chat_id)
        elif isinstance(message, Withdraw):
            for deliver in self._pacer.take_back(message.keys):
                self._reply(deliver, _superseded(deliver))
        elif not self._pacer.add(message, self._clock()):
            self._reply(message, _superseded(message))

    def _poll(self) -> None:
        try:
            # A predecessor has told everything that it stored.
            self._receiver.run(tell_pending=not self._succeeds)
        except Exception as error:
            log.error("poller broke", error=summary(error), exc_info=True)
            self.tell(self.address, PollerBroke(summary(error)))

    def _hurry(self, taken: float) -> None:
        self._telegram.stop_polling()
        if taken > GRACE_SECONDS:
            self._telegram.hang_up()

    def _wake(self) -> None:
        self.tell(self.address, Wake())

    def _pump(self) -> None:
        """Collect what is done, give the idle senders what may go, and sleep until more may."""
        self._settle()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._open:
            return
        now = self._clock()
        metrics.telegram_waits(len(self._pacer), self._pacer.held(now))
        while self._senders.idle and (parcel := self._pacer.next(now, answers_only=self._senders.idle == 1)):
            self._senders.give(parcel)
        due = self._pacer.due_at(now)
        # What is due and was not given out waits for a sender, whose end wakes us.
        if due is not None and due > now:
            self._timer = self.later(due - now, Wake())

    def _settle(self) -> None:
        for parcel, outcome in self._senders.collect():
            if isinstance(parcel.delivery.outgoing, AnswerTap):
                self._unanswered.answered(parcel.delivery.outgoing.callback_id)
            self._ended(parcel, outcome)

    def _ended(self, parcel: Parcel[Deliver], outcome: Outcome) -> None:
        now = self._clock()
        match outcome:
            case int(message_id):
                late = self._pacer.succeeded(parcel, now)
                self._reply(parcel.delivery, Delivered(parcel.delivery.tag, message_id))
                if late is not None:
                    self._reply(late, _superseded(late))
            case Permanent() if outcome.reason not in NOT_ITS_FAULT:
                self._pacer.refused(parcel, now)
                self._reply(parcel.delivery, _refusal(parcel.delivery, outcome))
            case Failure() as failure:
                if failure.reason is Reason.THROTTLED:
                    log.warning("telegram asks to wait", seconds=failure.retry_after)
                if not self._pacer.failed(parcel, now, retry_after=failure.retry_after):
                    expired = Permanent(Reason.QUERY_EXPIRED, str(failure))
                    self._reply(parcel.delivery, _refusal(parcel.delivery, expired))
                elif parcel.withdrawn:
                    self._reply(parcel.delivery, _superseded(parcel.delivery))

    def _reply(self, deliver: Deliver, answer: Delivered | NotDelivered) -> None:
        if deliver.reply_to is not None:
            self.tell(deliver.reply_to, answer)


def _refusal(deliver: Deliver, failure: Failure) -> NotDelivered:
    moved = failure.new_chat_id if isinstance(failure, ChatMigrated) else None
    refused = deliver.outgoing if moved else None
    return NotDelivered(deliver.tag, failure.reason.value, failure.detail, moved, refused)


def _superseded(deliver: Deliver) -> NotDelivered:
    return NotDelivered(deliver.tag, Reason.SUPERSEDED, "")
