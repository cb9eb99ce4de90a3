"""Secrets go, all else stays, in time that no text can stretch."""

import base64
import json
import time
from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatops.core import masking, secret_strike
from chatops.core.masking import mask, mask_lines
from chatops.core.plain import safe_text
from chatops.core.secret_sieve import sieved, sifted
from chatops.core.secret_suspects import suspects
from tests.core.secret_corpus import benign, benign_text, leftover, positives

MIB = 1 << 20
MOST = 300
"""A pattern that backtracks is thousands of times slower than ordinary text; lines that are all looked at are tens."""

FOUND = list(positives())


def test_s11_the_corpus_is_as_large_as_it_says() -> None:
    kinds = Counter(positive.kind for positive in FOUND)
    assert len(FOUND) >= 1_000
    assert len(kinds) >= 26
    assert min(kinds.values()) >= 10


def test_s11_nothing_of_any_secret_is_left() -> None:
    left = [(found.kind, found.text, piece) for found in FOUND if (piece := leftover(found, mask(found.text)))]
    assert left == []


def test_s11_secrets_go_among_other_lines_too() -> None:
    quiet = benign(60)
    singles = [found for found in FOUND if "\n" not in found.text]
    lines = [line for n, found in enumerate(singles) for line in (quiet[n % 60], found.text, quiet[(n + 7) % 60])]
    masked = mask_lines(lines)
    left = [found.text for n, found in enumerate(singles) if leftover(found, masked[3 * n + 1])]
    assert left == []


def test_s11_secrets_go_from_json_within_json() -> None:
    singles = [found for found in FOUND if "\n" not in found.text and '"' not in found.secret]
    left = [found.text for found in singles if leftover(found, mask(json.dumps({"log": found.text, "stream": "out"})))]
    assert len(left) <= len(singles) // 1_000, left[:5]


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("form", ["{}", "data: {}", 'payload="{}", next', "GET /x?state={} 200"])
def test_s11_base64_hides_no_secret(form: str) -> None:
    """S11: as logs have whole requests, Secrets and tokens; of what is short the twelve first characters are needed."""
    left = []
    for found in (found for found in FOUND if len(found.text) >= 12):
        for letters in (encoded(found.text), base64.urlsafe_b64encode(found.text.encode()).decode()):
            if letters[8:-8] in mask(form.format(letters)):
                left.append((found.kind, found.text))
    assert left == []


def test_s11_base64_of_the_benign_stays() -> None:
    lines = [f"request {encoded(line)} done" for line in benign()]
    changed = [line for line in lines if mask(line) != line]
    assert len(changed) <= len(lines) // 100, changed[:10]


@pytest.mark.parametrize("at", [1, 3, 9, 20])
def test_s11_colours_hide_no_secret(at: int) -> None:
    """S11: at any place of a secret, as a log is read: the escape sequences go first."""
    singles = [found for found in FOUND if "\n" not in found.text]
    left = []
    for found in singles:
        begin = found.text.find(found.secret)
        cut = max(begin, 0) + min(at, len(found.secret) - 1)
        coloured = f"\x1b[1;31m{found.text[:cut]}\x1b[0m{found.text[cut:]}\x1b[0m"
        if leftover(found, safe_text(coloured)):
            left.append(found.text)
    assert left == []


def test_s11_benign_lines_stay() -> None:
    lines = benign()
    changed = [line for line in lines if mask(line) != line]
    assert len(lines) >= 1_000
    assert len(changed) <= len(lines) // 100, changed[:10]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("a password=hunter2 b", "a password=‹password masked, 7 chars› b"),
        ("dial amqp://bob:pw@mq:5672/", "dial amqp://bob:‹password masked, 2 chars›@mq:5672/"),
        ('{"token":"abc\\"def","n":1}', '{"token":"‹token masked, 8 chars›","n":1}'),
        ("Set-Cookie: sid=abc; Path=/", "Set-Cookie: sid=‹cookie masked, 3 chars›; Path=/"),
        ("tokens=512 token_type=x token=", "tokens=512 token_type=x token="),
        ("", ""),
        ("\n\n", "\n\n"),
    ],
)
def test_the_rest_of_the_line_stays_readable(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_s11_a_key_without_its_beginning_or_end() -> None:
    end = "-----END " + "PRIVATE KEY-----"
    assert mask_lines(["MIIEabc+/def", "ab==", end, "ready"]) == (
        "‹private key masked, 12 chars›",
        "‹private key masked, 4 chars›",
        end,
        "ready",
    )


def test_masking_twice_is_masking_once() -> None:
    for found in FOUND:
        once = mask(found.text)
        assert mask(once) == once


PIECES = st.sampled_from(
    ["password", "=", ":", '"', "'", "\\", " ", "\n", "token", "://", "@", "a", "B1", "-----BEGIN RSA PRIVATE KEY-----",
     "-----END RSA PRIVATE KEY-----", "Authorization: Basic ", "cookie: ", ";", "--", "eyJ", ".", "‹", "›", "secret: |"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(max_size=80) | st.lists(PIECES, max_size=14).map("".join), max_size=8))
def test_any_text(lines: list[str]) -> None:
    masked = mask_lines(lines)
    assert len(masked) == len(lines)
    text = "\n".join(lines)
    assert mask(text).count("\n") == text.count("\n")
    assert sum(map(len, masked)) <= 12 * len(text) + 100


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_masking_any_text_twice(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


HOSTILE = (
    "a", "A", "-", "\\", "@", "$2", "password=", 'password="', "password='", "://a:", "://x:y@", "eyJ", "-eyJ", ".",
    "a.", "_", "api_key", "key", "secret_", "token.", 'secret: ["', "password=\\\\\\\"", "cookie: a=", "cookie: ",
    "basic a", "bearer ", "1234567:", "xoxb-", "sk-", "sig=", '"auth"', "a=b;", "‹password masked, 8 chars›",
    "-----BEGIN RSA PRIVATE KEY", "-----BEGIN PRIVATE KEY----- ", "A" * 64 + "\n", "password   ", "glpat-", "[", "{",
    "=", "-----BEGIN", "@sha256", "C-", "_a-", "/f", "a line of the usual length has a token in it\n",
)  # fmt: skip

NEARLY = (
    "sha256:", "@sha256:", "@sha25", "@sha5", "@sha51", "@SHA512:", "@s", "@", "pwd", "pass", "passw", "PASS=",
    "pass\\", "key", "KeY", "=", "auth", '"auth', "_AUTH", "basic", "sid=", ".sid=", ".0-", "deadbeef", "123456", ":",
    "-", "_", "a" * 13, "b" * 7, "c" * 14, "A1b2-_", "eyJ", "ey", "J", "AKIA", "ASIA", "EAAA", "AIza", "ks.", "ks/",
    "K-", "x-", "C", "0" * 31, "f" * 32, "U-", "HRKU-", "glpat-", "gl", "3T", "A3T", "0", "q0", "ox", "xapp-", "$2",
    "$a", "$", "Cafe", "C+/_", "dGVzdA", "\n", "\r", " ", "é", "\u212a", "\ud83d", "\0", "identified by", "dockerc",
    "sig=", "pypi-ag",
)  # fmt: skip
"""Of what makes a line worth a look, and what falls short of it by a little."""


def every(text: str) -> list[int]:
    """Instead of `sifted`: each line is looked at."""
    return list(range(text.count("\n") + 1))


def through(text: str) -> None:
    """Each line that is suspect, or may hide something in base64, is found."""
    encoded = {n for n, line in enumerate(text.split("\n")) if secret_strike._ENCODED.search(line)}
    for find in (sifted, sieved):
        found = find(text)
        assert found == sorted(set(found))
        assert {*suspects(text), *encoded} <= set(found), text


def test_s11_the_sieve_lets_nothing_suspect_through() -> None:
    for one, other in product(NEARLY, repeat=2):
        through(one + other)
        through(f"x {one.swapcase()}{other}.")


@settings(max_examples=800, deadline=None)
@given(
    st.lists(
        st.sampled_from(NEARLY) | st.sampled_from(NEARLY).map(str.swapcase) | PIECES | st.text(max_size=3), max_size=24
    ).map("".join)
)
def test_s11_the_sieve_lets_no_secret_through(text: str) -> None:
    """S11: what is masked is the same to a byte whether each line is looked at, or those that the sieve finds."""
    through(text)
    with pytest.MonkeyPatch.context() as patch:
        masked = []
        for find in (sifted, sieved, every):
            patch.setattr(masking, "sifted", find)
            masked.append(mask(text))
        assert len(set(masked)) == 1


def test_s11_the_sieve_lets_nothing_of_the_corpus_through(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [found.text for found in FOUND] + [encoded(found.text) for found in FOUND] + benign() + list(HOSTILE)
    crowd = ["no token here"] * 2_000 + benign(200)
    texts.append("\n".join(crowd))
    whole = "\n".join(texts + crowd)
    quick, alone = mask(whole), [mask(text) for text in texts]
    for find in (sieved, every):
        monkeypatch.setattr(masking, "sifted", find)
        assert [mask(text) for text in texts] == alone
    assert mask(whole) == quick


def test_where_most_lines_are_worth_a_look_all_the_rest_are_looked_at() -> None:
    quiet = ["served"] * 100
    assert sifted("\n".join(["a token"] * 511 + quiet)) == list(range(511))
    assert sifted("\n".join(["a token"] * 512 + quiet)) == list(range(612))
    assert sifted("\n".join(["a token"] * 512)) == list(range(512))
    assert sifted("\n".join(quiet * 6 + ["a token"] * 512 + quiet)) == list(range(600, 1112))


def test_an_ordinary_log_is_hardly_looked_at() -> None:
    text = benign_text(MIB // 8)
    assert len(sifted(text)) < text.count("\n") // 20


def spent(text: str) -> float:
    """Seconds of processor time."""
    start = time.process_time()
    mask(text)
    return time.process_time() - start


def test_no_text_takes_much_longer_than_an_ordinary_log() -> None:
    # Processor time as a ratio within one run: a pattern that goes astray takes thousands of times longer.
    most = MOST * min(spent(benign_text(MIB)) for _ in range(3))
    texts = {piece: (piece * (MIB // len(piece) + 1))[:MIB] for piece in HOSTILE}
    assert [piece for piece, text in texts.items() if spent(text) >= most and spent(text) >= most] == []
