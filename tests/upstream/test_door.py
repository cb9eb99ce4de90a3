"""Silences and what fires, against the stand-in and, the same, against Debian's Alertmanager."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.core.resources import Health, ObjectRef
from chatops.core.silences import Choice, Matched, Matcher, Scope, SilenceDraft, SilencePlace, SilenceWatch
from chatops.sandbox.alertmanager import AlertmanagerServer
from chatops.sandbox.silences import fingerprint
from chatops.upstream import UpstreamDoor
from chatops.upstream.alertmanager import Alertmanager, ListedMatcher
from chatops.upstream.endpoint import Endpoint
from tests.upstream.real import RealAlertmanager

Either = AlertmanagerServer | RealAlertmanager

CHECKOUT = {"alertname": "CrashLoop", "namespace": "shop", "pod": "checkout-1"}
CART = {"alertname": "CrashLoop", "namespace": "shop", "pod": 'ca"rt\\1'}
OTHER = {"alertname": "DiskFull", "namespace": "mail"}
NAME, SHOP = Matcher("alertname", "CrashLoop"), Matcher("namespace", "shop")
NOTHING = ObjectRef("", "")


def now() -> datetime:
    return datetime.now(UTC)


def matched(door: UpstreamDoor, matchers: tuple[Matcher, ...], ours: frozenset[str]) -> Matched:
    (found,) = door.counted([Choice(Scope.GROUP, matchers)], ours).choices
    return found


def draft(*matchers: Matcher, key: str = "key-1") -> SilenceDraft:
    ends_at = now() + timedelta(hours=1)
    return SilenceDraft(key, matchers or (NAME, SHOP), ends_at, "@anna", f"#96 Crash loop (chatops {key})")


def raised(ask: object) -> Failure:
    with pytest.raises(Failure) as failure:
        ask()  # type: ignore[operator]  # a function
    return failure.value


def test_what_would_be_hidden_is_counted(either: Either) -> None:
    for labels in (CHECKOUT, CART, OTHER):
        either.fire(labels)
    door = UpstreamDoor([either.url])
    found = matched(door, (NAME, SHOP), frozenset({fingerprint(CHECKOUT)}))
    assert (found.ours, found.others, found.names, found.silenced) == (1, 1, ("CrashLoop",), 0)
    assert matched(door, (Matcher("pod", CART["pod"]),), frozenset()).others == 1
    assert matched(door, (Matcher("pod", "nowhere"),), frozenset()).others == 0


def test_a_silence_is_made_found_watched_and_ended(either: Either) -> None:
    either.fire(CHECKOUT)
    door = UpstreamDoor([either.url])
    assert door.find_silence("key-1", (NAME, SHOP)) == SilencePlace()
    place = door.make_silence(draft(), now())
    assert place.id
    assert door.find_silence("key-1", (NAME, SHOP)) == place
    assert door.watch_silence(place, (NAME, SHOP), now()).active
    (made,) = Alertmanager(Endpoint(either.url)).silences((NAME,))
    assert made.comment == "#96 Crash loop (chatops key-1)"
    assert door.expire_silence(place)
    assert door.expire_silence(place), "ending it twice does no harm"
    assert not door.watch_silence(place, (NAME, SHOP), now()).active
    assert door.find_silence("key-1", (NAME, SHOP)) == SilencePlace(), "an ended one is not there"


def test_a_silence_that_is_not_known_is_not_found(either: Either) -> None:
    door = UpstreamDoor([either.url])
    gone = SilencePlace("00000000-0000-0000-0000-000000000000")
    assert raised(lambda: door.expire_silence(gone)).reason is Reason.NOT_FOUND
    assert door.watch_silence(gone, (NAME,), now()) == SilenceWatch(active=False)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (draft(Matcher("alertname", "")), "must not match the empty string"),
        (SilenceDraft("k", (NAME,), datetime(2020, 1, 1, tzinfo=UTC), "@anna", "c"), "start time must be before"),
    ],
)
def test_a_refusal_is_told_in_alertmanager_s_words(either: Either, bad: SilenceDraft, words: str) -> None:
    failure = raised(lambda: UpstreamDoor([either.url]).make_silence(bad, now()))
    assert (type(failure), failure.reason) == (Permanent, Reason.REFUSED)
    assert words in failure.detail


def test_its_version_is_told(either: Either) -> None:
    assert Alertmanager(Endpoint(either.url)).check().startswith("Alertmanager 0.")


def test_what_is_hidden_already_is_counted_and_listed(server: AlertmanagerServer) -> None:
    server.fire(CHECKOUT)
    door = UpstreamDoor([server.url])
    door.make_silence(draft(), now())
    assert matched(door, (NAME, SHOP), frozenset()).silenced == 1


def test_silenced_alerts_that_ended_are_seen_to_be_gone(server: AlertmanagerServer) -> None:
    ours = {server.fire(CHECKOUT), server.fire(CART)}
    door = UpstreamDoor([server.url])
    place = door.make_silence(draft(), now())
    assert door.watch_silence(place, (NAME, SHOP), now()).firing == ours
    server.end(CART)
    assert door.watch_silence(place, (NAME, SHOP), now()).firing == {fingerprint(CHECKOUT)}


def test_one_that_just_started_knows_no_alerts_yet(server: AlertmanagerServer) -> None:
    door = UpstreamDoor([server.url])
    place = door.make_silence(draft(), now())
    server.started_at = now() - timedelta(minutes=2)
    assert door.watch_silence(place, (NAME, SHOP), now()) == SilenceWatch(active=True, firing=None)


def test_a_lost_answer_is_not_known_and_found_by_its_key(server: AlertmanagerServer) -> None:
    door = UpstreamDoor([server.url])
    server.lose_answer()
    assert raised(lambda: door.make_silence(draft(), now())).reason is Reason.UNKNOWN_OUTCOME
    (made,) = server.silences
    assert door.find_silence("key-1", (NAME, SHOP)) == SilencePlace(made.id)


def test_each_choice_is_counted_of_one_look(either: Either) -> None:
    for labels in (CHECKOUT, CART, OTHER):
        either.fire(labels)
    choices = [
        Choice(Scope.GROUP, (NAME,)),
        Choice(Scope.ALERT, (NAME, SHOP)),
        Choice(Scope.OBJECT, (NAME, SHOP, Matcher("pod", CHECKOUT["pod"]))),
    ]
    ours = frozenset({fingerprint(CHECKOUT)})
    found = UpstreamDoor([either.url]).counted(choices, ours).choices
    assert [(each.scope, each.ours, each.others) for each in found] == [
        (Scope.GROUP, 1, 1 + (OTHER["alertname"] == CHECKOUT["alertname"])),
        (Scope.ALERT, 1, 1),
        (Scope.OBJECT, 1, 0),
    ]
    assert found[1].fingerprints == (fingerprint(CART),)


def test_choices_that_share_nothing_are_asked_for_one_by_one(server: AlertmanagerServer) -> None:
    server.fire(CHECKOUT)
    choices = [Choice(Scope.GROUP, (SHOP,)), Choice(Scope.ALERT, (NAME,))]
    found = UpstreamDoor([server.url]).counted(choices, frozenset()).choices
    assert [each.others for each in found] == [1, 1]


def test_a_silence_is_extended(either: Either) -> None:
    either.fire(CHECKOUT)
    door = UpstreamDoor([either.url])
    asked = draft()
    place = door.make_silence(asked, now())
    later = asked.ends_at + timedelta(hours=1)
    moved = door.extend_silence(place, later, "", now())
    (active,) = Alertmanager(Endpoint(either.url)).silences((NAME,))
    assert (active.id, active.status.state) == (moved.id, "active")
    assert active.ends_at is not None
    assert abs(active.ends_at - later) < timedelta(milliseconds=2)
    assert (active.comment, active.created_by) == (asked.comment, asked.created_by)
    found = door.find_silence("key-1", (NAME, SHOP))
    assert (found, found.ends_at) == (moved, active.ends_at)


def test_what_has_ended_is_not_begun_anew(either: Either) -> None:
    door = UpstreamDoor([either.url])
    place = door.make_silence(draft(), now())
    door.expire_silence(place)
    later = now() + timedelta(hours=2)
    assert raised(lambda: door.extend_silence(place, later, "", now())).reason is Reason.NOT_FOUND
    assert len(Alertmanager(Endpoint(either.url)).silences((NAME,))) == 1


def test_one_that_starts_at_another_moment_takes_its_place(either: Either) -> None:
    """An active silence keeps its id only with the start it has."""
    door, one = UpstreamDoor([either.url]), Alertmanager(Endpoint(either.url))
    place = door.make_silence(draft(), now())
    known = one.silence(place.id)
    assert known.starts_at is not None
    known.starts_at -= timedelta(hours=1)
    moved = one.prolong(known, now() + timedelta(hours=3), known.comment, now())
    assert moved != place.id
    assert {each.id: each.status.state for each in one.silences()} == {moved: "active", place.id: "expired"}
    assert door.find_silence("key-1", (NAME, SHOP)) == SilencePlace(moved), "and is found by its key"


def test_a_lost_answer_to_an_extension_is_found_by_its_key(server: AlertmanagerServer) -> None:
    door = UpstreamDoor([server.url])
    asked = draft()
    place = door.make_silence(asked, now())
    later = asked.ends_at + timedelta(hours=1)
    server.lose_answer(after=1)
    assert raised(lambda: door.extend_silence(place, later, "", now())).reason is Reason.UNKNOWN_OUTCOME
    found = door.find_silence("key-1", (NAME, SHOP))
    assert found.ends_at is not None
    assert abs(found.ends_at - later) < timedelta(seconds=1)
    assert len(list(server.silences)) == 1


def test_all_that_stand_are_listed_with_where_they_hide(either: Either) -> None:
    door, one = UpstreamDoor([either.url]), Alertmanager(Endpoint(either.url))
    over = door.make_silence(draft(key="over"), now())
    door.expire_silence(over)
    ours = door.make_silence(draft(), now())
    known = one.silence(ours.id)
    known.id, known.created_by, known.comment = "", "oleg <b>", "by\nhand"
    known.matchers = [ListedMatcher("namespace", "shop|mail", True), ListedMatcher("cluster", "eu1", False, False)]
    theirs = one.prolong(known, now() + timedelta(hours=5), known.comment, now())
    found = door.silences()
    assert [each.id for each in found.silences] == [ours.id, theirs], "those that end first before the others"
    mine, other = found.silences
    assert (mine.namespace, mine.cluster, mine.matchers) == ("shop", "", ('alertname="CrashLoop"', 'namespace="shop"'))
    assert set(other.matchers) == {'cluster!="eu1"', 'namespace=~"shop|mail"'}
    assert (other.namespace, other.cluster, other.by, other.comment) == ("", "", "oleg <b>", "byhand")
    assert not other.pending


class TestSeveral:
    """Two Alertmanagers that know nothing of each other."""

    @pytest.fixture
    def second(self) -> object:
        with AlertmanagerServer() as running:
            yield running

    def test_a_silence_goes_where_its_alerts_are(self, server, second) -> None:
        second.fire(CHECKOUT)
        door = UpstreamDoor([server.url, second.url])
        assert matched(door, (NAME, SHOP), frozenset()).others == 1
        place = door.make_silence(draft(), now())
        assert place.instance == 1
        assert (len(list(server.silences)), len(list(second.silences))) == (0, 1)
        assert door.find_silence("key-1", (NAME, SHOP)) == place

    def test_of_two_strangers_it_goes_where_the_incidents_own_alerts_are(self, server, second) -> None:
        """Both list alerts that it would hide; it is meant for those of one."""
        server.fire(CART)
        second.fire(CHECKOUT)
        door = UpstreamDoor([server.url, second.url])
        ours = frozenset({fingerprint(CHECKOUT)})
        assert (matched(door, (NAME, SHOP), ours).ours, matched(door, (NAME, SHOP), ours).others) == (1, 0)
        assert door.make_silence(replace(draft(), ours=ours), now()).instance == 1
        assert not list(server.silences)

    def test_where_the_one_that_knows_them_may_be_down_no_stranger_will_do(self, server, second) -> None:
        server.fire(CART)
        second.go_away()
        door = UpstreamDoor([server.url, second.url])
        asked = replace(draft(), ours=frozenset({fingerprint(CHECKOUT)}))
        assert raised(lambda: door.make_silence(asked, now())).reason is Reason.UNREACHABLE
        assert not list(server.silences)

    def test_a_peer_that_lists_them_will_do(self, server, second) -> None:
        server.fire(CHECKOUT)
        second.go_away()
        asked = replace(draft(), ours=frozenset({fingerprint(CHECKOUT)}))
        assert UpstreamDoor([second.url, server.url]).make_silence(asked, now()).instance == 1

    def test_what_each_has_is_listed_and_who_is_silent_is_named(self, server, second) -> None:
        first, other = (UpstreamDoor([each.url]).make_silence(draft(), now()) for each in (server, second))
        door = UpstreamDoor([server.url, second.url])
        assert {(each.id, each.instance) for each in door.silences().silences} == {(first.id, 0), (other.id, 1)}
        second.go_away()
        found = door.silences()
        assert [each.id for each in found.silences] == [first.id]
        assert len(found.silent) == 1
        server.go_away()
        assert raised(door.silences).reason is Reason.UNREACHABLE

    def test_it_is_extended_where_it_is(self, server, second) -> None:
        place = UpstreamDoor([second.url]).make_silence(draft(), now())
        later = now() + timedelta(hours=2)
        moved = UpstreamDoor([server.url, second.url]).extend_silence(place, later, "", now())
        assert moved.instance == 1
        assert not list(server.silences)

    def test_the_next_is_asked_where_one_is_down(self, server, second) -> None:
        server.go_away()
        door = UpstreamDoor([server.url, second.url])
        assert matched(door, (NAME,), frozenset()).others == 0
        place = door.make_silence(draft(), now())
        assert place.instance == 1
        assert door.watch_silence(SilencePlace(place.id, 0), (NAME,), now()).active

    def test_an_absent_silence_is_not_called_absent_while_one_is_down(self, server, second) -> None:
        server.go_away()
        failure = raised(lambda: UpstreamDoor([server.url, second.url]).find_silence("key-1", (NAME,)))
        assert (type(failure), failure.reason) == (Temporary, Reason.UNREACHABLE)

    def test_nor_is_one_called_ended(self, server, second) -> None:
        server.go_away()
        door = UpstreamDoor([server.url, second.url])
        gone = SilencePlace("00000000-0000-0000-0000-000000000000")
        for ask in (lambda: door.expire_silence(gone), lambda: door.watch_silence(gone, (NAME,), now())):
            assert raised(ask).reason is Reason.UNREACHABLE

    def test_settings_in_another_order_find_it_all_the_same(self, server, second) -> None:
        place = UpstreamDoor([server.url]).make_silence(draft(), now())
        assert UpstreamDoor([second.url, server.url]).expire_silence(place)

    def test_their_standing_is_told_side_by_side(self, server, second) -> None:
        second.config = "other: true\npassword: canary"
        second.peers = (("am-0", "10.0.0.1:9094"), ("am-1", "10.0.0.2:9094"))
        report = UpstreamDoor([server.url, second.url]).report("alertmanager_status", NOTHING, "", now())
        assert report.health is Health.WARN
        assert [note.code for note in report.notes] == ["configs_differ"]
        first, other = ([line.text for line in section.lines] for section in report.sections)
        assert first[:3] == ["version 0.25.0", "up 3d", "cluster disabled: it runs alone"]
        assert other[2:5] == ["cluster ready, peers 2", "am-0 10.0.0.1:9094", "am-1 10.0.0.2:9094"]
        assert "canary" not in str(report)

    def test_one_that_is_down_is_said_to_be(self, server, second) -> None:
        second.go_away()
        report = UpstreamDoor([server.url, second.url]).report("alertmanager_status", NOTHING, "", now())
        assert report.health is Health.BAD
        assert "unreachable" in report.sections[1].lines[0].text


@pytest.mark.parametrize("action", ["alertmanager_status", "metric_graph", "target_health", "nonsense"])
def test_what_is_not_configured_is_said(action: str) -> None:
    failure = raised(lambda: UpstreamDoor([]).report(action, NOTHING, "", now()))
    assert failure.reason is Reason.NOT_CONFIGURED


def test_an_answer_of_something_else_is_temporary(server: AlertmanagerServer) -> None:
    server.fail(200, {"hello": "world"})
    failure = raised(lambda: matched(UpstreamDoor([server.url]), (NAME,), frozenset()))
    assert (type(failure), failure.reason) == (Temporary, Reason.SERVER_ERROR)
