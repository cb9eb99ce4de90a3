"""A test of whole processes that fails is run once more where SECOND_LOOK is set, as in CI. It may not fail again.

Such a test waits for what several processes do on a machine that others share. What its first run said is printed all
the same: a test that is named here again and again is to be mended.
"""

import os

import pytest

from tests.order import room

WHOLE = frozenset({"deploy", "flows", "killing", "miniapp", "replicas"})
"""Folders of such tests."""


def pytest_itemcollected(item: pytest.Item) -> None:
    if os.environ.get("SECOND_LOOK") and room(item.path) in WHOLE:
        item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.outcome == "rerun":  # type: ignore[comparison-overlap]  # an outcome of pytest-rerunfailures
        print(f"\nlooked at once more: {report.nodeid}\n{report.longreprtext}", flush=True)
