"""An incident that nobody takes: reminded of, then one after the other called, until it is somebody's."""

import pytest

from chatops.core.audit import EntryType
from chatops.core.incidents import Answer, Call, CallForHelp, Incident, StopCalling, decide
from chatops.core.incidents.escalation import waits
from chatops.core.incidents.events import Escalate, Event, Release, Resolve, Stands, Take, Unanswered
from chatops.core.incidents.targets import EVERYBODY, Target
from chatops.core.standing import Standing
from tests.core.scene import OLEG, an_alert, at, hear, opened, press

CHAIN = (Target(2, "@oleg"), Target(chat_id=-100), Target(1, "@anna"))


def critical() -> Incident:
    return opened(an_alert(severity="critical"))


def due(incident: Incident, minute: float, chain: tuple[Target, ...] = CHAIN) -> tuple[Incident, Call | None]:
    """The incident after its next step, and what was said."""
    seen = incident.escalation.waits_since
    assert seen is not None
    decision = decide(incident, Unanswered(seen, chain), now=at(minute))
    return decision.incident, next((each for each in decision.effects if isinstance(each, Call)), None)


def test_it_waits_from_its_first_alert_on() -> None:
    incident = critical()
    assert waits(incident)
    assert incident.escalation.waits_since == at(1)
    assert not waits(opened(an_alert()))
    assert opened(an_alert()).escalation.since is None


def test_first_the_chats_are_reminded_then_the_chain_is_gone_round() -> None:
    incident, said = due(critical(), 5)
    assert said == Call(1, None)
    assert incident.escalation.waits_since == at(5)
    called = []
    for minute in (10, 15, 20, 25):
        incident, said = due(incident, minute)
        assert said
        called.append(said.target)
    assert called == [*CHAIN, CHAIN[0]]


def test_it_is_written_down() -> None:
    incident = critical()
    decision = decide(incident, Unanswered(at(1), CHAIN), now=at(6))
    assert [(entry.type, entry.detail) for entry in decision.entries] == [(EntryType.REMINDED, {"minutes": "5"})]
    assert decision.incident.revision == incident.revision, "a reminder is no reason to edit the card"
    decision = decide(decision.incident, Unanswered(at(6), CHAIN), now=at(11))
    told = {"minutes": "10", "user": "2", "name": "@oleg"}
    assert [(entry.type, entry.detail) for entry in decision.entries] == [(EntryType.CALLED, told)]
    assert decision.incident.revision == incident.revision + 1


def test_without_a_chain_all_admins_are_called_once() -> None:
    incident, _ = due(critical(), 5, ())
    incident, said = due(incident, 10, ())
    assert said == Call(2, EVERYBODY)
    assert incident.escalation.waits_since is None
    assert waits(incident), "it is still nobody's"


ENDS: list[Event] = [
    Take(press()),
    Resolve(press()),
    Stands(Standing(muted_by="somebody", muted_until=at(60))),
    Stands(Standing(inhibited=True)),
]


@pytest.mark.parametrize("event", ENDS, ids=lambda event: type(event).__name__)
def test_nothing_is_said_once_it_does_not_wait(event: Event) -> None:
    incident, _ = due(critical(), 5)
    seen = incident.escalation.waits_since
    assert seen
    ended = decide(incident, event, now=at(6))
    assert StopCalling() in ended.effects
    assert ended.incident.escalation.waits_since is None
    late = decide(ended.incident, Unanswered(seen, CHAIN), now=at(10))
    assert (late.incident, late.entries, late.effects) == (ended.incident, (), ())


def test_of_what_was_never_said_nothing_is_taken_back() -> None:
    assert StopCalling() not in decide(critical(), Take(press()), now=at(1)).effects


def test_a_step_is_taken_once() -> None:
    incident, _ = due(critical(), 5)
    again = decide(incident, Unanswered(at(1), CHAIN), now=at(5.5))
    assert (again.incident, again.effects) == (incident, ())


def test_given_back_it_begins_anew() -> None:
    incident, _ = due(critical(), 5)
    taken = decide(incident, Take(press()), now=at(6)).incident
    freed = decide(taken, Release(press()), now=at(30)).incident
    assert (freed.escalation.waits_since, freed.escalation.step) == (at(30), 0)


def test_it_begins_anew_when_it_fires_again_and_when_it_becomes_critical() -> None:
    ended = hear(critical(), an_alert(firing=False, until=3, severity="critical"), minute=3).incident
    assert ended.escalation.since is None
    again = hear(ended, an_alert(since=12, severity="critical"), minute=12).incident
    assert again.escalation.since == at(12)
    worse = hear(opened(an_alert()), an_alert("b", since=9, severity="critical"), minute=9).incident
    assert worse.escalation.since == at(9)


def test_who_asks_for_help_calls_the_next_of_the_chain() -> None:
    asked = decide(critical(), Escalate(press(), CHAIN), now=at(2))
    assert asked.effects == (
        Answer(press(), "help_called_next", {"name": "@oleg"}),
        CallForHelp(press(), CHAIN[0]),
    )
    assert asked.entries[0].detail == {"user": "2", "name": "@oleg"}
    incident, said = due(asked.incident, 7)
    assert said == Call(3, CHAIN[1]), "the automatic calls go on from there"
    taken = decide(incident, Take(press()), now=at(8)).incident
    later = decide(taken, Escalate(press(OLEG), CHAIN), now=at(8))
    assert CallForHelp(press(OLEG), CHAIN[2]) in later.effects, "whoever has it may ask as well"
    assert later.incident.escalation.since is None


def test_a_clock_that_was_set_back_stops_nothing() -> None:
    incident, _ = due(critical(), 5)
    earlier, said = due(incident, -60)
    assert said == Call(2, CHAIN[0])
    assert earlier.escalation.waits_since == at(-60)


def again(incident: Incident, minute: float, *, until: float) -> Incident:
    """It fires at the minute and has ended by `until`."""
    fires = hear(incident, an_alert(since=minute, severity="critical"), minute=minute).incident
    return hear(fires, an_alert(firing=False, since=minute, until=until, severity="critical"), minute=until).incident


def flapping() -> Incident:
    """Its third end was in minute 14; it fired for two minutes each time."""
    ended = hear(critical(), an_alert(firing=False, until=2, severity="critical"), minute=2).incident
    return again(again(ended, 6, until=8), 12, until=14)


def test_while_it_is_flapping_the_time_in_which_it_fires_adds_up() -> None:
    """Of the third time two minutes count, of the fourth two, so the fifth is due after one."""
    incident = again(flapping(), 18, until=20)
    assert incident.escalation.waits_since is None
    fires = hear(incident, an_alert(since=24, severity="critical"), minute=24).incident
    assert fires.escalation.waits_since == at(20), "as if it had fired for four minutes without an end"
    reminded, said = due(fires, 25)
    assert said == Call(1, None)
    assert reminded.escalation.waits_since == at(25)


def test_while_it_is_flapping_the_chain_goes_on_where_it_was() -> None:
    fires = hear(flapping(), an_alert(since=18, severity="critical"), minute=18).incident
    reminded, _ = due(fires, 21)
    ended = hear(reminded, an_alert(firing=False, since=18, until=23, severity="critical"), minute=23).incident
    later = again(ended, 30, until=31)
    fires = hear(later, an_alert(since=40, severity="critical"), minute=40).incident
    assert fires.escalation.waits_since == at(37), "two minutes and one since the reminder"
    called, said = due(fires, 42)
    assert said == Call(2, CHAIN[0])
    assert called.escalation.waits_since == at(42)
    assert called.escalation.at == at(42)


def test_how_long_it_was_nobodys_is_told_without_the_time_between() -> None:
    fires = hear(again(flapping(), 18, until=20), an_alert(since=24, severity="critical"), minute=24).incident
    decision = decide(fires, Unanswered(at(20), CHAIN), now=at(25))
    assert decision.entries[0].detail == {"minutes": "5"}


def test_who_took_it_and_gave_it_back_makes_even_a_flapping_one_begin_anew() -> None:
    fires = hear(flapping(), an_alert(since=18, severity="critical"), minute=18).incident
    taken = decide(fires, Take(press()), now=at(19)).incident
    assert decide(taken, Release(press()), now=at(22)).incident.escalation.waits_since == at(22)


def test_closed_by_hand_it_begins_anew() -> None:
    fires = hear(flapping(), an_alert(since=18, severity="critical"), minute=18).incident
    closed = decide(fires, Resolve(press()), now=at(20)).incident
    repeated = hear(closed, an_alert(since=18, severity="critical"), minute=40).incident
    assert repeated.escalation.waits_since == at(40)


def test_an_hour_after_the_last_end_it_begins_anew() -> None:
    fires = hear(flapping(), an_alert(since=80, severity="critical"), minute=80).incident
    assert fires.escalation.waits_since == at(80)


def test_a_clock_that_was_set_back_between_two_times_takes_nothing_away() -> None:
    fires = hear(flapping(), an_alert(since=15, severity="critical"), minute=13).incident
    assert fires.escalation.waits_since == at(12)
