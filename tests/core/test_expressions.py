"""Regular expressions of matchers: they say what Python's own say, and cost little whatever they are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.core.expressions import compiled
from chatops.core.misread import Misread

_ATOMS = st.sampled_from(["a", "b", "-", ".", "[ab]", "[^a]", "[a-c]", r"\d", r"\.", r"\w", r"[\d-]", r"\S", "1"])
_EXPRESSIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,}", "*?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)


@given(_EXPRESSIONS, st.text("ab-.1c", max_size=8))
def test_an_expression_fits_what_pythons_own_fits(text, value):
    # Python's alone goes back without bounds, so it gets short values.
    assert compiled(text).fits(value) == bool(re.fullmatch(text, value, re.ASCII))


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_an_expression_or_says_why_not(text, value):
    problem = "none"
    try:
        compiled(text).fits(value)
    except Misread as misread:
        problem = str(misread)
    assert problem


@pytest.mark.parametrize(
    ("text", "value", "fits"),
    [
        ("shop-.*", "shop-eu", True),
        ("shop-.*", "a-shop-eu", False),
        ("^shop$", "shop", True),
        ("shop|mail", "mail", True),
        ("shop|mail", "mails", False),
        ("", "", True),
        ("", "x", False),
        (".+", "", False),
        ("[]a]", "]", True),
        ("[^]a]", "b", True),
        ("[a-]", "-", True),
        ("a{2,3}", "aaaa", False),
        ("под-.*", "под-1", True),
        ("(?i)SHOP", "shop", True),
        ("[[:alpha:]]+", "shop", True),
        ("a.b", "a\nb", False),
    ],
)
def test_the_whole_value_is_compared(text, value, fits):
    assert compiled(text).fits(value) is fits


@pytest.mark.parametrize("text", ["(a+)+b", "(a|a)*b", "(a*)*b", "(.*)(.*)(.*)(.*)(.*)b", "((a?){30}){2}b"])
def test_what_goes_back_for_ever_elsewhere_comes_to_an_end(text):
    assert not compiled(text).fits("a" * 100_000)


@pytest.mark.parametrize(
    "text",
    [
        *("(", ")", "a)", "[a", "*", "a**", "a{3,2}", "a{1001}", "(?=a)", r"\1", "\\", "[b-a]"),
        *("((a{99}){99}){99}", r"(\pL{90}){10}"),
    ],
)
def test_what_is_not_known_is_refused(text):
    with pytest.raises(Misread):
        compiled(text)


@pytest.mark.parametrize("text", ["x" * 201, "(" * 1100 + ")" * 1100])
def test_what_is_too_much_is_refused(text):
    with pytest.raises(Misread):
        compiled(text)
