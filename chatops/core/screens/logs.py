"""A container's log: what of it is shown is said above it. The newest lines stay when room is short."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from markupsafe import Markup

from chatops.core.buttons import Button, Verb
from chatops.core.log_asks import SINCE, SINCE_TAIL, TAIL, TAILS, LogAsk
from chatops.core.log_search import STAMP, Errors, errors, find
from chatops.core.resources import LogText, ObjectRef
from chatops.core.screens.actions import by_hand
from chatops.core.screens.base import TEXT_LIMIT, Screen, code, screen, short_name, shown_length
from chatops.core.texts import Tongue, joined, mark, one_line

LOG_ROOM = 3_300
"""Characters of log on the screen: what Telegram's 4,096 usually leave beside the head."""

MOST_ALIKE = 3
"""Kinds of errors that are named under a log."""

CHOSEN = {
    "failing": mark("The pod of {object} that fares worst"),
    "newest": mark("The newest pod of {object}"),
    "only": mark("The only pod of {object}"),
}
"""Why this pod, where a workload's logs were asked for."""

_TIME_OF_DAY = re.compile(r"\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d*(Z|[+-]\d\d:\d\d)")


def logs(text: LogText, tongue: Tongue, *, incident_id: int | None, ask: LogAsk, again: bool = False) -> Screen:
    """`ask` names the kept text and what of it is shown. `again`: that text was gone, and this is a newer one."""
    ask = replace(ask, container=text.container, previous=text.previous and not text.fell_back)
    wrong = errors(text.lines)
    chosen = _chosen_lines(text, ask, wrong)
    head = [line for line in (*_head(text, ask, tongue, again=again), *_filter(ask, chosen, tongue)) if line]
    foot = _summary(wrong, len(text.lines), tongue)
    taken = sum(shown_length(line) + 1 for line in (*head, foot) if line)
    kept, cut = newest_that_fit(_short_stamps(chosen), min(LOG_ROOM, TEXT_LIMIT - taken - 80))
    lines: list[Markup | str | None] = [
        *head,
        tongue.plural("{n} older line cut: take the file", "{n} older lines cut: take the file", cut) if cut else None,
        Markup("<pre>{}</pre>").format("\n".join(kept)) if kept else None,
        foot,
    ]
    return screen(lines, _rows(text, ask, tongue, incident_id))


def ask_search(ref: ObjectRef, ask: LogAsk, tongue: Tongue, *, incident_id: int | None) -> Screen:
    """The question whose answer is searched for."""
    where = joined([one_line(ref.name, 120), one_line(ask.container, 120)])
    back = Button(tongue.plain("« Logs"), Verb.LOGS, replace(ask, search="").args, ref, incident_id)
    return screen(
        [
            Markup("🔎 <b>{}</b>").format(where),
            "",
            tongue.say("Reply to this message with the text to look for in the lines shown before."),
            tongue.say("Upper and lower case are the same; it is taken as it is written, not as a pattern."),
        ],
        [[back]],
    )


def newest_that_fit(lines: Sequence[str], room: int) -> tuple[list[str], int]:
    """Whole lines from the end that fit into `room` UTF-16 units, and how many were left out.

    A single line longer than the room keeps its end.
    """
    kept: list[str] = []
    used = 0
    for line in reversed(lines):
        size = len(line.encode("utf-16-le", "surrogatepass")) // 2 + 1
        if used + size > room:
            if not kept:
                kept.append("…" + line[-(room // 2) :])
            break
        kept.append(line)
        used += size
    return kept[::-1], len(lines) - len(kept)


def _chosen_lines(text: LogText, ask: LogAsk, wrong: Errors) -> Sequence[str]:
    if ask.search:
        return find(text.lines, ask.search)
    return wrong.lines if ask.errors else text.lines


def _head(text: LogText, ask: LogAsk, tongue: Tongue, *, again: bool) -> Iterable[Markup | None]:
    yield Markup("📄 <b>{}</b>").format(
        joined(
            [
                one_line(text.pod.name, 120),
                one_line(text.container, 120),
                tongue.plain("previous") if ask.previous else "",
            ]
        )
    )
    if text.chosen in CHOSEN and text.above:
        yield tongue.say(CHOSEN[text.chosen], object=code(short_name(text.above), 80))
    newest = _newest_moment(text.lines)
    yield joined([_scope(text, ask, tongue), tongue.ago(newest) if newest else ""])
    yield tongue.say("No previous container: these are the current logs.") if text.fell_back else None
    yield tongue.say("♻️ Fetched again: the text shown before is no longer kept.") if again else None


def _scope(text: LogText, ask: LogAsk, tongue: Tongue) -> Markup:
    """Which lines were fetched: the filter and the screen's room choose among them."""
    number, span = len(text.lines), tongue.span(timedelta(seconds=ask.since))
    if ask.since:
        if not number:
            return tongue.say("Nothing was written in the last {span}.", span=span)
        if text.older:
            return tongue.plural(
                "last {n} line of {span}, newest at the bottom",
                "last {n} lines of {span}, newest at the bottom",
                number,
                span=span,
            )
        return tongue.plural(
            "{n} line in {span}, newest at the bottom", "{n} lines in {span}, newest at the bottom", number, span=span
        )
    if not number:
        return tongue.say("The log is empty.")
    if text.older:
        return tongue.plural("last {n} line, newest at the bottom", "last {n} lines, newest at the bottom", number)
    return tongue.plural(
        "the whole log: {n} line, newest at the bottom", "the whole log: {n} lines, newest at the bottom", number
    )


def _filter(ask: LogAsk, chosen: Sequence[str], tongue: Tongue) -> Iterable[Markup | None]:
    if ask.search:
        text = one_line(ask.search, 100)
        if not chosen:
            yield tongue.say("🔎 No line holds «{text}».", text=text)
        else:
            yield tongue.plural("🔎 {n} line with «{text}»", "🔎 {n} lines with «{text}»", len(chosen), text=text)
    elif ask.errors and not chosen:
        yield tongue.say("🔴 No line looks like an error.")
    elif ask.errors:
        yield tongue.plural("🔴 Errors only: {n} line", "🔴 Errors only: {n} lines", len(chosen))


def _summary(wrong: Errors, total: int, tongue: Tongue) -> Markup | None:
    if not wrong.count or total < 2:
        return None
    named = wrong.alike[:MOST_ALIKE]
    alike = joined((Markup("«{}» ×{}").format(one_line(each.message, 60), each.count) for each in named), ", ")
    return tongue.plural(
        "🔎 {n} error in {total} lines: {alike}",
        "🔎 {n} errors in {total} lines: {alike}",
        wrong.count,
        total=total,
        alike=alike,
    )


def _rows(text: LogText, ask: LogAsk, tongue: Tongue, incident_id: int | None) -> list[list[Button | None]]:
    fresh = replace(ask, kept="")
    above = {"above": text.above.name, "above_kind": text.above.kind} if text.above else {}

    def to(label: str, asked: LogAsk, verb: Verb = Verb.LOGS) -> Button:
        return Button(label, verb, {**above, **asked.args}, text.pod, incident_id)

    filtered = bool(ask.errors or ask.search)
    more = next((tail for tail in TAILS if tail > ask.tail), 0) if text.older else 0
    whole = LogAsk(text.container, ask.previous, ask.since)
    other = replace(whole, previous=not ask.previous, since=0)
    run = "⏩ " + tongue.plain("Current run") if ask.previous else "⏪ " + tongue.plain("Previous run")
    return [
        [
            to("📄 " + tongue.plain("All lines"), replace(ask, errors=False, search="")) if filtered else None,
            to("🔴 " + tongue.plain("Errors only"), replace(ask, errors=True, search=""))
            if text.lines and not ask.errors
            else None,
            to("🔎 " + tongue.plain("Search"), replace(ask, errors=False), Verb.SEARCH) if text.lines else None,
        ],
        [
            to("⬆️ " + tongue.plain("{n} lines", n=more), replace(fresh, tail=more)) if more else None,
            to(run, other) if ask.previous or text.earlier_run else None,
        ],
        [
            to(
                f"{'✓' if seconds == ask.since else '⏱'} {tongue.span(timedelta(seconds=seconds))}",
                replace(fresh, since=0, tail=TAIL)
                if seconds == ask.since
                else replace(fresh, since=seconds, tail=SINCE_TAIL),
            )
            for seconds in SINCE
        ],
        [
            to("📎 " + tongue.plain("As file"), whole, Verb.LOG_FILE),
            by_hand("logs", text.pod, _by_hand(ask, text.container)),
        ],
        [
            Button(tongue.plain("« Pod"), Verb.POD, above, text.pod, incident_id),
            to("🗃 " + tongue.plain("Containers"), LogAsk(previous=ask.previous), Verb.CONTAINERS)
            if text.containers > 1
            else None,
            to("🔄", fresh),
        ],
    ]


def _by_hand(ask: LogAsk, container: str) -> dict[str, str]:
    params = {"container": container, "tail": str(ask.tail)}
    if ask.since:
        params["since"] = str(ask.since)
    return {**params, "previous": "1"} if ask.previous else params


def _short_stamps(lines: Sequence[str]) -> Sequence[str]:
    """The time of day is enough where all lines are of one day: the head says how long ago the newest is."""
    if len({line[:10] for line in lines if STAMP.match(line)}) != 1:
        return lines
    return [_TIME_OF_DAY.sub(r"\1\2", line, count=1) if STAMP.match(line) else line for line in lines]


def _newest_moment(lines: Sequence[str]) -> datetime | None:
    for line in reversed(lines):
        stamp = STAMP.match(line)
        if stamp is not None:
            # Kubernetes writes nanoseconds; six digits are what a datetime holds.
            text = re.sub(r"(\.\d{6})\d+", r"\1", stamp[0].strip())
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                return None
    return None
