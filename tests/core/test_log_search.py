"""Errors are found whatever wrote them, with what belongs to each; a search finds what is written."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatops.core.log_search import Alike, errors, find
from chatops.core.masking import mask_lines
from tests.core.secret_corpus import benign, leftover, positives

STAMP = "2026-11-23T09:01:24.950000000Z "

ONE_LINE = [
    "ERROR alloc: cache shard 31",
    "2026-11-23 08:00:01,123 ERROR [main] c.e.Shop - it fails",
    "09:01:24.950 FATAL out of memory",
    "[2026-11-23T08:00:00Z] CRITICAL db gone",
    "2026/11/23 08:00:00 [error] 31#31: *5 connect() failed (111: Connection refused)",
    "2026/11/23 08:00:00 [crit] 31#31: SSL_do_handshake() failed",
    "E1123 09:01:02.123456       1 reflector.go:138] failed to list",
    "F1123 09:01:02.123456       1 main.go:1] cannot start",
    '{"level":"error","ts":1,"msg":"cannot pay"}',
    '{"severity":"CRITICAL","message":"x"}',
    '{"time":1,"level":50,"msg":"pino"}',
    'time="2026-11-23T08:00:00Z" level=error msg="it broke"',
    "ts=1 caller=main.go:1 lvl=fatal err=x",
    "panic: runtime error: index out of range [5] with length 3",
    "fatal error: all goroutines are asleep - deadlock!",
    "Error: Cannot find module 'express'",
    "error: could not open file",
    "java.lang.NullPointerException: x",
    "ValueError: bad",
    'Exception in thread "main" java.lang.OutOfMemoryError',
    "Uncaught TypeError: x is not a function",
    "SEVERE: Servlet threw",
]
NO_ERROR = [
    "INFO  http started on :8080",
    "WARN  heap 498Mi of 512Mi",
    "0 errors found",
    "level=info errors=0 msg=done",
    "INFO retried after ERROR",
    '{"level":"info","msg":"error budget is fine"}',
    '{"level":30,"err":null}',
    "I1123 09:01:02.123456       1 x.go:1] ERROR is only a word here",
    "W1123 09:01:02.123456       1 x.go:1] Error: retried",
    "GET /errors/ERROR.html 200",
    "    at shop.cache.load(cache.py:88)",
    "",
    "   ",
    "no error",
    "tests: 12 passed, 0 failed",
]


@pytest.mark.parametrize("stamp", ["", STAMP])
@pytest.mark.parametrize("line", ONE_LINE)
def test_an_error(line: str, stamp: str) -> None:
    found = errors([stamp + "INFO before", stamp + line, stamp + "INFO after"])
    assert (found.count, found.lines) == (1, (stamp + line,))
    assert found.alike[0].message


@pytest.mark.parametrize("stamp", ["", STAMP])
@pytest.mark.parametrize("line", NO_ERROR)
def test_no_error(line: str, stamp: str) -> None:
    assert errors([stamp + line]).count == 0


BLOCKS = {
    "python": [
        "Traceback (most recent call last):",
        '  File "/app/pay.py", line 7, in pay',
        "    raise ValueError(order)",
        "ValueError: order 12",
    ],
    "python, logged": [
        "ERROR:root:cannot pay",
        "Traceback (most recent call last):",
        '  File "/app/pay.py", line 7, in pay',
        "ValueError: order 12",
    ],
    "python, chained": [
        "Traceback (most recent call last):",
        '  File "/app/pay.py", line 7, in pay',
        "KeyError: 'x'",
        "",
        "During handling of the above exception, another exception occurred:",
        "",
        "Traceback (most recent call last):",
        '  File "/app/pay.py", line 9, in pay',
        "ValueError: order 12",
    ],
    "java": [
        "2026-11-23 08:00:01,123 ERROR [main] c.e.Shop - it fails",
        "java.lang.IllegalStateException: no stock",
        "\tat com.example.Shop.pay(Shop.java:12)",
        "Caused by: java.io.IOException: broken pipe",
        "\tat java.base/sun.nio.ch.Socket.write(Socket.java:1)",
        "\t... 12 more",
    ],
    "go": [
        "panic: runtime error: invalid memory address or nil pointer dereference",
        "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1]",
        "",
        "goroutine 1 [running]:",
        "main.(*Server).pay(0x0)",
        "\t/src/main.go:10 +0x1d",
        "main.main()",
        "\t/src/main.go:4 +0x1d",
        "exit status 2",
    ],
    "node": ["Error: no stock", "    at Shop.pay (/app/shop.js:3:9)", "    at async run (/app/run.js:1:1)"],
}  # fmt: skip


@pytest.mark.parametrize("stamp", ["", STAMP])
@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_what_belongs_to_an_error_stays_with_it(block: list[str], stamp: str) -> None:
    lines = [stamp + line for line in ["INFO before", *block, "INFO after", "    indented, of nothing"]]
    found = errors(lines)
    assert (found.count, list(found.lines)) == (1, lines[1:-2])


def test_two_errors_in_a_row_are_two() -> None:
    block = BLOCKS["java"]
    assert errors([*block, *block, "ERROR x", "ERROR y"]).count == 4


def test_what_says_the_same_is_counted_together_most_frequent_first() -> None:
    lines = [
        "ERROR alloc: cache shard 31",
        "ERROR only once",
        "ERROR alloc: cache shard 7",
        "INFO between",
        *BLOCKS["python"],
        '{"level":"error","msg":"heap 498Mi of 512Mi"}',
        'level=error msg="heap 3Mi of 512Mi" n=5',
        "E1123 09:01:02.123456       1 x.go:1] heap 12Mi of 512Mi",
    ]
    assert errors(lines).alike == (
        Alike("heap …Mi of …Mi", 3),
        Alike("alloc: cache shard …", 2),
        Alike("ValueError: order …", 1),
        Alike("only once", 1),
    )


def test_a_search_takes_what_is_written() -> None:
    lines = ["Cache shard 31", "CACHE miss", "[a-z]+", "straße", "nothing"]
    assert find(lines, "cache") == ("Cache shard 31", "CACHE miss")
    assert find(lines, "[a-z]+") == ("[a-z]+",)
    assert find(lines, "STRASSE") == ("straße",)
    assert find(lines, "") == tuple(lines)
    assert find(lines, "absent") == ()


def test_ordinary_lines_are_no_errors() -> None:
    lines = benign()
    found = errors(lines)
    wrong = [line for line in found.lines if "Exception" not in line and "Error" not in line]
    assert wrong == []


def test_a_secret_is_as_masked_in_the_summary_as_in_the_log() -> None:
    found = [each for each in positives() if "\n" not in each.text]
    masked = mask_lines([f"ERROR {each.text}" for each in found])
    for each, line in zip(found, masked, strict=True):
        told = errors([line])
        assert leftover(each, repr(told)) == "", each.text


EVERY = [*ONE_LINE, *NO_ERROR, *(line for block in BLOCKS.values() for line in block)]
LINES = st.lists(st.text(max_size=60) | st.sampled_from(EVERY), max_size=30)


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_any_lines(lines: list[str]) -> None:
    found = errors(lines)
    assert sum(each.count for each in found.alike) <= found.count <= len(found.lines) <= len(lines)
    wanted = iter(lines)
    assert all(line in wanted for line in found.lines), "in their order"


@pytest.mark.parametrize(
    "piece", ["a", "ERROR ", "level=", '{"level":', "(", "[", "Traceback", ".", "a.b.", "\t", "E1123 "]
)
def test_no_text_is_slow(piece: str) -> None:
    # Processor time, and thousands of times what is needed: only a pattern that goes astray takes it.
    lines = [piece * (1_000_000 // len(piece)), *[piece * 100] * 5_000]
    start = time.process_time()
    errors(lines)
    assert time.process_time() - start < 20
