"""Words: lengths of time, plurals, escaping, links, one line out of anything."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from chatops.core.screens.base import LABEL_LIMIT, TEXT_LIMIT, label, link, screen, shown_length
from chatops.core.texts import Tongue, joined, one_line, tongue
from chatops.sandbox.botapi.formatting import parse_html

EN, RU = tongue("en"), tongue("ru")
SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "с": 1, "мин": 60, "ч": 3600, "д": 86_400}

# Plurals: the numbers where Russian changes its mind (UX, section 8).
ONE, FEW, MANY = (1, 21, 101), (2, 4, 22), (0, 5, 11, 12, 14, 25, 111, 112)

COUNTED = [
    (("{n} restart", "{n} restarts"), ("перезапуск", "перезапуска", "перезапусков")),
    (("📈 {n} alert", "📈 {n} alerts"), ("алерт", "алерта", "алертов")),
    (("{n} fires", "{n} fire"), ("горит", "горят", "горят")),
    (("… and {n} more change", "… and {n} more changes"), ("изменение", "изменения", "изменений")),
    (("last {n} line, newest at the bottom", "last {n} lines, newest at the bottom"), ("строка", "строки", "строк")),
]


@pytest.mark.parametrize(("message", "forms"), COUNTED, ids=lambda value: value[0] if len(value) == 2 else "")
def test_russian_has_three_forms(message: tuple[str, str], forms: tuple[str, str, str]) -> None:
    for numbers, form in zip((ONE, FEW, MANY), forms, strict=True):
        for number in numbers:
            words = str(RU.plural(*message, number)).replace(",", "").split()
            assert str(number) in words
            assert form in words, number


def test_english_has_two_forms() -> None:
    assert [EN.plural("{n} restart", "{n} restarts", n) for n in (0, 1, 2, 21)] == [
        "0 restarts",
        "1 restart",
        "2 restarts",
        "21 restarts",
    ]


def test_a_plural_takes_other_values_too() -> None:
    assert RU.plural("{n} pod of {total}", "{n} pods of {total}", 2, total=5) == "2 пода из 5"


# Lengths of time

SPANS = [
    (0, "0 s", "0 с"),
    (0.4, "0 s", "0 с"),
    (59.6, "1 min", "1 мин"),
    (60, "1 min", "1 мин"),
    (72, "1 min 12 s", "1 мин 12 с"),
    (3_600, "1 h", "1 ч"),
    (3_601, "1 h", "1 ч"),
    (5_400, "1 h 30 min", "1 ч 30 мин"),
    (86_400 * 2 + 3_600 * 4 + 59, "2 d 4 h", "2 д 4 ч"),
    (86_400 + 60, "1 d", "1 д"),
    (-5, "0 s", "0 с"),
    (-86_400, "0 s", "0 с"),
]


@pytest.mark.parametrize(("seconds", "english", "russian"), SPANS)
def test_a_span(seconds: float, english: str, russian: str) -> None:
    assert EN.span(timedelta(seconds=seconds)) == english
    assert RU.span(timedelta(seconds=seconds)) == russian


@given(st.timedeltas(max_value=timedelta(days=9_999)))
def test_any_span_is_short_true_and_never_negative(length: timedelta) -> None:
    for speaks in (EN, RU):
        words = str(speaks.span(length)).split()
        told = sum(int(n) * SECONDS[unit] for n, unit in zip(words[::2], words[1::2], strict=True))
        true = max(0, round(length.total_seconds()))
        assert len(words) in (2, 4)
        assert told <= true
        assert true - told < max(SECONDS[words[-1]] if len(words) == 4 else SECONDS[words[1]], 1)


# Moments


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=3))])
def test_a_moment_carries_itself_and_a_fallback_in_utc(zone: timezone) -> None:
    moment = datetime(2026, 11, 23, 9, 4, 12, 700_000, tzinfo=UTC).astimezone(zone)
    assert EN.clock(moment) == '<tg-time unix="1795424652" format="t">09:04 UTC</tg-time>'
    assert EN.ago(moment) == '<tg-time unix="1795424652" format="r">23.11 09:04 UTC</tg-time>'
    _, (entity,) = parse_html(EN.ago(moment))
    assert (entity["type"], entity["unix_time"]) == ("date_time", 1_795_424_652)


# Escaping

HOSTILE = ["<b>", "</b>", "&lt;", '"', "'", "<script>alert(1)</script>", "{name}", "{0.__class__}", "%s", "a&b;"]


@pytest.mark.parametrize("value", HOSTILE)
def test_s9_a_value_is_shown_literally(value: str) -> None:
    """S9: values are escaped where they are put in."""
    for speaks in (EN, RU):
        html = speaks.say("You are <b>{name}</b>, role <b>{role}</b>.", name=value, role="x")
        text, entities = parse_html(html)
        assert value in text
        assert [entity["type"] for entity in entities] == ["bold", "bold"]
        assert speaks.plain("Restart {name}", name=value).endswith(value)


def test_markup_stays_markup_and_only_markup() -> None:
    assert joined([Markup("<b>a</b>"), "<b>", ""]) == "<b>a</b> · &lt;b&gt;"
    assert joined([]) == ""


def test_the_empty_message_is_not_the_catalogues_header() -> None:
    for speaks in (EN, RU):
        assert speaks.plain("") == ""
        assert speaks.say("") == ""


def test_a_message_without_a_translation_stays_english() -> None:
    assert RU.plain("No such message {n}", n=1) == "No such message 1"


# Languages


@pytest.mark.parametrize(
    ("tag", "language"),
    [("ru", "ru"), ("ru-RU", "ru"), ("RU", "ru"), ("en-GB", "en"), ("pt-br", "en"), ("", "en"), ("../../etc", "en")],
)
def test_a_language_tag(tag: str, language: str) -> None:
    assert tongue(tag).language == language
    assert tongue(tag) is tongue(tag)
    assert isinstance(tongue(tag), Tongue)


# One line


@given(st.text(), st.integers(1, 60))
def test_one_line_of_anything(text: str, limit: int) -> None:
    flat = one_line(text, limit)
    assert len(flat) <= limit
    flat.encode("utf-8")
    assert not any(ord(c) < 32 or "\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069" for c in flat)
    assert flat == flat.strip()


@pytest.mark.parametrize(
    ("text", "flat"),
    [
        ("a\nb\t c", "a b c"),
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        ("\x1b[31mred", "\N{REPLACEMENT CHARACTER}[31mred"),
        ("u\u202egnp.exe", "u\N{REPLACEMENT CHARACTER}gnp.exe"),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("שלום", "שלום"),
        ("👩‍🚀 Память", "👩‍🚀 Память"),
        ("x" * 11, "x" * 9 + "…"),
        ("x" * 10, "x" * 10),
    ],
)
def test_one_line(text: str, flat: str) -> None:
    assert one_line(text, 10) == flat


def test_a_label_is_short() -> None:
    assert len(label("x" * 5_000)) == LABEL_LIMIT


# Links


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "tg://user?id=1",
        "file:///etc/passwd",
        "data:text/html,x",
        "//example.com",
        "example.com",
        " https://example.com",
        "https://example.com/a b",
        "https://example.com/\nx",
        "https://" + "x" * 2_000,
        "",
    ],
)
def test_s9_only_plain_addresses_become_links(url: str) -> None:
    """S9: whatever an annotation says."""
    assert link(url, "Runbook") is None


def test_a_link() -> None:
    html = link("https://example.com/?a=1&lt;=2&b=3", "<i>Runbook")
    assert html
    text, (entity,) = parse_html(html)
    assert text == "<i>Runbook"
    assert (entity["type"], entity["url"]) == ("text_link", "https://example.com/?a=1&lt;=2&b=3")


def test_s9_an_address_cannot_leave_its_attribute() -> None:
    """S9: quotes stay inside."""
    html = link('https://example.com/"><b>', "Runbook")
    assert html
    assert parse_html(html)[0] == "Runbook"


# Room


@given(st.lists(st.text(max_size=400) | st.sampled_from(["<b>" * 300, "👩‍🚀" * 400, "&amp;" * 300, ""]), max_size=30))
def test_r23_a_screen_always_fits_and_keeps_its_beginning(lines: list[str]) -> None:
    """R23: what matters most is said first."""
    html = screen(lines, []).html
    assert shown_length(html) <= TEXT_LIMIT
    whole = screen(lines[:1], []).html
    assert html.startswith(whole)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_the_length_is_telegrams(text: str) -> None:
    html = Markup("<b>{}</b>{}").format(text, text)
    shown, _ = parse_html(html)
    assert shown_length(html) == len(shown.encode("utf-16-le")) // 2
