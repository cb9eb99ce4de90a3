"""Silencing: the picker with what would be hidden, and the silence as it stands on the card."""

from datetime import datetime, timedelta

from markupsafe import Markup

from chatops.core.actions import ACTIONS
from chatops.core.buttons import Button, Verb
from chatops.core.incidents.silencing import matchers_of
from chatops.core.incidents.values import Incident
from chatops.core.screens.base import Screen, back_to_card, code, crumbs, screen
from chatops.core.screens.outside import problem_text
from chatops.core.silences import LENGTHS, UNTIL_RESOLVED, Matched, Silence
from chatops.core.texts import Tongue, joined, mark, one_line

MOST_MATCHERS = 6

UNTIL_LINE = mark("🔕 silenced until {time} by {name}")
UNTIL_RESOLVED_LINE = mark("🔕 silenced until resolved, {time} at the latest, by {name}")
NOT_SILENCED = mark("❌ It could not be silenced: {problem}")
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


def picker(matched: Matched, tongue: Tongue, *, incident_id: int) -> Screen:
    """What a silence would match and hide now, then how long. Whoever presses a length has silenced it."""
    shown = joined([code(matcher.text) for matcher in matched.matchers[:MOST_MATCHERS]], ", ")
    if len(matched.matchers) > MOST_MATCHERS:
        shown = Markup("{} …").format(shown)
    others = None
    if matched.others:
        others = tongue.plural(
            "⚠️ It would hide {n} alert of other incidents too: {names}",
            "⚠️ It would hide {n} alerts of other incidents too: {names}",
            matched.others,
            names=one_line(", ".join(matched.names), 200),
        )
    lines: list[Markup | str | None] = [
        crumbs(incident_id, tongue.plain("Silence")),
        "",
        tongue.say("Matches {matchers}", matchers=shown),
        tongue.plural(
            "Hides {n} alert that fires now.", "Hides {n} alerts that fire now.", matched.ours + matched.others
        ),
        others,
        tongue.plural("{n} of them is hidden already.", "{n} of them are hidden already.", matched.silenced)
        if matched.silenced
        else None,
        tongue.say("A silence until resolved is lifted as soon as the incident resolves, after 24 h at the latest."),
    ]
    lengths = [_choice(length, tongue, incident_id) for length in LENGTHS]
    until = Button(
        tongue.plain("Until resolved"),
        Verb.DO_SILENCE,
        {"minutes": _minutes(UNTIL_RESOLVED), "until": "resolved"},
        incident_id=incident_id,
    )
    action = ACTIONS["alertmanager_status"]
    title = f"{action.icon} {tongue.plain(action.title)}"
    about = Button(title, Verb.REPORT, {"report": action.id}, incident_id=incident_id)
    again = Button("🔄", Verb.SILENCE, incident_id=incident_id)
    return screen(lines, [lengths, [until], [about, again], [back_to_card(tongue, incident_id)]])


def length_of(args: dict[str, str]) -> tuple[timedelta, bool]:
    """How long, and whether until resolved, from a DO_SILENCE button's arguments."""
    minutes = args.get("minutes", "")
    known = {_minutes(length): length for length in (*LENGTHS, UNTIL_RESOLVED)}
    return known.get(minutes, LENGTHS[0]), args.get("until") == "resolved"


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
    until = UNTIL_RESOLVED_LINE if silence.until_resolved else UNTIL_LINE
    return [tongue.say(until, time=tongue.clock(silence.ends_at), name=silence.by_name), problem]


def button(incident: Incident, tongue: Tongue, *, possible: bool) -> Button | None:
    """Silence or Unsilence, whichever can be done now. `possible`: there is an Alertmanager to ask."""
    silence = incident.silence
    if not possible or not matchers_of(incident):
        return None
    if silence and silence.standing:
        if silence.lifting:
            return None
        return Button("🔔 " + tongue.plain("Unsilence"), Verb.UNSILENCE, incident_id=incident.id)
    if not incident.open or (silence and silence.pending):
        return None
    return Button("🔕 " + tongue.plain("Silence"), Verb.SILENCE, incident_id=incident.id)


def _choice(length: timedelta, tongue: Tongue, incident_id: int) -> Button:
    return Button(str(tongue.span(length)), Verb.DO_SILENCE, {"minutes": _minutes(length)}, incident_id=incident_id)


def _minutes(length: timedelta) -> str:
    return str(round(length.total_seconds() / 60))


def _problem(silence: Silence, tongue: Tongue) -> Markup:
    said = NOT_LIFTED if silence.id else NOT_SILENCED
    return tongue.say(said, problem=problem_text(silence.problem, silence.detail, tongue))
