import io
import signal
import threading

import pytest

from chatops.actors.stacks import dump_stacks, install_stack_dump
from tests.actors.small_actors import PATIENCE, Hold, Recorder


@pytest.fixture
def _signal_restored():
    before = signal.getsignal(signal.SIGUSR1)
    yield
    signal.signal(signal.SIGUSR1, before)


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


@pytest.mark.usefixtures("_signal_restored")
def test_the_signal_dumps_and_the_process_goes_on():
    stream = io.StringIO()
    install_stack_dump(stream)
    signal.raise_signal(signal.SIGUSR1)
    assert f"Thread {threading.current_thread().name}" in stream.getvalue()
