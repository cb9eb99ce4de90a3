"""Two incidents that are one trouble: the merged one is closed, and what it knew goes over to the other.

Each of the two is decided by itself and from its own state, for each has an owner of its own: the merged one first, and
the other from what that brought. Whether the other is still open is known where both are stored.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.incidents.alerting import concluded, described
from chatops.core.incidents.brought import Brought
from chatops.core.incidents.closing import closed_already, line_of
from chatops.core.incidents.effects import Answer, Decision, SendOver
from chatops.core.incidents.episodes import Change
from chatops.core.incidents.events import (
    Escalate,
    Event,
    ExtendSilence,
    HandOver,
    Judge,
    MergeInto,
    Press,
    Reject,
    Release,
    Reopen,
    RequestSilence,
    Resolve,
    Take,
    TakeIn,
    Unsilence,
)
from chatops.core.incidents.silencing import unsilence
from chatops.core.incidents.values import Episode, Incident, Status

ELSEWHERE = (
    Take
    | Release
    | Resolve
    | Reject
    | HandOver
    | Reopen
    | Judge
    | RequestSilence
    | ExtendSilence
    | Escalate
    | MergeInto
)
"""What people do with the other incident from then on. A note, an undo and the end of its silence stay where it was."""


def merged_away(incident: Incident, event: Event) -> Decision | None:
    """Of a merged one: that it is part of the other now. None where it is not merged, or it is still its own affair."""
    if incident.merged_into is None or not isinstance(event, ELSEWHERE):
        return None
    told = {"number": str(incident.merged_into)}
    return Decision(incident, effects=(Answer(event.press, "merged_away", told),))


def merge_into(incident: Incident, event: MergeInto, *, now: datetime) -> Decision:
    """Close it: what fires of it fires in the other from now on. Its silence is lifted, and nobody is called for it.

    A change that runs is looked after by its incident, and a silence that is under way as well: both come first.
    """
    press, run, silence = event.press, incident.run, incident.silence
    if not incident.open:
        return closed_already(incident, press)
    if event.into == incident.id:
        return Decision(incident, effects=(Answer(press, "merge_gone", {"into": str(event.into)}),))
    if run is not None and run.state.running:
        return Decision(incident, effects=(Answer(press, "merge_runs", {"name": run.by_name}),))
    if silence is not None and (silence.pending or (silence.standing and silence.extending_to is not None)):
        return Decision(incident, effects=(Answer(press, "merge_silence"),))
    lifted = _lifted(incident, press, now)
    merged = replace(
        lifted.incident,
        status=Status.REJECTED,
        merged_into=event.into,
        closed_at=now,
        closed_by=press.by,
        truncated=0,
        episodes=tuple(_ended(episode, now) for episode in incident.episodes),
        revision=incident.revision + 1,
    )
    detail = {"into": str(event.into), "alerts": str(len(incident.firing))}
    entry = line_of(EntryType.MERGED, incident, press, now, detail)
    answer = Answer(press, "merged", {"number": str(incident.id), "into": str(event.into)})
    return Decision(merged, (entry, *lifted.entries), (answer, *lifted.effects, SendOver(event.into)))


def _lifted(incident: Incident, press: Press, now: datetime) -> Decision:
    """The silence hid this incident's alerts only: it must not go on in the name of one that is closed."""
    silence = incident.silence
    if silence is None or not silence.standing or silence.lifting:
        return Decision(incident)
    decision = unsilence(incident, Unsilence(press), now=now)
    return replace(decision, effects=tuple(each for each in decision.effects if not isinstance(each, Answer)))


def _ended(episode: Episode, now: datetime) -> Episode:
    """Here, that is: the other has it as it was."""
    return replace(episode, ends_at=max(now, episode.starts_at)) if episode.firing else episode


def take_in(incident: Incident, event: TakeIn, *, now: datetime) -> Decision:
    """The alerts of the merged one are this one's; whoever had that has this, where nobody did.

    One that ended meanwhile opens again if any of them fires, as with every alert that is new to it.
    """
    merge, brought = event.merge, event.merge.brought
    episodes = joined(incident.episodes, brought.episodes)
    fired = len({e.alert.fingerprint for e in episodes if e.firing} - {e.alert.fingerprint for e in incident.firing})
    told = replace(
        incident,
        episodes=episodes,
        truncated=incident.truncated + brought.truncated,
        skipped=incident.skipped + brought.skipped,
    )
    if told.firing:
        told = described(told)
    if brought.firing and not brought.expected:
        # Only what is all expected is kept quiet.
        told = replace(told, maintenance=None)
    decision = concluded(incident, told, Counter({Change.FIRED: fired}), now)
    after = _held_by(decision.incident, brought)
    if replace(after, revision=incident.revision) != incident:
        after = replace(after, revision=incident.revision + 1)
    detail = {
        "number": str(merge.merged_id),
        "by": merge.by.name,
        "alert": brought.title,
        "alerts": str(len(brought.episodes)),
    }
    # The attempt has its line at the merged one.
    entry = Entry(EntryType.MERGED_IN, SYSTEM, now, incident_id=incident.id, detail=detail)
    others = (each for each in decision.entries if each.type is not EntryType.ALERTS_CHANGED)
    return replace(decision, incident=after, entries=(entry, *others))


def _held_by(incident: Incident, brought: Brought) -> Incident:
    known = [each for each in (incident.acknowledged_at, brought.acknowledged_at) if each is not None]
    told = replace(incident, acknowledged_at=min(known, default=None))
    if not incident.open or incident.taken_by is not None or brought.taken_by is None:
        return told
    return replace(told, taken_by=brought.taken_by, taken_at=brought.taken_at)


def joined(ours: tuple[Episode, ...], theirs: tuple[Episode, ...]) -> tuple[Episode, ...]:
    """Both, each alert once: ours first, in the order they came. Whichever comes first, the same alerts fire since the
    same moments.
    """
    found = {episode.alert.fingerprint: episode for episode in ours}
    for episode in theirs:
        known = found.get(episode.alert.fingerprint)
        found[episode.alert.fingerprint] = episode if known is None else _of_both(known, episode)
    return tuple(found.values())


def _of_both(one: Episode, other: Episode) -> Episode:
    """What fires anywhere fires. An end that only one of the two heard of is told again, or seen to be by the list."""
    if one.firing is not other.firing:
        return one if one.firing else other
    starts_at = min(one.starts_at, other.starts_at)
    if one.ends_at is None or other.ends_at is None:
        return replace(one, starts_at=starts_at)
    return replace(one, starts_at=starts_at, ends_at=max(one.ends_at, other.ends_at))
