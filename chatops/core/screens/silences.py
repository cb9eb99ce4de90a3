"""/silences: all that is silenced in the Alertmanagers now, the bot's own and others', and what to do about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from chatops.core.buttons import Button, Verb
from chatops.core.incidents.values import Incident
from chatops.core.people import User
from chatops.core.resources import ObjectRef
from chatops.core.screens.base import Screen, code, in_rows, page_row, pages_of, screen
from chatops.core.screens.outside import problem_text
from chatops.core.silences import EXTENSION, StandingSilence
from chatops.core.texts import Tongue, joined, mark, one_line

PER_PAGE = 6
MOST_MATCHERS = 4

LIFETIME = timedelta(seconds=60)
"""How long a question stands, as that of a change in the cluster."""

END, EXTEND = "end", "extend"
"""What can be asked for of a silence, in a CHANGE_SILENCE button's arguments."""

SAID = {
    "ended": mark("🔔 It was ended."),
    "extended": mark("🔕 It was extended."),
    "unknown": mark("❔ Alertmanager's answer was lost: look whether it is there."),
    "failed": mark("❌ Alertmanager did not do it: {problem}"),
}
"""How it went, by what a position's arguments hold of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A silence that stands, and the incident it was made for here; None for one that others made."""

    silence: StandingSilence
    incident: Incident | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the change before; an empty `said` for none."""

    said: str = ""
    problem: str = ""
    detail: str = ""


def listing(
    rows: Sequence[Row],
    tongue: Tongue,
    *,
    page: int,
    silent: Sequence[str],
    outcome: Outcome,
    left_out: int,
) -> Screen:
    """`rows`: all that the reader may see; `silent`: the Alertmanagers that did not answer; `left_out`: too many."""
    pages = pages_of(len(rows), PER_PAGE)
    page = min(max(page, 0), pages - 1)
    first = page * PER_PAGE
    shown = rows[first : first + PER_PAGE]
    head = tongue.plural("🔕 <b>{n} silence</b>", "🔕 <b>{n} silences</b>", len(rows))
    lines: list[Markup | str | None] = [
        _outcome(outcome, tongue),
        head if rows else tongue.say("🔔 <b>Nothing is silenced.</b>"),
        *(tongue.say("⚠️ {name} does not answer: its silences are missing here.", name=name) for name in silent),
    ]
    for number, row in enumerate(shown, first + 1):
        lines += ["", Markup("{}. {}").format(number, _matched(row.silence)), _told(row, tongue)]
    if left_out:
        lines += ["", tongue.plural("… and {n} more", "… and {n} more", left_out)]
    opens = [_open(number, row) for number, row in enumerate(shown, first + 1)]
    return screen(
        lines,
        [
            *in_rows(opens, 6),
            page_row(Verb.SILENCES, page, pages, Button("")),
            [Button("🔄", Verb.SILENCES)],
        ],
    )


def one(row: Row, tongue: Tongue, *, by: User | None, acts: bool) -> Screen:
    """One silence with what can be done about it: opened by one press, done by the next, of the same person, in time.

    `acts`: that person may. A silence of an incident is changed by the incident.
    """
    silence, incident = row.silence, row.incident
    lines = [
        _matched(silence),
        _told(row, tongue),
        tongue.say("“{comment}”", comment=one_line(silence.comment, 300)) if silence.comment else None,
    ]
    changes = [_extend(row, tongue, by), _end(row, tongue, by)] if acts and by else []
    door = None
    if incident is not None:
        door = Button(tongue.plain("Open #{number}", number=incident.id), Verb.CARD, {"new": "1"}, None, incident.id)
    return screen(lines, [changes, [door], [_back(tongue)]])


def gone(tongue: Tongue) -> Screen:
    return screen([tongue.say("🔔 It does not stand any more.")], [[_back(tongue)]])


def not_configured(tongue: Tongue) -> Screen:
    return screen([tongue.say("🔕 No Alertmanager's address is set: there is nobody to ask for silences.")], [])


def ref_of(silence: StandingSilence) -> ObjectRef:
    """The silence as an object that lies where its matchers do: who may act there may change it."""
    return ObjectRef("Silence", silence.id, silence.namespace, cluster=silence.cluster)


def _extend(row: Row, tongue: Tongue, by: User | None) -> Button | None:
    label = "⏳ " + tongue.plain("Extend by {span}", span=tongue.span(EXTENSION))
    incident, ends = row.incident, row.silence.ends_at
    if incident is None:
        args = {"act": EXTEND, "until": (ends + EXTENSION).isoformat(), **_args(row.silence)}
        return _bound(label, Verb.CHANGE_SILENCE, args, ref_of(row.silence), None, by)
    if incident.silence is None or not incident.open:
        return None
    args = {"key": incident.silence.key, "ends": incident.silence.ends_at.isoformat()}
    return _bound(label, Verb.EXTEND_SILENCE, args, None, incident.id, by)


def _end(row: Row, tongue: Tongue, by: User | None) -> Button | None:
    label, incident = "⏹ " + tongue.plain("End now"), row.incident
    if incident is None:
        args = {"act": END, **_args(row.silence)}
        return _bound(label, Verb.CHANGE_SILENCE, args, ref_of(row.silence), None, by)
    if incident.silence is None:
        return None
    return _bound(label, Verb.UNSILENCE, {"key": incident.silence.key}, None, incident.id, by)


def _bound(
    label: str, verb: Verb, args: dict[str, str], ref: ObjectRef | None, incident_id: int | None, by: User | None
) -> Button:
    for_user = by.id if by else None
    return Button(label, verb, args, ref, incident_id, for_user=for_user, lifetime=LIFETIME, once=ref is not None)


def _args(silence: StandingSilence) -> dict[str, str]:
    return {"instance": str(silence.instance), "matchers": one_line(", ".join(silence.matchers), 300)}


def _open(number: int, row: Row) -> Button:
    incident = row.incident
    ref = None if incident else ref_of(row.silence)
    return Button(str(number), Verb.SILENCE_ONE, {"id": row.silence.id}, ref, incident.id if incident else None)


def _matched(silence: StandingSilence) -> Markup:
    shown = joined([code(text) for text in silence.matchers[:MOST_MATCHERS]], ", ")
    return Markup("{} …").format(shown) if len(silence.matchers) > MOST_MATCHERS else shown


def _told(row: Row, tongue: Tongue) -> Markup:
    silence, incident = row.silence, row.incident
    until = tongue.say("until {time}, by {name}", time=_moment(silence.ends_at, tongue), name=one_line(silence.by, 60))
    whose = code(f"#{incident.id}") if incident else tongue.say("not made here")
    later = tongue.say("begins at {time}", time=_moment(silence.starts_at, tongue)) if silence.pending else ""
    return joined([later, until, whose])


def _moment(moment: datetime, tongue: Tongue) -> Markup:
    return Markup("{} {}").format(f"{moment:%d.%m}", tongue.clock(moment))


def _outcome(outcome: Outcome, tongue: Tongue) -> Markup | None:
    if outcome.said not in SAID:
        return None
    return tongue.say(SAID[outcome.said], problem=problem_text(outcome.problem, outcome.detail, tongue))


def _back(tongue: Tongue) -> Button:
    return Button("« " + tongue.plain("Silences"), Verb.SILENCES)
