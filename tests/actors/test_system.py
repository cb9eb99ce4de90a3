"""The whole tree in this process: it starts with everything outside down, and its stop leaves no thread."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from pydantic import SecretStr

from chatops.actors.addresses import WEBHOOK
from chatops.actors.chat_messages import Notice
from chatops.actors.messages import BodiesStored
from chatops.actors.system import System
from chatops.actors.webhook import WebhookActor
from chatops.cluster import Cluster
from chatops.core.audit import EntryType
from chatops.core.failures import Failure
from chatops.db.database import Database
from chatops.db.migrate import migrate
from chatops.db.store import Store
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


def test_what_the_routes_file_says_holds_from_the_start_and_is_a_line_of_the_log_once(tmp_path):
    file = tmp_path / "routes.yaml"
    file.write_text("chats:\n  - chat: -500\n    routes: [{namespaces: [shop]}]\n")
    wanted = settings(tmp_path, routes_file=file)
    migrate(wanted.database_url)

    def said() -> list[tuple[int | None, str]]:
        database = Database(wanted.database_url)
        database.open()
        try:
            store = Store(database)
            assert store.chats.get(-500).subscribed
            found = (stored.entry for stored in store.audit.page(limit=100))
            return [(e.chat_id, e.detail["act"]) for e in found if e.type is EntryType.ROUTES_CHANGED]
        finally:
            database.close()

    for file_says in (wanted, wanted, settings(tmp_path)):
        system = System(file_says)
        system.start()
        system.stop()
    assert said() == [(-500, "file"), (-500, "file_gone")]


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


def test_s12_an_error_that_holds_a_secret_is_told_without_it(tmp_path, monkeypatch):
    """S12: what an actor died of goes to the audit log and to the admins; the error holds what it was raised with."""
    canaries = ("CANARYkube-token", "CANARYhook-token", "1:CANARYbot-token-of-some-length")
    kubeconfig = tmp_path / "kubeconfig"
    user = {"name": "u", "user": {"token": canaries[0]}}
    kubeconfig.write_text(json.dumps({"kind": "Config", "apiVersion": "v1", "users": [user]}))

    def check(_self: Cluster) -> str:
        raise RuntimeError(f"cannot log in with {canaries!r}", *canaries)

    monkeypatch.setattr(Cluster, "check", check)
    secrets = {"telegram_bot_token": SecretStr(canaries[2]), "webhook_token": (SecretStr(canaries[1]),)}
    wanted = settings(tmp_path, kubeconfig=str(kubeconfig), telegram_admins=(1001,), **secrets)
    migrate(wanted.database_url)
    system = System(wanted)
    told: list[Notice] = []
    monkeypatch.setattr(system._ground, "tell_admins", told.append)
    system.start()
    database = Database(wanted.database_url, readers=1)
    database.open()
    try:
        deadline = time.monotonic() + 20
        while not told and time.monotonic() < deadline:
            time.sleep(0.02)
        lines = [stored.entry for stored in Store(database).audit.page()]
    finally:
        database.close()
        system.stop()
    (failed,) = [line for line in lines if line.type is EntryType.ACTOR_FAILED]
    assert "cannot log in with" in failed.detail["reason"]
    assert "CANARY" not in repr(failed) + repr(told)


@pytest.fixture
def broken(tmp_path, monkeypatch) -> Iterator[System]:
    """One whose supervisor gave up: a permanent part died more often than is allowed."""
    wanted = settings(tmp_path)
    migrate(wanted.database_url)
    built = System(wanted)
    monkeypatch.setattr(WebhookActor, "receive", lambda *_: 1 / 0)
    built.start()
    try:
        for _ in range(10):
            built._ground.directory.tell(WEBHOOK, BodiesStored(()))
        yield built
    finally:
        built.stop()


def test_p2_when_the_supervisor_gives_up_health_is_red_before_the_end(broken):
    """P2: who waits for the end is told a code that is none of success, and both probes are red until the stop."""
    assert broken.wait(timeout=30) == 1
    for probe in ("healthz", "readyz"):
        with pytest.raises(HTTPError) as red:
            urlopen(f"http://127.0.0.1:{broken.app_port}/{probe}", timeout=10)
        assert red.value.code == 503
    assert not broken.readiness().alive
    assert not broken.readiness().ready
