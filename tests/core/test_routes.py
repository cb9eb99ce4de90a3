"""Routes: what a chat is shown, how loudly, and what an admin's line makes of them."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.alerts import Severity
from chatops.core.misread import Misread
from chatops.core.routes import (
    NOT_HERE,
    ChatRules,
    Directions,
    Matcher,
    Operator,
    Quiet,
    Route,
    Traits,
    chain_of,
    directions,
    matcher_of,
    quiet_of,
    read,
    written,
)
from chatops.core.routing_acts import Act, Change, decided, route_typed

NIGHT = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
CHECKOUT = Traits(Severity.WARNING, "prod", "shop", [{"team": "payments"}, {"team": "web", "app": "cart"}])

_words = st.text("abc-*", min_size=1, max_size=4)
_severities = st.sampled_from(Severity)
_matchers = st.builds(
    Matcher,
    st.sampled_from(["team", "app"]),
    st.sampled_from([Operator.EQUAL, Operator.UNEQUAL]),
    st.sampled_from(["", "a", "b"]),
)
_routes = st.builds(
    Route,
    clusters=st.lists(_words, min_size=1, max_size=2).map(tuple),
    namespaces=st.lists(_words, min_size=1, max_size=2).map(tuple),
    least=_severities,
    matchers=st.lists(_matchers, max_size=2).map(tuple),
    loud=st.lists(_severities, unique=True).map(tuple),
    topic=st.integers(0, 99),
    chain=st.sampled_from(["", "night"]),
)
_times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
_quiets = st.builds(Quiet, _times, _times)
_rules = st.builds(
    ChatRules,
    routes=st.lists(_routes, max_size=3).map(tuple),
    quiet=st.none() | _quiets,
    zone=st.none() | st.sampled_from([UTC, ZoneInfo("Europe/Moscow"), ZoneInfo("America/New_York")]),
)
_traits = st.builds(
    Traits,
    severity=_severities,
    cluster=st.sampled_from(["", "a", "b-c"]),
    namespace=st.sampled_from(["", "a", "b-c"]),
    labels=st.lists(st.dictionaries(st.sampled_from(["team", "app"]), st.sampled_from(["a", "b"])), max_size=3),
)
_moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


def test_a_chat_without_routes_is_shown_everything_as_before():
    for severity in Severity:
        loud = severity in (Severity.CRITICAL, Severity.WARNING)
        assert directions(ChatRules(), Traits(severity, "", ""), NIGHT) == Directions(True, loud)


def test_the_first_route_that_takes_it_says_how():
    rules = ChatRules((Route(namespaces=("mail",)), Route(topic=7, loud=()), Route(topic=8)))
    assert directions(rules, CHECKOUT, NOON) == Directions(True, loud=False, topic=7)
    assert directions(replace(rules, routes=rules.routes[:1]), CHECKOUT, NOON) == NOT_HERE


def test_matchers_have_to_fit_one_and_the_same_alert():
    takes = lambda *texts: Route(matchers=tuple(map(matcher_of, texts))).takes(CHECKOUT)  # noqa: E731
    assert takes("team=payments")
    assert takes("team=web", "app=cart")
    assert not takes("team=payments", "app=cart")
    # As everywhere in Prometheus, a label that is not there is empty.
    assert takes("team=payments", "app=")
    assert takes('app=~"ca.*"')
    assert takes("team!~web|mail")
    assert not takes("team!=payments", "team!=web")


def test_at_least_a_severity():
    route = Route(least=Severity.WARNING)
    taken = [each for each in Severity if route.takes(Traits(each, "", ""))]
    assert taken == [Severity.CRITICAL, Severity.WARNING]


def test_quiet_hours_go_by_the_clock_of_the_chat():
    rules = ChatRules(quiet=quiet_of("22:00-08:00"), zone=ZoneInfo("Asia/Tokyo"))
    assert directions(rules, CHECKOUT, NIGHT).loud  # 10:30 there
    assert not directions(rules, CHECKOUT, NOON + timedelta(hours=2)).loud  # 23:00 there
    assert not directions(replace(rules, zone=None), CHECKOUT, NIGHT).loud
    assert directions(replace(rules, zone=None), CHECKOUT, NIGHT, ZoneInfo("Asia/Tokyo")).loud


@given(_rules, _traits, _moments)
def test_quiet_hours_hide_nothing_and_never_hush_what_is_critical(rules, traits, now):
    loud, quiet = directions(replace(rules, quiet=None), traits, now), directions(rules, traits, now)
    assert (quiet.shown, quiet.topic, quiet.chain) == (loud.shown, loud.topic, loud.chain)
    assert quiet.loud <= loud.loud
    if traits.severity is Severity.CRITICAL:
        assert quiet == loud


@given(_rules, _routes, _traits, _moments)
def test_another_route_at_the_end_changes_nothing_that_was_taken(rules, route, traits, now):
    before = directions(rules, traits, now)
    after = directions(replace(rules, routes=(*rules.routes, route)), traits, now)
    if rules.routes and before.shown:
        assert after == before
    elif rules.routes:
        assert after.shown == route.takes(traits)


@given(_rules, _traits, _moments)
def test_the_worse_it_is_the_more_chats_are_shown_it(rules, traits, now):
    if directions(rules, traits, now).shown:
        assert directions(rules, replace(traits, severity=Severity.CRITICAL), now).shown


@given(_quiets, _times)
def test_every_minute_is_in_the_hours_or_in_what_is_left_of_the_day(quiet, at):
    rest = Quiet(quiet.end, quiet.begin)
    if quiet.begin != quiet.end:
        assert quiet.holds(at) != rest.holds(at)
        assert quiet_of(quiet.text) == quiet


@given(_routes)
def test_a_route_is_read_as_it_was_written(route):
    assert read(written(route)) == route
    assert read(written(route)[1:]) is None


@given(_rules, _routes)
def test_what_is_added_can_be_taken_away(rules, route):
    after = decided(rules, Change(Act.ADD, route))
    assert (after is None) == (route in rules.routes)
    if after:
        assert decided(after, Change(Act.DROP, route)) == rules
        assert decided(after, Change(Act.ADD, route)) is None
        first = decided(after, Change(Act.FIRST, route)) or after
        assert first.routes[0] == route
        assert sorted(map(written, first.routes)) == sorted(map(written, after.routes))


def test_what_the_file_says_is_not_changed_and_there_is_an_end_to_routes():
    assert decided(ChatRules(from_file=True), Change(Act.ADD, Route())) is None
    full = ChatRules(tuple(Route(topic=each) for each in range(1, 21)))
    assert decided(full, Change(Act.ADD, Route())) is None
    assert decided(full, Change(Act.QUIET, quiet=quiet_of("22:00-06:00"))).quiet == Quiet(time(22), time(6))


def test_the_chain_is_that_of_the_first_chat_that_names_one():
    here, there = ChatRules((Route(namespaces=("mail",), chain="mail"),)), ChatRules((Route(chain="night"),))
    assert chain_of([ChatRules(), here, there], CHECKOUT) == "night"
    assert chain_of([here], CHECKOUT) == ""


def test_a_route_in_one_line():
    typed = route_typed('prod/shop-*,mail warning team=payments app=~"a b|c" loud:critical topic:12 chain:night')
    assert typed == Route(
        ("prod",),
        ("shop-*", "mail"),
        Severity.WARNING,
        (Matcher("team", Operator.EQUAL, "payments"), Matcher("app", Operator.FITS, "a b|c")),
        (Severity.CRITICAL,),
        12,
        "night",
    )
    assert route_typed("shop") == Route(namespaces=("shop",))
    assert route_typed("* silent") == Route(loud=())


@pytest.mark.parametrize(
    "text",
    [
        *("", "a b c", "shop loud", "shop topic:", "shop topic:0", "shop topic:99999999999", "shop team=~(", "shop =x"),
        *("/", ",,,,", "shop loud:red", 'shop team="x', "shop " + "a=b " * 11),
        *("shop " + "a" * 101 + "=b", "shop x=" + "y" * 201),
    ],
)
def test_what_is_no_route_says_why(text):
    with pytest.raises(Misread):
        route_typed(text)


@given(st.text(max_size=60))
def test_any_line_is_a_route_or_says_why_not(text):
    try:
        route = route_typed(text)
    except Misread:
        return
    assert read(written(route)) == route
    route.takes(CHECKOUT)


@pytest.mark.parametrize("text", ["", "22:00", "22-08", "25:00-08:00", "22:00-22:00", "a-b"])
def test_what_is_no_quiet_hours(text):
    with pytest.raises(Misread):
        quiet_of(text)
