"""A migrated database for each test: migrated once in a process, and copied. The migrations have tests of their own."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from chatops.db.migrate import migrate


def migrated(path: Path) -> str:
    """The URL of a new database in this file."""
    shutil.copy(_template(), path)
    return f"sqlite:///{path}"


@cache
def _template() -> Path:
    folder = tempfile.mkdtemp(prefix="migrated-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "template.db"
    migrate(f"sqlite:///{path}")
    return path
