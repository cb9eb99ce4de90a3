"""Alerts that end and come back: one card, changed every ten minutes at most, until an hour was quiet."""

from datetime import timedelta

from chatops.core.incidents import Incident, Settle, decide
from chatops.core.incidents.events import Settled, Take
from chatops.core.incidents.flapping import CYCLES, GAP, settle_in, times_lately
from chatops.core.screens.card import card
from chatops.core.texts import tongue
from tests.core.scene import an_alert, at, hear, opened, press


def cycle(incident: Incident, minute: float) -> Incident:
    """It ends now and fires again three minutes later."""
    ended = hear(incident, an_alert(firing=False, since=minute - 1, until=minute), minute=minute).incident
    return hear(ended, an_alert(since=minute + 3), minute=minute + 3).incident


def flapping() -> Incident:
    """At minute 16: the third end was in minute 13."""
    incident = opened(an_alert())
    for minute in (5, 9, 13):
        incident = cycle(incident, minute)
    return incident


def shown(incident: Incident, minute: float) -> str:
    return str(card(incident, tongue("en"), now=at(minute)).html)


def test_two_cycles_are_none() -> None:
    incident = cycle(cycle(opened(an_alert()), 5), 9)
    assert times_lately(incident, at(12)) == 0
    assert "flapping" not in shown(incident, 12)


def test_three_cycles_within_an_hour_are_said_on_the_card() -> None:
    incident = flapping()
    assert times_lately(incident, at(16)) == CYCLES
    assert "🌀 flapping: 3 times in an hour" in shown(incident, 16)
    assert card(incident, tongue("en"), now=at(16)).silent


def test_three_cycles_in_more_than_an_hour_are_none() -> None:
    incident = opened(an_alert())
    for minute in (5, 34, 66):
        incident = cycle(incident, minute)
    assert times_lately(incident, at(69)) == 0


def test_the_card_changes_every_ten_minutes_at_most() -> None:
    """It was let change in minute 16, when it fired again."""
    incident = flapping()
    first = incident.revision
    ended = hear(incident, an_alert(firing=False, since=16, until=17), minute=17)
    assert not ended.incident.open
    assert ended.incident.revision == first
    assert Settle() in ended.effects
    again = hear(ended.incident, an_alert(since=19), minute=19)
    assert again.incident.open
    assert again.incident.revision == first
    assert Settle() not in again.effects, "one is enough"
    early = decide(again.incident, Settled(), now=at(26))
    assert early.incident.revision == first
    assert early.effects == (Settle(),)
    assert settle_in(early.incident, at(26)) == timedelta(minutes=1)
    due = decide(again.incident, Settled(), now=at(17) + GAP)
    assert due.incident.revision == first + 1
    assert "4 times" in shown(due.incident, 27)
    assert not due.incident.flapping.owes
    assert decide(due.incident, Settled(), now=at(40)).incident.revision == first + 1


def test_an_end_is_shown_once_it_lasts_and_what_fires_after_that_at_once() -> None:
    incident = flapping()
    ended = hear(incident, an_alert(firing=False, since=16, until=27), minute=27).incident
    assert ended.revision == incident.revision, "however long the card has not changed"
    settled = decide(ended, Settled(), now=at(27) + GAP).incident
    assert settled.revision == incident.revision + 1
    assert "resolved" in shown(settled, 37)
    again = hear(settled, an_alert(since=38), minute=38).incident
    assert again.open
    assert again.revision == settled.revision + 1


def test_the_third_end_is_not_shown_and_that_it_flaps_as_soon_as_it_fires() -> None:
    two = cycle(cycle(opened(an_alert()), 5), 9)
    third = hear(two, an_alert(firing=False, since=12, until=13), minute=13)
    assert third.incident.revision == two.revision
    assert Settle() in third.effects
    again = hear(third.incident, an_alert(since=16), minute=16).incident
    assert again.revision == two.revision + 1


def test_what_a_person_does_and_what_gets_worse_is_shown_at_once() -> None:
    incident = flapping()
    taken = decide(incident, Take(press()), now=at(17)).incident
    assert taken.revision == incident.revision + 1
    worse = hear(incident, an_alert("b", since=17, severity="critical"), minute=17).incident
    assert worse.revision == incident.revision + 1


def test_after_a_quiet_hour_it_is_over() -> None:
    incident = flapping()
    held = hear(incident, an_alert("b", since=17), minute=17).incident
    assert held.flapping.owes
    quiet = hear(held, an_alert(since=16), minute=13 + 60).incident
    assert times_lately(quiet, at(73)) == 0
    assert quiet.revision > held.revision, "the card says so"
    assert not quiet.flapping.owes


def test_a_clock_that_was_set_back_holds_nothing_for_longer() -> None:
    incident = flapping()
    back = decide(incident, Take(press()), now=at(13) - timedelta(days=1)).incident
    assert back.revision > incident.revision
