"""The process that serves: how it is told to end, that it does end, and how it begins anew. Not what it serves."""

import os
import queue
import signal
import sys
import threading
from contextlib import suppress
from typing import Any, NoReturn

import structlog

SIGNAL_SECONDS = 0.5
"""How late a signal that another thread was given may be heard of."""


def on_stop_signals(ended: "queue.SimpleQueue[int | None]") -> None:
    """The first SIGTERM or SIGINT asks for an orderly end, the second ends the process at once."""
    asked: list[int] = []

    def on_signal(number: int, _frame: Any) -> None:
        if asked:
            os._exit(128 + number)
        asked.append(number)
        ended.put(None)

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)


def told_to_end(ended: "queue.SimpleQueue[int | None]") -> int | None:
    """Wait in the main thread for what is put there.

    The system may deliver a signal to any thread, and Python handles it in the main one as soon as that runs: one that
    waits without an end is not woken by it, and never ends.
    """
    while True:
        with suppress(queue.Empty):
            return ended.get(timeout=SIGNAL_SECONDS)


def begin_anew() -> NoReturn:
    """As a process that knows nothing, with the same number: whatever of this one still hangs somewhere is gone."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def leave(code: int) -> NoReturn:
    """End the process, even if a thread that was given up on still hangs somewhere."""
    left = [thread.name for thread in threading.enumerate() if _keeps_alive(thread)]
    if left:
        structlog.get_logger("chatops").error("threads_left", threads=left)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 1)
    sys.exit(code)


def _keeps_alive(thread: threading.Thread) -> bool:
    return thread is not threading.main_thread() and not thread.daemon
