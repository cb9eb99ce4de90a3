"""Telegram HTML: what is kept, what is refused, and that nothing crashes."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.sandbox.botapi import utf16
from chatops.sandbox.botapi.content import text_of
from chatops.sandbox.botapi.formatting import parse_html
from chatops.sandbox.botapi.refusals import Refusal


def kinds(source: str) -> list[tuple[object, object, object]]:
    return [(e["type"], e["offset"], e["length"]) for e in text_of(source, "HTML", None)[1]]


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        (("<b>", "</b>"), "bold"),
        (("<strong>", "</strong>"), "bold"),
        (("<i>", "</i>"), "italic"),
        (("<em>", "</em>"), "italic"),
        (("<u>", "</u>"), "underline"),
        (("<ins>", "</ins>"), "underline"),
        (("<s>", "</s>"), "strikethrough"),
        (("<strike>", "</strike>"), "strikethrough"),
        (("<del>", "</del>"), "strikethrough"),
        (("<code>", "</code>"), "code"),
        (("<pre>", "</pre>"), "pre"),
        (("<tg-spoiler>", "</tg-spoiler>"), "spoiler"),
        (('<span class="tg-spoiler">', "</span>"), "spoiler"),
        (("<blockquote>", "</blockquote>"), "blockquote"),
        (("<blockquote expandable>", "</blockquote>"), "expandable_blockquote"),
        (('<a href="https://example.com/x">', "</a>"), "text_link"),
        (('<tg-emoji emoji-id="5368324170671202286">', "</tg-emoji>"), "custom_emoji"),
        (('<tg-time unix="1795420320" format="r">', "</tg-time>"), "date_time"),
        (("<B>", "</b>"), "bold"),
        (("<b>", "</>"), "bold"),
    ],
)
def test_every_tag_becomes_its_entity(tags: tuple[str, str], kind: str) -> None:
    assert kinds(f"🙂 {tags[0]}ab{tags[1]} c") == [(kind, 3, 2)]


def test_attributes_are_kept_in_the_entities() -> None:
    source = (
        '<a href="https://e.org/?a=1&amp;b=2">l</a><pre><code class="language-log">x</code></pre>'
        '<tg-time unix="5" format="wDT">t</tg-time>'
    )
    _, (link, pre, moment) = parse_html(source)
    assert link["url"] == "https://e.org/?a=1&b=2"
    assert (pre["type"], pre["language"]) == ("pre", "log")
    assert (moment["unix_time"], moment["date_time_format"]) == (5, "wDT")


def test_only_the_four_names_and_numbers_are_decoded() -> None:
    assert parse_html("&lt;&gt;&amp;&quot;&#65;&#x42;&nbsp;&copy;&#0;")[0] == '<>&"AB&nbsp;&copy;&#0;'


def test_a_bad_link_is_dropped_and_its_text_kept() -> None:
    text, entities = parse_html('<a href="javascript:alert(1)">press</a> <a href="relative">me</a>')
    assert (text, entities) == ("press me", [])


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("я <script>", 'Unsupported start tag "script" at byte offset 3'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<a href='x", "Unclosed start tag at byte offset 0"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b><i>t</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ('<tg-emoji emoji-id="no">x</tg-emoji>', "Invalid custom emoji identifier specified"),
        ('<tg-time unix="soon">x</tg-time>', "Invalid date-time specified"),
        ('<tg-time unix="5" format="rr">x</tg-time>', "Invalid date-time format specified"),
        (
            "&#xd83d;",
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units",
        ),
    ],
)
def test_bad_markup_is_refused_in_telegrams_words(source: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_html(source)
    assert refused.value.status == 400
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


def test_nothing_lives_inside_code_and_styles_are_cut_around_it() -> None:
    assert kinds("<code>a<b>b</b></code>") == [("code", 0, 2)]
    assert kinds("<b>a<code>b</code>c</b>") == [("bold", 0, 1), ("code", 1, 1), ("bold", 2, 1)]
    assert kinds("<blockquote>q<code>c</code></blockquote>") == [("blockquote", 0, 2), ("code", 1, 1)]


def test_quotes_do_not_nest() -> None:
    assert kinds("<blockquote>a<blockquote>b</blockquote></blockquote>") == [("blockquote", 0, 2)]


def test_white_space_around_is_trimmed_and_entities_follow() -> None:
    text, entities = text_of("  \n<b> x </b> \n", "HTML", None)
    assert text == " x"
    assert entities == [{"type": "bold", "offset": 0, "length": 2}]


def test_a_hundred_entities_are_kept() -> None:
    assert len(kinds("<b>x</b> " * 120)) == 100


def _nested(inner: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[tuple[str, str]]:
    tag = st.sampled_from(["b", "i", "u", "s", "code", "pre", "blockquote", "tg-spoiler"])
    return st.builds(
        lambda name, parts: (
            f"<{name}>{''.join(source for source, _ in parts)}</{name}>",
            "".join(plain for _, plain in parts),
        ),
        tag,
        st.lists(inner, max_size=4),
    )


_TAGS = ["b", "i", "u", "s", "code", "pre", "blockquote", "tg-spoiler", "a", "tg-time", "span", "p"]
_SHARDS = ["<", ">", "&", "&#", "&lt", "&#xd800;", '<a href="', "'", "=", "<!--", "\x00", "<b "]


@given(st.text())
def test_escaped_text_comes_through_unchanged(text: str) -> None:
    plain, entities = parse_html(html.escape(text))
    assert plain == text
    assert entities == []


_LEAF = st.text("a🙂 \nя", max_size=4).map(lambda text: (text, text))


@given(st.recursive(_LEAF, _nested, max_leaves=12))
def test_balanced_markup_keeps_the_text_and_counts_in_utf16(pair: tuple[str, str]) -> None:
    source, plain = pair
    text, entities = parse_html(source)
    assert text == plain
    for entity in entities:
        offset, size = entity["offset"], entity["length"]
        assert isinstance(offset, int)
        assert isinstance(size, int)
        assert 0 <= offset < offset + size <= utf16.length(text)
        assert utf16.index_of(text, offset) is not None
        assert utf16.index_of(text, offset + size) is not None


@given(
    st.lists(
        st.one_of(
            st.sampled_from([f"<{t}>" for t in _TAGS] + [f"</{t}>" for t in _TAGS]),
            st.sampled_from(_SHARDS),
            st.text(max_size=3),
        ),
        max_size=14,
    ).map("".join)
)
def test_any_input_is_text_or_a_refusal(source: str) -> None:
    try:
        text, entities = text_of(source, "HTML", None, may_be_empty=True)
    except Refusal:
        text, entities = "", []
    else:
        end = utf16.length(text)
        for entity in entities:
            assert isinstance(entity["offset"], int)
            assert isinstance(entity["length"], int)
            assert entity["length"] > 0
            assert entity["offset"] + entity["length"] <= end
