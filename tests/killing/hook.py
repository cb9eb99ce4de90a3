"""In the life that is to die: wrappers round the functions that the points name. SIGKILL when one is reached.

The service itself knows nothing of it: what is wrapped is only known here, after it was imported and before it runs.
"""

import functools
import importlib
import inspect
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.killing.points import POINTS, Point

REACHED = "reached"
"""The file in the life's folder that has the name of every point that was reached, a line each."""


def install(*, point: str = "", nth: int = 1) -> None:
    """Die when `point` is reached the `nth` time; without one every point is only counted."""
    hook = _Hook(point, nth)
    for each in [POINTS[point]] if point else POINTS.values():
        if each.job:
            _wrap_commit(each, functools.partial(hook.at, each))
        else:
            owner, name = found(each.target)
            setattr(owner, name, _wrapped(getattr(owner, name), each, functools.partial(hook.at, each)))


def found(target: str) -> tuple[Any, str]:
    """Whose attribute `module:Class.function` is, and its name. Raises what looking it up raises."""
    module, _, path = target.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for each in owners:
        owner = getattr(owner, each)
    getattr(owner, name)
    return owner, name


class _Hook:
    def __init__(self, deadly: str, nth: int) -> None:
        self._deadly = deadly
        self._left = nth
        self._lock = threading.Lock()
        self._reached = os.open(REACHED, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def at(self, point: Point) -> None:
        with self._lock:
            name = f"{point.story}: {point.name}"
            os.write(self._reached, f"{name}\n".encode())
            if name != self._deadly:
                return
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)
                threading.Event().wait()


def _wrapped(function: Callable[..., Any], point: Point, reached: Callable[[], None]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*given: Any, **named: Any) -> Any:
        # Before it is called: some functions change what they are given.
        if not point.of(*given, **named):
            return function(*given, **named)
        if point.when == "before":
            reached()
            return function(*given, **named)
        result = function(*given, **named)
        reached()
        return result

    return wrapper


_committing = threading.local()


def _wrap_commit(point: Point, reached: Callable[[], None]) -> None:
    """Around the COMMIT of a transaction that a job of this kind shares: all is flushed, no caller is answered."""
    from pony.orm.dbproviders.sqlite import SQLiteProvider

    from chatops.db.database import Database

    begin, commit = Database._commit, SQLiteProvider.commit

    def _commit(self: Database, jobs: Any) -> None:
        # One that failed is begun again by itself, within this call.
        outer = getattr(_committing, "works", ())
        _committing.works = [job.work for job in jobs]
        try:
            begin(self, jobs)
        finally:
            _committing.works = outer

    def commit_it(self: Any, connection: Any, cache: Any = None) -> None:
        works = getattr(_committing, "works", ())
        meant = any(kind_of(work) == point.job and point.of(**_variables(work)) for work in works)
        if meant and point.when == "before":
            reached()
        commit(self, connection, cache)
        if meant and point.when == "after":
            reached()

    Database._commit = _commit  # type: ignore[method-assign]
    SQLiteProvider.commit = commit_it


def kind_of(work: Callable[..., Any]) -> str:
    """`Inbox.put` for the function that Inbox.put has carried out."""
    return work.__qualname__.partition(".<locals>")[0]


def _variables(work: Callable[..., Any]) -> dict[str, Any]:
    return {name: value for name, value in inspect.getclosurevars(work).nonlocals.items() if name != "self"}


def reached(folder: Path) -> list[str]:
    """What was reached by the lives in this folder so far."""
    file = folder / REACHED
    return file.read_text().splitlines() if file.exists() else []
