"""/routes: what a chat is shown in plain words, the way to another route, and the question before a change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta, tzinfo

from markupsafe import Markup

from chatops.core.alerts import Severity
from chatops.core.buttons import Button, Verb
from chatops.core.misread import Misread
from chatops.core.people import ANY, Chat, User
from chatops.core.routes import LOUD, ChatRules, Route, written
from chatops.core.routing_acts import Act, Change
from chatops.core.screens.base import Screen, code, in_rows, screen
from chatops.core.screens.welcome import here
from chatops.core.texts import Tongue, joined, mark, one_line

LIFETIME = timedelta(seconds=60)
"""How long the question stands, as that of a change in the cluster."""

MOST_PLACES = 12
SPANS = ("22:00-08:00", "23:00-07:00", "00:00-09:00", "20:00-09:00")
ZONES = (
    *("UTC", "Europe/London", "Europe/Berlin", "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Kolkata"),
    *("Asia/Shanghai", "Asia/Tokyo", "America/New_York", "America/Los_Angeles"),
)

LEAST = {
    Severity.NONE: mark("every severity"),
    Severity.INFO: mark("info and worse"),
    Severity.WARNING: mark("warning and worse"),
    Severity.CRITICAL: mark("critical only"),
}
SOUNDS = {
    LOUD: mark("As usual"),
    (Severity.CRITICAL,): mark("Only critical aloud"),
    (): mark("Never a sound"),
}
ASKED = {
    Act.ADD: mark("➕ Show this in the chat?"),
    Act.DROP: mark("✖️ Take this route away?"),
    Act.FIRST: mark("⬆️ Ask this route before the others?"),
}

STEPS = ("cluster", "namespace", "least", "sound", "chain")
"""What is asked of a new route, one after the other."""


def rules_of_chat(
    chat: Chat, rules: ChatRules, tongue: Tongue, *, zone: tzinfo, problem: Misread | None = None
) -> Screen:
    """`zone` is that of the settings; `problem`: why what was written could not be understood."""
    said = [route_line(route, tongue) for route in rules.routes]
    lines: list[Markup | str | None] = [
        _problem_line(problem, tongue) if problem else None,
        tongue.say("🧭 <b>What this chat is shown</b>"),
        here(chat, tongue) if not chat.subscribed or not rules.routes else None,
        *(Markup("{}. {}").format(number, line) for number, line in enumerate(said, 1)),
        tongue.say("The first that takes an incident says how. What none of them takes is not shown here.")
        if said
        else None,
        "",
        _quiet_line(rules, tongue),
        tongue.say("🕐 by the clock of {zone}", zone=str(rules.zone or zone)),
        "",
        tongue.say("📄 ROUTES_FILE says so, and it is changed there.") if rules.from_file else _typed_help(tongue),
    ]
    return screen(lines, [] if rules.from_file else _list_rows(rules, tongue))


def _problem_line(problem: Misread, tongue: Tongue) -> Markup:
    said = tongue.plain(problem.message, **problem.values)
    return tongue.say("⚠️ What you wrote {problem}", problem=one_line(said, 300))


def route_line(route: Route, tongue: Tongue) -> Markup:
    """One route in plain words."""
    if route.clusters == route.namespaces == (ANY,):
        where = tongue.say("everywhere")
    else:
        where = code(f"{','.join(route.clusters)}/{','.join(route.namespaces)}")
    labels = joined([code(matcher.text) for matcher in route.matchers], ", ")
    return joined(
        [
            tongue.say(LEAST[route.least]),
            where,
            tongue.say("where {labels}", labels=labels) if labels else "",
            _sound(route, tongue),
            tongue.say("topic {number}", number=route.topic) if route.topic else "",
            tongue.say("calls by the chain {name}", name=code(route.chain, 60)) if route.chain else "",
        ]
    )


def _sound(route: Route, tongue: Tongue) -> Markup | str:
    taken = [each for each in Severity if each.rank <= route.least.rank]
    loud = [each.value for each in taken if each in route.loud]
    if not loud:
        return tongue.say("🔕 never a sound")
    if set(loud) == {each.value for each in LOUD if each in taken}:
        return ""
    return tongue.say("🔔 aloud only {severities}", severities=", ".join(loud))


def _quiet_line(rules: ChatRules, tongue: Tongue) -> Markup:
    if rules.quiet is None:
        return tongue.say("🌙 no quiet hours")
    return tongue.say("🌙 {span}: only what is critical makes a sound", span=rules.quiet.text)


def _typed_help(tongue: Tongue) -> Markup:
    return tongue.say(
        "In one line: <code>/routes cluster/namespace warning team=payments silent topic:12 chain:night</code>, all "
        "but the place at will; <code>/routes quiet 22:00-08:00</code>, <code>/routes zone Europe/Moscow</code>."
    )


def _list_rows(rules: ChatRules, tongue: Tongue) -> list[Sequence[Button]]:
    def ask(label: str, act: Act, route: Route) -> Button:
        return Button(label, Verb.ROUTES, {"ask": act.value, "route": written(route)})

    drops = [ask(f"✖️ {number}", Act.DROP, route) for number, route in enumerate(rules.routes, 1)]
    firsts = [ask(f"⬆️ {number}", Act.FIRST, route) for number, route in enumerate(rules.routes, 1) if number > 1]
    return [
        [Button("➕ " + tongue.plain("Another route"), Verb.ROUTES, {"pick": STEPS[0], "route": written(Route())})],
        *in_rows(drops, 4),
        *in_rows(firsts, 4),
        [
            Button("🌙 " + tongue.plain("Quiet hours"), Verb.ROUTES, {"pick": "quiet"}),
            Button("🕐 " + tongue.plain("Time zone"), Verb.ROUTES, {"pick": "zone"}),
        ],
        [Button("🔄", Verb.ROUTES)],
    ]


def choose(step: str, route: Route, places: Sequence[tuple[str, str]], chains: Sequence[str], tongue: Tongue) -> Screen:
    """One step on the way to a new route; the buttons lead to the next, and the last one to the question.

    `places` are what was seen of clusters and namespaces, `chains` the names of ONCALL_FILE's.
    """
    options = _options(step, route, places, chains, tongue)
    following = STEPS[STEPS.index(step) + 1 :]
    onward = next((each for each in following if each != "chain" or chains), None)
    buttons = [
        Button(
            label,
            Verb.ROUTES,
            {"pick": onward, "route": written(chosen)} if onward else _asking(Act.ADD, chosen),
        )
        for label, chosen in options
    ]
    lines = [tongue.say("🧭 <b>Another route</b>"), route_line(route, tongue), "", tongue.say(QUESTIONS[step])]
    # Names are as long as they are; words are not to be cut beside each other.
    width = 1 if step in ("least", "sound") else 2
    return screen(lines, [*in_rows(buttons, width), [_cancel(tongue)]])


QUESTIONS = {
    "cluster": mark("Of which cluster?"),
    "namespace": mark("Of which namespace?"),
    "least": mark("From which severity on?"),
    "sound": mark("How loudly?"),
    "chain": mark("By which chain are people called, when nobody takes it?"),
}


def _options(
    step: str, route: Route, places: Sequence[tuple[str, str]], chains: Sequence[str], tongue: Tongue
) -> list[tuple[str, Route]]:
    match step:
        case "cluster":
            seen = sorted({cluster for cluster, _ in places if cluster})[:MOST_PLACES]
            each = [(name, replace(route, clusters=(name,))) for name in seen]
            return [(tongue.plain("Any cluster"), replace(route, clusters=(ANY,))), *each]
        case "namespace":
            seen = sorted({name for cluster, name in places if name and route.clusters in ((ANY,), (cluster,))})
            each = [(name, replace(route, namespaces=(name,))) for name in seen[:MOST_PLACES]]
            return [(tongue.plain("Any namespace"), replace(route, namespaces=(ANY,))), *each]
        case "least":
            return [(tongue.plain(words), replace(route, least=least)) for least, words in LEAST.items()]
        case "sound":
            return [(tongue.plain(words), replace(route, loud=loud)) for loud, words in SOUNDS.items()]
        case _:
            each = [(name, replace(route, chain=name)) for name in chains]
            return [(tongue.plain("The usual one"), replace(route, chain="")), *each]


def choose_quiet(tongue: Tongue) -> Screen:
    """When only what is critical makes a sound."""
    spans = [Button(span, Verb.ROUTES, {"ask": Act.QUIET.value, "quiet": span}) for span in SPANS]
    none = Button(tongue.plain("None"), Verb.ROUTES, {"ask": Act.QUIET.value, "quiet": ""})
    said = tongue.say(
        "🌙 <b>Quiet hours</b>\nOnly what is critical makes a sound in them, and calls for help. "
        "<code>/routes quiet 21:30-07:45</code> sets any others."
    )
    return screen([said], [*in_rows([*spans, none], 2), [_cancel(tongue)]])


def choose_zone(zone: tzinfo, tongue: Tongue) -> Screen:
    """`zone` is that of the settings."""
    names = dict.fromkeys([str(zone), *ZONES])
    zones = [Button(name, Verb.ROUTES, {"ask": Act.ZONE.value, "zone": name}) for name in names]
    said = tongue.say(
        "🕐 <b>Time zone</b>\nQuiet hours and the nights of reviews go by it. <code>/routes zone Asia/Tbilisi</code> "
        "sets any other."
    )
    return screen([said], [*in_rows(zones, 2), [_cancel(tongue)]])


def question(change: Change, tongue: Tongue, *, by: User | None) -> Screen:
    """Only `by` can confirm it."""
    if change.route:
        lines = [route_line(change.route, tongue), "", tongue.say(ASKED[change.act])]
    elif change.act is Act.QUIET and change.quiet:
        lines = [tongue.say("🌙 Let only what is critical make a sound from {span}?", span=change.quiet.text)]
    elif change.act is Act.QUIET:
        lines = [tongue.say("🌙 No quiet hours any more?")]
    else:
        lines = [tongue.say("🕐 Go by the clock of {zone}?", zone=str(change.zone or "UTC"))]
    does = Button(
        "✅ " + tongue.plain("Yes"),
        Verb.SET_ROUTES,
        detail_of(change),
        for_user=by.id if by else None,
        lifetime=LIFETIME,
        once=True,
    )
    return screen(lines, [[does if by else None, _cancel(tongue)]])


def detail_of(change: Change) -> dict[str, str]:
    """As a button keeps it."""
    detail = {"act": change.act.value}
    match change.act:
        case Act.QUIET:
            return {**detail, "quiet": change.quiet.text if change.quiet else ""}
        case Act.ZONE:
            return {**detail, "zone": str(change.zone or "")}
        case _:
            return {**detail, **({"route": written(change.route)} if change.route else {})}


def _asking(act: Act, route: Route) -> dict[str, str]:
    return {"ask": act.value, "route": written(route)}


def _cancel(tongue: Tongue) -> Button:
    return Button(tongue.plain("Cancel"), Verb.ROUTES)
