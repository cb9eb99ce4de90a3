"""The stand-in's strict parser is the judge of what Telegram would take."""

import html

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatops.core.telegram_features import EVERY, NONE, Feature
from chatops.core.telegram_text import CUT, RAW_LIMIT, TEXT_LIMIT, clean, cut, fit, plain, units
from chatops.sandbox.botapi.content import text_of
from chatops.sandbox.botapi.formatting import parse_html

LETTERS = st.text(st.one_of(st.characters(), st.sampled_from("ab \n<>&\"'😀é\u202e\u200b🇩🇪")), max_size=60)
TAGS = st.sampled_from(
    [
        ("<b>", "</b>"),
        ("<i>", "</i>"),
        ("<u>", "</u>"),
        ("<code>", "</code>"),
        ('<a href="https://example.com/?a=1&amp;b=2">', "</a>"),
        ("<blockquote expandable>", "</blockquote>"),
        ("<pre>", "</pre>"),
        ('<tg-time unix="1790000000" format="r">', "</tg-time>"),
        ('<span class="tg-spoiler">', "</span>"),
    ]
)
ESCAPED = LETTERS.map(lambda text: html.escape(clean(text)))
MARKUP = st.recursive(
    ESCAPED,
    lambda inner: st.one_of(
        st.tuples(TAGS, inner).map(lambda pair: pair[0][0] + pair[1] + pair[0][1]),
        st.lists(inner, max_size=5).map("".join),
    ),
    max_leaves=20,
)
HOSTILE = st.lists(
    st.one_of(
        LETTERS,
        st.sampled_from(
            [
                "<b>",
                "</b>",
                "</i>",
                "<a href='x\"y'>",
                "<script>",
                "<!--",
                "<![CDATA[",
                "<![x",
                "<!doctype",
                "<?x",
                "<br/>",
                "<tg-time>",
                "<tg-time unix=9e9>",
                "<span>",
                "&#xD800;",
                "&#0;",
                "&amp",
                "<",
                "</",
                "<a",
                "\ud800",
                "\udc00\ud800",
                "<textarea>",
                "<plaintext>",
            ]
        ),
    ),
    max_size=12,
).map("".join)


@given(MARKUP)
def test_what_fits_reads_the_same(markup):
    assert parse_html(fit(markup)) == parse_html(markup)


@given(MARKUP, st.integers(5, 120), st.booleans())
def test_r23_what_is_cut_is_balanced_and_short_enough(markup, limit, newer):
    """R23: a cut never leaves half a tag."""
    text, _ = parse_html(markup)
    shown, _ = parse_html(fit(markup, limit, features=EVERY if newer else NONE))
    assert units(shown) <= limit
    if units(text) > limit:
        assert shown.endswith(CUT)
        kept = shown.removesuffix(CUT).removesuffix("\n")
        assert text.startswith(kept)


@given(HOSTILE, st.integers(5, 80), st.booleans())
@example("<b>" * 9 + "x" * 99, 20, True)
def test_r23_hostile_markup_is_always_taken(markup, limit, newer):
    """R23: by the strict parser of the stand-in."""
    for fitted, mode in ((fit(markup, limit, features=EVERY if newer else NONE), "HTML"), (plain(markup, limit), "")):
        text, _ = text_of(fitted, mode, None, limit=limit, may_be_empty=True)
        assert units(text) <= limit


@given(HOSTILE)
def test_fitting_twice_changes_nothing(markup):
    once = fit(markup)
    assert fit(once) == once


@given(LETTERS, st.integers(1, 40))
def test_r23_a_cut_shows_and_splits_no_character(text, limit):
    """R23: nor a pair of surrogates."""
    shown = cut(text, limit)
    assert units(shown) <= limit
    assert shown == clean(text) or (shown.endswith(CUT) and clean(text).startswith(shown[:-1]))
    shown.encode()


def test_long_lists_are_cut_by_whole_lines():
    lines = [f"<code>pod-{number}</code> 😀 &lt;Running&gt;" for number in range(500)]
    shown, entities = parse_html(fit("\n".join(lines)))
    *kept, last = shown.split("\n")
    assert last == CUT
    assert kept == [f"pod-{number} 😀 <Running>" for number in range(len(kept))]
    assert len(entities) == len(kept)
    assert TEXT_LIMIT - 40 < units(shown) <= TEXT_LIMIT


def test_one_endless_line_does_not_take_everything_with_it():
    shown, entities = parse_html(fit("<b>Log</b>\n<pre>" + "x" * 9_000 + "</pre>"))
    assert units(shown) == TEXT_LIMIT
    assert [entity["type"] for entity in entities] == ["bold", "pre"]


def test_markup_in_bytes_is_bounded_too():
    link = '<a href="https://example.com/' + "p" * 1_400 + '">x</a>\n'
    assert len(fit(link * 60).encode()) <= RAW_LIMIT
    shown, _ = parse_html(fit(link * 60))
    assert shown.endswith(CUT)
    assert len(fit('<b class="x"></b>' * 5_000 + "end").encode()) <= RAW_LIMIT


def test_older_servers_get_the_text_without_the_newer_tags():
    markup = '<blockquote expandable>since <tg-time unix="1790000000" format="t">09:13 UTC</tg-time></blockquote>'
    assert fit(markup, features=NONE) == "<blockquote>since 09:13 UTC</blockquote>"
    assert fit(markup, features=frozenset({Feature.QUOTES})) == "<blockquote expandable>since 09:13 UTC</blockquote>"
    assert fit(markup, features=EVERY - {Feature.QUOTES}) == markup.replace(" expandable", "")
    assert fit(markup) == markup
    assert plain(markup) == "since 09:13 UTC"


def test_plain_text_has_entities_decoded():
    assert plain("<b>a &lt; b &amp;&amp; c</b>") == "a < b && c"


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("<b>a<i>b</b>c</i>", "<b>a<i>b</i></b>c"),
        ("a</b>", "a"),
        ("<b>a", "<b>a</b>"),
        ("<h1>a</h1>", "a"),
        ("<tg-time>a</tg-time>", "a"),
        ("1 < 2 <> 3", "1 &lt; 2 &lt;&gt; 3"),
    ],
)
def test_broken_markup_is_mended(broken, mended):
    assert fit(broken) == mended


@pytest.mark.parametrize("tag", ["script", "style", "textarea", "title", "plaintext", "iframe", "xmp", "noembed"])
def test_no_tag_swallows_what_follows(tag):
    assert plain(f"a <{tag}>b <b>c</b> &lt;d") == "a b c <d"
