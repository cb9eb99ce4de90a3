"""The silence as it stands on the card: until when, at whose word, that it is about to end, and what to do about it."""

from collections.abc import Mapping
from datetime import datetime

from markupsafe import Markup

from chatops.core.buttons import Button, Verb
from chatops.core.incidents.scopes import matchers_of
from chatops.core.incidents.values import Incident
from chatops.core.screens.outside import problem_text
from chatops.core.silences import EXTENSION, Silence
from chatops.core.texts import Tongue, mark, one_line

UNTIL_LINE = mark("🔕 silenced until {time} by {name}")
UNTIL_RESOLVED_LINE = mark("🔕 silenced until resolved, {time} at the latest, by {name}")
NOT_SILENCED = mark("❌ It could not be silenced: {problem}")
ENDING = mark("⏳ The silence ends at {time}, and it still fires.")
NOT_EXTENDED = mark("❌ The silence could not be extended: {problem}")
NOT_LIFTED = mark("❌ The silence could not be lifted: {problem}")


def standing_line(incident: Incident, tongue: Tongue) -> Markup | None:
    """What Alertmanager does with the incident's alerts by other hands than ours."""
    standing = incident.standing
    if standing.stale_since:
        since = tongue.clock(standing.stale_since)
        return tongue.say(
            "❔ Alertmanager has not listed it since {time}: it may be over. ✅ Resolve closes it.", time=since
        )
    if standing.muted_until:
        until = tongue.clock(standing.muted_until)
        name = one_line(standing.muted_by, 60) or "?"
        return tongue.say("🔕 silenced in Alertmanager until {time} by {name}", time=until, name=name)
    return tongue.say("🔕 hidden by another alert in Alertmanager") if standing.inhibited else None


def lines(incident: Incident, tongue: Tongue, *, now: datetime) -> list[Markup | str | None]:
    """The silence on the card; nothing once it has ended well."""
    silence = incident.silence
    if silence is None:
        return []
    problem = _problem(silence, tongue) if silence.problem else None
    if silence.ended_at is not None:
        return [problem] if incident.open else []
    if silence.pending:
        return [tongue.say("🔕 Asking Alertmanager to silence it…")]
    if now >= silence.ends_at:
        return []
    if silence.lifting:
        return [tongue.say("🔔 Asking Alertmanager to lift the silence…")]
    if silence.extending_to is not None:
        return [tongue.say("🔕 Asking Alertmanager to silence it for longer…")]
    until = UNTIL_RESOLVED_LINE if silence.until_resolved else UNTIL_LINE
    return [
        tongue.say(until, time=tongue.clock(silence.ends_at), name=silence.by_name),
        _part(incident, silence, tongue),
        tongue.say(ENDING, time=tongue.clock(silence.ends_at)) if _tells_end(incident, silence) else None,
        problem,
    ]


def ending_row(incident: Incident, tongue: Tongue, *, possible: bool) -> list[Button | None]:
    """What can be done about a silence that is about to end; nothing before. `possible`: there is somebody to ask."""
    silence = incident.silence
    if silence is None or not possible or silence.lifting or silence.extending_to is not None:
        return []
    if not silence.standing or not _tells_end(incident, silence):
        return []
    return [extend(incident, silence, tongue), _unsilence("⏹ " + tongue.plain("End now"), incident)]


def extend(incident: Incident, silence: Silence, tongue: Tongue) -> Button:
    """One hour more than what is shown now, however often and by whomever it is pressed."""
    args = {"key": silence.key, "ends": silence.ends_at.isoformat()}
    title = tongue.plain("Extend by {span}", span=tongue.span(EXTENSION))
    return Button(f"⏳ {title}", Verb.EXTEND_SILENCE, args, incident_id=incident.id)


def seen_end(args: Mapping[str, str]) -> tuple[str, datetime] | None:
    """The silence, and the end of it that was shown, from an EXTEND_SILENCE button's arguments."""
    try:
        ends_at = datetime.fromisoformat(args.get("ends", ""))
    except ValueError:
        return None
    return (args.get("key", ""), ends_at) if ends_at.tzinfo is not None else None


def _tells_end(incident: Incident, silence: Silence) -> bool:
    return silence.warned and incident.open and any(silence.takes(each.alert.labels) for each in incident.firing)


def _part(incident: Incident, silence: Silence, tongue: Tongue) -> Markup | None:
    """What of the incident goes on making noise, where the silence hides less than all of it."""
    loud = sum(not silence.takes(episode.alert.labels) for episode in incident.firing)
    if not loud:
        return None
    return tongue.plural("🔔 {n} alert of it is not silenced", "🔔 {n} alerts of it are not silenced", loud)


def _unsilence(label: str, incident: Incident) -> Button:
    args = {"key": incident.silence.key} if incident.silence else {}
    return Button(label, Verb.UNSILENCE, args, incident_id=incident.id)


def button(incident: Incident, tongue: Tongue, *, possible: bool) -> Button | None:
    """Silence or Unsilence, whichever can be done now. `possible`: there is an Alertmanager to ask."""
    silence = incident.silence
    if not possible or not matchers_of(incident):
        return None
    if silence and silence.standing:
        if silence.lifting or silence.extending_to is not None or ending_row(incident, tongue, possible=True):
            return None
        return _unsilence("🔔 " + tongue.plain("Unsilence"), incident)
    if not incident.open or (silence and silence.pending):
        return None
    return Button("🔕 " + tongue.plain("Silence"), Verb.SILENCE, incident_id=incident.id)


def _problem(silence: Silence, tongue: Tongue) -> Markup:
    said = NOT_EXTENDED if silence.unextended else NOT_LIFTED if silence.id else NOT_SILENCED
    return tongue.say(said, problem=problem_text(silence.problem, silence.detail, tongue))
