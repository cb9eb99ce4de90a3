"""The postmortem of an incident as Markdown, in the order of the template of Google's SRE book (UX section 7).

It is filled with what is known: times, objects, what was done and what came of it. What the bot cannot know says TODO.
It says what was done and not whose fault anything was; attempts that were denied are left out of it.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from chatops.core.actions import ACTIONS, ActionRun, ActionState
from chatops.core.alerts import Severity
from chatops.core.audit import PERSON, Entry, EntryType
from chatops.core.durations import durations_of
from chatops.core.incidents.values import Episode, Incident, Status
from chatops.core.markdown import code, escaped, table
from chatops.core.masking import mask
from chatops.core.past import PastIncident
from chatops.core.screens.card import headline
from chatops.core.screens.timeline import duration_line, sentence, telling
from chatops.core.screens.wording import WORDS, filling
from chatops.core.telegram_text import plain
from chatops.core.texts import Tongue, mark

TODO = mark("TODO")
STATUSES = {
    Status.ACTIVE: mark("draft, the incident is open"),
    Status.RESOLVED: mark("draft, the incident is resolved"),
    Status.REJECTED: mark("draft, the incident was rejected"),
}

MERGED = mark("draft, the incident was merged into another")
DONE = {
    ActionState.SUCCEEDED: mark("done"),
    ActionState.FAILED: mark("failed"),
    ActionState.INTERRUPTED: mark("interrupted, it may have happened"),
}
"""How an action ended; one that runs has no word."""

UNTOLD = frozenset({EntryType.DENIED, EntryType.LATE_DUPLICATE, EntryType.BREACH_FOUND, EntryType.BREACH_OVER})
"""Lines of the log that are no part of the story: attempts that came to nothing, and the bot's own affairs."""

MOST_OBJECTS = 20
MOST_ALERTS = 20


def file_name(incident: Incident) -> str:
    return f"postmortem-{incident.id}-{incident.began_at:%Y-%m-%d}.md"


def postmortem(
    past: PastIncident, entries: Sequence[Entry], tongue: Tongue, *, now: datetime, expression: str = ""
) -> str:
    """`entries` are all lines of its log, oldest first; `expression` is that of the rule its leading alert is by."""
    incident = past.incident
    parts = [
        _head(incident, entries, tongue, now),
        _section(tongue.plain("Summary"), _summary(incident, tongue)),
        _section(tongue.plain("Impact"), _impact(incident, tongue)),
        _section(tongue.plain("Root causes"), _todo(tongue, mark("why it could happen; several causes are usual"))),
        _section(tongue.plain("Trigger"), _trigger(incident, tongue)),
        _section(tongue.plain("Resolution"), _resolution(past, tongue)),
        _section(tongue.plain("Detection"), _detection(incident, expression, tongue)),
        _section(tongue.plain("Action items"), _action_items(tongue)),
        _section(tongue.plain("Lessons learned"), _lessons(tongue)),
        _section(tongue.plain("Timeline"), _timeline(incident, entries, tongue)),
        _section(tongue.plain("Supporting information"), _support(incident, tongue)),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _head(incident: Incident, entries: Sequence[Entry], tongue: Tongue, now: datetime) -> Iterator[str]:
    title = escaped(f"#{incident.id} {headline(incident, tongue)}")
    yield "# " + tongue.plain("Postmortem: {title}", title=title)
    yield ""
    people = {entry.subject.name: None for entry in entries if entry.subject.kind == PERSON and _told(entry)}
    facts = (
        (tongue.plain("Date"), f"{incident.began_at.astimezone(UTC):%Y-%m-%d}"),
        (tongue.plain("Authors"), _todo_text(tongue, mark("who writes this"))),
        (tongue.plain("Took part"), escaped(", ".join(people)) or tongue.plain("nobody")),
        (tongue.plain("Status"), tongue.plain(STATUSES[incident.status] if incident.merged_into is None else MERGED)),
        (tongue.plain("Severity"), incident.severity.value),
        (tongue.plain("Cluster and namespace"), escaped(" / ".join(filter(None, _place(incident)))) or "—"),
    )
    yield from (f"- **{name}:** {value}" for name, value in facts)
    yield ""
    yield tongue.plain("All times are UTC. Made by the bot from its log at {time}.", time=_moment(now))


def _summary(incident: Incident, tongue: Tongue) -> Iterator[str]:
    ended = incident.ended_at
    words = {
        "title": escaped(headline(incident, tongue)),
        "began": _moment(incident.began_at),
        "ended": _moment(ended) if ended else "",
        "span": _plain(tongue.span(ended - incident.began_at)) if ended else "",
    }
    if ended:
        yield tongue.plain("{title}: from {began} to {ended}, {span}.", **words)
    else:
        yield tongue.plain("{title}: since {began}, not over yet.", **words)
    yield ""
    yield from _todo(tongue, mark("two sentences for somebody who was not there"))


def _impact(incident: Incident, tongue: Tongue) -> Iterator[str]:
    yield f"- {_plain(tongue.plural('{n} alert', '{n} alerts', len(incident.episodes)))}"
    yield from (f"- {each}" for each in _objects(incident))
    yield "- " + _todo_text(tongue, mark("what users noticed: how many, for how long, what it cost"))


def _objects(incident: Incident) -> list[str]:
    """What the survey found of it, the broken first."""
    survey = incident.survey
    if survey is None:
        return []
    health = {
        **{view.ref: view.health for view in survey.workloads},
        **{view.ref: view.health for view in survey.pods},
        **{view.ref: view.health for view in survey.others},
    }
    found = sorted(health, key=lambda ref: health[ref].rank)
    names = [code(f"{ref.kind} {ref.path}") for ref in (*found, *survey.missing)]
    return names[:MOST_OBJECTS] + ([f"+{len(names) - MOST_OBJECTS}"] if len(names) > MOST_OBJECTS else [])


def _trigger(incident: Incident, tongue: Tongue) -> Iterator[str]:
    """A rollout that came shortly before is a fact; that it was the trigger is for people to say."""
    survey = incident.survey
    for view in survey.workloads if survey else ():
        rollout = view.rollout
        if rollout is None or rollout.since is None or not _shortly_before(rollout.since, incident):
            continue
        words = {"object": code(view.ref.path), "revision": rollout.revision, "time": _moment(rollout.since)}
        yield "- " + tongue.plain("Revision {revision} of {object} was rolled out at {time}", **words)
        yield from (f"  - {code(each.container)}: {code(each.before)} → {code(each.after)}" for each in rollout.changes)
        yield from (f"  - {escaped(part)}" for part in rollout.parts)
    yield from _todo(tongue, mark("what set it off"))


def _shortly_before(moment: datetime, incident: Incident) -> bool:
    return incident.began_at - timedelta(hours=2) <= moment <= (incident.ended_at or incident.began_at)


def _resolution(past: PastIncident, tongue: Tongue) -> Iterator[str]:
    incident = past.incident
    for run in past.runs:
        yield f"- {_run(past, run, tongue)}"
    if incident.merged_into is not None:
        yield "- " + tongue.plain(
            "It was the same trouble as #{number}, and was merged into it", number=incident.merged_into
        )
    elif incident.status is Status.REJECTED and incident.closed_by:
        yield "- " + tongue.plain("Rejected: {reason}", reason=escaped(incident.reason))
    elif incident.closed_by:
        yield "- " + tongue.plain("Closed by hand.")
    elif incident.closed_at:
        yield "- " + tongue.plain("All alerts ended at {time}.", time=_moment(incident.ended_at or incident.closed_at))
    if not past.runs:
        yield "- " + tongue.plain("Nothing was changed through the bot.")
    yield "- " + _todo_text(tongue, mark("what was done elsewhere, and what is left to do"))


def _run(past: PastIncident, run: ActionRun, tongue: Tongue) -> str:
    action, words = ACTIONS.get(run.plan.action), WORDS.get(run.plan.action)
    told = action.title if action else run.plan.action
    if words:
        params = {name: escaped(value) for name, value in run.plan.params.items()}
        told = tongue.plain(words.doing, **filling(params, object=code(run.plan.ref.path)))
    parts = [f"{run.requested_at.astimezone(UTC):%H:%M}", told]
    if run.state in DONE:
        parts.append(tongue.plain(DONE[run.state]))
    if (waited := past.resolved_after(run)) is not None:
        parts.append(tongue.plain("**the incident resolved {span} later**", span=_plain(tongue.span(waited))))
    return " — ".join(parts)


def _detection(incident: Incident, expression: str, tongue: Tongue) -> Iterator[str]:
    lead = incident.lead
    if lead:
        yield "- " + tongue.plain("Alert: {name}", name=code(lead.name or "?"))
        if expression:
            yield "- " + tongue.plain("Rule: {expression}", expression=code(mask(expression), 1_000))
        for name in ("summary", "description", "message"):
            if lead.annotations.get(name):
                yield f"- {escaped(mask(lead.annotations[name]), 500)}"
    yield "- " + tongue.plain("The first alert began at {time}.", time=_moment(incident.began_at))
    delay = max(incident.opened_at - incident.began_at, timedelta())
    yield "- " + tongue.plain("The bot heard of it {span} later.", span=_plain(tongue.span(delay)))
    yield "- " + _todo_text(tongue, mark("could it have been noticed sooner, and by fewer alerts"))


def _action_items(tongue: Tongue) -> list[str]:
    heads = [tongue.plain(head) for head in (mark("Action item"), mark("Type"), mark("Owner"), mark("Ticket"))]
    todo = tongue.plain(TODO)
    kinds = (mark("prevent"), mark("mitigate"), mark("detect"))
    return table(heads, [(todo, tongue.plain(kind), todo, todo) for kind in kinds])


def _lessons(tongue: Tongue) -> Iterator[str]:
    for number, head in enumerate((mark("What went well"), mark("What went wrong"), mark("Where we got lucky"))):
        yield from (() if not number else ("",))
        yield f"### {tongue.plain(head)}"
        yield ""
        yield f"- {tongue.plain(TODO)}"


def _timeline(incident: Incident, entries: Sequence[Entry], tongue: Tongue) -> Iterator[str]:
    rows = [
        (f"{e.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", escaped(plain(str(sentence(e, tongue))), 700))
        for e in entries
        if _told(e)
    ]
    yield from table((tongue.plain("Time (UTC)"), tongue.plain("What happened")), rows)
    yield ""
    yield plain(str(duration_line(durations_of(incident, entries), tongue)))


def _told(entry: Entry) -> bool:
    return entry.type not in UNTOLD and telling(entry)


def _support(incident: Incident, tongue: Tongue) -> Iterator[str]:
    lead = incident.lead
    annotations = lead.annotations if lead else {}
    links = (
        (tongue.plain("Runbook"), annotations.get("runbook_url", "")),
        (tongue.plain("Dashboard"), annotations.get("dashboard_url") or annotations.get("dashboard", "")),
        (tongue.plain("Alert rule"), lead.generator_url if lead else ""),
    )
    yield from (f"- {name}: <{address}>" for name, url in links if (address := _address(url)))
    worst_first = sorted(incident.episodes, key=_rank)
    for episode in worst_first[:MOST_ALERTS]:
        labels = ", ".join(f'{name}="{value}"' for name, value in sorted(episode.alert.labels.items()))
        yield f"- {_moment(episode.starts_at)} {code(mask(labels), 600)}"
    if len(worst_first) > MOST_ALERTS:
        yield f"- +{len(worst_first) - MOST_ALERTS}"
    yield "- " + _todo_text(tongue, mark("log excerpts, graphs, the chat"))


def _rank(episode: Episode) -> tuple[int, datetime]:
    return Severity.of(episode.alert.labels.get("severity", "")).rank, episode.starts_at


def _address(url: str) -> str:
    """As a card links it: plain http(s) only. What would end the link is written as a percent sign has it."""
    if not url.startswith(("http://", "https://")) or len(url) > 1_500 or any(c.isspace() for c in url):
        return ""
    return url.replace("<", "%3C").replace(">", "%3E")


def _section(title: str, lines: Iterator[str] | list[str]) -> list[str]:
    return [f"## {title}", "", *lines]


def _todo(tongue: Tongue, what: str) -> Iterator[str]:
    yield _todo_text(tongue, what)


def _todo_text(tongue: Tongue, what: str) -> str:
    return f"{tongue.plain(TODO)}: {tongue.plain(what)}"


def _place(incident: Incident) -> tuple[str, str]:
    return incident.cluster, incident.namespace


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _plain(markup: Markup) -> str:
    return markup.unescape()
