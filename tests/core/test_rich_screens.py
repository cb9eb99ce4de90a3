"""The rich form of a screen says what the screen says, has its buttons, and is within what Telegram takes."""

from dataclasses import replace

import pytest
from markupsafe import Markup

from chatops.core.buttons import Button, Verb
from chatops.core.resources import EventLine
from chatops.core.screens import reading, report, resources
from chatops.core.screens.base import Screen, screen
from chatops.core.screens.rich import Listed, Section, buttons_in, rich_html
from chatops.core.texts import tongue
from tests.core.scene import a_pod, a_survey, a_workload, an_incident
from tests.core.showing import DESCRIPTION, REPORT, plain_text, rich_text

EN = tongue("en")
ONE = Button("One", Verb.CARD)


def html_of(shown: Screen) -> str:
    return rich_html(shown.rich, lambda button: "token")


def listed(button: Button = ONE, *cells: str) -> Listed:
    return Listed(Markup("a line"), button, "One", tuple(map(Markup, cells)))


def test_pods_are_a_table_whose_rows_are_pressed() -> None:
    shown = resources.pods(a_workload(pods=(a_pod(),)), EN, incident_id=96)
    (table,) = [block for block in shown.rich if isinstance(block, tuple)]
    assert [each.button.verb for each in table] == [Verb.POD]
    html = html_of(shown)
    assert '<table compact><tr><td><tg-button type="callback_data" style="link" data="token">' in html
    assert html.count("<td>") == 4
    # Everything else stays below.
    assert len(buttons_in(shown.rich)) == 1 < sum(map(len, shown.rows))


@pytest.mark.parametrize(
    "shown",
    [
        resources.pods(a_workload(pods=(a_pod(),) * 3), EN, incident_id=96),
        resources.resources(an_incident(survey=a_survey(a_workload(), pods=(a_pod(),))), EN),
        reading.describe(DESCRIPTION, EN, incident_id=96),
        report.report(REPORT, EN, incident_id=96, params={}),
    ],
)
def test_nothing_of_the_screen_is_missing(shown: Screen) -> None:
    words = set(plain_text(shown).replace("·", " ").split())
    told = rich_text(shown).replace("·", " ")
    assert [word for word in words if word not in told and not word.startswith("…-")] == []


def test_a_description_unfolds_its_events_and_more_of_them() -> None:
    happened = tuple(EventLine(f"Reason{n}", "m", True, 1, None) for n in range(20))
    shown = reading.describe(replace(DESCRIPTION, events=happened), EN, incident_id=96)
    assert "Reason4" in plain_text(shown)
    assert "Reason5" not in plain_text(shown)
    assert "Reason14" in rich_text(shown)
    assert "Reason15" not in rich_text(shown)
    html = html_of(shown)
    assert "<details open><summary>Conditions</summary>" in html
    assert "<details><summary>Events</summary>" in html


def test_what_needs_no_table_has_no_rich_form() -> None:
    assert screen([Markup("<b>x</b>"), "", "y"], [[ONE]]).rich == ()
    assert reading.events(DESCRIPTION.ref, (), EN, incident_id=96).rich == ()


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([listed()] * 499, True),
        ([listed()] * 500, False),
        ([listed(), *[Markup("p")] * 498], True),
        ([listed(), *[Markup("p")] * 499], False),
        ([Section(Markup("s"), (Markup("l"),) * 499, 1)], True),
        ([Section(Markup("s"), (Markup("l"),) * 500, 1)], False),
        ([listed(ONE, *["c"] * 19)], True),
        ([listed(ONE, *["c"] * 20)], False),
        ([listed(), Markup("x" * (32_768 - 3))], True),
        ([listed(), Markup("x" * (32_768 - 2))], False),
        ([listed(), Markup("<pre>x</pre>")], False),
        ([listed(), Markup("<blockquote expandable>x</blockquote>")], False),
        ([listed(), Markup('<a href="https://x.y">x</a> <code>x</code>')], True),
        ([listed(Button("in no row", Verb.CARD))], False),
    ],
)
def test_it_is_within_the_limits_or_not_at_all(parts: list[Markup | Listed | Section], whole: bool) -> None:
    shown = screen(parts, [[ONE]])
    assert bool(shown.rich) is whole
    if whole:
        rich_text(shown)


def test_a_label_that_was_cut_is_the_same_button() -> None:
    long = Button("x" * 60, Verb.CARD)
    shown = screen([listed(long)], [[long]])
    assert buttons_in(shown.rich) == [shown.rows[0][0]]
