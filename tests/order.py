"""The order of a whole run on several workers, and no garbage collector while thousands of tests are collected."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

SLOW = ("simulation", "killing", "flows", "mutating")
"""Folders whose tests take seconds each, the longest first: begun last, one of them would be what all wait for."""

HERE = Path(__file__).parent

Item = TypeVar("Item")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is collected lives to the end: nothing of it is ever looked through again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each worker begins with slow tests, and the last of three or more does without: those wait, its own compute."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        slow = sorted((item for item in items if _rank(item) < len(SLOW)), key=_rank)
        fast = [item for item in items if _rank(item) == len(SLOW)]
        items[:] = dealt(slow, fast, workers)


def dealt(slow: list[Item], fast: list[Item], workers: int) -> list[Item]:
    """In one row, of which xdist gives every worker an equal piece before they steal from each other's ends."""
    beginners = max(2, workers - 1)
    left, made = len(slow) + len(fast), []
    for number in range(workers):
        size = left // (workers - number)
        left -= size
        piece = slow[number::beginners] if number < beginners else []
        rest = size - len(piece)
        made += piece + fast[: max(rest, 0)]
        fast = fast[max(rest, 0) :]
    return made + fast


def room(file: Path) -> str:
    """The folder of tests that it lies in."""
    return file.relative_to(HERE).parts[0]


def _rank(item: pytest.Item) -> int:
    folder = room(item.path)
    return SLOW.index(folder) if folder in SLOW else len(SLOW)
