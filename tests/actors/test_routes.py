"""/routes: who says what a chat is shown, how loudly that comes, and that nothing is lost between chats."""

import json
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chatops.actors.addresses import WEBHOOK, chat_address
from chatops.actors.chat_messages import CatchUp, IncidentChanged, IncidentsOpened, ReviewDue
from chatops.actors.escalation import ESCALATION, EscalationActor, LookRound
from chatops.actors.messages import Accept
from chatops.actors.self_audit import Look, SelfAuditActor
from chatops.actors.specs import ChildSpec, starter
from chatops.core.alerts import Severity
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.buttons import Button, Verb
from chatops.core.oncall import Member, Roster, Step
from chatops.core.outgoing import SendMessage
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from chatops.core.routes import ChatRules, Route, matcher_of, quiet_of
from tests.actors.house import ANNA, House, Post

OLEG, EVE = 1002, 1003
GROUP, OTHER = -100_500, -100_600
ROSTER = Roster(
    (Member(OLEG, "oleg"), Member(EVE, "eve")),
    chain=(Step(member=Member(OLEG, "oleg")),),
    chains={"night": (Step(member=Member(EVE, "eve")),)},
)


class Routed(House):
    """A house with two groups, and somebody who looks after what nobody takes; `sent` are messages as they came."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.policy = replace(self.policy, roster=ROSTER)
        for number, name in ((OLEG, "@oleg"), (EVE, "@eve")):
            self.store.users.put(User(number, name, everywhere(Role.OPERATOR)))
        for chat in (GROUP, OTHER):
            self.store.chats.put(Chat(chat, ChatKind.GROUP, "on-call", subscribed=True))
        self.sent: list[SendMessage] = []
        take = self.post.take

        def taken(deliver):
            if isinstance(deliver.outgoing, SendMessage):
                self.sent.append(deliver.outgoing)
            return take(deliver)

        self.post.take = taken

    def specs(self):
        watch = starter(
            EscalationActor,
            self.directory,
            store=self.store,
            clock=self.clock,
            after=timedelta(minutes=5),
            roster=self.policy.roster,
        )
        return [*super().specs(), ChildSpec(ESCALATION, watch)]

    def say(self, chat: int, *routes: Route, **others) -> None:
        """What an admin confirmed before."""
        rules = ChatRules(routes, **others)
        entry = Entry(EntryType.ROUTES_CHANGED, SYSTEM, self.clock(), chat_id=chat)
        made = self.store.buttons.offer(chat, 1, [_YES], self.clock())
        assert self.store.routes.change(chat, lambda _: rules, entry, token=made[0], by="1", now=self.clock())

    def ask(self, text: str, user: int = ANNA, chat: int = GROUP) -> int:
        before = set(self.post.messages)
        self.write(text, user=user, chat=chat)

        def answer(post: Post) -> int | None:
            new = ((n, m) for n, m in post.messages.items() if n not in before and m.chat_id == chat)
            return next((n for n, m in new if "nobody yet" not in m.html), None)

        return int(self.post.wait(answer))

    def follow(self, message: int, *labels: str, says: str = "") -> None:
        """Press one after the other, each once its screen is there."""
        for label in labels:
            self.post.wait(lambda post, label=label: label in str(post.messages[message].keyboard))
            self.press(message, label, chat=GROUP)
        self.post.wait(lambda post: says in post.messages[message].html)

    def confirm(self, message: int) -> str:
        self.clock.move(seconds=2)
        return self.press(message, "Yes", chat=GROUP)

    def card(self, number: int, chat: int) -> SendMessage:
        """The first card of the incident in the chat, as it came."""
        self.until(lambda: self.cards(number, chat))
        return self.cards(number, chat)[0]

    def cards(self, number: int, chat: int) -> list[SendMessage]:
        wanted = f"<code>#{number}</code>"
        return [m for m in list(self.sent) if m.chat_id == chat and wanted in m.html and "nobody yet" in m.html]

    def settled(self, *chats: int) -> None:
        """Each of the chats has done what it was told so far."""
        for chat in chats:
            self.ask("/help", chat=chat)


_YES = Button("Yes", Verb.SET_ROUTES, once=True)


def alert(number: int = 1, **labels: str) -> bytes:
    told = {"alertname": "KubePodNotReady", "severity": "warning", "namespace": "shop", "pod": f"pod-{number}"}
    fires = {
        "status": "firing",
        "fingerprint": f"f{number}-{sorted(labels.items())}",
        "labels": {**told, **labels},
        "startsAt": "2026-11-23T08:59:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
    }
    group = {"version": "4", "groupKey": f"g{number}", "receiver": "chatops", "truncatedAlerts": 0}
    return json.dumps({**group, "alerts": [fires]}).encode()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Routed]:
    built = Routed(tmp_path)
    built.start()
    try:
        yield built
    finally:
        built.close()


def entries(shop: House, type: EntryType) -> list[Entry]:
    return [stored.entry for stored in shop.store.audit.page(limit=1_000) if stored.entry.type is type]


def test_a_route_by_buttons(shop):
    shop.store.chats.put(Chat(OTHER, ChatKind.GROUP))
    shop.post_webhook(alert(1, namespace="mail"))
    shop.card(1, GROUP)
    message = shop.ask("/routes")
    assert "Every incident is shown in this chat" in shop.post.messages[message].html
    shop.follow(message, "Another route", "Any cluster", "mail", "warning and worse", "Only critical", "night")
    shop.post.wait(lambda post: "Show this in the chat?" in post.messages[message].html)
    assert shop.confirm(message) == "🧭 Done"
    told = "1. warning and worse · <code>*/mail</code> · 🔔 aloud only critical · calls by the chain <code>night</code>"
    shop.post.wait(lambda post: told in post.messages[message].html)
    (entry,) = entries(shop, EntryType.ROUTES_CHANGED)
    assert (entry.subject.id, entry.chat_id, entry.detail["act"]) == (str(ANNA), GROUP, "add")
    route = Route(namespaces=("mail",), least=Severity.WARNING, loud=(Severity.CRITICAL,), chain="night")
    assert shop.store.routes.of(GROUP).routes == (route,)
    shop.post_webhook(alert(2))
    shop.card(2, ANNA)
    # Whoever tells the chat of it, as of a press there.
    shop.directory.tell(chat_address(GROUP), IncidentChanged(2, 1))
    shop.settled(GROUP)
    assert not shop.cards(2, GROUP)
    shop.follow(message, "✖️ 1", says="Take this route away?")
    shop.confirm(message)
    # What was not shown for its sake is shown at once.
    shop.card(2, GROUP)


def test_a_route_in_one_line_is_asked_first_and_cannot_become_markup(shop):
    message = shop.ask("/routes prod/shop-* critical team=<b>x</b> silent topic:7")
    assert "<code>team=&lt;b&gt;x&lt;/b&gt;</code>" in shop.post.messages[message].html
    assert shop.store.routes.of(GROUP) == ChatRules()
    token = shop.post.button(message, "Yes")
    shop.clock.move(seconds=2)
    assert shop.press_token(message, token, chat=GROUP) == "🧭 Done"
    assert "already" in shop.press_token(message, token, chat=GROUP)
    assert len(entries(shop, EntryType.ROUTES_CHANGED)) == 1
    (route,) = shop.store.routes.of(GROUP).routes
    assert route == Route(("prod",), ("shop-*",), Severity.CRITICAL, (matcher_of("team=<b>x</b>"),), (), 7)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("team=x y", "is no matcher"),
        ("shop team=~(a", "without its other half"),
        ("shop chain:day", "names a chain that ONCALL_FILE has not: there are night"),
        ("quiet soon", "is no span of the day"),
        ("zone Mars", "is no time zone"),
    ],
)
def test_what_cannot_be_read_is_explained(shop, line, why):
    shown = shop.post.messages[shop.ask(f"/routes {line}")].html
    assert "⚠️ What you wrote" in shown
    assert why in shown


def test_only_admins_say_it(shop):
    message = shop.ask("/routes shop", OLEG)
    assert "Only an admin" in shop.post.messages[message].html
    message = shop.ask("/routes shop")
    shop.clock.move(seconds=2)
    toast = shop.press(message, "Yes", user=OLEG, chat=GROUP)
    assert "⛔" in toast
    assert shop.store.routes.of(GROUP) == ChatRules()
    assert len(entries(shop, EntryType.DENIED)) == 2


def test_quiet_hours_and_zone_by_buttons(shop):
    message = shop.ask("/routes")
    shop.follow(message, "Quiet hours", "22:00-08:00", says="from 22:00-08:00?")
    shop.confirm(message)
    shop.follow(message, "Time zone", "Asia/Tokyo", says="Go by the clock of Asia/Tokyo?")
    shop.confirm(message)
    shop.post.wait(lambda post: "by the clock of Asia/Tokyo" in post.messages[message].html)
    assert shop.store.routes.of(GROUP) == ChatRules(quiet=quiet_of("22:00-08:00"), zone=ZoneInfo("Asia/Tokyo"))
    message = shop.ask("/routes quiet off")
    shop.confirm(message)
    assert shop.store.routes.of(GROUP).quiet is None


def test_in_quiet_hours_only_what_is_critical_makes_a_sound(shop):
    shop.say(GROUP, quiet=quiet_of("17:00-19:00"), zone=ZoneInfo("Asia/Tokyo"))  # it is 18:00 there
    shop.post_webhook(alert(1))
    assert shop.card(1, GROUP).silent
    assert not shop.card(1, ANNA).silent
    shop.post_webhook(alert(2, severity="critical"))
    assert not shop.card(2, GROUP).silent
    shop.clock.move(hours=2)
    shop.post_webhook(alert(3))
    assert not shop.card(3, GROUP).silent


def test_a_route_says_what_makes_a_sound(shop):
    shop.say(GROUP, Route(namespaces=("mail",), loud=()), Route(loud=(Severity.INFO,)))
    shop.post_webhook(alert(1, namespace="mail", severity="critical"))
    assert shop.card(1, GROUP).silent
    shop.post_webhook(alert(2, severity="info"))
    assert not shop.card(2, GROUP).silent
    assert shop.card(2, ANNA).silent


def test_what_begins_to_fit_is_shown_and_what_stops_to_keeps_its_card(shop):
    shop.say(GROUP, Route(least=Severity.CRITICAL))
    shop.say(OTHER, Route(matchers=(matcher_of("team=pay"),)))
    shop.post_webhook(alert(1))
    shop.card(1, ANNA)
    shop.settled(GROUP, OTHER)
    assert not shop.cards(1, GROUP)
    shop.post_webhook(alert(1, severity="critical"))
    shop.card(1, GROUP)
    shop.settled(OTHER)
    assert not shop.cards(1, OTHER)
    shop.post_webhook(alert(1, team="pay"))
    shop.card(1, OTHER)
    shop.say(OTHER, Route(namespaces=("mail",)))
    shop.until(lambda: shop.store.cards.get(OTHER, 1))
    card = shop.store.cards.get(OTHER, 1)
    shop.press(card.message_id, "Take", chat=OTHER)
    shop.post.wait(lambda post: "has it since" in post.messages[card.message_id].html)
    assert len(shop.cards(1, OTHER)) == len(shop.cards(1, GROUP)) == 1


def test_where_the_file_says_it_nothing_is_changed_here(shop):
    message = shop.ask("/routes quiet 22:00-08:00")
    entry = Entry(EntryType.ROUTES_CHANGED, SYSTEM, shop.clock())
    shop.store.routes.follow_file([(GROUP, ChatRules((Route(namespaces=("shop",)),)))], lambda *_: entry)
    assert "Nothing was changed" in shop.confirm(message)
    shop.post.wait(lambda post: "ROUTES_FILE says so" in post.messages[message].html)
    assert not shop.post.messages[message].keyboard
    assert shop.store.routes.of(GROUP).quiet is None
    assert [entry.detail["act"] for entry in entries(shop, EntryType.DENIED)] == ["quiet"]


def test_a_storm_counts_only_what_the_chat_is_shown(shop):
    shop.stop()
    shop.policy = replace(shop.policy, storm_threshold=3)
    shop.say(GROUP, Route(namespaces=("mail",)))
    shop.start()
    for number in range(1, 9):
        shop.post_webhook(alert(number, node="worker-3"))
    shop.post_webhook(alert(9, namespace="mail"))
    shop.post.wait(lambda _: any(m.chat_id == ANNA and "🌪" in m.html for m in shop.sent))
    shop.card(9, GROUP)
    shop.directory.tell(chat_address(GROUP), IncidentsOpened(tuple(range(1, 9))))
    shop.settled(GROUP)
    assert not [m for m in shop.sent if m.chat_id == GROUP and "🌪" in m.html]
    assert [card.incident_id for card in shop.store.cards.for_chat(GROUP)] == [9]


def test_of_what_is_opened_together_each_chat_hears_of_its_own(shop):
    shop.stop()
    for chat in (ANNA, GROUP, OTHER):
        shop.say(chat, Route(namespaces=("mail",)))
    shop.start()
    stored: list[Future[int]] = [Future() for _ in range(40)]
    for number, each in enumerate(stored, 1):
        namespace = "mail" if number % 8 == 0 else "shop"
        shop.directory.tell(WEBHOOK, Accept(alert(number, namespace=namespace), "", each))
    shop.until(lambda: len(shop.store.incidents.active_ids()) == 40)
    shop.until(lambda: len(shop.store.cards.for_chat(GROUP)) == 5)
    # What nobody is shown is looked at all the same.
    shop.until(lambda: not shop.store.incidents.unseen())
    assert shop.store.incidents.incidents_with_mail() == ()
    shop.settled(GROUP)
    assert len(shop.store.cards.for_chat(GROUP)) == 5


def test_a_digest_in_quiet_hours_makes_no_sound(shop):
    shop.stop()
    shop.policy = replace(shop.policy, storm_threshold=3)
    shop.say(GROUP, quiet=quiet_of("00:00-23:59"))
    shop.start()
    for number in range(1, 9):
        shop.post_webhook(alert(number, node="worker-3"))
    shop.post.wait(lambda _: {m.chat_id for m in shop.sent if "🌪" in m.html} >= {GROUP, ANNA})
    assert {m.chat_id for m in shop.sent if "🌪" in m.html and m.silent} == {GROUP}


def test_a_group_lists_what_its_routes_take_with_a_button_for_all(shop):
    shop.say(GROUP, Route(namespaces=("mail",)))
    for number, namespace in ((1, "shop"), (2, "mail"), (3, "shop")):
        shop.post_webhook(alert(number, namespace=namespace))
        shop.card(number, ANNA)
    message = shop.ask("/incidents")
    assert "🔥 <b>1 open</b>" in shop.post.messages[message].html
    shop.follow(message, "All open · 3", says="🔥 <b>3 open</b>")
    shop.say(GROUP, Route(namespaces=("none",)))
    quiet = shop.ask("/incidents")
    assert "All quiet here" in shop.post.messages[quiet].html
    assert "3 incidents are open that" in shop.post.messages[quiet].html
    # In private it is what one may read, whatever is sent there.
    shop.say(ANNA, Route(namespaces=("none",)))
    assert "<b>3 open</b>" in shop.post.messages[shop.ask("/incidents", chat=ANNA)].html


def test_the_chain_of_the_first_chat_that_names_one_is_called_loudly(shop):
    shop.say(GROUP, Route(namespaces=("shop",), chain="night"), quiet=quiet_of("00:00-23:59"))
    shop.post_webhook(alert(1, severity="critical"))
    shop.post_webhook(alert(2, severity="critical", namespace="mail"))
    shop.card(1, ANNA), shop.card(2, ANNA)

    def called(user: int) -> list[SendMessage]:
        return [m for m in list(shop.sent) if m.chat_id == user and "Your turn" in m.html]

    for times in (1, 2):
        shop.clock.move(minutes=5)
        shop.directory.tell(ESCALATION, LookRound())
        shop.until(
            lambda times=times: sum(
                len(entries(shop, each)) for each in (EntryType.REMINDED, EntryType.CALLED)
            ) == 2 * times
        )  # fmt: skip
    shop.until(lambda: called(EVE) and called(OLEG))
    assert ["#1" in m.html for m in called(EVE)] == [True]
    assert ["#2" in m.html for m in called(OLEG)] == [True]
    shop.until(lambda: [m for m in list(shop.sent) if m.chat_id == GROUP and "nobody's for 10" in m.html])
    assert not any(m.silent for m in shop.sent if m.chat_id == GROUP and "nobody's" in m.html)


def test_a_call_by_hand_goes_by_the_same_chain(shop):
    shop.say(GROUP, Route(chain="night"))
    shop.post_webhook(alert(1, severity="critical"))
    shop.card(1, ANNA)
    shop.until(lambda: shop.store.cards.get(ANNA, 1))
    shop.press(shop.store.cards.get(ANNA, 1).message_id, "Escalate")
    shop.until(lambda: [m for m in list(shop.sent) if m.chat_id == EVE])
    assert not [m for m in shop.sent if m.chat_id == OLEG]


def test_the_admins_are_told_of_what_nobody_is_shown_once_of_each(shop):
    for chat in (ANNA, GROUP, OTHER):
        shop.say(chat, Route(namespaces=("mail",)))
    auditor = SelfAuditActor.start(
        directory=shop.directory, address=("self_audit",), store=shop.store, clock=shop.clock
    )

    def look(**later: float) -> None:
        shop.clock.move(**later)
        auditor.ask(Look(), timeout=10)

    def told() -> list[str]:
        return [str(m.html) for m in list(shop.sent) if "Nobody is shown" in m.html]

    shop.post_webhook(alert(1))
    shop.until(lambda: shop.store.incidents.get(1) and shop.store.incidents.get(1).revision)
    look(minutes=1)
    look(seconds=15)
    shop.until(lambda: len(told()) == 1)
    assert "routes take them: #1. In all there are 1, the oldest open for 1 min" in told()[0]
    look(minutes=1)
    shop.post_webhook(alert(2))
    shop.until(lambda: shop.store.incidents.get(2) and shop.store.incidents.get(2).revision)
    look(minutes=1)
    look(seconds=15)
    shop.until(lambda: len(told()) == 2)
    assert "take them: #2. In all there are 2" in told()[1]
    breaches = [entry.detail["breach"] for entry in entries(shop, EntryType.BREACH_FOUND)]
    assert breaches == ["unrouted", "unrouted"]
    shop.say(GROUP)
    shop.directory.tell(chat_address(GROUP), CatchUp())
    shop.card(1, GROUP), shop.card(2, GROUP)
    shop.until(lambda: shop.store.cards.get(GROUP, 1) and shop.store.cards.get(GROUP, 2))
    look(minutes=1)
    assert [entry.detail["breach"] for entry in entries(shop, EntryType.BREACH_OVER)] == ["unrouted"]
    auditor.stop(timeout=10)


def test_the_nights_of_a_review_are_those_of_the_chat_and_its_places_those_of_its_routes(shop):
    shop.say(GROUP, Route(namespaces=("shop",)), zone=ZoneInfo("America/New_York"))  # it is 4:00 there
    for number, namespace in ((1, "shop"), (2, "mail")):
        shop.post_webhook(alert(number, namespace=namespace))
        shop.card(number, ANNA)
    for chat in (GROUP, OTHER):
        shop.directory.tell(chat_address(chat), ReviewDue(shop.clock() + timedelta(minutes=1)))
    shop.until(lambda: len({m.chat_id for m in list(shop.sent) if "📊" in m.html}) == 2)
    told = {m.chat_id: str(m.html) for m in shop.sent if "📊" in m.html}
    assert "1 incident<" in told[GROUP]
    assert "1 at night" in told[GROUP]
    assert "2 incidents<" in told[OTHER]
    assert "0 at night" in told[OTHER]
