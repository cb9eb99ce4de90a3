"""Alerts that end and come back again and again: their card is let change every 10 minutes at most, until it is quiet.

What a person does, and what gets worse, is shown at once all the same.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chatops.core.incidents.effects import Decision, Settle
from chatops.core.incidents.events import AlertsReceived, Event, Settled, SilenceSeen, Stands, Surveyed
from chatops.core.incidents.values import STEADY, Flapping, Incident

CYCLES = 3
"""So often an alert has to end within WINDOW; it is flapping from then on (UX section 7)."""
WINDOW = timedelta(hours=1)
"""Also how long it has to be quiet until it is flapping no more."""
GAP = timedelta(minutes=10)
"""Between two changes of the card for nothing but this."""

_KEPT = 100


def times_lately(incident: Incident, now: datetime) -> int:
    """How often it ended within the hour; 0 where it is not flapping."""
    return len(_lately(incident.flapping.ends, now)) if incident.flapping.shown_at else 0


def damped(before: Incident, decision: Decision, event: Event, *, now: datetime) -> Decision:
    """The decision with the flapping counted, and without a new revision where the card is not to change yet.

    An end is shown once it has lasted for GAP: until then the card goes on as that of an open incident, for people to
    act from.
    """
    after, known = decision.incident, before.flapping
    lately = _lately(known.ends, now)
    if _ended(before, after):
        lately = (*lately, now)[-_KEPT:]
    if known.shown_at is not None and not lately:
        # What the card still owes it shows now, as well as that it is flapping no more.
        return replace(decision, incident=_revised(before, replace(after, flapping=STEADY)))
    if known.shown_at is None and len(lately) < CYCLES:
        steady = Flapping(lately)
        return decision if after.flapping == steady else replace(decision, incident=replace(after, flapping=steady))
    # As if the card had not changed for long: that it is flapping is said as soon as it fires again.
    known = known if known.shown_at else Flapping(known.ends, now - GAP)
    kept = replace(known, ends=lately)
    if isinstance(event, Settled):
        if not known.owes or settle_in(replace(after, flapping=kept), now):
            again = (Settle(),) if known.owes else ()
            return replace(decision, incident=replace(after, flapping=kept), effects=again)
        return replace(decision, incident=_revised(before, replace(after, flapping=_shown(after, lately, now))))
    if after.revision == before.revision:
        return replace(decision, incident=replace(after, flapping=kept))
    if not _held_back(before, after, known, event, now):
        return replace(decision, incident=replace(after, flapping=_shown(after, lately, now)))
    held = replace(after, revision=before.revision, flapping=replace(kept, owes=True))
    settle = () if known.owes else (Settle(),)
    return replace(decision, incident=held, effects=(*decision.effects, *settle))


def settle_in(incident: Incident, now: datetime) -> timedelta:
    """How long until the card may show what it owes: GAP after it changed, and after the latest end."""
    known = incident.flapping
    moments = (known.shown_at, *known.ends[-1:])
    # By their distance: a clock that was set back must not hold the card for longer.
    return max(timedelta(0), *(GAP - abs(now - each) for each in moments if each))


def _held_back(before: Incident, after: Incident, known: Flapping, event: Event, now: datetime) -> bool:
    of_itself = isinstance(event, AlertsReceived | SilenceSeen | Stands | Surveyed)
    worse = after.severity.rank < before.severity.rank
    if not of_itself or worse:
        return False
    if not after.open:
        return not known.closed
    lately = known.shown_at is not None and abs(now - known.shown_at) < GAP
    return lately and not known.closed


def _shown(after: Incident, lately: tuple[datetime, ...], now: datetime) -> Flapping:
    return Flapping(lately, now, closed=not after.open)


def _ended(before: Incident, after: Incident) -> bool:
    """Whether an alert that fired does not any more."""
    fires = {episode.alert.fingerprint for episode in after.firing}
    return any(episode.alert.fingerprint not in fires for episode in before.firing)


def _lately(ends: tuple[datetime, ...], now: datetime) -> tuple[datetime, ...]:
    return tuple(each for each in ends if abs(now - each) < WINDOW)


def _revised(before: Incident, after: Incident) -> Incident:
    return after if after.revision != before.revision else replace(after, revision=before.revision + 1)
