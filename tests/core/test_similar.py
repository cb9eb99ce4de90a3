"""What two texts have in common when only numbers, hashes and generated names differ."""

import pytest

from chatops.core.similar import skeleton


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        ("alloc: cache shard 31", "alloc: cache shard 7", "alloc: cache shard …"),
        ("heap 498Mi of 512Mi", "heap 3Mi of 64Mi", "heap …Mi of …Mi"),
        ("dial tcp 10.0.0.1:5432: refused", "dial tcp 10.12.3.44:80: refused", "dial tcp …: refused"),
        (
            "order 0b1f3c4a-1111-2222-3333-abcdefabcdef lost",
            "order ffffffff-0000-4444-8888-0123456789ab lost",
            "order … lost",
        ),
        (
            "Back-off restarting failed container app in pod web-6d9f7c5b8d-x2k4q_shop(uid-1)",
            "Back-off restarting failed container app in pod web-7c5b8d6d9f-zz5ls_shop(uid-2)",
            "Back-off restarting failed container app in pod web-…_shop(uid-…)",
        ),
        ("Created pod: agent-x2k4q", "Created pod: agent-bcdfg", "Created pod: agent-…"),
        ("Created pod: db-0", "Created pod: db-12", "Created pod: db-…"),
        ("commit 3f2a9bc10d failed", "commit 00aa11bb22 failed", "commit … failed"),
        ("at 0x7ffe12 in x", "at 0xdeadbeef in x", "at … in x"),
    ],
)
def test_what_varies_is_taken_out(one: str, other: str, common: str) -> None:
    assert skeleton(one) == skeleton(other) == common


@pytest.mark.parametrize(
    "text",
    ["cannot connect to the database", "deadbeef", "svc-https is down", "Readiness probe failed", "под не готов", ""],
)
def test_words_stay(text: str) -> None:
    assert skeleton(text) == text


def test_it_is_one_short_line() -> None:
    assert skeleton("a\n  b\tc") == "a b c"
    assert len(skeleton("x1" * 1_000_000)) <= 1_000
