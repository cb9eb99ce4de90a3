"""The review of a span: counts, medians and p90 that were really taken, and what made the noise."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.alerts import Severity
from chatops.core.incidents import Status
from chatops.core.review import (
    Flapping,
    Review,
    Row,
    Span,
    Tally,
    Times,
    Tried,
    asked_for,
    review_of,
    times_of,
)
from chatops.core.screens.review import args_of, review, span_of, trend
from chatops.core.screens.review_files import COLUMNS, csv_of, file_name, markdown_of
from chatops.core.texts import tongue
from tests.core.showing import plain_text

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
WEEK = Span(MONDAY - timedelta(days=7), MONDAY)


def a_row(
    number: int = 1, *, at: float = 0, lasted: float | None = 20, taken: float | None = 3, **fields: object
) -> Row:
    """`at` hours after the week began; `lasted` and `taken` are minutes after that."""
    began = WEEK.since + timedelta(hours=at)
    plain = Row(
        id=number,
        title="Crash loop",
        cluster="prod",
        namespace="shop",
        severity=Severity.WARNING,
        status=Status.ACTIVE if lasted is None else Status.RESOLVED,
        opened_at=began,
        began_at=began,
        ended_at=None if lasted is None else began + timedelta(minutes=lasted),
        acknowledged_at=None if taken is None else began + timedelta(minutes=taken),
        by_hand=False,
        reopened=0,
        actions=0,
        real=0,
        noise=0,
        group=str(number),
    )
    return replace(plain, **fields)


def reviewed(*rows: Row, tried: tuple[Tried, ...] = (), before: int = 0, zone: timezone = UTC) -> Review:
    return review_of(WEEK, rows, tried, before=before, zone=zone)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


# Times


def test_nothing_has_no_median() -> None:
    assert times_of([]) is None
    assert times_of([None]) is None


def test_median_and_p90_are_times_that_were_taken() -> None:
    assert times_of(minutes(n) for n in range(1, 11)) == Times(10, minutes(5), minutes(9))
    assert times_of([minutes(7)]) == Times(1, minutes(7), minutes(7))


@given(st.lists(st.integers(0, 10**6), min_size=1))
def test_half_and_nine_of_ten_took_no_longer(seconds: list[int]) -> None:
    lengths = [timedelta(seconds=each) for each in seconds]
    found = times_of(lengths)
    assert found is not None
    assert found.count == len(lengths)
    for limit, share in ((found.median, 0.5), (found.p90, 0.9)):
        assert limit in lengths
        assert sum(each <= limit for each in lengths) >= share * len(lengths)
        assert sum(each < limit for each in lengths) < share * len(lengths)


def test_what_nobody_took_is_no_zero_and_not_endless() -> None:
    told = reviewed(a_row(1, taken=2), a_row(2, taken=4), a_row(3, taken=None), a_row(4, taken=None))
    assert (told.taken, told.never_taken) == (Times(2, minutes(2), minutes(4)), 2)


def test_rejected_and_open_ones_have_no_time_to_resolve() -> None:
    told = reviewed(
        a_row(1, lasted=10), a_row(2, lasted=None), a_row(3, lasted=500, status=Status.REJECTED, by_hand=True)
    )
    assert told.resolved == Times(1, minutes(10), minutes(10))
    assert (told.incidents, told.open, told.rejected) == (3, 1, 1)


def test_how_they_ended_is_told_apart() -> None:
    told = reviewed(a_row(1), a_row(2, actions=2), a_row(3, actions=1, by_hand=True), a_row(4, by_hand=True))
    assert (told.healed, told.acted, told.closed_by_hand) == (1, 1, 2)


def test_a_clock_that_was_set_back_makes_no_negative_time() -> None:
    row = a_row(1, lasted=-5, taken=-3)
    assert (row.lasted, row.taken_after) == (timedelta(), timedelta())


# Counts


def test_nights_are_those_of_the_zone() -> None:
    rows = [a_row(n, at=n) for n in range(24)]
    assert reviewed(*rows).night == 10
    late = a_row(1, at=11)
    assert late.opened_at.hour == 21
    assert (reviewed(late).night, reviewed(late, zone=timezone(timedelta(hours=1))).night) == (0, 1)


def test_severities_are_counted_worst_first() -> None:
    rows = (a_row(1), a_row(2, severity=Severity.CRITICAL), a_row(3))
    assert list(reviewed(*rows).severities.items()) == [(Severity.CRITICAL, 1), (Severity.WARNING, 2)]


def test_the_trend_compares_with_as_long_before() -> None:
    assert trend(reviewed(a_row(), before=10)) == "(▼ 9)"
    assert trend(reviewed(a_row())) == "(▲ 1)"
    assert trend(reviewed()) == "(=)"
    assert WEEK.before == Span(WEEK.since - timedelta(days=7), WEEK.since)


# Noise


def test_the_noisiest_say_what_helped_or_ask_to_mute() -> None:
    kind = ("Crash loop", "shop", "prod")
    rows = [
        *(a_row(n, at=n, title="CPU over-commit", namespace="") for n in range(11)),
        *(a_row(n + 20, at=n, actions=1, noise=n == 0) for n in range(6)),
        a_row(50, title="Once"),
    ]
    tried = (*(Tried(kind, "rollout_undo", True) for _ in range(5)), Tried(kind, "rollout_restart", False))
    told = reviewed(*rows, tried=tried)
    first, second = told.noisiest
    assert (first.title, first.times, first.actions, first.fixed_by) == ("CPU over-commit", 11, 0, None)
    assert (second.times, second.actions, second.noise) == (6, 6, 1)
    assert second.fixed_by == Tally("rollout_undo", 5, 5)
    assert told.helped == (Tally("rollout_undo", 5, 5), Tally("rollout_restart", 1, 0))
    text = plain_text(review(told, tongue("en"), zone=UTC))
    assert "1. CPU over-commit · prod — 11×, 0 actions → mute or fix?" in text
    assert "2. Crash loop · shop — 6×, fixed by Roll back 5×, 👎 1" in text


def test_flapping_is_the_same_group_again_and_again() -> None:
    flaps = [a_row(n, at=n * 30, lasted=2, group="geo", title="Readiness") for n in range(3)]
    many_at_once = [a_row(n + 10, at=1, lasted=50) for n in range(9)]
    (found,) = reviewed(*flaps, *many_at_once).flapping
    assert found == Flapping("Readiness", "shop", "prod", 3, minutes(2))


def test_three_beginnings_in_an_hour_flap_however_long_they_lasted() -> None:
    close = [a_row(n, at=n * 0.4, lasted=20, group="g") for n in range(3)]
    apart = [a_row(n, at=n * 2, lasted=20, group="g") for n in range(3)]
    assert reviewed(*close).flapping
    assert not reviewed(*apart).flapping
    assert reviewed(a_row(1, lasted=40, reopened=2)).flapping
    assert not reviewed(a_row(1, lasted=400, reopened=2)).flapping


# What is asked for


@pytest.mark.parametrize(
    ("written", "days", "namespace"),
    [
        ("", 7, ""),
        ("30d", 30, ""),
        ("shop", 7, "shop"),
        ("shop 30d", 30, "shop"),
        ("30D shop", 30, "shop"),
        ("0d", 1, ""),
        ("999d", 365, ""),
        ("7д", 7, ""),
    ],
)
def test_days_and_namespace_in_any_order(written: str, days: int, namespace: str) -> None:
    assert asked_for(written) == (days, namespace)


def test_a_span_is_asked_for_again_by_its_arguments() -> None:
    span = Span(MONDAY - timedelta(days=30), MONDAY, "shop")
    assert span_of(args_of(span), MONDAY + timedelta(days=400)) == span
    assert span_of({}, MONDAY) == WEEK
    assert span_of({"days": "x", "until": "y"}, MONDAY) == WEEK


# Shown


@pytest.mark.parametrize("language", ["en", "ru"])
def test_an_empty_review_is_a_screen_and_a_file(language: str) -> None:
    speaks = tongue(language)
    assert plain_text(review(reviewed(), speaks, zone=UTC, weekly=True))
    assert markdown_of(reviewed(), speaks, zone=UTC).startswith("# ")
    assert csv_of(()).splitlines() == [",".join(COLUMNS)]


def test_the_week_s_number_is_that_of_the_week_that_ended() -> None:
    assert "Week 47" in plain_text(review(reviewed(), tongue("en"), zone=UTC, weekly=True))
    assert file_name(WEEK, "csv") == "incidents-2026-11-16-2026-11-23.csv"


def test_no_title_is_a_formula_or_markup() -> None:
    evil = a_row(1, title="=HYPERLINK(1)", namespace="@sum", cluster="<b>|")
    (line,) = csv.DictReader(io.StringIO(csv_of([evil])))
    assert (line["title"], line["namespace"]) == ("'=HYPERLINK(1)", "'@sum")
    assert (line["ack_seconds"], line["resolve_seconds"]) == ("180", "1200")
    rows = (replace(evil, title="<b>|[x](y)"), replace(evil, id=2, title="<b>|[x](y)"))
    text = markdown_of(reviewed(*rows), tongue("en"), zone=UTC)
    assert "\\<b\\>\\|\\[x\\](y)" in text
    assert plain_text(review(reviewed(*rows), tongue("en"), zone=UTC))
