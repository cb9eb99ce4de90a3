"""Incidents as the API tells them: a row of a list, and all of one."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from msgspec import Struct, field

from chatops.core import listing
from chatops.core.alerts import Severity
from chatops.core.buttons import Verb
from chatops.core.focus import subject_name
from chatops.core.incidents.values import Episode, Incident, Person, Status
from chatops.core.outside import Outside
from chatops.core.remedies import Suggestions
from chatops.core.screens import facts, rejecting, silence
from chatops.core.screens.base import safe_url
from chatops.core.shapes.acts import Offer, Run, run_of, suggestion
from chatops.core.shapes.objects import Objects, objects_of
from chatops.core.shapes.plain import Moment, plain
from chatops.core.texts import Tongue, one_line
from chatops.core.titles import ALERT, TRANSLATED

MOST_ALERTS = 500
"""Of one incident, those that fire first."""

LONGEST_VALUE = 4_000


class Row(Struct, frozen=True, kw_only=True):
    """One incident in a list. `firing`: how many of its alerts do; `running`: a change of the cluster is under way."""

    id: int
    title: str
    object: str
    severity: Severity
    status: Status
    cluster: str
    namespace: str
    opened_at: Moment
    started_at: Moment
    closed_at: Moment | None
    taken_by: Person | None
    taken_at: Moment | None
    firing: int
    silenced_until: Moment | None
    reopened: int
    running: bool
    merged_into: int | None
    revision: int


class AlertTold(Struct, frozen=True):
    fingerprint: str
    name: str
    severity: Severity
    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: Moment
    ends_at: Moment | None
    generator_url: str


class SilenceTold(Struct, frozen=True):
    """`state` says all of it in words; empty once it has ended well."""

    until: Moment | None
    until_resolved: bool
    standing: bool
    state: str


class Reason(Struct, frozen=True):
    code: str
    text: str


class Link(Struct, frozen=True):
    """`kind`: runbook, dashboard, rule or chat."""

    kind: str
    title: str
    url: str


class Detail(Row, frozen=True, kw_only=True):
    """All of one. `said`: the card's own telling lines; `can`: what makes sense now and the caller may do."""

    source: str
    receiver: str
    labels: dict[str, str]
    truncated: int
    reason: str
    closed_by: Person | None
    acknowledged_at: Moment | None
    alike: int
    said: tuple[str, ...]
    alerts: tuple[AlertTold, ...]
    objects: Objects | None
    run: Run | None
    silence: SilenceTold | None
    suggestions: tuple[Offer, ...]
    can: tuple[str, ...]
    reject_reasons: tuple[Reason, ...] = ()
    links: tuple[Link, ...] = field(default_factory=tuple)


def row_of(incident: Incident, tongue: Tongue) -> Row:
    return Row(**_row(incident, tongue))


def _row(incident: Incident, tongue: Tongue) -> dict[str, Any]:
    held = incident.silence
    return {
        "id": incident.id,
        "title": title_of(incident.title, tongue),
        "object": one_line(subject_name(incident), 200),
        "severity": incident.severity,
        "status": incident.status,
        "cluster": incident.cluster,
        "namespace": incident.namespace,
        "opened_at": incident.opened_at,
        "started_at": incident.started_at,
        "closed_at": incident.closed_at,
        "taken_by": incident.taken_by,
        "taken_at": incident.taken_at,
        "firing": len(incident.firing),
        "silenced_until": held.ends_at if held and held.standing else None,
        "reopened": incident.reopened,
        "running": incident.run is not None and incident.run.state.running,
        "merged_into": incident.merged_into,
        "revision": incident.revision,
    }


def title_of(title: str, tongue: Tongue) -> str:
    told = title or ALERT
    return one_line(tongue.plain(told) if told in TRANSLATED else told, 200)


def detail_of(
    incident: Incident,
    tongue: Tongue,
    *,
    now: datetime,
    alike: int,
    suggested: Suggestions,
    can: Sequence[str],
    chat_url: str,
) -> Detail:
    """`suggested` and `can` hold only what the caller may do; `chat_url` leads to the chat with the bot, or nowhere."""
    offered = (*suggested.remedies, *([suggested.reading] if suggested.reading else []))
    episodes = sorted(incident.episodes, key=lambda e: (not e.firing, e.starts_at))[:MOST_ALERTS]
    return Detail(
        **_row(incident, tongue),
        source=incident.source,
        receiver=incident.receiver,
        labels=incident.group_labels,
        truncated=incident.truncated,
        reason=one_line(incident.reason, 200),
        closed_by=incident.closed_by,
        acknowledged_at=incident.acknowledged_at,
        alike=alike,
        said=tuple(filter(None, map(plain, facts.lines(incident, tongue, safe=True)))) if incident.open else (),
        alerts=tuple(map(_alert, episodes)),
        objects=objects_of(incident.survey, tongue) if incident.survey else None,
        run=run_of(incident.run, incident, tongue, now) if incident.run else None,
        silence=_silence(incident, tongue, now),
        suggestions=tuple(suggestion(each, tongue) for each in offered),
        can=tuple(can),
        reject_reasons=tuple(Reason(code, tongue.plain(words)) for code, words in rejecting.REASONS.items()),
        links=tuple(_links(incident, tongue, chat_url)),
    )


def possible(incident: Incident, outside: Outside) -> tuple[tuple[str, Verb], ...]:
    """What makes sense to do to it now, whoever asks, with the verb whose right it takes."""
    if not incident.open:
        reopening = [("reopen", Verb.REOPEN)] if incident.merged_into is None else []
        return (*reopening, ("note", Verb.TAKE))
    taken, run = incident.taken_by is not None, incident.run
    found = [("release", Verb.RELEASE)] if taken else []
    found += [("acknowledge", Verb.TAKE), ("resolve", Verb.RESOLVE), ("reject", Verb.REJECT), ("note", Verb.TAKE)]
    if outside.alertmanager:
        standing = incident.silence is not None and incident.silence.standing
        found.append(("unsilence", Verb.UNSILENCE) if standing else ("silence", Verb.DO_SILENCE))
    if run is not None and run.state.running:
        found.append(("stop", Verb.STOP))
    return tuple(found)


def _alert(episode: Episode) -> AlertTold:
    alert = episode.alert
    return AlertTold(
        alert.fingerprint,
        alert.name,
        Severity.of(alert.labels.get("severity", "")),
        _short(alert.labels),
        _short(alert.annotations),
        episode.starts_at,
        episode.ends_at,
        safe_url(alert.generator_url),
    )


def _short(texts: dict[str, str]) -> dict[str, str]:
    return {name: value[:LONGEST_VALUE] for name, value in texts.items()}


def _silence(incident: Incident, tongue: Tongue, now: datetime) -> SilenceTold | None:
    held = incident.silence
    told = [*silence.lines(incident, tongue, now=now), silence.standing_line(incident, tongue)]
    state = " ".join(filter(None, map(plain, told)))
    if held is None:
        return SilenceTold(None, until_resolved=False, standing=False, state=state) if state else None
    return SilenceTold(held.ends_at, held.until_resolved, held.standing, state)


def _links(incident: Incident, tongue: Tongue, chat_url: str) -> Iterable[Link]:
    lead = incident.lead
    annotations = lead.annotations if lead else {}
    dashboard = annotations.get("dashboard_url") or annotations.get("dashboard", "")
    found = [
        Link("chat", tongue.plain("Chat"), chat_url),
        Link("runbook", tongue.plain("Runbook"), safe_url(annotations.get("runbook_url", ""))),
        Link("dashboard", tongue.plain("Dashboard"), safe_url(dashboard)),
        Link("rule", tongue.plain("Alert rule"), safe_url(lead.generator_url) if lead else ""),
    ]
    return (each for each in found if each.url)


class Listed(Struct, frozen=True):
    """A page. `next` is the cursor of the one after it; `mark` is what changes are asked for since."""

    incidents: tuple[Row, ...]
    next: str | None
    mark: str


class Changed(Struct, frozen=True):
    """`more`: there is more since the new mark already; `reset`: the mark is not known, read all of it anew."""

    mark: str
    incidents: tuple[Row, ...]
    more: bool
    reset: bool


class Said(Struct, frozen=True):
    """What was done, in the words of the chat, and the incident as it is now."""

    said: str
    incident: Row


class Place(Struct, frozen=True):
    cluster: str
    namespace: str


class Places(Struct, frozen=True):
    places: tuple[Place, ...]


def listed(row: listing.Row, tongue: Tongue) -> Row:
    """A row as the store lists it."""
    told: dict[str, Any] = {each.name: getattr(row, each.name) for each in fields(row)}
    return Row(**{**told, "title": title_of(row.title, tongue), "object": one_line(row.object, 200)})


class Begun(Struct, frozen=True):
    """A change was written down and handed over: how it goes is the incident's `run` of this id."""

    said: str
    run: str
    incident: Row
