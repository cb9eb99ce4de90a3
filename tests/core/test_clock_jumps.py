"""R11: the clock is set forward or back by up to a day and more, between any two things that happen.

What is decided hangs on what was stored and on distances in time, so that a jump delays nothing for longer than the
rule it concerns, and no length of time is ever shown below zero.
"""

import re
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chatops.core.incidents import Incident, decide
from chatops.core.incidents.alerting import HAND_CLOSED_GRACE
from chatops.core.incidents.episodes import LATE_WINDOW, REPEATED_AFTER
from chatops.core.incidents.escalation import QUIET
from chatops.core.incidents.events import AlertsReceived, Escalate, Event, Resolve, Surveyed, Take
from chatops.core.screens.card import card
from chatops.core.self_audit import SEEN_TWICE, Books, Gap, compare
from chatops.core.texts import LANGUAGES, tongue
from tests.core.scene import NEW, START, a_survey, a_workload, an_alert, hear, opened, press, run_action, told

DAY = timedelta(days=1)
NEGATIVE = re.compile(r"[-−]\d+ ?(s|min|h|d|с|мин|ч|д)\b")

JUMPS = st.sampled_from([timedelta(seconds=s) for s in (0, 1, 15, 400, 3_600)] + [DAY, -DAY, -timedelta(hours=1)])
HAPPENINGS = st.sampled_from(
    [
        AlertsReceived(told(an_alert())),
        AlertsReceived(told(an_alert(firing=False, until=5))),
        AlertsReceived(told(an_alert(since=20))),
        Take(press()),
        Resolve(press()),
        Escalate(press()),
        run_action(),
        Surveyed(a_survey(a_workload())),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(HAPPENINGS, JUMPS), min_size=1, max_size=12))
def test_r11_whatever_the_clock_does_the_card_tells_the_truth(story: list[tuple[Event, timedelta]]) -> None:
    """R11: no negative length is shown on the way, and what fires in the end is shown after the usual wait."""
    now, incident = START, decide(NEW, AlertsReceived(told(an_alert())), now=START).incident
    for event, jump in story:
        now += jump
        before, incident = incident, decide(incident, event, now=now).incident
        assert incident.revision >= before.revision
        shown_without_negatives(incident, now)
    firing = replace(an_alert(), starts_at=START)
    now += max(LATE_WINDOW, HAND_CLOSED_GRACE)
    for _ in range(3):
        now += REPEATED_AFTER
        incident = decide(incident, AlertsReceived(told(firing)), now=now).incident
    now += HAND_CLOSED_GRACE
    incident = decide(incident, AlertsReceived(told(firing)), now=now).incident
    assert incident.firing
    assert incident.open


def shown_without_negatives(incident: Incident, now: object) -> None:
    for language in LANGUAGES:
        html = card(incident, tongue(language), now=now).html  # type: ignore[arg-type]  # a moment
        assert not NEGATIVE.search(html), html


@given(st.timedeltas())
def test_r11_no_length_is_shown_below_zero(length: timedelta) -> None:
    """R11: of any length at all."""
    for language in LANGUAGES:
        assert "-" not in tongue(language).span(length)


def test_r11_help_can_be_called_after_the_clock_was_set_back() -> None:
    """R11: it was called tomorrow, as the clock has it now."""
    called = decide(replace(NEW, revision=1), Escalate(press()), now=START + DAY).incident
    again = decide(called, Escalate(press()), now=START).incident
    assert again.escalated_at == START
    soon = decide(again, Escalate(press()), now=START + QUIET / 2).incident
    assert soon == again


def test_r11_what_fires_again_after_the_clock_was_set_back_is_shown() -> None:
    """R11: a late word came before the jump; the next one is Alertmanager's own repeat and no late word any more."""
    ended = hear(opened(), an_alert(firing=False, until=5), minute=5).incident
    doubtful = hear(ended, an_alert(), minute=6).incident
    assert not doubtful.open
    assert hear(doubtful, an_alert(), minute=6 - 24 * 60).incident.open


def test_r11_the_self_audit_sees_what_was_opened_before_the_clock_was_set_back() -> None:
    """R11: a card that is missing is not looked over for a day."""
    books = Books(missing=(Gap(-5, 7, START + DAY),))
    first = compare(books, {}, START)
    assert first.soon
    assert compare(books, first.first_missed, START + SEEN_TWICE).findings
