"""Silencing an incident: once, with the right matchers, and lifted when it should be."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatops.core.audit import ALERTMANAGER, SYSTEM, EntryType
from chatops.core.failures import Reason
from chatops.core.incidents import Answer, Decision, Incident, LiftSilence, MakeSilence, Status, WatchSilence, decide
from chatops.core.incidents.events import (
    Event,
    LiftFailed,
    Reject,
    RequestSilence,
    Resolve,
    Silenced,
    SilenceExpired,
    SilenceFailed,
    SilenceLifted,
    SilenceSeen,
    Unsilence,
)
from chatops.core.incidents.scopes import matchers_of
from chatops.core.silences import Matcher, SilenceWatch
from tests.core.scene import ANNA, OLEG, after, an_alert, at, hear, opened, press

HOUR = timedelta(hours=1)


def happens(incident: Incident, event: Event, minute: float = 5) -> Decision:
    return decide(incident, event, now=at(minute))


def requested(incident: Incident | None = None, *, until_resolved: bool = False) -> Incident:
    asked = RequestSilence(press(), "key", HOUR, until_resolved)
    return happens(incident or opened(), asked).incident


def silenced(incident: Incident | None = None, *, until_resolved: bool = False) -> Incident:
    asked = requested(incident, until_resolved=until_resolved)
    return happens(asked, Silenced("key", "am-id", 1), 6).incident


def toasts(decision: Decision) -> list[str]:
    return [effect.toast for effect in decision.effects if isinstance(effect, Answer)]


# What is matched


def test_the_groups_own_labels_are_matched() -> None:
    incident = replace(opened(), group_labels={"namespace": "shop", "alertname": "X", "empty": ""})
    assert matchers_of(incident) == (Matcher("alertname", "X"), Matcher("namespace", "shop"))


def test_without_group_labels_the_leading_alert_tells_them() -> None:
    alert = an_alert(deployment="checkout", container="app", instance="10.0.0.1:8080")
    assert matchers_of(opened(alert)) == (
        Matcher("alertname", "KubePodCrashLooping"),
        Matcher("deployment", "checkout"),
        Matcher("namespace", "shop"),
        Matcher("pod", "checkout-a"),
    )


def test_the_cluster_that_all_alerts_share_is_matched_too() -> None:
    grouped = {"alertname": "X"}
    one = replace(opened(an_alert(cluster="eu1"), an_alert("b", cluster="eu1")), group_labels=grouped)
    assert Matcher("cluster", "eu1") in matchers_of(one)
    two = replace(opened(an_alert(cluster="eu1"), an_alert("b", cluster="eu2")), group_labels=grouped)
    assert matchers_of(two) == (Matcher("alertname", "X"),)


def test_an_alert_without_a_name_is_not_silenced_with_everything_else() -> None:
    nameless = opened(an_alert(alertname="", cluster="eu1"))
    assert matchers_of(nameless) == ()
    assert toasts(happens(nameless, RequestSilence(press(), "key", HOUR))) == ["nothing_to_match"]


@pytest.mark.parametrize(
    ("matcher", "text"),
    [
        (Matcher("namespace", "shop"), 'namespace="shop"'),
        (Matcher("a", 'x"\\\n'), 'a="x\\"\\\\\\n"'),
        (Matcher("foo.bar", "x"), '"foo.bar"="x"'),
    ],
)
def test_a_matcher_is_written_as_alertmanager_reads_it(matcher: Matcher, text: str) -> None:
    assert matcher.text == text


# Asking for one


def test_a_request_is_written_down_before_it_is_made() -> None:
    decision = happens(opened(), RequestSilence(press(), "key", HOUR))
    silence = decision.incident.silence
    assert silence is not None
    assert (silence.pending, silence.standing, silence.by_name) == (True, False, ANNA.name)
    assert silence.ends_at == at(5) + HOUR
    assert [entry.type for entry in decision.entries] == [EntryType.SILENCE_REQUESTED]
    assert 'alertname="KubePodCrashLooping"' in decision.entries[0].detail["matchers"]
    assert decision.effects == (Answer(press(), "silencing"), MakeSilence(silence))


@pytest.mark.parametrize("first", [requested, silenced])
def test_it_is_asked_for_once(first) -> None:
    decision = happens(first(), RequestSilence(press(OLEG), "other", HOUR))
    assert toasts(decision) == ["already_silenced"]
    assert decision.incident == first()


def test_a_closed_incident_is_not_silenced() -> None:
    closed = after(opened(), Resolve(press()), minute=3)
    assert toasts(happens(closed, RequestSilence(press(), "key", HOUR))) == ["already_resolved"]


def test_once_made_it_is_audited_and_looked_after() -> None:
    decision = happens(requested(), Silenced("key", "am-id", 1))
    silence = decision.incident.silence
    assert silence is not None
    assert silence.standing
    (entry,) = decision.entries
    assert (entry.type, entry.subject) == (EntryType.SILENCED, ANNA.subject)
    assert entry.detail["silence"] == "am-id"
    assert entry.detail["until"] == "2026-11-23T09:57:00Z"
    assert decision.effects == (WatchSilence(silence),)


def test_what_failed_can_be_asked_for_again() -> None:
    decision = happens(requested(), SilenceFailed("key", Reason.REFUSED, "no"))
    assert [entry.type for entry in decision.entries] == [EntryType.SILENCE_FAILED]
    assert decision.incident.silence.problem == Reason.REFUSED
    again = happens(decision.incident, RequestSilence(press(), "second", HOUR))
    assert toasts(again) == ["silencing"]


@pytest.mark.parametrize(
    "news",
    [
        Silenced("other", "x", 0),
        SilenceFailed("other", "x", ""),
        SilenceLifted("other"),
        SilenceExpired("other"),
        LiftFailed("other", "x", "", temporary=False),
        SilenceSeen("other", SilenceWatch(active=False)),
    ],
)
@pytest.mark.parametrize("incident", [opened(), requested(), silenced()], ids=["none", "requested", "silenced"])
def test_news_of_another_silence_is_stale(news: Event, incident: Incident) -> None:
    assert happens(incident, news) == Decision(incident)


# Lifting it


def test_somebody_lifts_it_and_is_named() -> None:
    asked = happens(silenced(), Unsilence(press(OLEG)))
    assert toasts(asked) == ["unsilencing"]
    assert isinstance(asked.effects[-1], LiftSilence)
    (entry,) = asked.entries
    assert (entry.type, entry.subject) == (EntryType.UNSILENCE_REQUESTED, OLEG.subject)
    assert (entry.chat_id, entry.message_id, entry.detail["run"]) == (-100, 7, "key")
    again = happens(asked.incident, Unsilence(press()))
    assert toasts(again) == ["unsilencing"]
    assert [(entry.detail["why"], entry.detail["run"]) for entry in again.entries] == [("already_asked", "key")]
    ended = happens(asked.incident, SilenceLifted("key"), 7)
    assert ended.incident.silence.ended_at == at(7)
    (entry,) = ended.entries
    assert (entry.type, entry.subject, entry.detail["how"]) == (EntryType.UNSILENCED, OLEG.subject, "lifted")
    assert toasts(happens(ended.incident, Unsilence(press()))) == ["not_silenced"]


def test_its_end_is_noticed() -> None:
    for event, how in (
        (SilenceExpired("key"), "expired"),
        (SilenceSeen("key", SilenceWatch(active=False)), "gone"),
    ):
        decision = happens(silenced(), event)
        (entry,) = decision.entries
        assert (entry.type, entry.subject, entry.detail["how"]) == (EntryType.UNSILENCED, SYSTEM, how)
        assert decision.incident.revision == silenced().revision + 1


def test_a_lift_that_is_given_up_is_told_and_can_be_asked_again() -> None:
    lifting = happens(silenced(), Unsilence(press())).incident
    assert happens(lifting, LiftFailed("key", Reason.TIMEOUT, "", temporary=True)) == Decision(lifting)
    failed = happens(lifting, LiftFailed("key", Reason.FORBIDDEN, "no", temporary=False))
    assert failed.incident.silence.standing
    assert [entry.type for entry in failed.entries] == [EntryType.SILENCE_FAILED]
    assert isinstance(happens(failed.incident, Unsilence(press())).effects[-1], LiftSilence)


# Until resolved


@pytest.mark.parametrize("event", [Resolve(press()), Reject(press(), "noise")])
def test_until_resolved_ends_with_the_incident(event: Event) -> None:
    decision = happens(silenced(until_resolved=True), event)
    assert isinstance(decision.effects[-1], LiftSilence)
    assert decision.incident.silence.lifting
    ended = happens(decision.incident, SilenceLifted("key"))
    assert (ended.entries[0].subject, ended.effects) == (SYSTEM, ())


def test_another_length_outlives_it() -> None:
    decision = happens(silenced(), Resolve(press()))
    assert not [effect for effect in decision.effects if isinstance(effect, LiftSilence)]


def test_one_that_was_made_too_late_is_lifted_at_once() -> None:
    closed = happens(requested(until_resolved=True), Resolve(press())).incident
    decision = happens(closed, Silenced("key", "am-id", 0))
    assert isinstance(decision.effects[-1], LiftSilence)


def test_a_lift_that_was_given_up_is_not_asked_for_for_ever() -> None:
    closing = happens(silenced(until_resolved=True), Resolve(press())).incident
    failed = happens(closing, LiftFailed("key", Reason.FORBIDDEN, "no", temporary=False))
    assert failed.effects == ()


# What Alertmanager no longer tells


def seen(incident: Incident, *firing: str) -> Decision:
    return happens(incident, SilenceSeen("key", SilenceWatch(True, frozenset(firing))), 20)


def test_silenced_alerts_that_are_gone_have_ended() -> None:
    both = silenced(opened(an_alert("a", pod="p"), an_alert("b", pod="p")))
    one = seen(both, "a")
    assert [episode.alert.fingerprint for episode in one.incident.firing] == ["a"]
    assert [entry.type for entry in one.entries] == [EntryType.ALERTS_CHANGED]
    assert one.incident.open
    none = seen(one.incident)
    assert none.incident.status is Status.RESOLVED
    assert none.entries[-1].subject == ALERTMANAGER


def test_with_the_last_of_them_until_resolved_is_lifted() -> None:
    decision = seen(silenced(until_resolved=True))
    assert decision.incident.status is Status.RESOLVED
    assert isinstance(decision.effects[-1], LiftSilence)


def test_what_cannot_be_known_changes_nothing() -> None:
    incident = silenced()
    assert happens(incident, SilenceSeen("key", SilenceWatch(active=True, firing=None))) == Decision(incident)
    assert seen(incident, "a") == Decision(incident)


def test_alerts_that_the_silence_does_not_take_are_left_alone() -> None:
    incident = silenced()
    elsewhere = hear(incident, an_alert("z", namespace="mail"), minute=8).incident
    assert [episode.alert.fingerprint for episode in seen(elsewhere, "a").incident.firing] == ["a", "z"]


def test_fingerprints_of_our_own_making_are_compared_with_nothing() -> None:
    incident = silenced(opened(an_alert("~made-here")))
    assert seen(incident) == Decision(incident)


def test_it_fires_again_after_the_silence() -> None:
    resolved = seen(silenced()).incident
    again = hear(resolved, an_alert("a", since=30), minute=31)
    assert again.incident.open
    assert again.incident.reopened == 1
