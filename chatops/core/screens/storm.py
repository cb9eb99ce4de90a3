"""The digest of a storm: many incidents in one message, its lists, and the document with all of them."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from markupsafe import Markup

from chatops.core.alerts import Severity
from chatops.core.buttons import Button, Verb
from chatops.core.screens.base import (
    PAGE_SIZE,
    SEVERITY_ICONS,
    Screen,
    bold,
    code,
    in_rows,
    page_row,
    pages_of,
    screen,
)
from chatops.core.screens.severities import severity_text
from chatops.core.storms import Cause, Member, Storm, root_of, suspected_cause
from chatops.core.texts import Tongue, joined, mark, one_line
from chatops.core.titles import ALERT, TRANSLATED

MOST_TITLES = 12
"""Titles with a line of their own; the rest is counted together."""

MOST_PLACES = 3
"""Namespaces named beside a title."""

FITS = 100
"""Members that the pages of the list show in reasonable time; of more there is a document."""

LISTED_PLACES = 24

CAUSES = {
    "node": mark("node <b>{name}</b>"),
    "workload": mark("<b>{name}</b>"),
    "namespace": mark("namespace <b>{name}</b>"),
}


def digest(storm: Storm, members: Sequence[Member], tongue: Tongue, *, beside: Sequence[Member] = ()) -> Screen:
    """Counts by severity and title, the suspected cause above them. All has ended: it says so and keeps its list.

    `beside`: incidents with a card of their own that began with it; one of them may be the root.
    """
    live = [each for each in members if each.open]
    shown = live or list(members)
    cause = suspected_cause([each.causes for each in shown])
    root = root_of([*shown, *beside], cause)
    span = tongue.span(storm.last_at - storm.began_at)
    head = tongue.plural("{n} incident in {span}", "{n} incidents in {span}", len(members), span=span)
    clusters = sorted({each.cluster for each in shown if each.cluster})
    lines: list[Markup | str | None] = [
        joined([Markup("{} <b>{}</b>").format("🌪" if live else "🟢", head), *map(code, clusters[:MOST_PLACES])]),
        joined(
            [
                tongue.say("since {time}", time=tongue.clock(storm.began_at)),
                *_counts(live, tongue),
                _taken(live, tongue),
                _ended(members, tongue),
            ]
        ),
        "",
        *_cause_lines(shown, cause, root, tongue),
        *_title_lines(shown, tongue),
        "",
        _closing(storm, cause, tongue) if live else None,
    ]
    return screen(lines, _rows(storm, members, root, tongue), silent=False)


def members_list(
    storm: Storm, members: Sequence[Member], tongue: Tongue, *, page: int, place: str | None = None
) -> Screen:
    """A page of the members, those that are open first; of one namespace where `place` names it."""
    found = [each for each in members if place is None or each.namespace == place]
    ranked = sorted(found, key=lambda each: (not each.open, each.severity.rank, each.id))
    pages = pages_of(len(ranked))
    page = min(max(page, 0), pages - 1)
    part = ranked[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    head = tongue.plural("📋 <b>{n} incident</b>", "📋 <b>{n} incidents</b>", len(ranked))
    args = {"storm": str(storm.id), **({} if place is None else {"place": place})}
    return screen(
        [joined([head, code(place) if place else ""]), "", *(_member_line(each, tongue) for each in part)],
        [
            *in_rows([_open_button(each, f"{_icon(each)} #{each.id}") for each in part], 4),
            page_row(Verb.STORM_ALL, page, pages, Button("", args=args)),
            [_places_button(storm, tongue)],
        ],
    )


def places_list(storm: Storm, members: Sequence[Member], tongue: Tongue) -> Screen:
    """How many of the open members lie in which namespace; each leads to its part of the list."""
    counts = Counter(each.namespace for each in members if each.open)
    ranked = sorted(counts.items(), key=lambda found: (-found[1], found[0]))[:LISTED_PLACES]
    lines = [Markup("{} — {}").format(bold(place or tongue.plain("no namespace")), count) for place, count in ranked]
    buttons = [
        Button(
            f"{one_line(place, 24) or '—'} · {count}",
            Verb.STORM_ALL,
            {"storm": str(storm.id), "place": place},
        )
        for place, count in ranked
    ]
    rest = len(counts) - len(ranked)
    more = tongue.plural("and {n} more namespace", "and {n} more namespaces", rest) if rest else None
    return screen(
        [tongue.say("🗂 <b>By namespace</b>"), "", *lines, more],
        [*in_rows(buttons, 2), [_all_button(storm, len(members), tongue)]],
    )


def document(storm: Storm, members: Sequence[Member], tongue: Tongue) -> tuple[str, bytes]:
    """A file with a line for each member, worst first."""
    lines = [
        " · ".join(
            part
            for part in (
                f"#{each.id}",
                each.severity.value,
                _title(each, tongue),
                one_line(f"{each.cluster}/{each.namespace}" if each.cluster else each.namespace, 120),
                " ".join(f"{cause.kind}={one_line(cause.name, 80)}" for cause in each.causes if cause.kind == "node"),
                tongue.plain("open") if each.open else tongue.plain("ended"),
                one_line(each.taken_by, 40),
            )
            if part
        )
        for each in members
    ]
    return f"storm-{storm.id}-{len(members)}.txt", "\n".join([*lines, ""]).encode("utf-8", "replace")


def _counts(members: Sequence[Member], tongue: Tongue) -> list[Markup]:
    counts = Counter(each.severity for each in members)
    return [severity_text(severity, counts[severity], tongue) for severity in Severity if counts[severity]]


def _taken(members: Sequence[Member], tongue: Tongue) -> Markup | str:
    taken = sum(bool(each.taken_by) for each in members)
    return tongue.say("{n} taken", n=taken) if taken else ""


def _ended(members: Sequence[Member], tongue: Tongue) -> Markup | str:
    ended = sum(not each.open for each in members)
    return tongue.plural("{n} has ended", "{n} have ended", ended) if ended else ""


def _cause_lines(
    members: Sequence[Member], cause: Cause | None, root: Member | None, tongue: Tongue
) -> list[Markup | str | None]:
    if cause is None:
        return []
    sharing = sum(cause in each.causes for each in members)
    named = tongue.say(CAUSES[cause.kind], name=one_line(cause.name, 80))
    told = tongue.say("Likely one cause: {cause} ({n} of {total})", cause=named, n=sharing, total=len(members))
    if root is not None:
        told = Markup("{}\n{} {} {}").format(told, _icon(root), code(f"#{root.id}"), one_line(_title(root, tongue), 80))
    return [told, ""]


def _title_lines(members: Sequence[Member], tongue: Tongue) -> list[Markup]:
    """Worst severity first, and the commonest of each."""
    places: defaultdict[tuple[Severity, str], Counter[str]] = defaultdict(Counter)
    for each in members:
        places[each.severity, each.title][each.namespace] += 1
    ranked = sorted(places.items(), key=lambda found: (found[0][0].rank, -found[1].total(), found[0][1]))
    lines = [
        Markup("{} {}  <b>{}</b>{}").format(
            SEVERITY_ICONS[severity], one_line(_worded(title, tongue), 60), counts.total(), _beside(counts)
        )
        for (severity, title), counts in ranked[:MOST_TITLES]
    ]
    rest = ranked[MOST_TITLES:]
    if rest:
        worst = SEVERITY_ICONS[rest[0][0][0]]
        count = sum(counts.total() for _, counts in rest)
        lines.append(Markup("{} {}").format(worst, tongue.say("other  <b>{n}</b>", n=count)))
    return lines


def _beside(counts: Counter[str]) -> str:
    named = [f"{one_line(place, 40)} {count}" for place, count in counts.most_common(MOST_PLACES) if place]
    more = len([place for place in counts if place]) - len(named)
    return " — " + ", ".join([*named, *([f"+{more}"] if more else [])]) if named else ""


def _closing(storm: Storm, cause: Cause | None, tongue: Tongue) -> Markup | None:
    if storm.ended_at is not None:
        return None
    if cause is None:
        return tongue.say("New incidents join this message silently; of critical ones a few a minute still page.")
    return tongue.say(
        "New incidents join this message silently; critical ones outside of {name} still page, a few a minute.",
        name=one_line(cause.name, 80),
    )


def _rows(storm: Storm, members: Sequence[Member], root: Member | None, tongue: Tongue) -> list[list[Button | None]]:
    free = any(each.open and not each.taken_by for each in members)
    take = Button("✋ " + tongue.plain("Take all"), Verb.TAKE_ALL, {"storm": str(storm.id)}, style="success")
    return [
        [
            _open_button(root, f"{_icon(root)} " + tongue.plain("Open #{number}", number=root.id), "danger")
            if root
            else None
        ],
        [_all_button(storm, len(members), tongue), _places_button(storm, tongue)],
        [take if free else None],
    ]


def _open_button(member: Member, label: str, style: str = "") -> Button:
    return Button(label, Verb.CARD, {"new": "1"}, incident_id=member.id, style=style)


def _all_button(storm: Storm, count: int, tongue: Tongue) -> Button:
    return Button("📋 " + tongue.plain("All {number}", number=count), Verb.STORM_ALL, {"storm": str(storm.id)})


def _places_button(storm: Storm, tongue: Tongue) -> Button:
    return Button("🗂 " + tongue.plain("By namespace"), Verb.STORM_PLACES, {"storm": str(storm.id)})


def _member_line(member: Member, tongue: Tongue) -> Markup:
    node = next((cause.name for cause in member.causes if cause.kind == "node"), "")
    told = joined([one_line(member.namespace, 40), one_line(node, 40), one_line(member.taken_by, 40)])
    line = Markup("{} {} {}").format(_icon(member), code(f"#{member.id}"), one_line(_title(member, tongue), 80))
    return Markup("{} — {}").format(line, told) if told else line


def _icon(member: Member) -> str:
    return SEVERITY_ICONS[member.severity] if member.open else "🟢"


def _title(member: Member, tongue: Tongue) -> str:
    return one_line(_worded(member.title, tongue), 120)


def _worded(title: str, tongue: Tongue) -> str:
    title = title or ALERT
    return tongue.plain(title) if title in TRANSLATED else title
