"""Runs a module's tests on a mutant of it, in a process of its own."""

import importlib.abc
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from tests.mutating.mutants import Mutant

ROOT = Path(__file__).parent.parent.parent
GUARDS = {
    "chatops.core.access": ("tests/core/test_access.py", "tests/core/test_presses.py"),
    "chatops.core.presses": ("tests/core/test_presses.py",),
    "chatops.core.budgets": ("tests/core/test_budgets.py",),
    "chatops.core.absence": ("tests/core/test_absence.py",),
    "chatops.core.safeguards": ("tests/core/test_safeguards.py", "tests/core/test_presses.py"),
    "chatops.core.self_audit": ("tests/core/test_self_audit.py",),
}
"""What decides, and the tests that have to notice."""

PATIENCE = 120
BARE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
"""None of those tests needs a plugin, and to load all that are installed takes longer than they do."""


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives out the mutant where the module is asked for."""

    def __init__(self, module: str, source: str) -> None:
        self._module = module
        self._source = source

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self._module else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._source, f"<mutant of {self._module}>", "exec"), module.__dict__)  # our source


def noticed(module: str, mutant: Mutant, tests: Sequence[str]) -> bool:
    """Whether any of the tests fails; one that hangs has noticed too."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(mutant.source)
        file.flush()
        command = [sys.executable, "-m", "tests.mutating.run", module, file.name, *tests]
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=os.environ | BARE, capture_output=True, timeout=PATIENCE, check=False
            )
        except subprocess.TimeoutExpired:
            return True
    return done.returncode != 0


def main(module: str, file: str, *tests: str) -> int:
    import pytest

    sys.meta_path.insert(0, Finder(module, Path(file).read_text()))
    return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "pytest_timeout", *tests]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
