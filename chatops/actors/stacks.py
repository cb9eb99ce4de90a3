"""What every thread is doing, on SIGUSR1. For finding out where a process that seems to hang is waiting."""

import signal
import sys
import threading
import traceback
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


def install_stack_dump(stream: TextIO | None = None) -> None:
    """Dump to `stream`, standard error by default, whenever SIGUSR1 arrives. Called in the main thread."""
    if not hasattr(signal, "SIGUSR1"):
        return

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        dump_stacks(stream if stream is not None else sys.stderr)

    signal.signal(signal.SIGUSR1, on_signal)
