"""The measurements' own harness: what is counted, and that what was sent is what is stored. No speed is looked at."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import load, measuring, shipped
from bench.__main__ import SUBJECTS
from bench.alerts import body, fingerprint
from bench.ingest import Sender
from bench.measuring import at, estimate, in_turn, ratio
from chatops.core.alerts import parse
from tests.flows.town import TOKEN


def test_each_way_goes_once_a_round_forwards_and_backwards() -> None:
    order: list[str] = []

    def way(name: str) -> float:
        order.append(name)
        return 1.0

    rounds = in_turn({"a": lambda: way("a"), "b": lambda: way("b")}, 4)
    assert "".join(order) == "abbaabba"
    assert len(rounds.found["a"]) == len(rounds.found["b"]) >= 2


def test_an_interval_holds_its_median_and_knows_pairs() -> None:
    found = estimate([1.0, 2.0, 3.0, 4.0, 100.0])
    assert found.low <= found.middle == 3.0 <= found.high
    assert ratio([2.0, 20.0, 200.0], [1.0, 10.0, 100.0]) == measuring.Estimate(2.0, 2.0, 2.0)
    assert [at(list(range(1, 101)), part) for part in (0.5, 0.99, 1.0)] == [50, 99, 100]


def test_what_is_sent_is_what_alertmanager_sends() -> None:
    told = parse(body(7, 3), received_at=datetime.now(UTC))
    assert [alert.fingerprint for alert in told.alerts] == [fingerprint(number) for number in (7, 8, 9)]
    assert 450 < len(body(0, 100)) / 100 < 750


def test_every_subject_is_a_module_of_its_own() -> None:
    folder = Path(measuring.ROOT, "bench")
    assert all((folder / f"{name}.py").exists() for name in SUBJECTS)


def test_all_that_was_answered_200_is_stored_and_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One to a post, ten to a post, and each at its moment."""
    monkeypatch.setattr(shipped, "runtime", lambda: sys.executable)
    with shipped.shipped(tmp_path) as place:
        sender = Sender(place)
        sender.send(40, 1)
        sender.send(40, 10)
        answered = load.drive(load.Load(place.service.alert_port, 10, connections=2, rate=200.0, token=TOKEN))
        assert answered.statuses == {"200": 10}
        assert len(answered.latencies) == 10
        assert answered.seconds >= 9 / 200
        shipped.settle(place)
        sender.check()
