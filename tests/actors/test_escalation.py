"""Nobody takes a critical incident: its chats are reminded, the chain is called, and a take ends it at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, time, timedelta
from pathlib import Path

import pytest

from chatops.actors.addresses import chat_address, incident_address
from chatops.actors.chat_messages import Unattended
from chatops.actors.escalation import ESCALATION, MOST, EscalationActor, LookRound
from chatops.actors.messages import MailArrived
from chatops.actors.specs import ChildSpec, starter
from chatops.core.audit import EntryType
from chatops.core.oncall import Member, Roster, Rotation, Step
from chatops.core.outgoing import SendMessage
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from chatops.core.rota_calendar import Calendar, Copy, Kept, Shift
from tests.actors.house import ANNA, House
from tests.actors.scene import Scene, body

OLEG, EVE = 1002, 1003
GROUP, LATE = -100_500, -100_600
AFTER = timedelta(minutes=5)
ROSTER = Roster(
    (Member(OLEG, "oleg"), Member(EVE, "eve")),
    {"primary": Rotation((Member(OLEG, "oleg"), Member(EVE, "eve")), 0, time(8), UTC, date(2026, 11, 16))},
    (Step(rota="primary"), Step(member=Member(EVE, "eve")), Step(chat_id=LATE)),
)


class Watched(House):
    """A house with somebody who looks after what nobody takes."""

    roster = ROSTER

    def specs(self):
        escalation = starter(
            EscalationActor, self.directory, store=self.store, clock=self.clock, after=AFTER, roster=self.policy.roster
        )
        return [*super().specs(), ChildSpec(ESCALATION, escalation)]

    def wait(self, *, minutes: float) -> None:
        self.clock.move(minutes=minutes)
        self.directory.tell(ESCALATION, LookRound())

    def step(self) -> None:
        """Five minutes pass, and what is due by then is written down."""
        before = self._said()
        self.wait(minutes=5)
        self.until(lambda: self._said() > before)

    def _said(self) -> int:
        lines = self.store.audit.page(limit=1_000)
        return sum(line.entry.type in (EntryType.REMINDED, EntryType.CALLED) for line in lines)


def begin(folder: Path, roster: Roster) -> Watched:
    built = Watched(folder)
    built.policy = replace(built.policy, roster=roster)
    built.cluster.answer = Scene(built.clock)
    built.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR)))
    built.store.users.put(User(EVE, "@eve", everywhere(Role.OPERATOR)))
    built.store.chats.put(Chat(GROUP, ChatKind.GROUP, subscribed=True))
    built.start()
    return built


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Watched]:
    built = begin(tmp_path, ROSTER)
    try:
        yield built
    finally:
        built.close()


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Watched]:
    built = begin(tmp_path, Roster())
    try:
        yield built
    finally:
        built.close()


def critical(name: str = "firing_group_of_3", **changes: str) -> bytes:
    text = body(name).decode().replace('"severity":"warning"', '"severity":"critical"')
    text = text.replace('"severity": "warning"', '"severity": "critical"')
    for old, new in changes.items():
        text = text.replace(old, new)
    return text.encode()


def open_card(shop: House, chat: int = ANNA) -> int:
    shop.post_webhook(critical())
    return int(
        shop.post.wait(
            lambda post: next(
                (n for n, m in post.messages.items() if m.chat_id == chat and "nobody yet" in m.html), None
            )
        )
    )


def said(shop: House, words: str) -> dict[int, SendMessage]:
    """The newest message with these words in each chat."""
    return {m.chat_id: m for m in shop.post.messages.values() if isinstance(m, SendMessage) and words in m.html}


def types(shop: House) -> list[EntryType]:
    return [stored.entry.type for stored in shop.store.audit.page(limit=1_000)]


def test_its_chats_are_reminded_and_then_whose_turn_it_is_is_called(shop):
    open_card(shop)
    shop.step()
    shop.post.wait(lambda post: len(said(shop, "still nobody's")) == 2)
    reminder = said(shop, "still nobody's")[GROUP]
    assert "⏰ <code>#1</code> is still nobody's: 5 min" in reminder.html
    assert not reminder.silent
    shop.step()
    shop.post.wait(lambda post: len(said(shop, "is nobody's for 10 min")) == 3)
    called = said(shop, "is nobody's for 10 min")
    assert set(called) == {ANNA, GROUP, EVE}, "eve has the second week"
    assert f'<a href="tg://user?id={EVE}">eve</a>' in called[GROUP].html
    assert "Your turn" in called[EVE].html
    shop.step()
    shop.step()
    shop.post.wait(lambda post: LATE in said(shop, "is nobody's for 20 min"))
    assert [each for each in types(shop) if each in (EntryType.REMINDED, EntryType.CALLED)] == [
        EntryType.REMINDED,
        *[EntryType.CALLED] * 3,
    ]


def test_a_call_can_be_answered_with_a_take(shop):
    open_card(shop)
    shop.step()
    shop.step()
    shop.post.wait(lambda post: EVE in said(shop, "Your turn"))
    shop.until(lambda: shop.store.positions.latest(EVE))
    call = next(n for n, m in shop.post.messages.items() if "Your turn" in m.html)
    assert "You took #1" in shop.press(call, "Take", user=EVE, chat=EVE)
    shop.post.wait(lambda post: "has it since" in post.messages[call].html)


def test_nothing_is_said_after_a_take(shop):
    card = open_card(shop)
    shop.wait(minutes=5)
    shop.post.wait(lambda post: len(said(shop, "still nobody's")) == 2)
    shop.press(card, "Take")
    shop.post.wait(lambda post: "has it since" in post.messages[card].html)
    sent = shop.post.sent
    shop.wait(minutes=5)
    shop.wait(minutes=5)
    shop.press(card, "Release")
    shop.wait(minutes=5)
    shop.post.wait(lambda post: len(said(shop, "still nobody's: 5 min")) == 2 and shop.post.sent == sent + 2)
    assert EntryType.CALLED not in types(shop)


def test_what_waits_in_a_chat_s_mailbox_is_not_said_after_a_take(shop):
    card = open_card(shop)
    shop.wait(minutes=5)
    shop.post.wait(lambda post: len(said(shop, "still nobody's")) == 2)
    shop.press(card, "Take")
    sent = shop.post.sent
    shop.directory.tell(chat_address(EVE), Unattended(1, 1))
    shop.write("/help", user=EVE, chat=EVE)
    shop.post.wait_text("What the buttons")
    assert shop.post.sent == sent + 1


def test_what_waits_for_telegram_is_taken_back_by_a_take(shop):
    card = open_card(shop)
    button = shop.post.button(card, "Take")
    with shop.post.away():
        shop.wait(minutes=5)
        shop.until(lambda: EntryType.REMINDED in types(shop))
        shop.tap(card, button)
        shop.until(lambda: EntryType.ACKNOWLEDGED in types(shop))
    shop.post.wait(lambda post: post.withdrawn == ["call:1:", "call:1:"])


def test_help_is_asked_of_the_next_in_the_chain(shop):
    card = open_card(shop)
    assert "eve was called" in shop.press(card, "Escalate")
    shop.post.wait(lambda post: len(said(shop, "asks for help")) == 2)
    asked = said(shop, "asks for help")
    assert set(asked) == {GROUP, EVE}, "and no admin beside"
    assert f"tg://user?id={EVE}" in asked[GROUP].html


def test_without_a_chain_every_admin_is_called_once(bare):
    open_card(bare)
    bare.step()
    bare.step()
    bare.post.wait(lambda post: said(bare, "Everybody:"))
    bare.wait(minutes=5)
    bare.until(lambda: types(bare).count(EntryType.CALLED) == 1)
    assert bare.store.unfinished.unattended(bare.clock(), MOST) == ()


def test_after_a_start_it_goes_on_where_it_was(shop):
    open_card(shop)
    shop.step()
    shop.post.wait(lambda post: len(said(shop, "still nobody's")) == 2)
    shop.stop()
    shop.start()
    shop.step()
    shop.post.wait(lambda post: EVE in said(shop, "is nobody's for 10 min"))
    assert types(shop).count(EntryType.REMINDED) == 1


def test_after_a_start_a_call_is_told_to_chats_that_did_not_hear_it(shop):
    open_card(shop)
    shop.step()
    shop.post.wait(lambda post: len(said(shop, "still nobody's")) == 2)
    shop.stop()
    shop.store.chats.put(Chat(LATE, ChatKind.GROUP, subscribed=True))
    assert shop.store.unfinished.calling() == (1,)
    shop.start()
    shop.directory.tell(incident_address(1), MailArrived())
    shop.post.wait(lambda post: LATE in said(shop, "still nobody's"))
    assert len([m for m in shop.post.messages.values() if "still nobody's" in m.html]) == 3


def test_a_storm_is_not_one_of_calls(shop):
    for number in range(MOST + 2):
        text = critical().decode().replace("checkout", f"checkout{number}")
        shop.post_webhook(text.encode(), source=f"s{number}")
    shop.until(lambda: len(shop.store.incidents.active_ids()) == MOST + 2)
    shop.until(lambda: len(shop.store.unfinished.unattended(shop.clock(), 100)) == MOST + 2)
    shop.wait(minutes=5)
    shop.until(lambda: types(shop).count(EntryType.REMINDED) == MOST)
    shop.wait(minutes=0)
    shop.until(lambda: types(shop).count(EntryType.REMINDED) == MOST + 2)


def test_whom_a_calendar_names_is_called(tmp_path):
    nights = Calendar("/etc/rota.ics")
    chain = (Step(rota="nights"), Step(chat_id=LATE))
    built = begin(tmp_path, Roster((Member(EVE, "eve"),), {"nights": nights}, chain))
    try:
        now = built.clock()
        shift = Shift(now - timedelta(hours=1), now + timedelta(hours=1), "Eve, all night")
        built.store.calendars.put("nights", Kept(nights.source, Copy((shift,)), read_at=now))
        open_card(built)
        built.step()
        built.step()
        built.post.wait(lambda post: said(built, "Your turn"))
        assert set(said(built, "Your turn")) == {EVE}
    finally:
        built.close()
