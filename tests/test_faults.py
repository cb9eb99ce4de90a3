"""docs/faults.md and the tests: each row has a test that carries its number, and no test one that is not there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "faults.md").read_text()


def test_each_row_has_its_tests_and_each_test_its_row():
    rows = {row.lower() for row in re.findall(r"^\| ([RKASP]\d+) \|", PAGE, re.MULTILINE)}
    found = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        found |= set(re.findall(r"def test_([rkasp]\d+)_", file.read_text()))
    assert found == rows
