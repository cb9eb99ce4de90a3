"""Screens full of what strangers write: names, labels, annotations, log lines, users. All of it is shown literally."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatops.core.actions import ActionState
from chatops.core.applicable import View, applicable
from chatops.core.choices import picked
from chatops.core.failures import Reason
from chatops.core.incidents import Status
from chatops.core.log_asks import LogAsk
from chatops.core.past import PastIncident
from chatops.core.people import Chat, ChatKind, Role, User, everywhere
from chatops.core.resources import ContainerLimits, LogText, ObjectRef, WorkloadView
from chatops.core.screens import (
    confirm,
    diagnostics,
    escalation,
    lists,
    logs,
    notices,
    outside,
    pod,
    reading,
    rejecting,
    report,
    resources,
    silence_picker,
    silence_warning,
    silences,
    similar,
    timeline,
    trouble,
    welcome,
)
from chatops.core.screens.base import Screen
from chatops.core.screens.card import card
from chatops.core.screens.object import object_screen
from chatops.core.screens.picker import picker
from chatops.core.screens.silence_picker import Weighed
from chatops.core.silences import Matched, Matcher, Scope, StandingSilence
from chatops.core.texts import LANGUAGES, Tongue, tongue
from chatops.sandbox.botapi.formatting import parse_html
from tests.core.scene import ANNA, POD, START, a_plan, a_pod, a_run, a_survey, a_workload, an_incident
from tests.core.showing import (
    AUTOSCALED,
    DESCRIPTION,
    EVENTS,
    GRAPH,
    LIMITED,
    MORE_TIMELINE,
    NOW,
    OBJECTS,
    OUTPUT,
    PEOPLE_TIMELINE,
    PREVIEW,
    REPORT,
    RUNNING,
    SILENCE,
    TIMELINE,
    TWO_CONTAINERS,
    closed_incident,
    group_incident,
    node_incident,
    plain_text,
    rich_text,
)

HOSTILE = {
    "a tag": "<b>bold</b>",
    "an open tag": "<pre><code>",
    "half a tag": "<a href=",
    "a link": '<a href="tg://user?id=1">admin</a>',
    "a script": "<script>alert(1)</script>",
    "markdown": "*b* _i_ __u__ ~s~ ||x|| `c` ```py``` [t](tg://user?id=1) > q",
    "addresses": "javascript:alert(1) tg://x",
    "an attribute": '" onclick="x" href=\'javascript:x\'',
    "joiners": "a\u200bb\u200dc\u2060d\ufeffe",
    "quotes": "\"'`\"'",
    "entities": "&lt;b&gt; &#0; &amp; &nosuch;",
    "places": "{name} {0} {} {object.__class__} %s",
    "emoji": "👩‍🚀🏳️‍🌈🔥",
    "right to left": "שלום \u202eevil\u202c مرحبا",
    "Cyrillic": "Память_заканчивается «узел-7»",
    "control characters": "a\0b\x1b[31mc\rd\x07",
    "lines": "one\ntwo\n\n\nthree",
    "half a pair": "\ud83d",
    "nothing": "",
    "spaces": "   ",
    "long": "x" * 5_000,
    "long and wide": "👩‍🚀" * 1_700,
    "long and escaped": '<&">' * 1_300,
}
LITERALLY = (
    "a tag",
    "an open tag",
    "half a tag",
    "a link",
    "a script",
    "markdown",
    "addresses",
    "entities",
    "places",
    "emoji",
    "Cyrillic",
)

OURS = frozenset({"action", "chosen", "code", "kind", "state", "why", "id", "verb", "problem", "type", "group_labels"})
"""Fields that only the bot fills, or that hold a code."""


def hostile_silence(text: str) -> StandingSilence:
    return StandingSilence(text, 0, (text,) * 9, text, text, NOW, NOW, namespace=text, pending=True)


def filled(value: Any, text: str) -> Any:
    """`value` with every text that comes from outside replaced."""
    if isinstance(value, str):
        return value if isinstance(value, Enum) else text
    if isinstance(value, dict):
        return {name: filled(inner, text) for name, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(filled(inner, text) for inner in value)
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: getattr(value, field.name) for field in fields(value)}
        return replace(value, **{name: filled(inner, text) for name, inner in named.items() if name not in OURS})
    return value


def screens_with(text: str, tongue: Tongue) -> dict[str, Screen]:
    def with_text(value: Any) -> Any:
        return filled(value, text)

    whole = with_text(an_incident(survey=a_survey(a_workload(), pods=(a_pod(),), missing=(POD,))))
    by = with_text(ANNA)
    entries = [replace(s, entry=with_text(s.entry)) for s in (*TIMELINE, *MORE_TIMELINE, *PEOPLE_TIMELINE)]
    entries = [replace(s, entry=replace(s.entry, detail=with_text(s.entry.detail))) for s in entries]
    log = LogText(with_text(POD), text, True, tuple(text.replace("\ud83d", "").splitlines()) * 30)
    wrong = replace(log, lines=tuple(f"ERROR {line}" for line in log.lines), chosen="newest", above=with_text(POD))
    cards = {
        "open": whole,
        "no survey": replace(whole, survey=None),
        "problem": replace(whole, survey=with_text(a_survey(problem="forbidden", problem_detail="x"))),
        "unknown problem": replace(whole, survey=a_survey(problem=text, problem_detail=text)),
        "node": with_text(node_incident()),
        "group": with_text(group_incident()),
        "silenced": replace(whole, silence=with_text(SILENCE)),
        "not silenced": replace(whole, silence=replace(SILENCE, id="", ended_at=NOW, problem=text, detail=text)),
        "rejected": with_text(closed_incident(Status.REJECTED, closed_by=ANNA, reason="x")),
        **{
            f"action {state}": with_text(an_incident(run=a_run(state, problem=problem, detail=text, undo=a_plan())))
            for state in ActionState
            for problem in ("", "forbidden", text)
        },
    }
    user = User(1, text, everywhere(Role.ADMIN))
    return {
        **{f"card {name}": card(incident, tongue, now=NOW) for name, incident in cards.items()},
        "confirm": confirm.confirm(
            with_text(PREVIEW),
            tongue,
            by=by,
            incident_id=96,
            run_id="r",
            reasons={"why": "rule", "told": text, "helped": text},
        ),
        "lists": lists.open_incidents([whole] * 8, tongue, total=99, page=3, last=None),
        "history": lists.history([cards["rejected"]] * 8, tongue, total=99, page=3),
        "resources": resources.resources(whole, tongue),
        "pods": resources.pods(with_text(a_workload(pods=(a_pod(),) * 9)), tongue, incident_id=96),
        "pod": pod.pod_screen(with_text(TWO_CONTAINERS), tongue, incident_id=96),
        "containers": pod.container_picker(with_text(TWO_CONTAINERS), tongue, incident_id=96, previous=False),
        "logs": logs.logs(log, tongue, incident_id=96, ask=LogAsk()),
        "logs, errors": logs.logs(wrong, tongue, incident_id=96, ask=LogAsk(errors=True), again=True),
        "logs, search": logs.logs(log, tongue, incident_id=96, ask=LogAsk(search=text, since=300)),
        "search": logs.ask_search(with_text(POD), LogAsk(text), tongue, incident_id=96),
        "diagnostics": diagnostics.choose(with_text(RUNNING), tongue, incident_id=96, container=text),
        "output": diagnostics.output(with_text(OUTPUT), tongue, incident_id=96, params={"container": text}),
        "describe": reading.describe(
            with_text(replace(DESCRIPTION, facts=DESCRIPTION.facts * 20)), tongue, incident_id=96
        ),
        "events": reading.events(with_text(POD), with_text(EVENTS * 20), tongue, incident_id=96),
        "report": report.report(with_text(REPORT), tongue, incident_id=96, params={"container": text}),
        "pods of": resources.pods_of(with_text(POD), with_text((a_pod(),) * 9), tongue, incident_id=96),
        **{f"more {name}": object_screen(with_text(v), tongue, incident_id=96, now=NOW) for name, v in MANY.items()},
        **{f"pick {action} {name}": shown for action, name, shown in _picked(with_text, tongue)},
        "reject": rejecting.ask_reason(whole, tongue),
        "silence": silence_picker.picker(
            [Weighed(Matched((Matcher(text, text),) * 9, 1, 1, (text,) * 5))] * 3,
            Scope.GROUP,
            tongue,
            incident_id=96,
            now=NOW,
        ),
        "silences": silences.listing(
            [silences.Row(hostile_silence(text), whole), silences.Row(hostile_silence(text))] * 3,
            tongue,
            page=0,
            silent=(text,),
            outcome=silences.Outcome("failed", text, text),
            left_out=1,
        ),
        "one silence": silences.one(
            silences.Row(hostile_silence(text)), tongue, by=User(1, text, everywhere(Role.OPERATOR)), acts=True
        ),
        "silence about to end": silence_warning.warning(whole, with_text(SILENCE), tongue),
        "help": escalation.help_wanted(whole, text, tongue),
        "past": similar.similar(
            whole, [PastIncident(cards["rejected"], (with_text(a_run(ActionState.FAILED)),))], tongue
        ),
        "graph": report.report(with_text(GRAPH), tongue, incident_id=96, params={}),
        "outside": outside.trouble(text, text, text, tongue, incident_id=96, again=None),
        "timeline": timeline.timeline(96, entries, tongue, page=0, pages=1),
        "trouble": trouble.trouble(with_text(POD), Reason.FORBIDDEN, text, tongue, incident_id=96, again=None),
        "unknown trouble": trouble.trouble(with_text(POD), text, text, tongue, incident_id=96, again=None),
        "start": welcome.start(user, Chat(1, ChatKind.PRIVATE), tongue, open_count=1),
        "stranger": welcome.stranger(1, ChatKind.PRIVATE, tongue, admins=[text], code_possible=True),
        "notice": notices.notice("quarantined", {"inbox": "1", "problem": text}, tongue),
    }


MANY: dict[str, View] = {
    **OBJECTS,
    "workload": LIMITED,
    "workload, autoscaled": AUTOSCALED,
    "pod": a_pod(deleting_since=START),
}


def _picked(with_text: Callable[[Any], Any], tongue: Tongue) -> Iterator[tuple[str, str, Screen]]:
    """Amounts keep being amounts beside names that are not: else there would be nothing to choose."""
    amounts = LIMITED.limits
    for name, view in MANY.items():
        strange = with_text(view)
        if isinstance(strange, WorkloadView):
            strange = replace(strange, limits=tuple(replace(each, name=strange.ref.name) for each in amounts))
        for action in applicable(view):
            if picked(action.id):
                shown = picker(strange, action.id, tongue, incident_id=96, chosen={})
                assert shown
                yield action.id, name, shown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_r23_telegram_takes_every_screen(text: str, language: str) -> None:
    """R23: in 4096 UTF-16 units, with balanced tags and buttons that fit."""
    for name, shown in screens_with(text, tongue(language)).items():
        try:
            plain_text(shown)
        except Exception as problem:
            raise AssertionError(name) from problem


@pytest.mark.parametrize("name", LITERALLY)
def test_s9_what_strangers_write_is_shown_literally(name: str) -> None:
    """S9: no markup, no link and no mention comes of it."""
    text = HOSTILE[name]
    for screen_name, shown in screens_with(text, tongue("en")).items():
        read, entities = parse_html(shown.html)
        assert text in read, screen_name
        assert not [e for e in entities if e["type"] in ("text_link", "text_mention", "custom_emoji")], screen_name
        if shown.rich:
            assert " ".join(text.split()) in rich_text(shown), screen_name


@settings(deadline=None)
@given(st.text(max_size=300))
def test_r23_any_text_at_all(text: str) -> None:
    """R23: some 150 screens for each of a hundred texts."""
    for shown in screens_with(text, tongue("ru")).values():
        plain_text(shown)


TURNING = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
"""Marks that turn around the text after them."""


@pytest.mark.parametrize("mark", TURNING, ids=hex)
def test_s9_nothing_turns_the_rest_of_a_line_around(mark: int) -> None:
    """S9: in no text and on no button, wherever the mark came from."""
    for name, shown in screens_with(f"safe{chr(mark)}live", tongue("en")).items():
        labels = "".join(button.label for row in shown.rows for button in row)
        assert not {chr(each) for each in TURNING} & set(plain_text(shown) + labels), name


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_s9_no_screen_links_to_what_a_stranger_wrote(text: str) -> None:
    """S9: neither in its text nor by its buttons, unless it is a plain address that is made a link on purpose."""
    for name, shown in screens_with(text, tongue("en")).items():
        _, entities = parse_html(shown.html)
        addresses = [str(each["url"]) for each in entities if "url" in each]
        addresses += [button.url for row in shown.rows for button in row if button.url]
        assert all(each.startswith(("http://", "https://")) for each in addresses), name
        assert len(entities) <= 100, name


@pytest.mark.parametrize("url", ["javascript:alert(1)", "tg://resolve?domain=x", "https://ok.example/\nx", "x" * 9])
def test_s9_only_plain_addresses_are_links(url: str) -> None:
    """S9: http and https."""

    def linked(address: str) -> list[str]:
        alert = an_incident().episodes[0].alert
        notes = {"runbook_url": address, "dashboard": address}
        episode = replace(an_incident().episodes[0], alert=replace(alert, annotations=notes, generator_url=address))
        shown = card(an_incident(episodes=(episode,)), tongue("en"), now=NOW)
        return [str(e["url"]) for e in parse_html(shown.html)[1] if e["type"] == "text_link"]

    assert linked(url) == []
    assert linked("https://ok.example/a?b=1&c=2") == ["https://ok.example/a?b=1&c=2"] * 3


def test_a_pod_with_too_many_containers_still_has_a_keyboard() -> None:
    many = a_pod(containers=TWO_CONTAINERS.containers * 100)
    pickers: list[Callable[[], Screen]] = [
        lambda: pod.container_picker(many, tongue("en"), incident_id=96, previous=False),
        lambda: pod.pod_screen(many, tongue("en"), incident_id=96),
    ]
    for draw in pickers:
        plain_text(draw())


LONGEST = "a" * 253
"""The longest name that Kubernetes takes."""


def test_r23_the_longest_names_fit() -> None:
    """R23: 253 characters, as Kubernetes takes them."""

    def long(value: Any) -> Any:
        return filled(value, LONGEST)

    for view in MANY.values():
        plain_text(object_screen(long(view), tongue("ru"), incident_id=96, now=NOW))
    for _, _, shown in _picked(long, tongue("ru")):
        plain_text(shown)
    ref = ObjectRef("Deployment", LONGEST, LONGEST, cluster=LONGEST)
    shown = confirm.confirm(
        replace(PREVIEW, plan=a_plan("rollout_restart", ref)), tongue("en"), by=ANNA, incident_id=96, run_id="r"
    )
    plain_text(shown)
    assert not any(button.copy for row in shown.rows for button in row), "half a command is worse than none"


def test_a_pod_of_64_containers_fits_every_screen() -> None:
    many = a_pod(containers=tuple(replace(c, name=f"{c.name}-{n}") for n in range(64) for c in a_pod().containers))
    limits = tuple(ContainerLimits(f"container-{n}", "1Gi", "1") for n in range(200))
    workload = a_workload(limits=limits, pods=(many,) * 30)
    for view in (many, workload):
        plain_text(object_screen(view, tongue("en"), incident_id=96, now=NOW))
    for action in ("raise_memory_limit", "raise_cpu_limit"):
        shown = picker(workload, action, tongue("en"), incident_id=96, chosen={})
        assert shown
        plain_text(shown)
