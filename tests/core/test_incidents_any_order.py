"""An incident under everything two Alertmanagers and two people can do to it, in any order.

The Alertmanagers watch the same four alerts and tell what they see whenever they like; what they told arrives late,
twice, out of order or not at all. After every event the rules below hold, and once the talk has settled the incident
shows what is true.
"""

from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, rule

from chatops.core.alerts import Alert
from chatops.core.audit import Entry, EntryType
from chatops.core.incidents import Episode, Incident, Status, decide
from chatops.core.incidents.alerting import HAND_CLOSED_GRACE
from chatops.core.incidents.episodes import LATE_WINDOW, REPEATED_AFTER
from chatops.core.incidents.events import (
    AlertsReceived,
    Escalate,
    Event,
    LiftFailed,
    Reject,
    Release,
    RequestSilence,
    Resolve,
    Silenced,
    SilenceExpired,
    SilenceFailed,
    SilenceLifted,
    SilenceSeen,
    Take,
    Unsilence,
    press_of,
)
from chatops.core.screens.card import card
from chatops.core.silences import SilenceWatch
from chatops.core.texts import tongue
from tests.core.scene import ANNA, NEW, OLEG, START, an_alert, press, told

ALERTS = ("a", "b", "c", "d")
SEVERITIES = {"a": "warning", "b": "critical", "c": "info", "d": "warning"}
SKEW = timedelta(milliseconds=4)
"""How far apart a real pair told the same start."""

STATUS_ENTRIES = {
    EntryType.OPENED,
    EntryType.REOPENED,
    EntryType.ALERTS_RESOLVED,
    EntryType.RESOLVED,
    EntryType.REJECTED,
}
PERSON_CLOSES = {EntryType.RESOLVED: Status.RESOLVED, EntryType.REJECTED: Status.REJECTED}


class Peer:
    """One Alertmanager: tells what fires each time, and what resolved once."""

    def __init__(self, skew: timedelta) -> None:
        self.skew = skew
        self.known: dict[str, Alert] = {}

    def sees(self, truth: dict[str, Alert]) -> None:
        for fingerprint, alert in truth.items():
            if alert.firing or fingerprint in self.known:
                ends_at = alert.ends_at + self.skew if alert.ends_at else None
                self.known[fingerprint] = replace(alert, starts_at=alert.starts_at + self.skew, ends_at=ends_at)

    def tells(self, most: int) -> AlertsReceived | None:
        alerts = tuple(self.known.values())
        self.known = {f: alert for f, alert in self.known.items() if alert.firing}
        if not alerts:
            return None
        return AlertsReceived(told(*alerts[:most], truncated=max(0, len(alerts) - most)))


class AnyOrder(RuleBasedStateMachine):
    sent = Bundle("sent")

    @initialize(target=sent)
    def start(self) -> AlertsReceived:
        self.now = START
        self.truth = {"a": self._alert("a")}
        self.peers = (Peer(timedelta()), Peer(SKEW))
        self.incident = NEW
        first = self._told_by(self.peers[0])
        self._happens(first)
        return first

    def _alert(self, fingerprint: str) -> Alert:
        alert = an_alert(fingerprint, severity=SEVERITIES[fingerprint])
        return replace(alert, starts_at=self.now)

    def _told_by(self, peer: Peer, most: int = 9) -> AlertsReceived:
        peer.sees(self.truth)
        event = peer.tells(most)
        assert event
        return event

    # What is true

    @rule(fingerprint=st.sampled_from(ALERTS))
    def an_alert_starts(self, fingerprint: str) -> None:
        known = self.truth.get(fingerprint)
        if known is None or not known.firing:
            self.truth[fingerprint] = self._alert(fingerprint)

    @rule(fingerprint=st.sampled_from(ALERTS))
    def an_alert_ends(self, fingerprint: str) -> None:
        known = self.truth.get(fingerprint)
        if known and known.firing:
            self.now += timedelta(seconds=1)
            self.truth[fingerprint] = replace(known, firing=False, ends_at=self.now)

    @rule(seconds=st.sampled_from([1, 9, 15, 60, 290, 301, 901, 1_900]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    # What is told of it

    @rule(target=sent, which=st.integers(0, 1), most=st.sampled_from([9, 9, 9, 1, 2]))
    def an_alertmanager_tells(self, which: int, most: int) -> object:
        peer = self.peers[which]
        peer.sees(self.truth)
        event = peer.tells(most)
        return event if event else multiple()

    @rule(event=sent)
    def it_arrives(self, event: AlertsReceived) -> None:
        self._happens(event)

    @rule(event=sent)
    def it_arrives_under_another_group(self, event: AlertsReceived) -> None:
        self._happens(replace(event, home=False))

    # People

    @rule(
        by=st.sampled_from([ANNA, OLEG]),
        does=st.sampled_from([Take, Release, Resolve, Unsilence, Escalate, lambda pressed: Reject(pressed, "noise")]),
    )
    def somebody_presses(self, by: object, does: object) -> None:
        self._happens(does(press(by)))  # type: ignore[operator,arg-type]  # drawn from the lists above

    # Silences

    @rule(until_resolved=st.booleans())
    def somebody_silences_it(self, until_resolved: bool) -> None:
        self.silences = getattr(self, "silences", 0) + 1
        self._happens(RequestSilence(press(), f"key-{self.silences}", timedelta(hours=1), until_resolved))

    @rule(
        told=st.sampled_from(
            [
                lambda key: Silenced(key, "am-id", 0),
                lambda key: SilenceFailed(key, "refused", "no"),
                lambda key: LiftFailed(key, "refused", "no", temporary=False),
                lambda key: SilenceSeen(key, SilenceWatch(active=False)),
                SilenceLifted,
                SilenceExpired,
            ]
        )
    )
    def alertmanager_answers(self, told: object) -> None:
        if self.incident.silence:
            self._happens(told(self.incident.silence.key))  # type: ignore[operator]  # drawn from the list above

    @rule()
    def alertmanager_lists_what_fires(self) -> None:
        if self.incident.silence:
            firing = frozenset(fingerprint for fingerprint, alert in self.truth.items() if alert.firing)
            self._happens(SilenceSeen(self.incident.silence.key, SilenceWatch(True, firing)))

    # The rules

    def _happens(self, event: Event) -> None:
        before = self.incident
        decision = decide(before, event, now=self.now)
        incident = decision.incident
        self._holds_together(incident)
        self._open_is_what_fires(incident)
        self._revision_means_shown(before, incident)
        self._status_is_written_down(before, incident, decision.entries)
        self._starts_stay(before, incident)
        again = decide(incident, event, now=self.now)
        assert again.incident == incident
        # Of a press the log has also that it came to nothing the second time.
        assert [entry.type for entry in again.entries] == [EntryType.DENIED] * (press_of(event) is not None)
        self.incident = incident

    def _holds_together(self, incident: Incident) -> None:
        fingerprints = [episode.alert.fingerprint for episode in incident.episodes]
        assert len(fingerprints) == len(set(fingerprints))
        assert all(episode.ends_at is None or episode.ends_at >= episode.starts_at for episode in incident.episodes)
        assert incident.started_at <= self.now + SKEW
        assert (incident.closed_at is None) == incident.open
        assert (incident.taken_at is None) == (incident.taken_by is None)
        assert incident.open or incident.closed_at <= self.now

    def _open_is_what_fires(self, incident: Incident) -> None:
        if incident.closed_by:
            assert not incident.open
        else:
            assert incident.open == bool(incident.firing or incident.truncated)

    def _revision_means_shown(self, before: Incident, incident: Incident) -> None:
        step = incident.revision - before.revision
        assert step in (0, 1)
        if step == 0:
            for language in ("en", "ru"):
                shown = card(before, tongue(language), now=self.now)
                assert card(incident, tongue(language), now=self.now) == shown
        else:
            assert replace(incident, revision=before.revision) != before

    def _status_is_written_down(self, before: Incident, incident: Incident, entries: tuple[Entry, ...]) -> None:
        told_of = [entry.type for entry in entries if entry.type in STATUS_ENTRIES]
        opened_first = before.revision == 0
        assert told_of.count(EntryType.OPENED) == int(opened_first)
        changes = told_of[1:] if opened_first else told_of
        assert len(changes) == int(before.status is not incident.status)
        for type in changes:
            wanted = {EntryType.REOPENED: Status.ACTIVE, EntryType.ALERTS_RESOLVED: Status.RESOLVED, **PERSON_CLOSES}
            assert incident.status is wanted[type]
            assert (incident.closed_by is not None) == (type in PERSON_CLOSES)

    def _starts_stay(self, before: Incident, incident: Incident) -> None:
        for episode in before.episodes:
            later = incident.episode(episode.alert.fingerprint)
            assert later, "an episode never vanishes"
            if not fires_anew(episode, later):
                assert later.starts_at <= episode.starts_at

    def teardown(self) -> None:
        """Whatever went wrong on the way, the truth told a few times more is what the incident shows."""
        if not hasattr(self, "truth"):
            return
        self.now += max(LATE_WINDOW, HAND_CLOSED_GRACE)
        for _ in range(3):
            self.now += REPEATED_AFTER
            self._happens(AlertsReceived(told(*self.truth.values())))
        firing = {fingerprint for fingerprint, alert in self.truth.items() if alert.firing}
        assert {episode.alert.fingerprint for episode in self.incident.firing} == firing
        assert self.incident.truncated == 0
        if self.incident.status is not Status.REJECTED:
            assert self.incident.open == bool(firing)


def fires_anew(episode: Episode, later: Episode) -> bool:
    return not episode.firing and later.firing


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=250, stateful_step_count=40, deadline=None)
