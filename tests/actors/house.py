"""A small house for actor tests: the real store, directory and supervisor, with simple real actors at the edges."""

import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chatops.actors.addresses import DRAWING, POOL, TELEGRAM, UPSTREAM, WEBHOOK, chat_address
from chatops.actors.base import Actor
from chatops.actors.chat import ChatActor
from chatops.actors.chat_messages import UpdateArrived
from chatops.actors.directory import Directory
from chatops.actors.incident import IncidentActor
from chatops.actors.messages import Accept
from chatops.actors.specs import ChildSpec, FamilySpec, starter
from chatops.actors.telegram_messages import ChatBegan, Deliver, Delivered, NotDelivered, Withdraw
from chatops.actors.tree import Supervisor
from chatops.actors.webhook import WebhookActor
from chatops.actors.work import Submit, WorkDone, WorkFailed
from chatops.core.absence import Absence
from chatops.core.outgoing import AnswerTap, CreateTopic, EditMessage, Ephemeral, EphemeralId, ForPresser, SendMessage
from chatops.core.outside import Outside
from chatops.core.people import Chat, ChatKind, Role, Sender, User, everywhere
from chatops.core.policy import Policy
from chatops.core.updates import Membership, Tap, TextMessage
from chatops.db.database import Database
from chatops.db.store import Store
from tests.databases import database_at

ANNA = 1001
PATIENCE = 30.0


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **units: float) -> None:
        self.now += timedelta(**units)


class Post:
    """What a chat was sent, as Telegram would have it: the newest content of every message, and every toast.

    What one person sees stands under its ephemeral id below 0, and is seen by everybody unless `shows_alone`.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.messages: dict[int, SendMessage | EditMessage] = {}
        self.toasts: list[AnswerTap] = []
        self.sent = 0
        self.refuse: Callable[[Deliver], NotDelivered | None] = lambda deliver: None
        self.others: list[Any] = []
        self.withdrawn: list[str] = []
        self.there = threading.Event()
        self.there.set()
        self.unanswered: list[tuple[Any, Any]] | None = None
        self.shows_alone = False
        self._ids = itertools.count(1)
        self.ephemeral_ids = itertools.count(7_001)
        self._keys: set[tuple[int, str]] = set()

    def take(self, deliver: Deliver) -> Delivered | NotDelivered:
        with self.changed:
            refusal = self.refuse(deliver)
            if refusal:
                self.changed.notify_all()
                return refusal
            message_id = 0
            if isinstance(deliver.outgoing, SendMessage) and deliver.key:
                place = (deliver.outgoing.chat_id, deliver.key)
                if place in self._keys:
                    return NotDelivered(deliver.tag, "superseded", "")
                self._keys.add(place)
            match deliver.outgoing:
                case SendMessage(only=ForPresser()) as send if self.shows_alone:
                    message_id = EphemeralId(next(self.ephemeral_ids))
                    self.messages[-message_id] = send
                    self.sent += 1
                case EditMessage(message_id=message_id, shown_to=Ephemeral(_, ephemeral_id)) as edit:
                    self.messages[-ephemeral_id] = edit
                case SendMessage() as send:
                    message_id = next(self._ids)
                    self.messages[message_id] = send
                    self.sent += 1
                case EditMessage(message_id=message_id) as edit:
                    self.messages[message_id] = edit
                case AnswerTap() as toast:
                    self.toasts.append(toast)
                case CreateTopic() as topic:
                    message_id = next(self._ids)
                    self.others.append(topic)
                case None:
                    raise ValueError("nonsense was to be delivered")
                case other:
                    self.others.append(other)
            self.changed.notify_all()
            return Delivered(deliver.tag, message_id)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nothing is delivered within; afterwards all of it is, in its order."""
        self.there.clear()
        try:
            yield
        finally:
            self.there.set()

    @contextmanager
    def answers_late(self, directory: Directory) -> Iterator[None]:
        """What is delivered within is there at once, and its sender is told afterwards."""
        self.unanswered = waiting = []
        try:
            yield
        finally:
            self.unanswered = None
            for address, answer in waiting:
                directory.tell(address, answer)

    def wait(self, test: Callable[["Post"], Any]) -> Any:
        with self.changed:
            found: Any = None

            def look() -> bool:
                nonlocal found
                found = test(self)
                return bool(found)

            if not self.changed.wait_for(look, PATIENCE):
                shown = {n: str(m.html)[:300] for n, m in self.messages.items()}
                raise AssertionError(f"it did not come; there is {shown} and {self.toasts}")
            return found

    def wait_text(self, text: str) -> int:
        """The id of the message that says `text`."""
        return int(self.wait(lambda post: next((n for n, m in post.messages.items() if text in m.html), None)))

    def button(self, message_id: int, label: str) -> str:
        """The token of a button."""
        with self.changed:
            keys = [key for row in self.messages[message_id].keyboard for key in row]
        return next(key.data for key in keys if label in key.label)


class Postman(Actor):
    """Stands at the TelegramActor's address and delivers at once."""

    def __init__(self, *, directory: Directory, address: Any, post: Post) -> None:
        super().__init__(directory=directory, address=address)
        self._post = post

    def receive(self, message: Any) -> Any:
        match message:
            case ChatBegan():
                # Nothing waits here.
                pass
            case Withdraw(keys):
                self._post.withdrawn.append(keys)
            case Deliver():
                self._post.there.wait(PATIENCE)
                answer = self._post.take(message)
                late = self._post.unanswered
                if message.reply_to and late is not None:
                    late.append((message.reply_to, answer))
                elif message.reply_to:
                    self.tell(message.reply_to, answer)
            case _:
                return super().receive(message)
        return None


class Cluster:
    """What the cluster answers: a function of the work; an exception-free failure is a WorkFailed without its tag."""

    def __init__(self) -> None:
        self.answer: Callable[[Any], Any] = lambda work: WorkFailed(None, "not_configured", "", False)
        self.work: queue.Queue[Any] = queue.Queue()


class Hands(Actor):
    """Stands at the pool's address and does the work at once."""

    def __init__(self, *, directory: Directory, address: Any, cluster: Cluster) -> None:
        super().__init__(directory=directory, address=address)
        self._cluster = cluster

    def receive(self, message: Any) -> Any:
        match message:
            case Submit(work, reply_to, tag):
                self._cluster.work.put(work)
                if work is None:
                    raise ValueError("nonsense was to be done")
                answer = self._cluster.answer(work)
                if isinstance(answer, WorkFailed):
                    self.tell(reply_to, WorkFailed(tag, answer.reason, answer.detail, answer.temporary))
                elif answer is not None:
                    self.tell(reply_to, WorkDone(tag, answer))
            case _:
                return super().receive(message)
        return None


class House:
    """The tree without Telegram and Kubernetes, and hands to push it with."""

    def __init__(self, folder: Path, *, watchdogs: frozenset[str] = frozenset()) -> None:
        self._watchdogs = watchdogs
        self.clock = Clock()
        self.post = Post()
        self.cluster = Cluster()
        self.upstream = Cluster()
        """What Alertmanager and Prometheus answer."""
        self.outside = Outside(alertmanager=True, prometheus=True)
        self.url = database_at(folder / "test.db")
        self.database = Database(self.url)
        self.database.open()
        self.store = Store(self.database)
        self.failed: list[Any] = []
        self.policy = Policy()
        self.bot = ""
        """What Telegram says that the bot is called, with its @."""
        self.main_app = False
        self._updates = itertools.count(1)
        self._supervisor: Supervisor | None = None
        self.store.users.put(User(ANNA, "@anna", everywhere(Role.ADMIN)))
        self.store.chats.put(Chat(ANNA, ChatKind.PRIVATE, subscribed=True))

    def start(self) -> None:
        self.directory = Directory()
        self._supervisor = Supervisor(
            self.directory, self.specs(), give_up=lambda *_: None, on_failed=lambda *what: self.failed.append(what)
        )
        assert self._supervisor.wait_started(PATIENCE)

    def specs(self) -> list[ChildSpec | FamilySpec]:
        shared: dict[str, Any] = {"store": self.store, "clock": self.clock}
        hearing = {**shared, "watchdogs": self._watchdogs}
        policy = replace(self.policy, outside=self.outside)
        known: dict[str, Any] = {"bot_name": lambda: self.bot, "main_app": lambda: self.main_app}
        return [
            ChildSpec(POOL, starter(Hands, self.directory, cluster=self.cluster)),
            ChildSpec(UPSTREAM, starter(Hands, self.directory, cluster=self.upstream)),
            ChildSpec(DRAWING, starter(Hands, self.directory, cluster=self.upstream)),
            ChildSpec(TELEGRAM, starter(Postman, self.directory, post=self.post)),
            FamilySpec("chat", starter(ChatActor, self.directory, policy=policy, **known, **shared)),
            FamilySpec("incident", starter(IncidentActor, self.directory, outside=self.outside, **hearing)),
            ChildSpec(
                WEBHOOK,
                starter(WebhookActor, self.directory, monotonic=lambda: self.clock().timestamp(), **hearing),
            ),
        ]

    def stop(self) -> None:
        if self._supervisor:
            self._supervisor.stop()
            self.directory.timers.stop()
            self._supervisor = None

    def close(self) -> None:
        self.stop()
        self.database.close()

    def post_webhook(self, body: bytes, source: str = "") -> int:
        """As the intake does it; the inbox id once it is on disk."""
        stored: Future[int] = Future()
        self.directory.tell(WEBHOOK, Accept(body, source, stored))
        return stored.result(PATIENCE)

    def press(
        self, message_id: int, label: str, *, user: int = ANNA, chat: int = ANNA, late: Absence | None = None
    ) -> str:
        """Press a button by its label; the toast's text."""
        return self.press_token(message_id, self.post.button(message_id, label), user=user, chat=chat, late=late)

    def press_token(
        self, message_id: int, token: str, *, user: int = ANNA, chat: int = ANNA, late: Absence | None = None
    ) -> str:
        callback = self.tap(message_id, token, user=user, chat=chat, late=late)
        return str(self.post.wait(lambda post: next((t for t in post.toasts if t.callback_id == callback), None)).text)

    def tap(
        self, message_id: int, token: str, *, user: int = ANNA, chat: int = ANNA, late: Absence | None = None
    ) -> str:
        """Press and wait for no answer; the callback's id."""
        number = next(self._updates)
        callback = f"q{number}"
        kind = ChatKind.PRIVATE if chat > 0 else ChatKind.GROUP
        sender, message_id, alone = Sender(user, f"@u{user}"), max(0, message_id), max(0, -message_id)
        tap = Tap(number, callback, chat, kind, "", message_id, sender, token, ephemeral_id=alone)
        self.store.updates.store([(number, chat, b"{}")], self.clock())
        self.directory.tell(chat_address(chat), UpdateArrived(tap, late))
        return callback

    def until(self, test: Callable[[], Any]) -> None:
        """Ask `test` until it is true."""
        deadline = time.monotonic() + PATIENCE
        while not test():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.005)

    def write(self, text: str, *, user: int = ANNA, chat: int = ANNA, reply_to: int | None = None) -> None:
        """Write to the bot."""
        number = next(self._updates)
        kind = ChatKind.PRIVATE if chat > 0 else ChatKind.GROUP
        said = TextMessage(number, chat, kind, "", number, Sender(user, f"@u{user}"), text, self.clock(), reply_to)
        self.store.updates.store([(number, chat, b"{}")], self.clock())
        self.directory.tell(chat_address(chat), UpdateArrived(said))

    def join(self, chat: int, *, by: int) -> None:
        """Somebody puts the bot into a group."""
        number = next(self._updates)
        change = Membership(number, chat, ChatKind.GROUP, "a group", Sender(by, f"@u{by}"), present=True)
        self.directory.tell(chat_address(chat), UpdateArrived(change))


@contextmanager
def house(folder: Path, *, watchdogs: frozenset[str] = frozenset()) -> Iterator[House]:
    built = House(folder, watchdogs=watchdogs)
    built.start()
    try:
        yield built
    finally:
        built.close()
