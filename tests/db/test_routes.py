"""The rules of chats as they are stored: whom a change concerns, what is missing, and how the file's go before."""

import random
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from chatops.core.alerts import Severity
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.buttons import Button, Verb
from chatops.core.cards import Card
from chatops.core.people import Chat, ChatKind
from chatops.core.routes import EVERYTHING, ChatRules, Route, directions, matcher_of, quiet_of, traits_of
from tests.core.bodies import a_body, an_alert
from tests.db.building import NOW, told

ALL, SHOP, MAIL = -5, -6, -7
OF_SHOP = ChatRules((Route(namespaces=("shop",)),))
OF_MAIL = ChatRules((Route(namespaces=("mail",)),))


def says(store, chat_id: int, rules: ChatRules) -> bool:
    """An admin's confirmed change."""
    (token,) = store.buttons.offer(chat_id, 1, [Button("Yes", Verb.SET_ROUTES, once=True)], NOW)
    entry = Entry(EntryType.ROUTES_CHANGED, SYSTEM, NOW, chat_id=chat_id)
    return store.routes.change(chat_id, lambda before: rules, entry, token=token, by="7", now=NOW)


def file_says(store, *rules: tuple[int, ChatRules]) -> None:
    store.routes.follow_file(rules, lambda chat_id, told: Entry(EntryType.ROUTES_CHANGED, SYSTEM, NOW, chat_id=chat_id))


def lines(store) -> list[int]:
    found = (stored.entry for stored in store.audit.page(limit=1000))
    return [entry.chat_id for entry in found if entry.type is EntryType.ROUTES_CHANGED]


@pytest.fixture
def chats(store):
    for chat_id in (ALL, SHOP, MAIL):
        store.chats.put(Chat(chat_id, ChatKind.GROUP, subscribed=True))
    assert says(store, SHOP, OF_SHOP)
    assert says(store, MAIL, OF_MAIL)
    return store


def test_a_change_concerns_the_chats_whose_routes_take_it(chats):
    (incident,) = told(chats, a_body())
    assert chats.cards.audience(incident) == (SHOP, ALL)
    assert [chats.cards.stale(each) for each in (ALL, SHOP, MAIL)] == [(incident,), (incident,), ()]
    assert chats.routes.wanted_by((ALL, SHOP, MAIL), (incident,)) == {ALL: (incident,), SHOP: (incident,), MAIL: ()}
    assert {gap.chat_id for gap in chats.books.read(NOW).missing} == {ALL, SHOP}


def test_a_card_that_is_there_is_kept_though_no_route_takes_it_any_more(chats):
    (incident,) = told(chats, a_body())
    chats.cards.put(Card(MAIL, incident, 10, 0))
    assert chats.cards.audience(incident) == (MAIL, SHOP, ALL)
    assert chats.cards.stale(MAIL) == (incident,)


def test_a_label_of_an_alert_that_came_later_makes_it_fit(chats):
    says(chats, MAIL, ChatRules((Route(matchers=(matcher_of("team=~pay.*"),)),)))
    (incident,) = told(chats, a_body())
    assert MAIL not in chats.cards.audience(incident)
    told(chats, a_body(an_alert(), an_alert(fingerprint="f2", labels={"team": "payments"})))
    assert chats.cards.stale(MAIL) == (incident,)


def test_an_alert_that_ended_says_nothing_while_another_fires(chats):
    says(chats, MAIL, ChatRules((Route(matchers=(matcher_of("team=pay"),)),)))
    over = an_alert(status="resolved", endsAt="2026-11-23T09:00:00Z", fingerprint="f2", labels={"team": "pay"})
    (incident,) = told(chats, a_body(an_alert(), an_alert(fingerprint="f2", labels={"team": "pay"})))
    assert chats.cards.stale(MAIL) == (incident,)
    told(chats, a_body(an_alert(), over))
    assert chats.cards.stale(MAIL) == ()
    assert chats.routes.directions(MAIL, (incident,), NOW, UTC) == {
        incident: directions(chats.routes.of(MAIL), traits_of(chats.incidents.get(incident)), NOW)
    }


def test_what_no_route_takes_is_told_of(chats):
    (incident,) = told(chats, a_body())
    chats.chats.put(Chat(ALL, ChatKind.GROUP, subscribed=False))
    assert chats.books.read(NOW).unrouted == ()
    says(chats, SHOP, OF_MAIL)
    books = chats.books.read(NOW)
    assert [gap.incident_id for gap in books.unrouted] == [incident]
    assert books.missing == ()
    chats.cards.put(Card(7, incident, 10, 1))
    assert chats.books.read(NOW).unrouted == ()


def test_a_button_changes_once(chats):
    (token,) = chats.buttons.offer(ALL, 1, [Button("Yes", Verb.SET_ROUTES, once=True)], NOW)
    entry = Entry(EntryType.ROUTES_CHANGED, SYSTEM, NOW, chat_id=ALL)
    before = len(lines(chats))
    change = lambda rules: OF_SHOP  # noqa: E731
    assert chats.routes.change(ALL, change, entry, token=token, by="7", now=NOW)
    assert not chats.routes.change(ALL, change, entry, token=token, by="7", now=NOW)
    assert len(lines(chats)) == before + 1


def test_rules_are_read_as_they_were_stored(chats):
    route = Route(("prod",), ("a*",), Severity.WARNING, (matcher_of("team!~a|b"),), (Severity.INFO,), 7, "night")
    rules = ChatRules((route,), quiet_of("22:00-08:00"), ZoneInfo("Asia/Tokyo"))
    says(chats, ALL, rules)
    assert chats.routes.of(ALL) == rules
    assert chats.routes.of(-99) == EVERYTHING


def test_the_file_goes_before_and_what_it_says_no_more_is_over(chats):
    before = len(lines(chats))
    file_says(chats, (SHOP, OF_MAIL), (ALL, OF_SHOP))
    assert chats.routes.of(SHOP).routes == OF_MAIL.routes
    assert chats.routes.of(SHOP).from_file
    assert lines(chats)[before:] == [SHOP, ALL]
    file_says(chats, (ALL, OF_SHOP), (SHOP, OF_MAIL))
    assert len(lines(chats)) == before + 2, "another order is no news of a chat"
    file_says(chats, (ALL, OF_MAIL))
    assert lines(chats)[before + 2 :] == [ALL, SHOP]
    assert chats.routes.of(SHOP) == OF_SHOP


def test_the_chain_of_the_first_chat_that_names_one(chats):
    (incident,) = told(chats, a_body())
    assert chats.routes.chain(incident) == ""
    says(chats, SHOP, ChatRules((Route(chain="shop"),)))
    assert chats.routes.chain(incident) == "shop"
    file_says(chats, (MAIL, ChatRules((Route(chain="mail"),))), (ALL, ChatRules((Route(chain="all"),))))
    assert chats.routes.chain(incident) == "mail"
    chats.chats.put(Chat(MAIL, ChatKind.GROUP, subscribed=False))
    assert chats.routes.chain(incident) == "all"


def test_a_group_that_became_a_supergroup_keeps_them(chats):
    file_says(chats, (SHOP, OF_MAIL))
    chats.cards.move_chat(SHOP, -100)
    assert chats.routes.of(-100) == OF_MAIL
    assert chats.routes.of(SHOP) == EVERYTHING
    chats.cards.move_chat(MAIL, -100)
    assert chats.routes.of(-100) == OF_MAIL


def test_quiet_hours_are_said_of_each_incident(chats):
    (incident,) = told(chats, a_body())
    says(chats, ALL, ChatRules(quiet=quiet_of("11:00-13:00")))
    assert not chats.routes.directions(ALL, (incident,), NOW, UTC)[incident].loud
    assert chats.routes.directions(ALL, (incident,), NOW + timedelta(hours=2), UTC)[incident].loud
    assert chats.routes.directions(ALL, (incident,), NOW, ZoneInfo("Asia/Tokyo"))[incident].loud


def test_whoever_asks_hears_the_same(chats):
    """Whom a change wakes, what is missing there, what it is told together and what the self-audit misses."""
    dice, ids = random.Random(7), []
    for number in range(12):
        labels = {"alertname": "X", "namespace": dice.choice(["shop", "mail", ""]), "team": dice.choice("ab")}
        labels["severity"] = dice.choice(["critical", "warning", "info"])
        key = f"group {number}"
        ids += told(chats, a_body(an_alert(fingerprint=f"f{number}", labels=labels), groupKey=key))
    for _ in range(25):
        for chat_id in (ALL, SHOP, MAIL):
            says(chats, chat_id, ChatRules(tuple(some_route(dice) for _ in range(dice.randint(0, 3)))))
        books, known = chats.books.read(NOW), {each: chats.incidents.get(each) for each in ids}
        taken = {
            (chat_id, each)
            for chat_id in (ALL, SHOP, MAIL)
            for each in ids
            if directions(chats.routes.of(chat_id), traits_of(known[each]), NOW).shown
        }
        assert {(chat_id, each) for each in ids for chat_id in chats.cards.audience(each)} == taken
        assert {(chat_id, each) for chat_id in (ALL, SHOP, MAIL) for each in chats.cards.stale(chat_id)} == taken
        wanted = chats.routes.wanted_by((ALL, SHOP, MAIL), ids)
        assert {(chat_id, each) for chat_id, found in wanted.items() for each in found} == taken
        assert {(gap.chat_id, gap.incident_id) for gap in books.missing} == taken
        assert {gap.incident_id for gap in books.unrouted} == set(ids) - {each for _, each in taken}
        total, shown = chats.pages.open(0, 100, routed_to=SHOP)
        assert {each.id for each in shown} == {each for chat_id, each in taken if chat_id == SHOP}
        assert total == len(shown)
        listed = [each.id for each in chats.pages.open(0, 100)[1]]
        assert [each.id for each in shown] == [each for each in listed if (SHOP, each) in taken]


def some_route(dice: random.Random) -> Route:
    matchers = [matcher_of(dice.choice(["team=a", "team!=a", "team=~a|c", "team!~b", "none="]))]
    return Route(
        namespaces=(dice.choice(["*", "shop", "m*"]),),
        least=dice.choice(list(Severity)),
        matchers=tuple(matchers[: dice.randint(0, 1)]),
    )
