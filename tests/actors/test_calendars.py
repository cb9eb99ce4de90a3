"""A rota in a calendar, from its server to /oncall: also while the server is away, and after a restart."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pykka import ActorRegistry

from chatops.actors.calendars import CALENDARS, CalendarsActor, ReadCalendar
from chatops.actors.roster import roster_now
from chatops.actors.specs import ChildSpec, Restart, starter
from chatops.core.audit import EntryType
from chatops.core.oncall import Member, Roster, Step, on_call
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from chatops.core.rota_calendar import Calendar
from chatops.upstream.calendar import CalendarDoor
from tests.actors.house import ANNA, House
from tests.actors.test_escalation import critical
from tests.upstream.calendars import CalendarServer, calendar, event, serving

OLEG = 1002
MEMBERS = (Member(ANNA, "anna"), Member(OLEG, "oleg", "oleg@example.com"))
# The house's clock begins on Monday, 2026-11-23 at 09:00 UTC.
TURNS = (
    event("Anna - primary", ":20261123T080000Z", ":20261125T080000Z"),
    event("On call", ":20261125T080000Z", ":20261126T080000Z", "ATTENDEE:mailto:Oleg@example.com"),
)


class Reading(House):
    """A house whose one rota stands in a calendar."""

    def specs(self):
        reader = starter(
            CalendarsActor,
            self.directory,
            store=self.store,
            clock=self.clock,
            roster=self.policy.roster,
            open_door=CalendarDoor,
        )
        return [*super().specs(), ChildSpec(CALENDARS, reader, Restart.TRANSIENT)]

    def read(self, *, hours: float = 0) -> None:
        """One round, to its end."""
        self.clock.move(hours=hours)
        self.directory.tell(CALENDARS, ReadCalendar("nights"))
        self.settle()

    def settle(self) -> None:
        self.until(lambda: ActorRegistry.get_by_class(CalendarsActor))
        ActorRegistry.get_by_class(CalendarsActor)[0].ask("are you done?", timeout=10)

    def who(self) -> str:
        rota = roster_now(self.policy.roster, self.store).rotas["nights"]
        member = on_call(rota, (), self.clock()).member
        return member.name if member else ""


@contextmanager
def reading(folder: Path, address: str) -> Iterator[Reading]:
    built = Reading(folder)
    built.policy = replace(
        built.policy, roster=Roster(MEMBERS, {"nights": Calendar(address)}, (Step(rota="nights"), Step(MEMBERS[1])))
    )
    built.store.users.put(User(OLEG, "@oleg", everywhere(Role.OPERATOR)))
    built.start()
    try:
        built.settle()
        yield built
    finally:
        built.close()


@pytest.fixture
def server() -> Iterator[CalendarServer]:
    with serving(calendar(*TURNS)) as made:
        yield made


@pytest.fixture
def shop(tmp_path: Path, server: CalendarServer) -> Iterator[Reading]:
    with reading(tmp_path, f"{server.url}/canary.ics") as built:
        yield built


def told(shop: House, words: str) -> list[str]:
    return [str(m.html) for m in shop.post.messages.values() if words in m.html and m.chat_id == ANNA]


def ask(shop: House) -> int:
    before = set(shop.post.messages)
    shop.write("/oncall", user=ANNA, chat=ANNA)
    return int(shop.post.wait(lambda post: next((n for n in post.messages if n not in before), None)))


def test_oncall_says_who_has_it_until_when_and_who_then(shop):
    html = shop.post.messages[ask(shop)].html
    assert "nights: <b>anna</b> until" in html
    assert "25.11 08:00 UTC" in html
    assert "then oleg" in html
    shop.clock.move(days=2)
    assert "then nobody" in shop.post.messages[ask(shop)].html
    shop.clock.move(days=1)
    assert "nights: nobody, and nobody is planned" in shop.post.messages[ask(shop)].html


def test_a_gap_until_somebody_comes(shop, server):
    server.change(calendar(TURNS[1]))
    shop.read()
    html = shop.post.messages[ask(shop)].html
    assert "nights: nobody until" in html
    assert "then oleg" in html


def test_a_change_is_known_after_a_round_and_nothing_is_read_that_did_not_change(shop, server):
    shop.read()
    assert [headers.get("If-None-Match") for _, headers in server.asked] == [None, '"1"']
    server.change(calendar(event("oleg", ":20261123T080000Z", ":20261125T080000Z")))
    shop.read()
    assert shop.who() == "oleg"
    shop.read(hours=13)
    assert "If-None-Match" not in server.asked[-1][1], "twice a day all of it is read, for the weeks ahead move on"


@pytest.mark.parametrize("fault", [500, 302, 404, "huge"])
def test_an_outage_leaves_who_was_known(shop, server, fault):
    server.fault = fault
    shop.read(hours=1)
    assert shop.who() == "anna"


def test_a_page_in_its_place_leaves_who_was_known(shop, server):
    server.change(b"<html>Log in</html>")
    shop.read(hours=1)
    assert shop.who() == "anna"


def test_a_restart_during_an_outage_leaves_who_was_known(tmp_path, server):
    address = f"{server.url}/canary.ics"
    with reading(tmp_path, address) as first:
        first.settle()
    server.fault = 500
    with reading(tmp_path, address) as again:
        assert again.who() == "anna"
        assert not told(again, "cannot be read")
    with reading(tmp_path, address.replace("canary", "another")) as moved:
        assert moved.who() == "", "what another calendar said is not this one's"


def test_admins_are_told_once_that_it_is_late_and_again_the_next_time(shop, server):
    server.fault = 500
    shop.read(hours=23)
    assert not told(shop, "calendar of nights")
    shop.read(hours=2)
    shop.post.wait(lambda post: told(shop, "was last read"))
    shop.read(hours=1)
    server.fault = 0
    shop.read()
    server.fault = 500
    shop.read(hours=25)
    shop.post.wait(lambda post: len(told(shop, "was last read")) == 2)
    assert "canary" not in " ".join(str(each.html) for each in shop.post.messages.values())


def test_of_one_that_never_answered_admins_are_told_at_once_and_once(tmp_path, server):
    server.fault = 401
    address = f"{server.url}/canary.ics"
    with reading(tmp_path, address) as built:
        built.post.wait(lambda post: told(built, "cannot be read (unauthorized)"))
        built.read(hours=1)
        ask(built)
        assert len(told(built, "cannot be read")) == 1
    with reading(tmp_path, address) as again:
        again.read(hours=1)
        ask(again)
        assert not told(again, "cannot be read")


def test_who_is_no_one_of_the_people_is_told_of_once(shop, server):
    strange = event("<b>Eve</b>", ":20261124T080000Z", ":20261124T090000Z")
    server.change(calendar(*TURNS, strange))
    shop.read()
    shop.post.wait(lambda post: told(shop, "«&lt;b&gt;Eve&lt;/b&gt;»"))
    server.change(calendar(*TURNS, strange, event("Bob", ":20261124T080000Z", ":20261124T090000Z")))
    shop.read()
    shop.post.wait(lambda post: told(shop, "«Bob»"))
    shop.read(hours=13)
    ask(shop)
    assert len(told(shop, "name nobody")) == 2
    assert "nobody of the people in ONCALL_FILE: 1. They are passed over: «Bob»" in told(shop, "«Bob»")[0]


def test_a_cover_goes_over_it_and_back(shop):
    shop.clock.move(days=4)
    message = ask(shop)
    shop.press(message, "Take over")
    shop.post.wait(lambda post: "For how long" in post.messages[message].html)
    labels = [key.label for row in shop.post.messages[message].keyboard for key in row]
    assert "8 h" in labels
    assert "until hand-over" not in labels, "none is known"
    shop.press(message, "8 h")
    shop.post.wait(lambda post: any("Yes" in key.label for row in post.messages[message].keyboard for key in row))
    shop.clock.move(seconds=2)
    shop.press(message, "Yes")
    shop.post.wait(lambda post: "<b>anna</b> until" in post.messages[message].html)
    assert "then nobody" in shop.post.messages[message].html
    shop.press(message, "Back to the rotation")
    shop.post.wait(lambda post: any("Yes" in key.label for row in post.messages[message].keyboard for key in row))
    shop.clock.move(seconds=2)
    shop.press(message, "Yes")
    shop.post.wait(lambda post: "nobody is planned" in post.messages[message].html)
    lines = shop.store.audit.page(limit=1_000)
    assert sum(line.entry.type is EntryType.ON_CALL_CHANGED for line in lines) == 2


def test_a_call_reaches_whom_the_calendar_names_and_in_a_gap_the_next_step(shop):
    shop.store.chats.put(Chat(ANNA, ChatKind.PRIVATE, subscribed=True))
    shop.post_webhook(critical())
    card = int(shop.post.wait_text("nobody yet"))
    shop.press(card, "Escalate")
    shop.until(lambda: called(shop) == ["anna"])
    shop.clock.move(days=3)
    shop.press(card, "Escalate")
    shop.until(lambda: called(shop) == ["anna", "oleg"])


def called(shop: House) -> list[str]:
    lines = shop.store.audit.page(limit=1_000)
    return [line.entry.detail["name"] for line in lines if line.entry.type in (EntryType.ESCALATED, EntryType.CALLED)]
