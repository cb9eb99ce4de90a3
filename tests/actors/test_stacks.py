import io
import signal
import threading

import pytest

from chatops.actors.stacks import dump_stacks, install_stack_dump
from tests.actors.small_actors import PATIENCE, Hold, Recorder


def test_every_thread_is_named_with_what_it_does(directory, news):
    hold = Hold.new()
    Recorder.start(directory=directory, address=("stuck", 7), news=news)
    directory.tell(("stuck", 7), hold)
    assert hold.entered.wait(PATIENCE)
    stream = io.StringIO()
    dump_stacks(stream)
    hold.release.set()
    stuck = next(part for part in stream.getvalue().split("Thread ") if part.startswith("Recorder stuck/7"))
    assert "daemon" in stuck
    assert "release.wait" in stuck
    assert "Thread MainThread" in stream.getvalue()


class Written(io.StringIO):
    """Says when all that was written was flushed."""

    def __init__(self) -> None:
        super().__init__()
        self.flushed = threading.Event()

    def flush(self) -> None:
        super().flush()
        self.flushed.set()


@pytest.fixture
def stream():
    written = Written()
    uninstall = install_stack_dump(written)
    yield written
    uninstall()


def test_the_signal_dumps_and_the_process_goes_on(stream):
    signal.raise_signal(signal.SIGUSR1)
    assert stream.flushed.wait(PATIENCE)
    assert f"Thread {threading.current_thread().name}" in stream.getvalue()


def test_the_signal_may_come_while_a_thread_is_being_started(stream):
    with threading._active_limbo_lock:  # what Thread.start() holds, and threading.enumerate() needs
        signal.raise_signal(signal.SIGUSR1)
    assert stream.flushed.wait(PATIENCE)
