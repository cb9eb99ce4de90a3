"""The TelegramActor between the stand-in's Bot API and the real store; its clock and Telegram's move by hand."""

import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chatops.actors.addresses import TELEGRAM, chat_address
from chatops.actors.arrivals import Arrivals
from chatops.actors.base import Actor
from chatops.actors.chat_messages import UpdateArrived, WasAway
from chatops.actors.directory import Directory
from chatops.actors.health import Health, PartStatus
from chatops.actors.menu import Menu
from chatops.actors.presence import HEARD, Presence
from chatops.actors.specs import ChildSpec, starter
from chatops.actors.supervisor import ChildState
from chatops.actors.telegram import HookWanted, PollerBroke, TelegramActor
from chatops.actors.telegram_messages import Deliver, Delivered, NotDelivered
from chatops.actors.unanswered import Unanswered
from chatops.core.failures import Failure, Reason, Temporary
from chatops.core.outgoing import AnswerTap, EditMessage, Key, Lane, LeaveChat, SendMessage
from chatops.core.updates import Membership, Tap, TextMessage
from chatops.db.database import Database
from chatops.db.migrate import migrate
from chatops.db.store import Store
from chatops.sandbox.botapi import BotApiServer, HandClock, Limits, Person
from chatops.sandbox.botapi.faults import Fault
from chatops.telegram.client import Me, Telegram
from chatops.telegram.raw_updates import posted
from chatops.web.api import api_server, build_api
from chatops.web.hook import TelegramHook
from chatops.web.readiness import Readiness
from tests.actors.small_actors import PATIENCE, FakeClock, Tree

KEYS = ((Key("Take", data="token"),),)
COMMANDS = {"": (("start", "begin"),), "ru": (("start", "начать"),)}
GROUP = -1005


class Inbox(Actor):
    """Keeps everything it is told."""

    def __init__(self, *, directory: Directory, address: Any, told: "queue.Queue[Any]") -> None:
        super().__init__(directory=directory, address=address)
        self._told = told

    def receive(self, message: Any) -> Any:
        self._told.put(message)


class Office:
    """One actor at a time, what it is given, and hands to push it with."""

    def __init__(self, folder: Path, directory: Directory, clock: FakeClock, server: BotApiServer) -> None:
        url = f"sqlite:///{folder}/test.db"
        migrate(url)
        self.database = Database(url)
        self.database.open()
        self.store = Store(self.database)
        self.directory = directory
        self.clock = clock
        self.server = server
        self.health = Health()
        self.telegram = Telegram(server.token, server.url)
        self.unanswered = Unanswered(clock)
        self.told: queue.Queue[Any] = queue.Queue()
        self.ref: Any = None
        self._began = datetime.now(UTC)
        self._tags = itertools.count(1)

    def arguments(self) -> dict[str, Any]:
        return {
            "telegram": self.telegram,
            "arrivals": self.arrivals(self.store.updates),
            "health": self.health,
            "commands": COMMANDS,
            "clock": self.clock,
            "unanswered": self.unanswered,
        }

    def arrivals(self, rows: Any, presence: Presence | None = None) -> Arrivals:
        return Arrivals(
            rows=rows, tell=self.directory.tell, now=self.now, presence=presence, unanswered=self.unanswered
        )

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self.clock.now)

    def presence(self) -> Presence:
        """Goes by the clocks that are moved by hand; Anna's chat shows what is open."""
        return Presence(
            settings=self.store.settings,
            chats=lambda: (self.anna.id,),
            tell=self.directory.tell,
            now=self.now,
            clock=self.clock,
        )

    def start(self, **others: Any) -> None:
        arguments = {**self.arguments(), **others}
        self.ref = TelegramActor.start(directory=self.directory, address=TELEGRAM, **arguments)

    def stop(self) -> None:
        if self.ref is not None:
            self.directory.dismiss(TELEGRAM, self.ref)
            assert self.directory.wait_gone([self.ref], PATIENCE) == set()
            self.ref = None
            assert [each.name for each in threading.enumerate() if each.name.startswith("telegram-")] == []

    def listen(self, *chat_ids: int) -> None:
        for chat_id in chat_ids:
            Inbox.start(directory=self.directory, address=chat_address(chat_id), told=self.told)

    def deliver(self, outgoing: Any, lane: Lane = Lane.PAGE, key: str = "", tag: Any = None) -> Any:
        tag = tag if tag is not None else next(self._tags)
        reply_to = chat_address(self.anna.id)
        self.directory.tell(TELEGRAM, Deliver(outgoing, lane, key, reply_to, tag))
        return tag

    def next(self) -> Any:
        return self.told.get(timeout=PATIENCE)

    def replies(self, count: int) -> dict[Any, Any]:
        """The next `count` answers, by tag."""
        answers = [self.next() for _ in range(count)]
        return {answer.tag: answer for answer in answers}

    def until_part(self, status: PartStatus) -> str:
        """Wait for Telegram to be up or down; its detail."""
        deadline = time.monotonic() + PATIENCE
        while (part := self.health.snapshot().get("telegram")) is None or part.status is not status:
            assert time.monotonic() < deadline, f"telegram is {part}"
            threading.Event().wait(0.01)
        return part.detail

    def pass_time(self, until: Callable[[], Any], *, step: float = 0.5) -> None:
        """Move both clocks on, again and again, until it is so."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.server.wait_for(until, timeout=0.02)
            except TimeoutError:
                assert time.monotonic() < deadline, "it does not come to pass"
                # Telegram's first, which is the hard order: nothing may come before its own time is over.
                self.clock.advance(step)
                self.server.world.clock.advance(step)
            else:
                return

    @property
    def anna(self) -> Person:
        return self.server.person(101, "Anna", username="anna")

    def texts(self, chat_id: int) -> list[str]:
        return [seen.text for seen in self.server.conversation(chat_id).messages(from_bot=True)]


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer(clock=HandClock(), limits=Limits()) as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, directory: Directory, clock: FakeClock, server: BotApiServer) -> Iterator[Office]:
    office = Office(tmp_path, directory, clock, server)
    office.anna.chat_with_bot()
    yield office
    server.faults.clear()
    office.stop()
    office.database.close()


@pytest.fixture
def open_office(office: Office) -> Office:
    """With the actor and Anna's chat in it, and Telegram found."""
    office.start()
    office.listen(office.anna.id)
    office.until_part(PartStatus.UP)
    return office


def polled_past(server: BotApiServer, update_id: int) -> None:
    server.wait_for(lambda: server.world.updates.confirmed >= update_id)


def test_what_people_write_is_stored_told_and_then_confirmed(open_office, server):
    open_office.anna.send("/start")
    told = open_office.next()
    assert isinstance(told, UpdateArrived)
    assert isinstance(told.update, TextMessage)
    assert [row[:2] for row in open_office.store.updates.pending()] == [(told.update.update_id, 101)]
    polled_past(server, told.update.update_id)


def test_taps_and_memberships_are_told_to_their_chats(open_office, server):
    group = server.group(GROUP, "Ops", [open_office.anna], bot_status="left")
    open_office.listen(GROUP)
    server.add_bot(group, open_office.anna)
    assert isinstance(open_office.next().update, Membership)
    open_office.deliver(SendMessage(101, "card", KEYS))
    open_office.next()
    open_office.anna.tap(open_office.anna.messages()[-1], "Take")
    told = open_office.next().update
    assert isinstance(told, Tap)
    assert (told.chat_id, told.data) == (101, "token")


def test_a_press_is_known_to_wait_until_its_answer_is_there(open_office):
    open_office.deliver(SendMessage(101, "card", KEYS))
    open_office.next()
    press = open_office.anna.tap(open_office.anna.messages()[-1], "Take")
    open_office.next()
    assert open_office.unanswered.any
    open_office.deliver(AnswerTap(press.query_id, "Taken"), Lane.ANSWER)
    open_office.next()
    assert not open_office.unanswered.any


def test_what_is_not_for_the_bot_is_confirmed_and_not_stored(open_office, server):
    message = open_office.anna.send("/start")
    open_office.next()
    with server.world.condition:
        server.world.updates.put("message", {"message_id": 1, "odd": True})
    open_office.anna.edit(message, "/help")
    open_office.anna.send("/help")
    told = open_office.next().update
    assert told.text == "/help"
    polled_past(server, told.update_id)
    assert len(open_office.store.updates.pending()) == 2


def test_r20_what_was_not_done_is_told_again_at_the_next_start(open_office):
    """R20: stored before the offset moved, so that a crash in between loses no press."""
    open_office.anna.send("first")
    open_office.anna.send("second")
    first, second = open_office.next().update, open_office.next().update
    open_office.store.updates.done(first.update_id)
    open_office.stop()
    # As another process has it: nothing is parked.
    open_office.directory = Directory(timers=open_office.directory.timers)
    open_office.listen(101)
    open_office.start()
    assert open_office.next().update == second
    open_office.anna.send("third")
    assert open_office.next().update.text == "third"


def test_r20_updates_that_cannot_be_stored_are_asked_for_again(office, server):
    """R20: the offset moves only past what is on disk."""
    failures = [Temporary(Reason.SERVER_ERROR, "disk full")]

    class Full:
        """A store whose disk is full for the first time it is used."""

        def __getattr__(self, name: str) -> Any:
            return getattr(office.store.updates, name)

        def store(self, rows: Any, now: Any) -> Any:
            if failures:
                raise failures.pop()
            return office.store.updates.store(rows, now)

    office.listen(101)
    office.start(arrivals=office.arrivals(Full()))
    office.anna.send("hello")
    told = office.next().update
    assert told.text == "hello"
    assert not failures
    polled_past(server, told.update_id)
    assert office.told.empty()


def test_r20_an_update_that_telegram_gives_twice_is_told_once(open_office, server):
    """R20: by its id."""
    open_office.anna.send("once")
    first = open_office.next().update
    polled_past(server, first.update_id)
    with server.world.condition:
        server.world.updates._next_id = first.update_id
    open_office.anna.send("the same number")
    with server.world.condition:
        server.world.updates._next_id = first.update_id + 10
    open_office.anna.send("twice")
    assert open_office.next().update.text == "twice"


def test_r21_presses_of_an_outage_are_gone_or_late_and_the_chat_is_told_first(office, server):
    """R21: Telegram forgets a press after 150 s, and what it still hands over does not count."""
    office.listen(101)
    office.start(arrivals=office.arrivals(office.store.updates, office.presence()))
    office.until_part(PartStatus.UP)
    office.deliver(SendMessage(101, "card", KEYS))
    office.next()
    card = office.anna.messages()[-1]
    office.anna.tap(card, "Take")
    assert office.next().late is None
    server.wait_for(lambda: server.world.updates.polling)
    server.go_away()
    office.until_part(PartStatus.DOWN)
    forgotten = office.anna.tap(card, "Take")
    for clock in (office.clock, server.world.clock):
        clock.advance(600)
    kept = office.anna.tap(card, "Take")
    server.come_back()
    told = office.next()
    assert isinstance(told, WasAway)
    assert told.absence.span >= timedelta(seconds=600)
    late = office.next()
    assert (late.update.callback_id, late.late) == (kept.query_id, told.absence)
    assert forgotten.query_id != kept.query_id
    office.clock.advance(3)
    fresh = office.anna.tap(card, "Take")
    counted = office.next()
    assert (counted.update.callback_id, counted.late) == (fresh.query_id, None)
    assert office.told.empty()


def test_r21_a_short_outage_loses_no_press(office, server):
    """R21: nobody is told of it, and the press counts."""
    office.listen(101)
    office.start(arrivals=office.arrivals(office.store.updates, office.presence()))
    office.until_part(PartStatus.UP)
    office.deliver(SendMessage(101, "card", KEYS))
    office.next()
    office.pass_time(lambda: office.store.settings.get(HEARD))
    server.go_away()
    office.until_part(PartStatus.DOWN)
    press = office.anna.tap(office.anna.messages()[-1], "Take")
    for clock in (office.clock, server.world.clock):
        clock.advance(100)
    server.come_back()
    told = office.next()
    assert (told.update.callback_id, told.late) == (press.query_id, None)


def test_r21_posts_of_an_outage_are_late_too(office, server, hook_door):
    """R21: Telegram could not reach us, and posts what it kept once it can."""
    hook_door._arrivals = office.arrivals(office.store.updates, office.presence())
    office.listen(101)
    office.start(hook=hook_door.wanted(), arrivals=hook_door._arrivals)
    office.until_part(PartStatus.UP)
    office.deliver(SendMessage(101, "card", KEYS))
    office.next()
    server.wait_for(lambda: office.store.settings.get(HEARD))
    office.clock.advance(600)
    office.anna.tap(office.anna.messages()[-1], "Take")
    told, late = office.next(), office.next()
    assert isinstance(told, WasAway)
    assert late.late == told.absence


def test_it_introduces_itself_and_sets_the_menu(office, server):
    office.start()
    assert office.until_part(PartStatus.UP) == "@chatops_bot"
    server.wait_for(lambda: server.world.updates.polling)
    assert [r.parameters.get("language_code") for r in server.requests("setMyCommands", status=200)] == [None, "ru"]


def test_a_menu_that_is_refused_keeps_nobody_from_being_heard(office, server):
    server.fail("setMyCommands", status=400, times=None)
    office.listen(101)
    office.start()
    office.anna.send("hello")
    assert office.next().update.text == "hello"


def test_telegram_away_is_said_and_it_is_found_again(office, server):
    server.go_away()
    office.listen(101)
    office.start()
    assert office.until_part(PartStatus.DOWN) == "unreachable: no connection to Telegram"
    server.come_back()
    assert office.until_part(PartStatus.UP) == "@chatops_bot"
    office.anna.send("there you are")
    assert office.next().update.text == "there you are"


def test_a_wrong_token_is_said_with_its_mend(office, server):
    office.telegram = Telegram("1:not-the-token-of-this-bot-at-all", server.url)
    office.start()
    assert "TELEGRAM_BOT_TOKEN" in office.until_part(PartStatus.DOWN)


def test_another_poller_is_said_with_its_mend(open_office, server):
    server.wait_for(lambda: server.world.updates.polling)
    Telegram(server.token, server.url).updates(None, 1)
    assert "another program polls with this token" in open_office.until_part(PartStatus.DOWN)


def test_a_webhook_in_the_way_is_said(office, server):
    with server.world.condition:
        server._webhook.point_to("http://127.0.0.1:9/hook", "")
    office.start()
    assert "webhook" in office.until_part(PartStatus.DOWN)


def test_the_webhook_of_an_earlier_run_of_ours_is_taken_back(office, server):
    ours = "http://127.0.0.1:9/api/v1/telegram"
    with server.world.condition:
        server._webhook.point_to(ours, "secret")
    office.listen(101)
    office.start(left_hook=ours)
    office.anna.send("hello")
    assert office.next().update.text == "hello"
    assert server._webhook.url == ""


class HookDoor:
    """Where Telegram posts to, as APP_PORT has it."""

    def __init__(self, office: Office) -> None:
        self.refusing: list[Failure] = []
        self.secret = "s3cret_of-this-start"
        self._arrivals = office.arrivals(office.store.updates)
        hook = TelegramHook(self._take, self.secret)
        self.server = api_server(build_api(_no_readiness, hook=hook), host="127.0.0.1", port=0, threads=1, hook=hook)
        self.server.start()
        self.url = f"http://127.0.0.1:{self.server.port}/api/v1/telegram"
        self.remembered: list[str] = []

    def wanted(self) -> HookWanted:
        return HookWanted(self.url, self.secret, self.remembered.append)

    def _take(self, body: bytes) -> None:
        if self.refusing:
            raise self.refusing.pop()
        update = posted(body)
        assert update is not None
        self._arrivals.keep([update])


def _no_readiness() -> Readiness:
    raise AssertionError("nobody asks")


@pytest.fixture
def hook_door(office: Office) -> Iterator[HookDoor]:
    door = HookDoor(office)
    yield door
    door.server.stop(PATIENCE)


def test_telegram_posts_where_it_is_told_to(office, server, hook_door):
    office.listen(101)
    office.start(hook=hook_door.wanted())
    office.until_part(PartStatus.UP)
    office.anna.send("hello")
    assert office.next().update.text == "hello"
    assert hook_door.remembered == [hook_door.url]
    assert server._webhook.url == hook_door.url
    assert not server.world.updates.polling


def test_r20_a_post_that_could_not_be_stored_comes_again_and_is_told_once(office, server, hook_door):
    """R20: by the webhook as well."""
    hook_door.refusing.append(Temporary(Reason.SERVER_ERROR, "disk full"))
    office.listen(101)
    office.start(hook=hook_door.wanted())
    office.anna.send("hello")
    office.pass_time(lambda: not office.told.empty())
    office.anna.send("again")
    assert [office.next().update.text for _ in range(2)] == ["hello", "again"]
    assert office.told.empty()


def test_a_webhook_that_another_program_changed_is_set_again(office, server, hook_door, monkeypatch):
    monkeypatch.setattr("chatops.actors.hook.CHECK_SECONDS", 0.05)
    office.start(hook=hook_door.wanted())
    office.until_part(PartStatus.UP)
    with server.world.condition:
        server._webhook.point_to("http://127.0.0.1:9/theirs", "")
    server.wait_for(lambda: server._webhook.url == hook_door.url)


def test_posts_that_do_not_arrive_are_said(office, server, hook_door, monkeypatch):
    monkeypatch.setattr("chatops.actors.hook.CHECK_SECONDS", 0.05)
    office.start(hook=replace(hook_door.wanted(), url="http://127.0.0.1:9/nobody"))
    office.anna.send("hello")
    assert "Telegram cannot reach TELEGRAM_WEBHOOK_URL" in office.until_part(PartStatus.DOWN)


def test_what_is_delivered_is_reported_with_its_message_id(open_office):
    sent = open_office.deliver(SendMessage(101, "card"))
    message_id = open_office.next().message_id
    assert open_office.anna.messages()[-1].id == message_id
    edited = open_office.deliver(EditMessage(101, message_id, "card 2"), Lane.RESULT)
    assert open_office.next() == Delivered(edited, message_id)
    assert open_office.texts(101) == ["card 2"]
    assert sent != edited


def test_r15_refusals_are_reported_and_do_not_stop_the_chat(open_office, server):
    """R15: each once, and what waits behind goes through."""
    group = server.group(GROUP, "Ops", [open_office.anna], kind="group")
    gone = open_office.deliver(SendMessage(999, "x"))
    lost = open_office.deliver(EditMessage(101, 77, "x"))
    fine = open_office.deliver(SendMessage(101, "x"))
    answers = open_office.replies(3)
    assert answers[gone].reason == Reason.CHAT_GONE.value
    assert answers[lost].reason == Reason.MESSAGE_GONE.value
    assert isinstance(answers[fine], Delivered)
    server.migrate(group, -1009)
    moved = open_office.deliver(SendMessage(GROUP, "x"))
    assert open_office.replies(1)[moved].new_chat_id == -1009
    open_office.anna.block_bot()
    assert isinstance(open_office.next().update, Membership)
    blocked = open_office.deliver(SendMessage(101, "x"))
    assert open_office.replies(1)[blocked].reason == Reason.BLOCKED.value


def test_a_mistake_of_ours_is_a_refusal_and_nothing_worse(open_office):
    broken = open_office.deliver(SendMessage(101, None))  # type: ignore[arg-type]  # the mistake
    fine = open_office.deliver(SendMessage(101, "x"))
    answers = open_office.replies(2)
    assert isinstance(answers[broken], NotDelivered)
    assert answers[broken].reason == Reason.REFUSED.value
    assert isinstance(answers[fine], Delivered)


def test_nobody_is_told_where_nobody_asked(open_office):
    open_office.directory.tell(TELEGRAM, Deliver(SendMessage(101, "quiet"), Lane.PAGE))
    open_office.deliver(SendMessage(101, "loud"))
    open_office.next()
    assert open_office.texts(101) == ["quiet", "loud"]
    assert open_office.told.empty()


def test_leaving_a_chat(open_office, server):
    group = server.group(GROUP, "Ops", [open_office.anna])
    open_office.deliver(LeaveChat(group.id), Lane.ANSWER)
    assert isinstance(open_office.next(), Delivered)
    assert server.requests("leaveChat", chat_id=GROUP, status=200)


def test_r13_a_burst_to_a_group_is_never_told_to_wait(open_office, server):
    """R13: the pace is Telegram's own, so that it never has to ask."""
    server.group(GROUP, "Ops", [open_office.anna])
    for number in range(40):
        open_office.deliver(SendMessage(GROUP, str(number)))
    open_office.pass_time(lambda: len(open_office.texts(GROUP)) == 40, step=5)
    assert open_office.texts(GROUP) == [str(number) for number in range(40)]
    assert server.requests(status=429) == []


def test_r13_no_request_inside_the_window_and_only_its_chat_waits(open_office, server):
    """R13: other chats and answers to taps go on, and the newest state is sent in the end."""
    server.group(GROUP, "Ops", [open_office.anna])
    server.fail("sendMessage", chat_id=GROUP, status=429, retry_after=30)
    open_office.deliver(SendMessage(GROUP, "card"), key="card:1")
    server.wait_for(lambda: server.requests("sendMessage", status=429))
    newest = open_office.deliver(SendMessage(GROUP, "card, newer"), key="card:1")
    other = open_office.deliver(SendMessage(101, "meanwhile"))
    assert isinstance(open_office.replies(1)[other], Delivered)
    open_office.deliver(SendMessage(101, "card", KEYS))
    open_office.next()
    press = open_office.anna.tap(open_office.anna.messages()[-1], "Take")
    assert isinstance(open_office.next(), UpdateArrived)
    open_office.deliver(AnswerTap(press.query_id, "Taken"), Lane.ANSWER)
    assert press.answer().text == "Taken"
    open_office.next()
    assert open_office.texts(GROUP) == []
    open_office.pass_time(lambda: open_office.texts(GROUP), step=1)
    assert open_office.texts(GROUP) == ["card, newer"]
    assert isinstance(open_office.replies(1)[newest], Delivered)
    assert [r for r in server.requests() if r.too_early] == []


@pytest.mark.parametrize("break_it", ["fail", "drop"])
def test_r14_failures_are_tried_again_in_order_until_they_go_through(open_office, server, break_it):
    """R14: refused or cut off, nothing overtakes."""
    getattr(server, break_it)("sendMessage", times=7)
    for number in range(3):
        open_office.deliver(SendMessage(101, str(number)))
    open_office.pass_time(lambda: len(open_office.texts(101)) == 3)
    assert open_office.texts(101) == ["0", "1", "2"]
    assert [type(answer) for answer in open_office.replies(3).values()] == [Delivered] * 3
    assert len(server.requests("sendMessage")) == 10


TEN_MINUTES = 600.0


@pytest.mark.parametrize("trouble", ["5xx", "resets", "lost replies", "all of it"])
def test_r14_ten_minutes_of_trouble_and_everything_arrives_in_order(office, server, trouble):
    """R14: each chat keeps its order, requests get fewer, and what was lost on the way back may come twice, no more."""
    office.start()
    office.listen(101)
    office.until_part(PartStatus.UP)
    group = server.group(GROUP, "Ops", [office.anna])
    kinds = {
        "5xx": [("status", {"status": 500}), ("status", {"status": 502})],
        "resets": [("drop_request", {})],
        "lost replies": [("drop_reply", {})],
    }
    chosen = [each for name, script in kinds.items() if trouble in (name, "all of it") for each in script]
    script = itertools.cycle(chosen)
    seen = 0
    tags = [office.deliver(SendMessage(chat, f"{number}")) for number in range(3) for chat in (101, group.id)]
    began = office.clock.now
    while office.clock.now - began < TEN_MINUTES:
        kind, more = next(script)
        with server.faults._lock:
            server.faults._script[:] = [Fault(kind=kind, method="sendMessage", times=None, **more)]
        office.pass_time(lambda seen=seen: len(server.requests("sendMessage")) > seen, step=15)
        seen = len(server.requests("sendMessage"))
    asked = len(server.requests("sendMessage"))
    server.faults.clear()
    office.pass_time(lambda: office.told.qsize() >= len(tags), step=5)
    assert {type(answer) for answer in office.replies(len(tags)).values()} == {Delivered}
    for chat in (101, group.id):
        texts = office.texts(chat)
        assert list(dict.fromkeys(texts)) == ["0", "1", "2"], texts
        assert texts == sorted(texts)
        assert len(texts) == 3 or trouble in ("lost replies", "all of it")
    # Two chats, at most one request each per longest wait with its jitter, and the short waits of the beginning.
    assert asked <= 2 * (TEN_MINUTES / 15 + 10)
    assert not [r for r in server.requests() if r.too_early]


def test_a_wrong_token_loses_no_message(open_office, server):
    server.fail("sendMessage", status=401, times=3)
    tag = open_office.deliver(SendMessage(101, "card"))
    open_office.pass_time(lambda: open_office.texts(101))
    assert isinstance(open_office.replies(1)[tag], Delivered)


def test_an_answer_nobody_can_see_any_more_is_given_up(open_office, server):
    server.fail("answerCallbackQuery", status=500, times=None)
    tag = open_office.deliver(AnswerTap("1", "late"), Lane.ANSWER)
    open_office.pass_time(lambda: not open_office.told.empty())
    assert open_office.replies(1)[tag].reason == Reason.QUERY_EXPIRED.value


def test_slow_chats_keep_no_tap_waiting(open_office, server):
    open_office.deliver(SendMessage(101, "card", KEYS))
    open_office.next()
    press = open_office.anna.tap(open_office.anna.messages()[-1], "Take")
    open_office.next()
    people = [server.person(number, f"P{number}") for number in range(200, 206)]
    for person in people:
        person.chat_with_bot()
    held = server.hold("sendMessage", times=None)
    for person in people:
        open_office.deliver(SendMessage(person.id, "x"))
    open_office.pass_time(lambda: held.hits == 3, step=0.01)
    open_office.deliver(AnswerTap(press.query_id, "Taken"), Lane.ANSWER)
    assert press.answer().text == "Taken"
    held.times = 0
    held.release()
    assert len(open_office.replies(7)) == 7


def test_a_stop_cuts_the_poll_and_leaves_no_thread(open_office, server):
    server.wait_for(lambda: server.world.updates.polling)
    open_office.stop()


def test_a_stop_does_not_wait_for_a_server_that_hangs(open_office, server):
    held = server.hold("sendMessage")
    open_office.deliver(SendMessage(101, "x"))
    assert held.arrived.wait(PATIENCE)
    open_office.stop()


def test_a_stop_during_the_wait_for_telegram(office, server):
    server.go_away()
    office.start()
    office.until_part(PartStatus.DOWN)
    office.stop()


def test_a_stop_lets_what_is_being_sent_arrive(open_office, server):
    held = server.hold("sendMessage")
    tag = open_office.deliver(SendMessage(101, "x"))
    assert held.arrived.wait(PATIENCE)
    open_office.directory.dismiss(TELEGRAM, open_office.ref)
    held.release()
    assert isinstance(open_office.replies(1)[tag], Delivered)
    open_office.stop()


def test_r13_a_crash_loses_nothing_and_keeps_flood_waits(
    office: Office, server: BotApiServer, grow: Callable[..., Tree]
) -> None:
    """R13: whoever succeeds the one that was told to wait waits as well."""
    server.group(GROUP, "Ops", [office.anna])
    office.listen(101)
    tree = grow([ChildSpec(TELEGRAM, starter(TelegramActor, office.directory, **office.arguments()))])
    tree.until(TELEGRAM, ChildState.RUNNING)
    first = office.directory.ref(TELEGRAM)
    office.anna.send("hello")
    assert office.next().update.text == "hello"
    server.fail("sendMessage", chat_id=GROUP, status=429, retry_after=30)
    tags = [office.deliver(SendMessage(GROUP, text)) for text in ("one", "two")]
    server.wait_for(lambda: server.requests("sendMessage", status=429))
    tags.append(office.deliver(EditMessage(GROUP, 999, "gone")))
    office.directory.tell(TELEGRAM, PollerBroke("on purpose"))
    tags.append(office.deliver(SendMessage(GROUP, "three")))
    office.pass_time(lambda: len(office.texts(GROUP)) == 3, step=1)
    assert office.texts(GROUP) == ["one", "two", "three"]
    assert set(office.replies(4)) == set(tags)
    assert office.directory.ref(TELEGRAM) != first
    assert [r for r in server.requests() if r.too_early] == []
    # The update that is not done was told once in this process, and its chat has not forgotten it.
    office.anna.send("still there?")
    assert office.next().update.text == "still there?"
    tree.supervisor.stop()


def test_a_poller_that_breaks_is_started_again(office: Office, grow: Callable[..., Tree]) -> None:
    mistakes = [TypeError("mistake")]

    class Broken:
        """Rows that hold a mistake, once."""

        def __getattr__(self, name: str) -> Any:
            return getattr(office.store.updates, name)

        def last_id(self) -> int | None:
            if mistakes:
                raise mistakes.pop()
            return office.store.updates.last_id()

    office.listen(101)
    start = starter(TelegramActor, office.directory, **{**office.arguments(), "arrivals": office.arrivals(Broken())})
    tree = grow([ChildSpec(TELEGRAM, start)])
    office.anna.send("hello")
    office.pass_time(lambda: not office.told.empty())
    assert office.next().update.text == "hello"
    assert not mistakes
    tree.supervisor.stop()


APP = "https://ops.example/app/"


def test_the_menu_button_opens_the_mini_app(office, server):
    told = []
    office.start(menu=Menu("Incidents", APP, on_set=lambda url: told.append((url, server.world.menu_buttons.get(0)))))
    server.wait_for(lambda: server.world.updates.polling)
    assert server.world.menu_buttons[0]["text"] == "Incidents"
    assert office.anna.open_web_app().startswith(APP)
    # Before it was set, so that it is never forgotten.
    assert told == [(APP, None)]


def test_the_menu_button_of_an_earlier_run_is_taken_back_once(office, server):
    told = []
    office.telegram.profile.set_menu("Incidents", APP)
    office.start(menu=Menu(left="https://OPS.example/app/", on_set=told.append))
    server.wait_for(lambda: server.world.updates.polling)
    assert server.world.menu_buttons == {}
    assert told == [""]


def test_a_menu_button_that_somebody_else_has_set_stays(office, server):
    office.telegram.profile.set_menu("Shop", "https://shop.example/app/")
    office.start(menu=Menu(left=APP))
    server.wait_for(lambda: server.world.updates.polling)
    assert server.world.menu_buttons[0]["text"] == "Shop"


def test_who_never_had_a_mini_app_asks_nothing_of_it(office, server):
    office.start()
    server.wait_for(lambda: server.world.updates.polling)
    assert server.requests("setChatMenuButton") == server.requests("getChatMenuButton") == []


@pytest.mark.parametrize("status", [400, 500])
def test_a_menu_button_that_is_refused_keeps_nobody_from_being_heard(office, server, status):
    server.fail("setChatMenuButton", status=status, times=1 if status == 500 else None)
    office.listen(101)
    office.start(menu=Menu("Incidents", APP))
    office.anna.send("hello")
    assert office.next().update.text == "hello"
    if status == 500:
        server.wait_for(lambda: server.world.menu_buttons.get(0))


def test_it_is_told_who_the_bot_is(office, server):
    server.mini_app(APP)
    told: queue.Queue[Me] = queue.Queue()
    office.start(on_me=told.put)
    assert told.get(timeout=PATIENCE) == Me(4200000001, "chatops_bot", True)
