"""An incident's silence as work for the pool at UPSTREAM: made, looked up, looked after, lifted.

Owned by the IncidentActor and run in its thread. It decides nothing of the incident: what came back is an event.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from chatops.actors.addresses import UPSTREAM
from chatops.actors.base import Actor
from chatops.actors.timers import Timer
from chatops.actors.upstream_messages import (
    CreateSilence,
    ExpireSilence,
    ExtendUntil,
    FindSilence,
    LookAtSilence,
    TendSilence,
    UpstreamWork,
)
from chatops.actors.work import Submit
from chatops.core.failures import Reason
from chatops.core.incidents import (
    Event,
    Incident,
    LiftSilence,
    MakeSilence,
    ProlongSilence,
    SilenceEffect,
    WatchSilence,
)
from chatops.core.incidents.events import (
    ExtendFailed,
    LiftFailed,
    Silenced,
    SilenceEnding,
    SilenceExpired,
    SilenceExtended,
    SilenceFailed,
    SilenceLifted,
    SilenceSeen,
)
from chatops.core.outside import Outside
from chatops.core.screens.card import headline
from chatops.core.silences import WARNING, Silence, SilenceDraft, SilencePlace, SilenceWatch
from chatops.core.texts import one_line, tongue

WATCH_SECONDS = 60.0
AGAIN_SECONDS = 15.0

LAST_LOOK = timedelta(minutes=5)
"""How long after its end a silence is asked about: of what ended while it stood nobody tells any more."""

MAKE, FIND, LIFT, WATCH, LAST = "make silence", "find silence", "lift silence", "watch silence", "look after the lift"
"""What the tags of its work begin with; the silence's key follows."""
PROLONG, FIND_LONGER = "extend silence", "find extension"
KINDS = (MAKE, FIND, LIFT, WATCH, LAST, PROLONG, FIND_LONGER)

NEAR = timedelta(seconds=1)
"""Alertmanager keeps milliseconds of what it was told."""


class Silencer:
    """`known` is the incident as it is; `happened` is told each event.

    One timer at a time: however often it is pressed and answered, the silence is looked after once.
    """

    def __init__(
        self,
        owner: Actor,
        outside: Outside,
        *,
        known: Callable[[], Incident],
        happened: Callable[[Event], None],
        clock: Callable[[], datetime],
    ) -> None:
        """Without an Alertmanager to ask, a silence left from before only expires."""
        self._owner = owner
        self._known = known
        self._happened = happened
        self._clock = clock
        self._configured = outside.alertmanager
        self._timer: Timer | None = None

    @property
    def busy(self) -> bool:
        """A silence is under way or stands: its owner has to stay awake for it."""
        silence = self._known().silence
        return silence is not None and silence.ended_at is None

    def resume(self) -> None:
        """After a start: what was asked for may have been made, what stands is looked after again."""
        silence = self._known().silence
        if silence is not None:
            self.tend(silence.key)

    def carry_out(self, effect: SilenceEffect) -> None:
        silence = effect.silence
        match effect:
            case MakeSilence() if not self._configured:
                self._happened(SilenceFailed(silence.key, Reason.NOT_CONFIGURED, ""))
            case MakeSilence():
                self._submit(CreateSilence(draft_of(silence, self._known())), MAKE, silence)
            case LiftSilence():
                self._lift(silence)
            case WatchSilence():
                self._come_back(silence)
            case ProlongSilence() if not self._configured:
                self._happened(ExtendFailed(silence.key, Reason.NOT_CONFIGURED, ""))
            case ProlongSilence():
                self._submit(ExtendUntil(_place(silence), silence.extending_to or silence.ends_at), PROLONG, silence)

    def tend(self, key: str) -> None:
        """See to it, whatever state it is in."""
        silence = self._of(key)
        if silence is None:
            return
        over = self._clock() - silence.ends_at
        if silence.extending_to is not None:
            self._look_for_longer(silence)
        elif silence.standing and over >= (LAST_LOOK if self._configured else timedelta(0)):
            self._happened(SilenceExpired(silence.key))
        elif not self._configured and silence.pending:
            self._happened(SilenceFailed(silence.key, Reason.NOT_CONFIGURED, ""))
        elif not self._configured and silence.standing:
            self._come_back(silence)
        elif silence.pending:
            self._submit(FindSilence(silence.key, silence.matchers), FIND, silence)
        elif silence.standing and silence.lifting and over < timedelta(0):
            self._lift(silence)
        elif silence.standing:
            self._submit(LookAtSilence(_place(silence), silence.matchers), WATCH, silence)

    def done(self, tag: object, result: object) -> bool:
        """Whether the work of this tag was a silence's."""
        match tag:
            case (str(kind), str(key)) if kind in KINDS:
                silence = self._of(key)
                if silence is not None:
                    self._done(kind, silence, result)
                return True
        return False

    def failed(self, tag: object, reason: str, detail: str, *, temporary: bool) -> bool:
        """Whether the work of this tag was a silence's."""
        match tag:
            case (str(kind), str(key)) if kind in KINDS:
                silence = self._of(key)
                if silence is not None:
                    self._failed(kind, silence, reason, detail, temporary=temporary)
                return True
        return False

    def _of(self, key: str) -> Silence | None:
        """The incident's silence, if it is the one of this key: news of any other is stale."""
        silence = self._known().silence
        return silence if silence is not None and silence.key == key else None

    def _done(self, kind: str, silence: Silence, result: object) -> None:
        match kind, result:
            case (("make silence" | "find silence"), SilencePlace(id=id, instance=instance)) if id:
                self._happened(Silenced(silence.key, id, instance))
            case "find silence", SilencePlace():
                self._happened(SilenceFailed(silence.key, Reason.UNKNOWN_OUTCOME, "it is not there"))
            case "extend silence", SilencePlace(id=id, instance=instance) if id:
                self._happened(SilenceExtended(silence.key, id, instance))
            case "find extension", SilencePlace():
                self._found(silence, result)
            case "lift silence", _:
                self._look_for_the_last_time(silence)
            case "look after the lift", SilenceWatch():
                self._happened(SilenceSeen(silence.key, replace(result, active=False)))
            case "watch silence", SilenceWatch():
                self._happened(SilenceSeen(silence.key, result))
                self._happened(SilenceEnding(silence.key))
                self._come_back(silence)

    def _failed(self, kind: str, silence: Silence, reason: str, detail: str, *, temporary: bool) -> None:
        again = temporary or reason == Reason.UNKNOWN_OUTCOME
        match kind:
            case "make silence" if reason == Reason.UNKNOWN_OUTCOME:
                self.tend(silence.key)
            case "make silence":
                self._happened(SilenceFailed(silence.key, reason, detail))
            case "find silence" if not again:
                self._happened(SilenceFailed(silence.key, Reason.UNKNOWN_OUTCOME, detail))
            case "extend silence" if reason == Reason.UNKNOWN_OUTCOME:
                self._look_for_longer(silence)
            case "extend silence":
                self._happened(ExtendFailed(silence.key, reason, detail))
            case "find extension" if not again:
                self._happened(ExtendFailed(silence.key, Reason.UNKNOWN_OUTCOME, detail))
            case "lift silence" if reason == Reason.NOT_FOUND:
                self._look_for_the_last_time(silence)
            case "look after the lift" if not again:
                self._happened(SilenceLifted(silence.key))
            case "lift silence" if not again:
                self._happened(LiftFailed(silence.key, reason, detail, temporary=False))
                self._come_back(silence)
            case "watch silence":
                # It ends whether or not anybody can be asked about it.
                self._happened(SilenceEnding(silence.key))
                self._set_timer(AGAIN_SECONDS, silence)
            case _:
                self._set_timer(AGAIN_SECONDS, silence)

    def _lift(self, silence: Silence) -> None:
        if self._configured:
            self._submit(ExpireSilence(_place(silence)), LIFT, silence)
        else:
            self._happened(LiftFailed(silence.key, Reason.NOT_CONFIGURED, "", temporary=False))

    def _look_for_the_last_time(self, silence: Silence) -> None:
        """Only what Alertmanager lists once it is lifted tells what ended since the look before."""
        self._submit(LookAtSilence(_place(silence), silence.matchers), LAST, silence)

    def _look_for_longer(self, silence: Silence) -> None:
        """Whether it was extended. It may have another id by that: it is found by its key."""
        if self._configured:
            self._submit(FindSilence(silence.key, silence.matchers), FIND_LONGER, silence)
        else:
            self._happened(ExtendFailed(silence.key, Reason.NOT_CONFIGURED, ""))

    def _found(self, silence: Silence, place: SilencePlace) -> None:
        """It is never asked for again: what is found to end when it did, was not extended."""
        wanted = silence.extending_to
        if place.id and place.ends_at and wanted and place.ends_at >= wanted - NEAR:
            self._happened(SilenceExtended(silence.key, place.id, place.instance, wanted))
        else:
            self._happened(ExtendFailed(silence.key, Reason.UNKNOWN_OUTCOME, "it ends when it would have"))

    def _come_back(self, silence: Silence) -> None:
        """When it is to be told of, and at its end, at the latest."""
        left = (silence.ends_at - self._clock()).total_seconds()
        moments = [left] if silence.warned else [left, left - WARNING.total_seconds()]
        self._set_timer(min([WATCH_SECONDS, *(moment for moment in moments if moment > 0)], default=0.0), silence)

    def _set_timer(self, seconds: float, silence: Silence) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._owner.later(seconds, TendSilence(silence.key))

    def _submit(self, work: UpstreamWork, kind: str, silence: Silence) -> None:
        self._owner.tell(UPSTREAM, Submit(work, self._owner.address, (kind, silence.key)))


def draft_of(silence: Silence, incident: Incident) -> SilenceDraft:
    """The comment names the incident for whoever reads it in Alertmanager, and carries the key for us."""
    title = one_line(headline(incident, tongue("en")), 120)
    comment = f"#{incident.id} {title} (chatops {silence.key})"
    author = f"{silence.by_name} ({silence.by_id})" if silence.by_name else f"chatops ({silence.by_id})"
    ours = frozenset(episode.alert.fingerprint for episode in incident.firing)
    return SilenceDraft(silence.key, silence.matchers, silence.ends_at, author, comment, ours)


def _place(silence: Silence) -> SilencePlace:
    return SilencePlace(silence.id, silence.instance)
