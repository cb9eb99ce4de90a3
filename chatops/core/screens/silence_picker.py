"""The silence picker: how much with what that would hide, then how long. Whoever presses a length has silenced it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from markupsafe import Markup

from chatops.core.actions import ACTIONS
from chatops.core.buttons import Button, Verb
from chatops.core.screens.base import Screen, back_to_card, bold, code, crumbs, screen
from chatops.core.silences import LENGTHS, UNTIL_RESOLVED, Matched, Scope, next_morning, written
from chatops.core.texts import Tongue, joined, mark, one_line

MOST_MATCHERS = 6
MOST_INCIDENTS = 8

SCOPES = {
    Scope.GROUP: mark("The whole group"),
    Scope.ALERT: mark("This alert in its namespace"),
    Scope.OBJECT: mark("This alert on this object"),
}
SHORT_SCOPES = {
    Scope.GROUP: mark("Whole group"),
    Scope.ALERT: mark("The alert"),
    Scope.OBJECT: mark("The object"),
}
"""As they stand on buttons side by side."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A scope that can be chosen, and what it would hide now. `incidents`: whose alerts, beside its own incident."""

    matched: Matched
    incidents: tuple[int, ...] = ()


def picker(
    weighed: Sequence[Weighed], chosen: Scope, tongue: Tongue, *, incident_id: int, now: datetime, zone: tzinfo = UTC
) -> Screen:
    """How much to silence with what that hides now, then how long. Whoever presses a length has silenced it.

    A length silences what was seen: its button holds the matchers of the scope that is chosen here.
    """
    here = next((each for each in weighed if each.matched.scope is chosen), weighed[0])
    found: list[Markup | str | None] = [crumbs(incident_id, tongue.plain("Silence"))]
    for each in weighed:
        found += ["", *_weighed_lines(each, tongue, chosen=each is here)]
    morning = next_morning(now, zone)
    found += [
        "",
        tongue.say("A silence until resolved is lifted as soon as the incident resolves, after 24 h at the latest."),
        tongue.say("Until {time} is {clock}.", time=_morning(morning, zone), clock=tongue.clock(morning)),
    ]
    what = {"scope": here.matched.scope.value, "matchers": written(here.matched.matchers)}
    lengths = [_choice(length, what, tongue, incident_id) for length in LENGTHS]
    until_morning = _label_of_morning(morning, now, zone, tongue)
    until = [
        Button(until_morning, Verb.DO_SILENCE, {**what, "at": morning.isoformat()}, incident_id=incident_id),
        Button(
            tongue.plain("Until resolved"),
            Verb.DO_SILENCE,
            {**what, "minutes": _minutes(UNTIL_RESOLVED), "until": "resolved"},
            incident_id=incident_id,
        ),
    ]
    action = ACTIONS["alertmanager_status"]
    title = f"{action.icon} {tongue.plain(action.title)}"
    about = Button(title, Verb.REPORT, {"report": action.id}, incident_id=incident_id)
    again = Button("🔄", Verb.SILENCE, {"scope": here.matched.scope.value}, incident_id=incident_id)
    rows: list[Sequence[Button | None]] = [
        _scopes(weighed, here, tongue, incident_id),
        lengths,
        *([each] for each in until),
    ]
    rows += [[about, again], [back_to_card(tongue, incident_id)]]
    return screen(found, rows)


def _weighed_lines(each: Weighed, tongue: Tongue, *, chosen: bool) -> list[Markup | str | None]:
    matched = each.matched
    shown = joined([code(matcher.text) for matcher in matched.matchers[:MOST_MATCHERS]], ", ")
    if len(matched.matchers) > MOST_MATCHERS:
        shown = Markup("{} …").format(shown)
    name = tongue.plain(SCOPES[each.matched.scope])
    others = None
    if matched.others:
        whose = [f"#{number}" for number in each.incidents[:MOST_INCIDENTS]]
        if len(each.incidents) > MOST_INCIDENTS:
            whose.append("…")
        others = tongue.plural(
            "⚠️ It would hide {n} alert of other incidents too: {names}",
            "⚠️ It would hide {n} alerts of other incidents too: {names}",
            matched.others,
            names=one_line(", ".join([*whose, *matched.names]), 200),
        )
    return [
        Markup("{} {}").format("◉" if chosen else "○", bold(name) if chosen else name),
        tongue.say("Matches {matchers}", matchers=shown),
        tongue.plural(
            "Hides {n} alert that fires now.", "Hides {n} alerts that fire now.", matched.ours + matched.others
        ),
        others,
        tongue.plural("{n} of them is hidden already.", "{n} of them are hidden already.", matched.silenced)
        if matched.silenced
        else None,
    ]


def _scopes(weighed: Sequence[Weighed], here: Weighed, tongue: Tongue, incident_id: int) -> list[Button | None]:
    """The other scopes, wider and narrower than the one that is chosen."""
    at = list(weighed).index(here)
    found: list[Button | None] = []
    for number, each in enumerate(weighed):
        if number == at:
            continue
        icon = "↔️" if number < at else "✂️"
        label = f"{icon} {tongue.plain(SHORT_SCOPES[each.matched.scope])}"
        found.append(Button(label, Verb.SILENCE, {"scope": each.matched.scope.value}, incident_id=incident_id))
    return found


def wanted(args: Mapping[str, str], *, now: datetime) -> tuple[timedelta, bool, datetime | None]:
    """How long, whether until resolved, and until which moment if one was named, from a DO_SILENCE button's arguments.

    A moment further away than any that is offered is none.
    """
    minutes = args.get("minutes", "")
    known = {_minutes(length): length for length in (*LENGTHS, UNTIL_RESOLVED)}
    length, until_resolved = known.get(minutes, LENGTHS[0]), args.get("until") == "resolved"
    try:
        ends_at = datetime.fromisoformat(args.get("at", ""))
    except ValueError:
        return length, until_resolved, None
    good = ends_at.tzinfo is not None and ends_at - now <= LENGTHS[-1] + timedelta(days=1)
    return length, until_resolved, ends_at if good else None


def _morning(morning: datetime, zone: tzinfo) -> str:
    here = morning.astimezone(zone)
    return f"{here:%H:%M} {here.tzname() or 'UTC'}"


def _label_of_morning(morning: datetime, now: datetime, zone: tzinfo, tongue: Tongue) -> str:
    time = _morning(morning, zone)
    if morning.astimezone(zone).date() == now.astimezone(zone).date():
        return tongue.plain("Until {time} today", time=time)
    return tongue.plain("Until {time} tomorrow", time=time)


def _choice(length: timedelta, what: dict[str, str], tongue: Tongue, incident_id: int) -> Button:
    args = {**what, "minutes": _minutes(length)}
    return Button(str(tongue.span(length)), Verb.DO_SILENCE, args, incident_id=incident_id)


def _minutes(length: timedelta) -> str:
    return str(round(length.total_seconds() / 60))
