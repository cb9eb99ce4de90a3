"""Silencing an incident: asked for once, made by Alertmanager, looked after, lifted by a person or with the incident.

While a silence stands Alertmanager tells nothing of its alerts, not even that they resolved: what it lists is compared
instead.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chatops.core.alerts import OWN_MARK, Severity
from chatops.core.audit import SYSTEM, Entry, EntryType, Subject
from chatops.core.incidents.alerting import alerts_gone
from chatops.core.incidents.effects import (
    Answer,
    Decision,
    LiftSilence,
    MakeSilence,
    ProlongSilence,
    WarnOfEnd,
    WatchSilence,
)
from chatops.core.incidents.events import (
    ExtendFailed,
    ExtendSilence,
    LiftFailed,
    RequestSilence,
    Silenced,
    SilenceEnding,
    SilenceExpired,
    SilenceExtended,
    SilenceFailed,
    SilenceLifted,
    SilenceSeen,
    Unsilence,
)
from chatops.core.incidents.scopes import matchers_of
from chatops.core.incidents.values import Incident
from chatops.core.moments import stamp
from chatops.core.silences import EXTENSION, WARNING, Silence

LIFTED, EXPIRED, GONE = "lifted", "expired", "gone"
"""How a silence ended: lifted by somebody, its time over, or ended in Alertmanager by other hands."""


def request_silence(incident: Incident, event: RequestSilence, *, now: datetime) -> Decision:
    """Write it down with everything needed to make it; only then is it made."""
    press, known = event.press, incident.silence
    if not incident.open:
        return Decision(incident, effects=(Answer(press, f"already_{incident.status}", {"name": ""}),))
    if known and (known.standing or known.pending):
        return Decision(incident, effects=(Answer(press, "already_silenced", {"name": known.by_name}),))
    matchers = event.matchers or matchers_of(incident)
    if not matchers:
        return Decision(incident, effects=(Answer(press, "nothing_to_match"),))
    ends_at = event.ends_at or now + event.length
    if ends_at <= now:
        return Decision(incident, effects=(Answer(press, "silence_past"),))
    silence = Silence(
        event.key, matchers, press.by.id, press.by.name, now, ends_at, until_resolved=event.until_resolved
    )
    told = {"scope": event.scope, "matchers": _text(silence)}
    entry = _entry(EntryType.SILENCE_REQUESTED, incident, silence, now, press.by.subject, **told)
    entry = replace(entry, chat_id=press.chat_id, message_id=press.message_id or None)
    return Decision(_with(incident, silence), (entry,), (Answer(press, "silencing"), MakeSilence(silence)))


def silenced(incident: Incident, event: Silenced, *, now: datetime) -> Decision:
    known = _of(incident, event.key)
    if known is None or not known.pending:
        return Decision(incident)
    silence = replace(known, id=event.id, instance=event.instance)
    until = {"until": stamp(silence.ends_at), "matchers": _text(silence)}
    entry = _entry(EntryType.SILENCED, incident, silence, now, _asker(silence), **until)
    return Decision(_with(incident, silence), (entry,), (WatchSilence(silence),))


def silence_failed(incident: Incident, event: SilenceFailed, *, now: datetime) -> Decision:
    known = _of(incident, event.key)
    if known is None or not known.pending:
        return Decision(incident)
    silence = replace(known, ended_at=now, problem=event.problem, detail=event.detail)
    why = {"problem": event.problem, "detail": event.detail}
    entry = _entry(EntryType.SILENCE_FAILED, incident, silence, now, SYSTEM, **why)
    return Decision(_with(incident, silence), (entry,))


def unsilence(incident: Incident, event: Unsilence, *, now: datetime) -> Decision:
    """Written down when it is asked for, and again once Alertmanager has let go of it."""
    press, known = event.press, incident.silence
    if known is None or not known.standing or event.key not in ("", known.key):
        return Decision(incident, effects=(Answer(press, "not_silenced"),))
    if known.lifting:
        return Decision(incident, effects=(Answer(press, "unsilencing"),))
    if known.extending_to is not None:
        # It may have another id by the time this arrives: what is lifted would be the old one.
        return Decision(incident, effects=(Answer(press, "extending"),))
    silence = replace(
        known, lifting=True, lifted_by_id=press.by.id, lifted_by_name=press.by.name, problem="", detail=""
    )
    entry = _entry(EntryType.UNSILENCE_REQUESTED, incident, silence, now, press.by.subject)
    entry = replace(entry, chat_id=press.chat_id, message_id=press.message_id or None)
    return Decision(_with(incident, silence), (entry,), (Answer(press, "unsilencing"), LiftSilence(silence)))


def silence_ending(incident: Incident, event: SilenceEnding, *, now: datetime) -> Decision:
    """Said once, where what it hides fires: loudly only for what is critical, else the card is edited."""
    known = _of(incident, event.key)
    if known is None or not known.standing or known.lifting or known.warned or known.extending_to is not None:
        return Decision(incident)
    fires = any(known.takes(episode.alert.labels) for episode in incident.firing)
    if not incident.open or not fires or not timedelta(0) < known.ends_at - now <= WARNING:
        return Decision(incident)
    silence = replace(known, warned=True)
    loud = incident.severity is Severity.CRITICAL
    return Decision(_with(incident, silence), effects=(WarnOfEnd(silence),) if loud else ())


def extend_silence(incident: Incident, event: ExtendSilence, *, now: datetime) -> Decision:
    """Written down with the moment it shall end at, so that asking twice, or looking it up, gives the same."""
    press, known = event.press, incident.silence
    if known is None or not known.standing or known.key != event.key:
        return Decision(incident, effects=(Answer(press, "not_silenced"),))
    if known.lifting:
        return Decision(incident, effects=(Answer(press, "unsilencing"),))
    if known.extending_to is not None:
        return Decision(incident, effects=(Answer(press, "extending"),))
    if not incident.open:
        return Decision(incident, effects=(Answer(press, f"already_{incident.status}", {"name": ""}),))
    if abs(known.ends_at - event.seen) >= timedelta(seconds=1):
        return Decision(incident, effects=(Answer(press, "already_extended"),))
    silence = replace(
        known,
        extending_to=max(known.ends_at, now) + EXTENSION,
        extended_by_id=press.by.id,
        extended_by_name=press.by.name,
        lifted_by_id=None,
        lifted_by_name="",
        problem="",
        detail="",
    )
    until = stamp(silence.extending_to or now)
    entry = _entry(EntryType.SILENCE_EXTEND_REQUESTED, incident, silence, now, press.by.subject, until=until)
    entry = replace(entry, chat_id=press.chat_id, message_id=press.message_id or None)
    return Decision(_with(incident, silence), (entry,), (Answer(press, "extending"), ProlongSilence(silence)))


def silence_extended(incident: Incident, event: SilenceExtended, *, now: datetime) -> Decision:
    """Alertmanager may have made another one in its place: from now on that is the one."""
    known = _of(incident, event.key)
    if known is None or known.extending_to is None:
        return Decision(incident)
    silence = replace(
        known,
        id=event.id,
        instance=event.instance,
        ends_at=event.ends_at or known.extending_to,
        extending_to=None,
        extended_by_id=None,
        extended_by_name="",
        warned=False,
    )
    by = Subject.person(known.extended_by_id or known.by_id, known.extended_by_name or known.by_name)
    was = {"before": known.id} if known.id != silence.id else {}
    entry = _entry(EntryType.SILENCE_EXTENDED, incident, silence, now, by, until=stamp(silence.ends_at), **was)
    return Decision(_with(incident, silence), (entry,), (WatchSilence(silence),))


def extend_failed(incident: Incident, event: ExtendFailed, *, now: datetime) -> Decision:
    """It ends when it would have; the person may try again."""
    known = _of(incident, event.key)
    if known is None or known.extending_to is None:
        return Decision(incident)
    silence = replace(known, extending_to=None, problem=event.problem, detail=event.detail)
    why = {"problem": event.problem, "detail": event.detail}
    entry = _entry(EntryType.SILENCE_FAILED, incident, silence, now, SYSTEM, **why)
    return Decision(_with(incident, silence), (entry,), (WatchSilence(silence),))


def silence_ended(incident: Incident, event: SilenceLifted | SilenceExpired, *, now: datetime) -> Decision:
    known = _of(incident, event.key)
    if known is None or not known.standing or known.extending_to is not None:
        return Decision(incident)
    return _ended(incident, known, LIFTED if isinstance(event, SilenceLifted) else EXPIRED, now)


def lift_failed(incident: Incident, event: LiftFailed, *, now: datetime) -> Decision:
    """What is tried again is not told each time; what is given up is, and the person may try again."""
    known = _of(incident, event.key)
    if known is None or not (known.standing and known.lifting) or event.temporary:
        return Decision(incident)
    silence = replace(known, lifting=False, problem=event.problem, detail=event.detail)
    why = {"problem": event.problem, "detail": event.detail}
    entry = _entry(EntryType.SILENCE_FAILED, incident, silence, now, SYSTEM, **why)
    return Decision(_with(incident, silence), (entry,))


def silence_seen(incident: Incident, event: SilenceSeen, *, now: datetime) -> Decision:
    """Alerts that Alertmanager lists no longer have ended; a silence that is not active any more has, too.

    Also what ended right before the silence did: Alertmanager forgot to tell of it, and never will.
    """
    known, watch = _of(incident, event.key), event.watch
    if known is None or not known.standing:
        return Decision(incident)
    gone = frozenset(
        episode.alert.fingerprint
        for episode in incident.firing
        if watch.firing is not None
        and episode.alert.fingerprint not in watch.firing
        and not episode.alert.fingerprint.startswith(OWN_MARK)
        and known.takes(episode.alert.labels)
    )
    seen = alerts_gone(incident, gone, now=now) if gone else Decision(incident)
    over = now >= known.ends_at
    if (watch.active and not over) or known.extending_to is not None:
        # One that is being extended may be another one by now: only the answer to that tells.
        return seen
    ended = _ended(seen.incident, known, LIFTED if known.lifting else EXPIRED if over else GONE, now)
    return replace(ended, entries=(*seen.entries, *ended.entries), effects=seen.effects)


def lift_when_over(decision: Decision) -> Decision:
    """A silence "until resolved" is lifted as soon as its incident is not open any more, however that came."""
    incident = decision.incident
    known = incident.silence
    if incident.open or known is None or not known.standing or not known.until_resolved:
        return decision
    if known.lifting or (known.problem and not known.unextended) or known.extending_to is not None:
        return decision
    silence = replace(known, lifting=True)
    return replace(
        decision,
        incident=replace(incident, silence=silence),
        effects=(*decision.effects, LiftSilence(silence)),
    )


def _of(incident: Incident, key: str) -> Silence | None:
    """The incident's silence, if it is the one of this key: news of any other is stale."""
    return incident.silence if incident.silence and incident.silence.key == key else None


def _ended(incident: Incident, known: Silence, how: str, now: datetime) -> Decision:
    silence = replace(known, ended_at=now, lifting=False, problem="", detail="")
    subject = SYSTEM
    if how == LIFTED and known.lifted_by_id is not None:
        subject = Subject.person(known.lifted_by_id, known.lifted_by_name)
    entry = _entry(EntryType.UNSILENCED, incident, silence, now, subject, how=how)
    return Decision(_with(incident, silence), (entry,))


def _with(incident: Incident, silence: Silence) -> Incident:
    return replace(incident, silence=silence, revision=incident.revision + 1)


def _asker(silence: Silence) -> Subject:
    return Subject.person(silence.by_id, silence.by_name)


def _text(silence: Silence) -> str:
    return ", ".join(matcher.text for matcher in silence.matchers)


def _entry(
    type: EntryType, incident: Incident, silence: Silence, now: datetime, subject: Subject, **detail: str
) -> Entry:
    told = {"silence": silence.id, "run": silence.key, **detail}
    return Entry(type, subject, now, incident_id=incident.id, detail={n: v for n, v in told.items() if v})
