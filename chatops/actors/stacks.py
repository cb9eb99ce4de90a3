"""What every thread is doing, on SIGUSR1. For finding out where a process that seems to hang is waiting."""

import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from types import FrameType
from typing import TextIO


def dump_stacks(stream: TextIO) -> None:
    """Write each thread's name and stack to `stream`, innermost call last."""
    threads = {thread.ident: thread for thread in threading.enumerate()}
    parts = []
    for ident, frame in sys._current_frames().items():
        thread = threads.get(ident)
        name = thread.name if thread is not None else "not a Python thread"
        daemon = " daemon" if thread is not None and thread.daemon else ""
        parts.append(f"Thread {name} ({ident}){daemon}\n{''.join(traceback.format_stack(frame))}")
    stream.write("\n".join(parts) + "\n")
    stream.flush()


def install_stack_dump(stream: TextIO | None = None) -> Callable[[], None]:
    """Dump to `stream`, standard error by default, whenever SIGUSR1 arrives; what is returned takes that back.

    Called in the main thread. A thread of its own writes: the signal may find the main thread holding any lock, the
    interpreter's list of threads included, and a handler that waited for that lock would wait for itself.
    """
    if not hasattr(signal, "SIGUSR1"):
        return lambda: None
    asked: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        asked.put(True)

    def write() -> None:
        while asked.get():
            dump_stacks(stream if stream is not None else sys.stderr)

    writer = threading.Thread(target=write, name="stacks", daemon=True)
    writer.start()
    before = signal.signal(signal.SIGUSR1, on_signal)

    def uninstall() -> None:
        signal.signal(signal.SIGUSR1, before)
        asked.put(False)
        writer.join()

    return uninstall
