"""Threads that read a kind of value for the first time at the same moment: a start does just that."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os, sys, threading
from datetime import UTC, datetime
from chatops.core.surveys import Survey
from chatops.db.columns import from_json, to_json
sys.setswitchinterval(1e-6)
text = to_json(Survey(datetime.now(UTC)))
faults = 0
for _ in range(60):
    child = os.fork()
    if not child:
        together = threading.Barrier(4)
        threads = [threading.Thread(target=lambda: (together.wait(), from_json(text, Survey))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        os._exit(0)
    faults += os.waitpid(child, 0)[1] != 0
print(faults)
"""


def test_r1_no_process_dies_of_reading_a_kind_for_the_first_time() -> None:
    """R1: msgspec faults where two threads meet a class at once; each of 60 processes has never met it."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.stdout == "0\n", done.stdout + done.stderr
