"""Which new incidents join a digest, and what they have in common: whatever comes, in whatever order."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chatops.core.alerts import Severity
from chatops.core.screens.base import TEXT_LIMIT, shown_length
from chatops.core.screens.storm import digest, document, members_list, places_list
from chatops.core.storms import (
    MOST_PAGES,
    OVER_AFTER,
    WITHIN,
    Beginning,
    Cause,
    Member,
    Newcomer,
    Storm,
    causes_of,
    files_again,
    is_over,
    root_of,
    share,
    suspected_cause,
)
from chatops.core.texts import LANGUAGES, tongue

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NODE = Cause("node", "worker-3")
CRITICAL, WARNING = Severity.CRITICAL, Severity.WARNING

some_causes = st.sets(
    st.builds(Cause, st.sampled_from(["node", "workload", "namespace"]), st.sampled_from(["a", "b", "<c>"])), max_size=3
).map(tuple)
newcomers = st.lists(
    st.builds(Newcomer, st.integers(1, 10**6), st.sampled_from(Severity), some_causes, st.booleans()),
    max_size=30,
    unique_by=lambda each: each.id,
)
beginnings = st.lists(
    st.builds(Beginning, st.integers(-700, 700).map(lambda s: NOW + timedelta(seconds=s)), st.booleans(), some_causes),
    max_size=12,
)
members = st.lists(
    st.builds(
        Member,
        st.integers(1, 10**6),
        st.sampled_from(Severity),
        st.text(max_size=200),
        st.text(max_size=80),
        st.text(max_size=80),
        st.booleans(),
        some_causes,
        st.sampled_from(["", "@anna", "<b>"]),
    ),
    max_size=60,
    unique_by=lambda each: each.id,
)


def many(count: int, severity: Severity = WARNING, causes: tuple[Cause, ...] = (), start: int = 1) -> list[Newcomer]:
    return [Newcomer(number, severity, causes) for number in range(start, start + count)]


def a_member(number: int, *causes: Cause, severity: Severity = WARNING, open: bool = True) -> Member:
    return Member(number, severity, "PodNotReady", "prod", "shop", open, causes)


def a_storm(**changed: object) -> Storm:
    told = {"ended_at": None, "wanted": 1, "shown": 1, "filed": 0, **changed}
    return Storm(1, -100, 5, NOW, NOW, **told)  # type: ignore[arg-type]  # what each test changes


@given(newcomers, beginnings, st.booleans(), st.none() | st.just(NODE), st.integers(1, 10))
def test_each_newcomer_goes_one_way(
    new: list[Newcomer], recent: list[Beginning], standing: bool, suspected: Cause | None, threshold: int
) -> None:
    found = share(new, recent, standing=standing, suspected=suspected, now=NOW, threshold=threshold)
    assert sorted([*found.cards, *found.joins, *found.waits]) == sorted(each.id for each in new)
    assert not set(found.waits) & {each.id for each in new if each.waited}, "nothing waits twice"
    assert not (standing and found.waits)


@given(newcomers, beginnings, st.booleans(), st.integers(1, 10))
def test_r17_no_minute_of_a_chat_has_more_cards_than_the_threshold_and_the_pages(
    new: list[Newcomer], recent: list[Beginning], standing: bool, threshold: int
) -> None:
    """R17: whatever comes at once, at most so many of it get a message."""
    found = share(new, recent, standing=standing, now=NOW, threshold=threshold)
    lately = [each for each in recent if abs(NOW - each.at) <= WITHIN]
    assert len(found.cards) <= max(MOST_PAGES, threshold - len(lately))
    if standing or found.joins:
        assert len(found.cards) <= MOST_PAGES
        assert all(each.critical for each in new if each.id in found.cards)


def test_the_first_goes_at_once_and_what_follows_close_behind_waits_once() -> None:
    first = share(many(1), [], standing=False, now=NOW, threshold=5)
    assert first.cards == (1,)
    second = share(many(1, start=2), [Beginning(NOW)], standing=False, now=NOW, threshold=5)
    assert second.waits == (2,)
    again = share([Newcomer(2, WARNING, waited=True)], [Beginning(NOW)], standing=False, now=NOW, threshold=5)
    assert again.cards == (2,)


def test_a_critical_one_does_not_wait_while_they_are_few() -> None:
    found = share(many(4, CRITICAL), [Beginning(NOW)], standing=False, now=NOW, threshold=5)
    assert (found.cards, found.waits) == ((1, 2), (3, 4))


def test_more_than_the_threshold_in_a_minute_join() -> None:
    recent = [Beginning(NOW - timedelta(seconds=30))] * 5
    assert share(many(1), recent, standing=False, now=NOW, threshold=5).joins == (1,)
    old = [Beginning(NOW - timedelta(seconds=90))] * 5
    assert share(many(1), old, standing=False, now=NOW, threshold=5).cards == (1,)


def test_a_shared_cause_makes_a_storm_of_what_comes_slowly() -> None:
    slow = [Beginning(NOW - timedelta(minutes=each), False, (NODE,)) for each in range(2, 7)]
    assert share(many(1, causes=(NODE,)), slow, standing=False, now=NOW, threshold=5).joins == (1,)
    assert share(many(1, causes=(Cause("node", "other"),)), slow, standing=False, now=NOW, threshold=5).cards == (1,)


def test_a_critical_one_outside_of_the_cause_pages_and_one_within_joins() -> None:
    new = [Newcomer(1, CRITICAL, (NODE,)), Newcomer(2, CRITICAL, (Cause("node", "other"),)), Newcomer(3, WARNING)]
    found = share(new, [], standing=True, suspected=NODE, now=NOW, threshold=5)
    assert (found.cards, found.joins) == ((2,), (1, 3))
    paged = [Beginning(NOW, True)] * MOST_PAGES
    assert share(new, paged, standing=True, suspected=NODE, now=NOW, threshold=5).cards == ()


def test_causes_are_read_from_labels() -> None:
    pod = causes_of({"alertname": "X", "namespace": "shop", "pod": "p", "node": "worker-3"}, "shop")
    assert pod == (NODE, Cause("namespace", "shop"))
    assert not any(each.own for each in pod)
    (node,) = causes_of({"alertname": "X", "node": "worker-3"})
    assert (node, node.own) == (NODE, True)
    deployment = causes_of({"alertname": "X", "namespace": "shop", "deployment": "checkout"}, "shop")
    assert Cause("workload", "shop/checkout") in deployment


def test_the_cause_is_what_half_of_them_share_and_its_own_alert_is_the_root() -> None:
    shop = Cause("namespace", "shop")
    assert suspected_cause([(NODE, shop)] * 5 + [(shop,)] * 5) == NODE
    assert suspected_cause([(NODE, shop)] * 4 + [(shop,)] * 6) == shop
    assert suspected_cause([(NODE,)] * 2) is None
    own = a_member(9, Cause("node", "worker-3", own=True), severity=CRITICAL)
    assert root_of([a_member(1, NODE), own], NODE) == own
    assert root_of([a_member(1, NODE)], NODE) is None


def test_a_storm_is_over_when_nothing_joins_or_all_has_ended() -> None:
    assert not is_over(a_storm(), 3, NOW + OVER_AFTER / 2)
    assert is_over(a_storm(), 3, NOW + OVER_AFTER)
    assert is_over(a_storm(), 0, NOW)
    assert not is_over(a_storm(shown=0), 0, NOW), "what nobody was shown is not over"


def test_the_list_of_all_is_filed_once_it_settles_and_when_it_grew_tenfold() -> None:
    assert not files_again(a_storm(), 100, fits=100, settled=True)
    assert not files_again(a_storm(), 500, fits=100, settled=False)
    assert files_again(a_storm(), 500, fits=100, settled=True)
    assert not files_again(a_storm(filed=500), 4_999, fits=100, settled=False)
    assert files_again(a_storm(filed=500), 5_000, fits=100, settled=False)


@given(members, st.sampled_from(LANGUAGES))
def test_a_digest_of_anything_fits_and_counts_all(held: list[Member], language: str) -> None:
    speaks = tongue(language)
    for shown in (
        digest(a_storm(), held, speaks),
        members_list(a_storm(), held, speaks, page=3),
        places_list(a_storm(), held, speaks),
    ):
        assert shown_length(shown.html) <= TEXT_LIMIT
        assert sum(len(row) for row in shown.rows) <= 100
    name, content = document(a_storm(), held, speaks)
    assert name.endswith(".txt")
    assert len(content.decode().split("\n")) == len(held) + 1


def test_a_page_of_the_list_leads_to_each_of_its_members() -> None:
    held = [a_member(number) for number in range(1, 20)]
    seen = [
        button.incident_id
        for page in range(3)
        for row in members_list(a_storm(), held, tongue("en"), page=page).rows
        for button in row
        if button.incident_id
    ]
    assert seen == [each.id for each in held]
