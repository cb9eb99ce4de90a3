"""What a start of the service costs, as far as it can be counted: what is loaded, and how. No speed is looked at."""

import json
import subprocess
import sys
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from chatops.core.incidents import Decision
from tests.migrated import migrated

ROOT = Path(__file__).parent.parent

SELDOM = (
    "babel",
    "chatops.audit_commands",
    "chatops.checkup",
    "chatops.core.secret_strike",
    "chatops.db.migrating",
    "chatops.db.moving",
    "chatops.db.postgres",
    "chatops.demo",
    "chatops.sandbox",
    "dateutil.rrule",
    "filelock",
    "icalendar",
    "matplotlib",
    "numpy",
    "psycopg2",
    "re2",
    "sqlparse",
    "yoyo",
)
"""Loaded where it is of use: PostgreSQL, a schema to bring up to date, an expression, a secret, a graph, a calendar, a
check.
"""

START = f"""
import gc, json, sys
import run

looked_through_all = gc.get_stats()[-1]["collections"]
settings = run.usable_settings()
assert run.migrate(settings.database_url) == []
system = run.System(settings)
told = {{
    "loaded": [name for name in {SELDOM!r} if name in sys.modules],
    "looks_for_garbage": gc.isenabled(),
    "looked_through_all": looked_through_all,
    "never_looked_at": gc.get_freeze_count(),
}}
print(json.dumps(told))
"""

MESSAGES = (
    "chatops.actors.chat_messages",
    "chatops.actors.messages",
    "chatops.actors.storm_messages",
    "chatops.actors.supervision_messages",
    "chatops.actors.telegram_messages",
    "chatops.actors.upstream_messages",
    "chatops.actors.work",
    "chatops.actors.work_messages",
    "chatops.core.incidents.effects",
    "chatops.core.incidents.events",
    *(
        f"chatops.core.shapes.{name}"
        for name in ("acts", "incidents", "logbook", "looking", "objects", "people", "review")
    ),
)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is true of a service that is made of a database of this version, and not started."""
    folder = tmp_path_factory.mktemp("start")
    environment = {
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": migrated(folder / "chatops.db"),
        "TELEGRAM_BOT_TOKEN": "123456:canary-token",
        "BIND_ADDRESS": "127.0.0.1",
        "APP_PORT": "0",
        "ALERT_PORT": "0",
    }
    done = subprocess.run(
        [sys.executable, "-c", START],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_what_is_seldom_of_use_is_not_loaded(start: dict[str, Any]) -> None:
    assert start["loaded"] == []


def test_nobody_looks_for_garbage_among_what_is_imported(start: dict[str, Any]) -> None:
    assert start["looked_through_all"] == 0
    assert start["looks_for_garbage"]
    assert start["never_looked_at"] > 100_000


@pytest.mark.parametrize("module", MESSAGES)
def test_what_is_only_told_is_no_dataclass(module: str) -> None:
    """Six functions are compiled for each dataclass: half a millisecond and 12 KB, with every start."""
    own = [each for each in vars(import_module(module)).values() if getattr(each, "__module__", "") == module]
    assert [each for each in own if is_dataclass(each)] == ([Decision] if Decision.__module__ == module else [])
