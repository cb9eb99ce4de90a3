"""docs/faults.md and the tests: each row has a test that carries its number, and no test one that is not there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "faults.md").read_text()
TESTS = re.compile(r"def test_([rkasp]\d+)_|^Test([RKASP]\d+)[A-Z]", re.MULTILINE)


def test_each_row_has_its_tests_and_each_test_its_row():
    rows = {row.lower() for row in re.findall(r"^\| ([RKASP]\d+) \|", PAGE, re.MULTILINE)}
    found = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        found |= {(test or machine).lower() for test, machine in TESTS.findall(file.read_text())}
    assert found == rows
