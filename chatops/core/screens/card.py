"""The card: one incident in one message, edited for its whole life. Situation first, then what to press."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from chatops.core.actions import ACTIONS
from chatops.core.alerts import Severity
from chatops.core.buttons import Button, Verb
from chatops.core.focus import subject_name
from chatops.core.incidents.flapping import times_lately
from chatops.core.incidents.values import Incident, Status
from chatops.core.remedies import Advice, Suggestion, Suggestions, suggest
from chatops.core.screens import called, facts, maintenance, silence
from chatops.core.screens.base import SEVERITY_ICONS, Screen, bold, code, label, link, screen
from chatops.core.screens.object import more_button
from chatops.core.screens.reading import reading_of
from chatops.core.screens.run import run_lines, run_rows
from chatops.core.screens.wording import filling, label_of
from chatops.core.texts import Tongue, joined, mark, one_line
from chatops.core.titles import ALERT, TRANSLATED

Rows = Sequence[Sequence[Button | None]]

STATUS_WORDS = {Status.RESOLVED: mark("resolved"), Status.REJECTED: mark("rejected")}
MERGED = mark("merged")


def card(
    incident: Incident,
    tongue: Tongue,
    *,
    now: datetime,
    alike: int = 0,
    advice: Advice | None = None,
    acts: Rows = (),
    was_away: timedelta | None = None,
    bot: str = "",
) -> Screen:
    """`alike`: how many incidents like this one there were in the week before it; `advice`: see remedies.

    `acts`: buttons for what concerns the incident itself (see `incident_acts`). `was_away`: how long the bot was, where
    that has to be said. `bot`: its username, where the incident's number is to lead to the reader's own chat with it.
    """
    note = _away_lines(was_away, tongue)
    if incident.open:
        suggested = suggest(incident, now=now, advice=advice)
        lines = [*note, *_open_lines(incident, tongue, now, alike, suggested, bot)]
        silent = hushed(incident, now) or incident.severity in (Severity.INFO, Severity.NONE)
        return screen(lines, _open_rows(incident, tongue, suggested, acts), silent=silent)
    return screen([*note, *_closed_lines(incident, tongue, now, bot)], [*_closed_rows(incident, tongue), *acts])


def _away_lines(was_away: timedelta | None, tongue: Tongue) -> list[Markup | str | None]:
    if was_away is None:
        return []
    span = tongue.span(was_away)
    return [
        tongue.say("💤 I was away {span}: what was pressed in that time did not count. Press again.", span=span),
        "",
    ]


def headline(incident: Incident, tongue: Tongue) -> str:
    """`Crash loop · checkout`: what, and on which object, as plain text."""
    subject = subject_name(incident)
    title = incident.title or ALERT
    title = tongue.plain(title) if title in TRANSLATED else title
    return f"{title} · {subject}" if subject else title


def hushed(incident: Incident, now: datetime) -> bool:
    """Whether its first card makes no sound, whatever its severity: it is flapping, or trouble was expected."""
    return times_lately(incident, now) > 0 or incident.maintenance is not None


def _title_line(incident: Incident, tongue: Tongue, icon: str, bot: str) -> Markup:
    number = f"#{incident.id}"
    door = link(f"https://t.me/{bot}?start=inc_{incident.id}", number) if bot else None
    return Markup("{} {}  {}").format(icon, bold(headline(incident, tongue)), door or code(number))


def _open_lines(
    incident: Incident, tongue: Tongue, now: datetime, alike: int, suggested: Suggestions, bot: str
) -> list[Markup | str | None]:
    state = tongue.say("FIRING") if incident.firing else tongue.say("ACTIVE")
    place = code(incident.cluster) if incident.cluster else ""
    lines: list[Markup | str | None] = [
        _title_line(incident, tongue, SEVERITY_ICONS[incident.severity], bot),
        joined([state, tongue.ago(incident.started_at), incident.severity.value, place]),
        "",
    ]
    if incident.run:
        lines += [*run_lines(incident.run, incident, tongue, now=now), ""]
    if not (incident.run and incident.run.state.running):
        lines += [*facts.lines(incident, tongue, safe=bool(suggested.remedies)), ""]
    lines += [*silence.lines(incident, tongue, now=now), silence.standing_line(incident, tongue)]
    lines.append(maintenance.line(incident, tongue))
    lines.append(_flapping_line(incident, tongue, now))
    lines += [_who_line(incident, tongue, alike), called.line(incident, tongue), _links(incident, tongue)]
    return lines


def _flapping_line(incident: Incident, tongue: Tongue, now: datetime) -> Markup | None:
    times = times_lately(incident, now)
    said = tongue.plural("🌀 flapping: {n} time in an hour", "🌀 flapping: {n} times in an hour", times)
    return said if times else None


def _who_line(incident: Incident, tongue: Tongue, alike: int) -> Markup:
    if incident.taken_by and incident.taken_at:
        who = tongue.say(
            "👤 {name} has it since {time}", name=incident.taken_by.name, time=tongue.clock(incident.taken_at)
        )
    else:
        who = tongue.say("👤 nobody yet")
    firing = len(incident.firing)
    return joined(
        [
            who,
            tongue.plural("🔁 reopened once", "🔁 reopened {n} times", incident.reopened) if incident.reopened else "",
            tongue.plural("🔂 {n} like it this week", "🔂 {n} like it this week", alike) if alike else "",
            tongue.plural("📈 {n} alert", "📈 {n} alerts", firing) if firing > 1 else "",
        ]
    )


def _links(incident: Incident, tongue: Tongue) -> Markup | None:
    lead = incident.lead
    if lead is None:
        return None
    dashboard = lead.annotations.get("dashboard_url") or lead.annotations.get("dashboard", "")
    found = [
        link(lead.annotations.get("runbook_url", ""), tongue.plain("Runbook")),
        link(dashboard, tongue.plain("Dashboard")),
        link(lead.generator_url, tongue.plain("Alert rule")),
    ]
    return joined([each for each in found if each]) or None


def _open_rows(incident: Incident, tongue: Tongue, suggested: Suggestions, acts: Rows) -> list[Sequence[Button | None]]:
    running = incident.run is not None and incident.run.state.running
    remedies = [] if running else [_suggested(s, tongue, incident) for s in suggested.remedies]
    reading = _suggested(suggested.reading, tongue, incident, style="primary") if suggested.reading else None
    taken = incident.taken_by is not None
    return [
        *run_rows(incident, tongue),
        [*remedies[:1]],
        [*remedies[1:]],
        [None if running else reading, _resources(incident, tongue)],
        [
            Button("🤝 " + tongue.plain("Release"), Verb.RELEASE, incident_id=incident.id)
            if taken
            else Button("✋ " + tongue.plain("Take"), Verb.TAKE, incident_id=incident.id, style="success"),
            Button("✅ " + tongue.plain("Resolve"), Verb.RESOLVE, incident_id=incident.id),
            Button("🚫 " + tongue.plain("Reject"), Verb.ASK_REJECT, incident_id=incident.id),
        ],
        *acts,
        [_timeline(incident, tongue), more_button(incident, tongue), _again(incident)],
    ]


def _again(incident: Incident) -> Button:
    return Button("🔄", Verb.REFRESH, incident_id=incident.id)


def _suggested(suggestion: Suggestion, tongue: Tongue, incident: Incident, style: str = "") -> Button:
    """A button says what will happen: its parameter is in its label."""
    action = ACTIONS[suggestion.action]
    wording = label_of(action.id, suggestion.params)
    words = filling(suggestion.params, name=suggestion.ref.name)
    text = label(f"{action.icon} {tongue.plain(wording or action.title, **words)}")
    if action.changes:
        args = {"action": action.id, **suggestion.reasons, **suggestion.params}
        red = "danger" if suggestion.action == "rollout_undo" else style
        return Button(text, Verb.CHOOSE, args, suggestion.ref, incident.id, style=red)
    verb, args = reading_of(action.id)
    return Button(text, verb, {**args, **suggestion.params}, suggestion.ref, incident.id, style=style)


def _resources(incident: Incident, tongue: Tongue) -> Button | None:
    survey = incident.survey
    if survey is None:
        return None
    count = len(survey.workloads) + len(survey.pods) + len(survey.others)
    text = "🔎 " + tongue.plain("Resources") + (f" · {count}" if count else "")
    return Button(text, Verb.RESOURCES, incident_id=incident.id)


def _timeline(incident: Incident, tongue: Tongue) -> Button:
    return Button("🗂 " + tongue.plain("Timeline"), Verb.TIMELINE, incident_id=incident.id)


def closed_icon(incident: Incident) -> str:
    """By how it ended."""
    return "⚪" if incident.status is Status.REJECTED else "🟢"


def _closed_lines(incident: Incident, tongue: Tongue, now: datetime, bot: str) -> list[Markup | str | None]:
    rejected = incident.status is Status.REJECTED
    word = STATUS_WORDS[incident.status] if incident.merged_into is None else MERGED
    state = tongue.say("— <s>firing</s> {status}", status=tongue.plain(word))
    ended = incident.closed_at or incident.opened_at
    ends = [e.ends_at for e in incident.episodes if e.ends_at]
    if ends and not incident.firing and not incident.closed_by:
        ended = max(ends).replace(microsecond=0)
    took = ""
    if incident.taken_at and incident.taken_by:
        took = tongue.say("taken after {span}", span=tongue.span(incident.taken_at - incident.opened_at))
    began = incident.started_at
    lines: list[Markup | str | None] = [
        Markup("{} {}").format(_title_line(incident, tongue, closed_icon(incident), bot), state),
        joined(
            [
                Markup("{} → {}").format(tongue.clock(began), tongue.clock(ended)),
                tongue.span(ended - began),
                took,
                incident.taken_by.name if incident.taken_by else tongue.say("nobody took it"),
            ]
        ),
    ]
    if incident.merged_into is not None:
        lines.append(merged_line(incident, tongue))
    elif incident.closed_by and rejected:
        lines.append(
            tongue.say(
                "Rejected by {name}: {reason}", name=incident.closed_by.name, reason=one_line(incident.reason, 200)
            )
        )
    elif incident.closed_by:
        lines.append(tongue.say("Resolved by hand: {name}", name=incident.closed_by.name))
    if incident.firing:
        lines.append(tongue.plural("⚠️ {n} alert still fires", "⚠️ {n} alerts still fire", len(incident.firing)))
    if incident.run:
        lines += ["", *run_lines(incident.run, incident, tongue, now=ended)]
    lines += [*silence.lines(incident, tongue, now=now), _flapping_line(incident, tongue, ended)]
    return lines


def merged_line(incident: Incident, tongue: Tongue) -> Markup:
    name = incident.closed_by.name if incident.closed_by else "?"
    return tongue.say("🔗 Merged into #{number} by {name}", number=incident.merged_into, name=name)


def _closed_rows(incident: Incident, tongue: Tongue) -> list[Sequence[Button | None]]:
    return [*run_rows(incident, tongue), [_timeline(incident, tongue), _resources(incident, tongue)]]
