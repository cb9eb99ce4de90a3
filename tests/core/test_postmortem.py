"""The postmortem: everything the template asks for, in its order, and nothing in it that a label could bend."""

import re
from dataclasses import replace

import pytest

from chatops.core.actions import ActionState
from chatops.core.alerts import Alert
from chatops.core.audit import SYSTEM, Entry, EntryType
from chatops.core.incidents import Episode, Status
from chatops.core.markdown import code, escaped, table
from chatops.core.past import PastIncident
from chatops.core.screens.postmortem import file_name, postmortem
from chatops.core.texts import tongue
from tests.core.scene import ANNA, OLEG, START, WORKLOAD, a_run, an_incident, at

SECTIONS = (
    *("Summary", "Impact", "Root causes", "Trigger", "Resolution", "Detection", "Action items", "Lessons learned"),
    *("Timeline", "Supporting information"),
)
LINES = (
    Entry(EntryType.OPENED, SYSTEM, at(0), 96, detail={"alert": "Crash loop"}),
    Entry(EntryType.ACKNOWLEDGED, ANNA.subject, at(2), 96),
    Entry(EntryType.DENIED, OLEG.subject, at(11), 96, WORKLOAD, detail={"what": "drain", "why": "viewer"}),
    Entry(
        EntryType.ACTION_REQUESTED,
        ANNA.subject,
        at(12),
        96,
        WORKLOAD,
        detail={"action": "rollout_undo", "run": "r", "revision": "42"},
    ),
    Entry(EntryType.NOTED, ANNA.subject, at(14), 96, detail={"text": "1.42.0 | leaks [memory](http://x)"}),
    Entry(EntryType.ALERTS_RESOLVED, SYSTEM, at(18), 96),
)


def closed(**fields: object) -> PastIncident:
    whole = an_incident()
    ended = tuple(replace(each, ends_at=at(18)) for each in whole.episodes)
    whole = replace(
        whole,
        status=Status.RESOLVED,
        episodes=ended,
        closed_at=at(18.5),
        taken_by=ANNA,
        acknowledged_at=at(2),
        **fields,
    )
    return PastIncident(whole, (a_run(ActionState.SUCCEEDED, finished_at=at(13.2)),))


def test_it_has_the_template_s_sections_in_their_order() -> None:
    text = postmortem(closed(), LINES, tongue("en"), now=at(60), expression='rate(x{a="b"}[5m]) > 3')
    assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == SECTIONS
    assert text.startswith("# Postmortem: \\#96 Crash loop · checkout\n")
    assert "- **Date:** 2026-11-23" in text
    assert "All times are UTC." in text
    assert "from 2026-11-23 08:52 UTC to 2026-11-23 09:10 UTC, 18 min" in text
    assert "ack 2 min · resolved 18 min · 1 action" in text
    assert "Rolling back `shop/checkout` → 42 — done — **the incident resolved 5 min 18 s later**" in text
    assert 'Rule: `rate(x{a="b"}[5m]) > 3`' in text
    assert "| 2026-11-23 08:54:00 | ✋ @anna took it |" in text
    assert text.count("TODO") >= 12
    assert file_name(closed().incident) == "postmortem-96-2026-11-23.md"


def test_it_blames_nobody_and_names_no_denied_attempt() -> None:
    text = postmortem(closed(), LINES, tongue("en"), now=at(60))
    assert "denied" not in text
    assert "@oleg" not in text
    assert "**Took part:** @anna" in text


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("status", list(Status))
def test_it_can_be_written_at_any_time(status: Status, language: str) -> None:
    whole = replace(an_incident(), status=status, survey=None, episodes=())
    past = PastIncident(whole, tuple(a_run(state) for state in ActionState))
    text = postmortem(past, (), tongue(language), now=at(60))
    assert text.count("\n## ") == len(SECTIONS)
    assert "{" not in text


def test_no_label_becomes_markup_and_no_secret_is_in_it() -> None:
    evil = Alert(
        "a",
        True,
        {"alertname": "X` | [y](http://e)", "token": "password=hunter2secret", "pod": "`"},
        {"summary": "<script> | **b** [c](javascript:d)\n# head", "runbook_url": "https://r/>x"},
        START,
        None,
    )
    past = closed(title="<b>|# `x`")
    past = replace(past, incident=replace(past.incident, episodes=(Episode(evil, START),)))
    text = postmortem(past, LINES, tongue("en"), now=at(60))
    assert "hunter2secret" not in text
    assert "\n# head" not in text
    assert "<script>" not in text.replace("\\<script\\>", "")
    assert "[c](" not in text.replace("\\[c\\]", "")
    assert "<https://r/%3Ex>" in text
    rows = [line for line in text.splitlines() if line.startswith("| 2026")]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 3 for row in rows)


def test_markdown_reads_as_it_was_written() -> None:
    assert escaped("a|b *c* _d_ [e] <f> #g `h` \\") == r"a\|b \*c\* \_d\_ \[e\] \<f\> \#g \`h\` \\"
    assert escaped("- item") == "\\- item"
    assert escaped("1. item") == "\\1. item"
    assert code("a`b``c") == "```a`b``c```"
    assert code("`a`") == "`` `a` ``"
    assert code("") == ""
    assert table(("a", "b"), [("1", "2")]) == ["| a | b |", "|---|---|", "| 1 | 2 |"]
