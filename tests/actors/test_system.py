"""The whole tree in this process: it starts with everything outside down, and its stop leaves no thread."""

import threading
from pathlib import Path

import pytest
from pydantic import SecretStr

from chatops.actors.system import System
from chatops.core.failures import Failure
from chatops.db.migrate import migrate
from chatops.settings import Settings
from chatops.web.server import CannotListen


def settings(folder: Path, **changed: object) -> Settings:
    return Settings(
        _env_file=None,
        **{
            "telegram_bot_token": SecretStr("1:token"),
            "telegram_api_url": "http://127.0.0.1:9",
            "app_port": 0,
            "alert_port": 0,
            "bind_address": "127.0.0.1",
            "database_url": f"sqlite:///{folder / 'system.db'}",
            "kubeconfig": str(folder / "none"),
            **changed,
        },
    )


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread is not threading.main_thread()}


def test_it_starts_with_everything_outside_down_and_leaves_no_thread(tmp_path):
    before = threads()
    wanted = settings(tmp_path)
    migrate(wanted.database_url)
    for _ in range(2):
        system = System(wanted)
        system.start()
        readiness = system.readiness()
        assert readiness.ready
        assert system.alert_port != system.app_port
        system.stop()
        assert system.wait(timeout=1) == 0
        assert threads() <= before


def test_a_taken_port_is_said_and_leaves_no_thread(tmp_path):
    before = threads()
    first = settings(tmp_path)
    migrate(first.database_url)
    holder = System(first)
    holder.start()
    try:
        other = tmp_path / "other"
        other.mkdir()
        second = settings(other, alert_port=holder.alert_port)
        migrate(second.database_url)
        with pytest.raises(CannotListen, match=str(holder.alert_port)):
            System(second).start()
    finally:
        holder.stop()
    assert threads() <= before


def test_a_database_that_was_never_migrated_is_said(tmp_path):
    before = threads()
    with pytest.raises(Failure, match="migrate"):
        System(settings(tmp_path)).start()
    assert threads() <= before


def test_the_one_time_code_is_logged_once_while_there_is_no_admin(tmp_path, capsys):
    wanted = settings(tmp_path)
    migrate(wanted.database_url)
    system = System(wanted)
    system.start()
    system.stop()
    assert "/start " in capsys.readouterr().out


def test_a2_a_damaged_file_is_never_served_on(tmp_path):
    before = threads()
    wanted = settings(tmp_path)
    migrate(wanted.database_url)
    file = tmp_path / "system.db"
    content = bytearray(file.read_bytes())
    # The last page is some table's or index's own: without its head it is none.
    content[-4096:-4000] = b"\xff" * 96
    file.write_bytes(content)
    with pytest.raises(Failure, match="damaged"):
        System(wanted).start()
    assert threads() <= before
