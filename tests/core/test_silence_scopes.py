"""How much a silence hides: the scopes of an incident, and what a button keeps of the one that was seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chatops.core.incidents import Incident, decide
from chatops.core.incidents.events import RequestSilence
from chatops.core.incidents.scopes import choices_of
from chatops.core.screens.silence_picker import wanted
from chatops.core.silences import LENGTHS, Matcher, Scope, next_morning, read, written
from tests.core.scene import an_alert, at, opened, press

NAME, SHOP = Matcher("alertname", "KubePodCrashLooping"), Matcher("namespace", "shop")


def scopes(incident: Incident) -> dict[Scope, set[Matcher]]:
    return {choice.scope: set(choice.matchers) for choice in choices_of(incident)}


def grouped(**labels: str) -> Incident:
    return replace(opened(an_alert()), group_labels=labels)


def test_the_widest_comes_first_and_each_is_narrower() -> None:
    found = choices_of(grouped(namespace="shop"))
    assert [choice.scope for choice in found] == [Scope.GROUP, Scope.ALERT, Scope.OBJECT]
    group, alert, one = (set(choice.matchers) for choice in found)
    assert group == {SHOP}
    assert alert == {NAME, SHOP}
    assert one == {NAME, SHOP, Matcher("pod", "checkout-a")}
    assert group < alert < one


def test_what_is_the_same_is_offered_once() -> None:
    assert list(scopes(grouped(namespace="shop", alertname="KubePodCrashLooping"))) == [Scope.GROUP, Scope.OBJECT]


def test_without_group_labels_it_is_the_alert_or_its_object() -> None:
    assert list(scopes(opened(an_alert()))) == [Scope.ALERT, Scope.OBJECT]


def test_the_labels_of_the_victim_and_not_of_the_exporter_name_the_object() -> None:
    alert = an_alert(deployment="checkout", pod="kube-state-metrics-0", instance="10.0.0.1:8080")
    one = scopes(replace(opened(alert), group_labels={"namespace": "shop"}))[Scope.OBJECT]
    assert one == {NAME, SHOP, Matcher("deployment", "checkout")}


def test_the_cluster_is_part_of_every_scope() -> None:
    there = replace(opened(an_alert(cluster="eu1")), group_labels={"namespace": "shop"})
    assert all(Matcher("cluster", "eu1") in matchers for matchers in scopes(there).values())


def test_an_alert_without_a_name_has_its_group_only() -> None:
    nameless = opened(an_alert(alertname=""))
    assert choices_of(nameless) == ()
    assert list(scopes(replace(nameless, group_labels={"namespace": "shop"}))) == [Scope.GROUP]


@pytest.mark.parametrize("matchers", [(), (NAME, SHOP), (Matcher("🔥", 'ж"\n'), Matcher("a", "\ud83d"))])
def test_a_button_keeps_what_was_seen(matchers: tuple[Matcher, ...]) -> None:
    assert read(written(matchers)) == matchers


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"a": "b"}', "[[1, 2, 3]]", "null"])
def test_what_is_no_such_button_keeps_nothing(text: str) -> None:
    assert read(text) == ()


def test_what_was_seen_is_silenced_whatever_the_incident_holds_by_then() -> None:
    """The alert that speaks for the incident may be another one when the length is pressed."""
    asked = RequestSilence(press(), "key", LENGTHS[0], matchers=(NAME,), scope="alert")
    decision = decide(grouped(namespace="shop"), asked, now=at(5))
    assert decision.incident.silence is not None
    assert decision.incident.silence.matchers == (NAME,)
    assert decision.entries[0].detail["scope"] == "alert"


# Until the morning

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Europe/Moscow"), ZoneInfo("America/New_York")])
def test_the_morning_is_the_next_that_says_more_than_four_hours(hour: int, zone: object) -> None:
    now = datetime(2026, 11, 1, hour, 30, tzinfo=UTC)
    morning = next_morning(now, zone)  # type: ignore[arg-type]  # zones
    here = morning.astimezone(zone)  # type: ignore[arg-type]
    assert (here.hour, here.minute) == (10, 0)
    assert 4 * HOUR < morning - now <= 29 * HOUR


def test_in_the_small_hours_it_is_today() -> None:
    assert next_morning(datetime(2026, 11, 23, 3, tzinfo=UTC)) == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert next_morning(datetime(2026, 11, 23, 12, tzinfo=UTC)) == datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_a_button_names_the_very_moment() -> None:
    now, morning = at(0), next_morning(at(0))
    assert wanted({"at": morning.isoformat()}, now=now)[2] == morning
    assert wanted({"minutes": "240"}, now=now) == (4 * HOUR, False, None)
    for text in ("", "soon", "2026-11-24T10:00:00", (now + 40 * HOUR).isoformat()):
        assert wanted({"at": text}, now=now)[2] is None


def test_a_moment_that_is_over_silences_nothing() -> None:
    asked = RequestSilence(press(), "key", HOUR, ends_at=at(4))
    decision = decide(opened(), asked, now=at(5))
    assert decision.incident.silence is None
    assert [entry.detail["why"] for entry in decision.entries] == ["silence_past"]
