"""What routes do: which chat is told of what, how loudly, who is called, and that nothing is lost between chats."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from prometheus_client import REGISTRY

from chatops.actors.addresses import WEBHOOK, chat_address
from chatops.actors.chat_messages import CatchUp, IncidentsOpened, ReviewDue
from chatops.actors.escalation import ESCALATION, LookRound
from chatops.actors.messages import Accept
from chatops.actors.self_audit import Look, SelfAuditActor
from chatops.core.alerts import Severity
from chatops.core.audit import EntryType
from chatops.core.outgoing import SendMessage
from chatops.core.routes import Route, matcher_of, quiet_of
from tests.actors.house import ANNA
from tests.actors.routed import EVE, GROUP, OLEG, OTHER, Routed, alert, entries, routed


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Routed]:
    with routed(tmp_path) as built:
        yield built


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
    shop.until(lambda: not shop.store.unfinished.unseen())
    assert shop.store.unfinished.with_mail() == ()
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


def test_the_admins_are_told_that_nobody_is_shown_something_and_of_each_critical_one(shop):
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
    assert REGISTRY.get_sample_value("chatops_self_audit_breached", {"breach": "unrouted"}) == 1
    # As the admins said: whoever watches the bot by its heartbeat is not woken.
    assert REGISTRY.get_sample_value("chatops_self_audit_ok_timestamp_seconds") == shop.clock().timestamp()
    for number, severity in ((2, "warning"), (3, "critical")):
        look(minutes=1)
        shop.post_webhook(alert(number, severity=severity))
        shop.until(lambda: (found := shop.store.incidents.get(number)) and found.revision)  # noqa: B023
        look(minutes=1)
        look(seconds=15)
    shop.until(lambda: len(told()) == 2)
    assert "take them: #3. In all there are 3" in told()[1]
    breaches = [entry.detail["breach"] for entry in entries(shop, EntryType.BREACH_FOUND)]
    assert breaches == ["unrouted", "unrouted"]
    shop.say(GROUP)
    shop.directory.tell(chat_address(GROUP), CatchUp())
    shop.until(lambda: all(shop.store.cards.get(GROUP, number) for number in (1, 2, 3)))
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
