"""The review of a span of time: the week that was, or what somebody asked for. Medians and p90, never a bare mean."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from markupsafe import Markup

from chatops.core.actions import ACTIONS
from chatops.core.buttons import Button, Verb
from chatops.core.review import DEFAULT_DAYS, MOST_DAYS, Flapping, Noisy, Review, Span, Tally, Times
from chatops.core.screens.base import SEVERITY_ICONS, Screen, bold, screen
from chatops.core.screens.severities import severity_text
from chatops.core.texts import Tongue, joined, one_line
from chatops.core.titles import ALERT, TRANSLATED

MOST_HELPED = 5


def span_of(args: Mapping[str, str], now: datetime) -> Span:
    """What a position's arguments ask for; up to now where they name no end."""
    days = args.get("days", "")
    length = min(max(int(days), 1), MOST_DAYS) if days.isdecimal() and len(days) < 5 else DEFAULT_DAYS
    until = now
    if args.get("until", "").isdecimal():
        until = datetime.fromtimestamp(int(args["until"]), UTC)
    return Span(until - timedelta(days=length), until, args.get("namespace", ""))


def args_of(span: Span) -> dict[str, str]:
    """The arguments that ask for this very span again."""
    named = {"namespace": span.namespace} if span.namespace else {}
    return {"days": str(span.days), "until": str(int(span.until.timestamp())), **named}


def review(told: Review, tongue: Tongue, *, zone: tzinfo, weekly: bool = False) -> Screen:
    """`weekly`: it comes by itself, and is about the calendar week that ended."""
    named = {"namespace": told.span.namespace} if told.span.namespace else {}
    files = args_of(told.span)
    spans = [
        Button(words, Verb.STATISTICS, {"days": days, **named})
        for days, words in (("7", tongue.plain("7 days")), ("30", tongue.plain("30 days")))
    ]
    return screen(
        [*_head(told, tongue, zone, weekly=weekly), "", *_lines(told, tongue)],
        [
            spans,
            [
                Button("📎 CSV", Verb.STATISTICS_FILE, {**files, "format": "csv"}),
                Button("📎 Markdown", Verb.STATISTICS_FILE, {**files, "format": "md"}),
            ],
        ],
    )


def _head(told: Review, tongue: Tongue, zone: tzinfo, *, weekly: bool) -> Iterator[Markup]:
    last_day = (told.span.until - timedelta(days=1)).astimezone(zone)
    name = (
        tongue.plain("Week {number}", number=last_day.isocalendar().week)
        if weekly
        else tongue.plural("{n} day", "{n} days", told.span.days).unescape()
    )
    place = one_line(told.span.namespace, 60)
    yield joined([Markup("📊 {}").format(bold(name)), place])
    since, until = told.span.since.astimezone(zone), told.span.until.astimezone(zone)
    yield Markup("{} – {} {}").format(f"{since:%d.%m %H:%M}", f"{until:%d.%m %H:%M}", until.tzname() or "")


def _lines(told: Review, tongue: Tongue) -> Iterator[Markup | str]:
    counted = tongue.plural("<b>{n} incident</b>", "<b>{n} incidents</b>", told.incidents)
    yield Markup("{} {}").format(counted, trend(told))
    if not told.incidents:
        yield tongue.say("Nothing fired in that time.")
        return
    yield joined(
        [
            *(
                Markup("{} {}").format(SEVERITY_ICONS[severity], severity_text(severity, count, tongue))
                for severity, count in told.severities.items()
            ),
        ]
    )
    yield joined(
        [
            tongue.plural("{n} at night", "{n} at night", told.night),
            tongue.plural("{n} still open", "{n} still open", told.open) if told.open else "",
            tongue.plural("{n} rejected", "{n} rejected", told.rejected) if told.rejected else "",
        ]
    )
    yield ""
    if told.taken:
        yield tongue.say("ack {times}", times=times_text(told.taken, tongue))
    if told.never_taken:
        yield tongue.plural("never taken: {n}", "never taken: {n}", told.never_taken)
    if told.resolved:
        yield tongue.say("resolved {times}", times=times_text(told.resolved, tongue))
        yield joined(
            [
                tongue.plural("{n} by itself", "{n} by themselves", told.healed),
                tongue.plural("{n} after an action", "{n} after an action", told.acted),
                tongue.plural("{n} closed by hand", "{n} closed by hand", told.closed_by_hand),
            ]
        )
    noisy = [Markup("{}. {}").format(*each) for each in enumerate(noisy_lines(told.noisiest, tongue), 1)]
    yield from _section(tongue.say("<b>Noisiest</b>"), noisy)
    yield from _section(tongue.say("<b>What helped</b>"), helped_lines(told.helped, tongue))
    yield from _section(tongue.say("<b>Flapping</b>"), flapping_lines(told.flapping, tongue))


def _section(head: Markup, lines: Sequence[Markup]) -> Iterator[Markup | str]:
    if lines:
        yield ""
        yield head
        yield from lines


def trend(told: Review) -> str:
    """How many more or less than in as long a time before."""
    change = told.incidents - told.before
    return f"(▲ {change})" if change > 0 else f"(▼ {-change})" if change < 0 else "(=)"


def times_text(times: Times, tongue: Tongue) -> Markup:
    return tongue.say(
        "median {median}, p90 {p90}, n {n}",
        median=tongue.span(times.median),
        p90=tongue.span(times.p90),
        n=times.count,
    )


def noisy_lines(noisiest: Sequence[Noisy], tongue: Tongue) -> list[Markup]:
    return [Markup("{} — {}").format(kind_text(each, tongue), _noise(each, tongue)) for each in noisiest]


def _noise(each: Noisy, tongue: Tongue) -> Markup:
    fixed = each.fixed_by
    if fixed:
        what = tongue.say("fixed by {action} {n}×", action=action_text(fixed.action, tongue), n=fixed.helped)
    elif each.actions:
        what = tongue.plural("{n} action", "{n} actions", each.actions)
    else:
        what = tongue.say("0 actions → mute or fix?")
    return joined([f"{each.times}×", what, f"👎 {each.noise}" if each.noise else ""], ", ")


def helped_lines(helped: Sequence[Tally], tongue: Tongue) -> list[Markup]:
    tallies = [f"{action_text(each.action, tongue)} {each.helped}/{each.tried}" for each in helped[:MOST_HELPED]]
    return [joined(tallies)] if tallies else []


def flapping_lines(flapping: Sequence[Flapping], tongue: Tongue) -> list[Markup]:
    return [
        Markup("{} — {}").format(
            kind_text(each, tongue),
            tongue.say("{n} fires, median {span}", n=each.fires, span=tongue.span(each.median)),
        )
        for each in flapping
    ]


def kind_text(each: Noisy | Flapping, tongue: Tongue) -> str:
    """`Crash loop · shop`, as plain text."""
    title = each.title or ALERT
    title = tongue.plain(title) if title in TRANSLATED else title
    return one_line(" · ".join(filter(None, (title, each.namespace or each.cluster))), 80)


def action_text(action_id: str, tongue: Tongue) -> str:
    action = ACTIONS.get(action_id)
    return tongue.plain(action.title) if action else one_line(action_id, 40)
