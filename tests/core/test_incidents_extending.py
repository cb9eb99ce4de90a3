"""A silence that is about to end: told of once, extended once for each press, and followed to its new id."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatops.core.alerts import Severity
from chatops.core.audit import EntryType
from chatops.core.failures import Reason
from chatops.core.incidents import Decision, Incident, LiftSilence, ProlongSilence, WarnOfEnd, WatchSilence
from chatops.core.incidents.events import (
    ExtendFailed,
    ExtendSilence,
    Resolve,
    SilenceEnding,
    SilenceExpired,
    SilenceExtended,
    SilenceSeen,
    Unsilence,
)
from chatops.core.silences import Matcher, Silence, SilenceWatch
from tests.core.scene import OLEG, at, opened, press
from tests.core.test_incidents_silencing import HOUR, happens, requested, silenced, toasts

ENDS = at(5) + HOUR


def near(minute: float = 56) -> Incident:
    """A silence of which it was said that it is about to end."""
    return happens(silenced(), SilenceEnding("key"), minute).incident


def extending(incident: Incident | None = None) -> Incident:
    return happens(incident or near(), ExtendSilence(press(OLEG), "key", ENDS), 57).incident


def silence(incident: Incident) -> Silence:
    assert incident.silence is not None
    return incident.silence


@pytest.mark.parametrize(("minute", "told"), [(54.9, False), (55, True), (60, True), (64.9, True), (65, False)])
def test_it_is_told_in_its_last_ten_minutes(minute: float, told: bool) -> None:
    decision = happens(silenced(), SilenceEnding("key"), minute)
    assert silence(decision.incident).warned is told
    assert (decision.incident.revision > silenced().revision) is told


def test_it_is_told_once() -> None:
    again = near()
    assert happens(again, SilenceEnding("key"), 57) == Decision(again)


@pytest.mark.parametrize(("severity", "loud"), [(Severity.CRITICAL, True), (Severity.WARNING, False)])
def test_only_what_is_critical_is_told_aloud(severity: Severity, loud: bool) -> None:
    decision = happens(replace(silenced(), severity=severity), SilenceEnding("key"), 56)
    assert any(isinstance(effect, WarnOfEnd) for effect in decision.effects) is loud


def test_what_no_longer_fires_needs_no_warning() -> None:
    quiet = happens(silenced(), SilenceSeen("key", SilenceWatch(True, frozenset())), 50).incident
    assert happens(quiet, SilenceEnding("key"), 56) == Decision(quiet)
    narrow = replace(silenced(), silence=replace(silence(silenced()), matchers=(Matcher("pod", "another"),)))
    assert happens(narrow, SilenceEnding("key"), 56) == Decision(narrow)


def test_a_request_to_extend_is_written_down_with_its_end_before_it_is_made() -> None:
    decision = happens(near(), ExtendSilence(press(OLEG), "key", ENDS), 57)
    asked = silence(decision.incident)
    assert (asked.extending_to, asked.ends_at) == (ENDS + HOUR, ENDS)
    (entry,) = decision.entries
    assert (entry.type, entry.subject) == (EntryType.SILENCE_EXTEND_REQUESTED, OLEG.subject)
    assert (entry.detail["until"], entry.chat_id, entry.message_id) == ("2026-11-23T10:57:00Z", -100, 7)
    assert isinstance(decision.effects[-1], ProlongSilence)


def test_a_changed_id_is_followed() -> None:
    decision = happens(extending(), SilenceExtended("key", "another", 0), 58)
    now = silence(decision.incident)
    assert (now.id, now.instance, now.ends_at, now.warned) == ("another", 0, ENDS + HOUR, False)
    (entry,) = decision.entries
    assert (entry.type, entry.subject) == (EntryType.SILENCE_EXTENDED, OLEG.subject)
    assert (entry.detail["silence"], entry.detail["before"]) == ("another", "am-id")
    assert decision.effects == (WatchSilence(now),)


def test_two_presses_of_what_was_seen_extend_it_once() -> None:
    asked = extending()
    assert toasts(happens(asked, ExtendSilence(press(), "key", ENDS), 57)) == ["extending"]
    done = happens(asked, SilenceExtended("key", "am-id", 1), 58).incident
    late = happens(done, ExtendSilence(press(), "key", ENDS), 58)
    assert toasts(late) == ["already_extended"]
    assert [entry.type for entry in late.entries] == [EntryType.DENIED]
    assert toasts(happens(done, ExtendSilence(press(), "key", ENDS + HOUR), 58)) == ["extending"]


@pytest.mark.parametrize(
    ("incident", "said"),
    [
        (opened(), "not_silenced"),
        (requested(), "not_silenced"),
        (happens(silenced(), Unsilence(press())).incident, "unsilencing"),
        (happens(silenced(), Resolve(press())).incident, "already_resolved"),
        (happens(silenced(), SilenceExpired("key"), 70).incident, "not_silenced"),
    ],
    ids=["none", "asked for", "being lifted", "over", "ended"],
)
def test_what_does_not_stand_is_not_extended(incident: Incident, said: str) -> None:
    decision = happens(incident, ExtendSilence(press(), "key", ENDS), 57)
    assert toasts(decision) == [said]
    assert decision.incident == incident


def test_nothing_ends_it_while_it_may_have_another_id() -> None:
    asked = extending()
    assert toasts(happens(asked, Unsilence(press()), 57)) == ["extending"]
    for event in (SilenceExpired("key"), SilenceSeen("key", SilenceWatch(active=False))):
        assert happens(asked, event, 66).incident == asked


def test_until_resolved_is_lifted_by_its_new_id_where_the_incident_closed_meanwhile() -> None:
    asked = extending(happens(silenced(until_resolved=True), SilenceEnding("key"), 56).incident)
    closed = happens(asked, Resolve(press()), 57)
    assert not [effect for effect in closed.effects if isinstance(effect, LiftSilence)]
    done = happens(closed.incident, SilenceExtended("key", "another", 0), 58)
    (lift,) = [effect for effect in done.effects if isinstance(effect, LiftSilence)]
    assert lift.silence.id == "another"


def test_what_failed_is_told_and_can_be_asked_again() -> None:
    decision = happens(extending(), ExtendFailed("key", Reason.REFUSED, "no"), 58)
    known = silence(decision.incident)
    assert (known.extending_to, known.ends_at, known.unextended) == (None, ENDS, True)
    assert [entry.type for entry in decision.entries] == [EntryType.SILENCE_FAILED]
    assert toasts(happens(decision.incident, ExtendSilence(press(), "key", ENDS), 59)) == ["extending"]


def test_until_resolved_is_lifted_although_it_could_not_be_extended() -> None:
    asked = extending(happens(silenced(until_resolved=True), SilenceEnding("key"), 56).incident)
    failed = happens(asked, ExtendFailed("key", Reason.REFUSED, "no"), 58).incident
    assert isinstance(happens(failed, Resolve(press()), 59).effects[-1], LiftSilence)


@pytest.mark.parametrize("news", [SilenceExtended("key", "x", 0), ExtendFailed("key", "x", "")])
def test_an_answer_that_nobody_waits_for_changes_nothing(news: SilenceExtended | ExtendFailed) -> None:
    assert happens(silenced(), news) == Decision(silenced())


def test_it_is_extended_from_its_end_and_not_from_the_press() -> None:
    assert silence(extending(silenced())).extending_to == ENDS + timedelta(hours=1)
