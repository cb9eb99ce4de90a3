"""R6: an incident under everything two Alertmanagers, two Prometheus and two people can do to it, in any order.

The Alertmanagers watch the same four alerts and tell what they see whenever they like; what they told arrives late,
twice, out of order or not at all. A second Prometheus may have seen an alert before the first. After every event the
rules below hold, and once the talk has settled the incident shows what is true. `make fuzz` makes many more steps.
"""

from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, rule
from msgspec import structs

from chatops.core.actions import ActionState, Progress
from chatops.core.alerts import Alert
from chatops.core.audit import Entry, EntryType
from chatops.core.incidents import Episode, Incident, Person, Status, decide
from chatops.core.incidents.acting import FOLLOW_LIMIT
from chatops.core.incidents.alerting import HAND_CLOSED_GRACE
from chatops.core.incidents.episodes import LATE_WINDOW, REPEATED_AFTER
from chatops.core.incidents.events import (
    ActionEnded,
    ActionPerformed,
    ActionProgressed,
    AlertsReceived,
    Escalate,
    Event,
    HandOver,
    Judge,
    LiftFailed,
    LookedUp,
    Noted,
    Reject,
    Release,
    Reopen,
    RequestSilence,
    Resolve,
    RunAction,
    Silenced,
    SilenceExpired,
    SilenceFailed,
    SilenceLifted,
    SilenceSeen,
    StopAction,
    Surveyed,
    Take,
    Unsilence,
    press_of,
)
from chatops.core.screens.card import card
from chatops.core.silences import SilenceWatch
from chatops.core.texts import tongue
from tests.core.scene import ANNA, NEW, OLEG, START, a_plan, a_survey, a_workload, an_alert, press, told

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
WRITTEN_EACH_TIME = (Noted, RunAction)
"""What is written down again when it is told again: a note, and a change that was refused since one runs."""

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
    steps = 0
    """Events so far, of all machines of this kind."""

    sent = Bundle("sent")

    @initialize(target=sent)
    def start(self) -> AlertsReceived:
        self.now = START
        self.truth = {"a": self._alert("a")}
        self.peers = (Peer(timedelta()), Peer(SKEW))
        self.incident = NEW
        self.runs: dict[str, ActionState] = {}
        self.written: list[Entry] = []
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

    @rule(fingerprint=st.sampled_from(ALERTS), seconds=st.sampled_from([1, 30, 600]))
    def another_prometheus_saw_it_earlier(self, fingerprint: str, seconds: int) -> None:
        known = self.truth.get(fingerprint)
        if known and known.firing:
            self.truth[fingerprint] = replace(known, starts_at=known.starts_at - timedelta(seconds=seconds))

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
        self._happens(structs.replace(event, home=False))

    # People

    @rule(
        by=st.sampled_from([ANNA, OLEG]),
        does=st.sampled_from(
            [
                *(Take, Release, Resolve, Unsilence, Escalate, Reopen),
                lambda pressed: Reject(pressed, "noise"),
                lambda pressed: HandOver(pressed, OLEG),
                lambda pressed: Judge(pressed, real=True),
                lambda pressed: Judge(pressed, real=False),
            ]
        ),
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

    # Changes in the cluster

    @rule(by=st.sampled_from([ANNA, OLEG]), action=st.sampled_from(["rollout_undo", "drain"]))
    def somebody_confirms_a_change(self, by: Person, action: str) -> None:
        run_id = f"run-{len(self.runs) + 1}"
        running = any(state.running for state in self.runs.values())
        self._happens(RunAction(press(by), run_id, a_plan(action)))
        if not running:
            self.runs[run_id] = ActionState.REQUESTED
        assert self._runs() == self.runs.get(run_id, self._runs())

    @rule(data=st.data())
    def the_same_confirm_comes_again(self, data: st.DataObject) -> None:
        """A press that was stored before a crash is told once more."""
        if self.incident.run:
            self._happens(RunAction(press(), self.incident.run.id, self.incident.run.plan))

    @rule()
    def somebody_stops_it(self) -> None:
        run = self.incident.run
        self._happens(StopAction(press()))
        if run and run.state.running and run.plan.action == "drain":
            self.runs[run.id] = ActionState.INTERRUPTED

    @rule(data=st.data())
    def the_cluster_tells(self, data: st.DataObject) -> None:
        """Of the run that is shown or of an old one, in any order and as often as it likes."""
        if not self.runs:
            return
        run_id = data.draw(st.sampled_from(sorted(self.runs)))
        news = data.draw(st.sampled_from(["performed", "moves", "arrived", "stuck", "failed", "interrupted", "found"]))
        known, run = self.runs[run_id], self.incident.run
        overdue = run is not None and self.now - run.requested_at > FOLLOW_LIMIT
        match news:
            case "performed":
                self._happens(ActionPerformed(run_id, None, "1001"))
            case "moves":
                self._happens(ActionProgressed(run_id, Progress(2, 5)))
            case "arrived":
                self._happens(ActionProgressed(run_id, Progress(5, 5, finished=True)))
            case "stuck":
                self._happens(ActionProgressed(run_id, Progress(2, 5, failed="ProgressDeadlineExceeded")))
            case "failed" | "interrupted":
                self._happens(ActionEnded(run_id, ActionState(news), "refused", "no"))
            case "found":
                self._happens(LookedUp(run_id, happened=True))
        becomes = {
            "performed": ActionState.PERFORMED,
            "moves": ActionState.FAILED if overdue else known,
            "arrived": ActionState.SUCCEEDED,
            "stuck": ActionState.FAILED,
            "failed": ActionState.FAILED,
            "interrupted": ActionState.INTERRUPTED,
            "found": known,
        }
        if known.running:
            self.runs[run_id] = becomes[news]
        assert self._runs() == self.runs[list(self.runs)[-1]]

    def _runs(self) -> ActionState | None:
        return self.incident.run.state if self.incident.run else None

    @rule(ready=st.integers(0, 5))
    def it_is_looked_at(self, ready: int) -> None:
        self._happens(Surveyed(replace(a_survey(a_workload(ready=ready)), taken_at=self.now)))

    @rule(by=st.sampled_from([ANNA, OLEG]))
    def somebody_notes_something(self, by: Person) -> None:
        self._happens(Noted(press(by), "it was the cache"))

    # The rules

    def _happens(self, event: Event) -> None:
        AnyOrder.steps += 1
        before = self.incident
        decision = decide(before, event, now=self.now)
        incident = decision.incident
        self._holds_together(incident)
        self._open_is_what_fires(before, incident, event)
        self._revision_means_shown(before, incident)
        self._status_is_written_down(before, incident, decision.entries)
        self._starts_stay(before, incident)
        if isinstance(event, AlertsReceived):
            self._no_firing_alert_is_lost(before, incident, event)
            self._what_is_known_says_nothing(before, incident, event)
        again = decide(incident, event, now=self.now)
        assert again.incident == incident
        if not isinstance(event, WRITTEN_EACH_TIME):
            # Of a press the log has also that it came to nothing the second time.
            assert [entry.type for entry in again.entries] == [EntryType.DENIED] * (press_of(event) is not None)
        self.written += decision.entries
        self._each_change_is_written_once()
        self.incident = incident

    def _no_firing_alert_is_lost(self, before: Incident, incident: Incident, event: AlertsReceived) -> None:
        """It fires here too, unless it looks like a late word of what has ended a moment ago."""
        for alert in event.notification.alerts:
            known = before.episode(alert.fingerprint)
            if not alert.firing or (known is None and not event.home):
                continue
            episode = incident.episode(alert.fingerprint)
            assert episode
            ended = known.ends_at if known else None
            assert episode.firing or (ended and alert.starts_at <= ended and self.now <= ended + LATE_WINDOW)

    def _what_is_known_says_nothing(self, before: Incident, incident: Incident, event: AlertsReceived) -> None:
        """The model of how many edits there may be: a webhook that tells an open incident nothing new makes none."""
        told_of = event.notification
        news = event.home and told_of.truncated != before.truncated
        for alert in told_of.alerts:
            known = before.episode(alert.fingerprint)
            if known is None:
                news = news or event.home
            elif alert.firing:
                news = news or not known.firing or alert.starts_at < known.starts_at
            else:
                news = news or known.firing or alert.starts_at < known.starts_at or alert.ends_at != known.ends_at
        if before.open and not news and before.revision:
            assert incident.revision == before.revision

    def _each_change_is_written_once(self) -> None:
        """Asked for before anything else is told of it, and with one end at most."""
        for type in (EntryType.ACTION_REQUESTED, EntryType.ACTION_PERFORMED, EntryType.ACTION_LOOKED_UP):
            runs = [entry.detail["run"] for entry in self.written if entry.type is type]
            assert len(runs) == len(set(runs))
        ends = [
            e.detail["run"] for e in self.written if e.type in (EntryType.ACTION_FINISHED, EntryType.ACTION_STOPPED)
        ]
        assert len(ends) == len(set(ends))
        requested = {e.detail["run"] for e in self.written if e.type is EntryType.ACTION_REQUESTED}
        assert set(ends) <= requested

    def _holds_together(self, incident: Incident) -> None:
        fingerprints = [episode.alert.fingerprint for episode in incident.episodes]
        assert len(fingerprints) == len(set(fingerprints))
        assert all(episode.ends_at is None or episode.ends_at >= episode.starts_at for episode in incident.episodes)
        assert incident.started_at <= self.now + SKEW
        assert (incident.closed_at is None) == incident.open
        assert (incident.taken_at is None) == (incident.taken_by is None)
        assert incident.open or incident.closed_at <= self.now

    def _open_is_what_fires(self, before: Incident, incident: Incident, event: Event) -> None:
        """Or what a person reopened, of which no alert was told to have ended since."""
        if incident.closed_by:
            assert not incident.open
        elif quiet_and_open(incident):
            assert isinstance(event, Reopen) or quiet_and_open(before)
        else:
            assert incident.open == bool(incident.firing or incident.truncated)

    def _revision_means_shown(self, before: Incident, incident: Incident) -> None:
        step = incident.revision - before.revision
        assert step in (0, 1)
        # Of one that flaps the card owes a change until that has lasted.
        if step == 0 and not incident.flapping.owes:
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
            assert self.incident.open == bool(firing) or quiet_and_open(self.incident)


def quiet_and_open(incident: Incident) -> bool:
    return incident.revision > 0 and incident.open and not incident.firing and not incident.truncated


def fires_anew(episode: Episode, later: Episode) -> bool:
    return not episode.firing and later.firing


TestR6AnyOrder = AnyOrder.TestCase
TestR6AnyOrder.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
