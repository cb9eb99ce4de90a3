"""The audit log on PostgreSQL takes lines and gives them up to nobody; and whoever goes round it is found out."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
import pytest

from chatops.core.audit import Checkpoint, Fault, Flaw
from chatops.core.failures import Permanent
from chatops.db.database import Database
from chatops.db.soundness import POSTGRES_GUARDS, POSTGRES_REFUSALS, ensure_sound
from chatops.db.store import Store
from tests.db.building import entry
from tests.db.test_audit import ENTRIES
from tests.postgres import administer

pytestmark = pytest.mark.postgresql

DEADLINE = 60.0

REFUSED = [
    "UPDATE audit SET detail = '{}' WHERE id = 2",
    "UPDATE audit SET at = at",
    "UPDATE audit SET detail = '{}' WHERE FALSE",
    "DELETE FROM audit WHERE id = 4",
    "DELETE FROM audit",
    "DELETE FROM audit WHERE id = 4 RETURNING hash",
    "WITH gone AS (DELETE FROM audit RETURNING *) SELECT count(*) FROM gone",
    "WITH last AS (SELECT max(id) AS n FROM audit) DELETE FROM audit USING last WHERE id = n",
    "INSERT INTO audit SELECT * FROM audit WHERE id = 2 ON CONFLICT (id) DO UPDATE SET detail = '{}'",
    "INSERT INTO audit SELECT * FROM audit WHERE id = 2 ON CONFLICT DO NOTHING",
    "INSERT INTO audit SELECT * FROM audit WHERE id = 4",
    "TRUNCATE audit",
    "TRUNCATE audit CASCADE",
    "TRUNCATE audit RESTART IDENTITY",
    "MERGE INTO audit USING (SELECT 4 AS n) AS one ON id = n WHEN MATCHED THEN DELETE",
    "CREATE TEMPORARY TABLE a AS SELECT * FROM audit; UPDATE a SET id = 9; INSERT INTO audit SELECT * FROM a",
]


@pytest.mark.parametrize("role", ["origin", "replica", "local"])
def test_a1_sql_is_refused_whatever_role_it_copies_in(url: str, store: Store, role: str) -> None:
    """A1: session_replication_role = replica is what whoever copies rows sets to pass the triggers."""
    stored = store.audit.append(ENTRIES)
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f"SET session_replication_role = {role}")
        for statement in REFUSED:
            if statement.startswith("MERGE") and connection.server_version < 150_000:
                continue
            with pytest.raises(psycopg2.Error, match="append-only"):
                cursor.execute(statement)
    assert store.audit.page() == stored
    assert store.audit.verify() is None


def disabled(guard: str) -> list[str]:
    return [f"ALTER TABLE audit DISABLE TRIGGER {guard}"]


ROUND_THE_TRIGGERS = {
    **{f"{guard} is off": disabled(guard) for guard in POSTGRES_GUARDS},
    "all are off": ["ALTER TABLE audit DISABLE TRIGGER ALL"],
    "one is off for whoever copies": ["ALTER TABLE audit ENABLE TRIGGER audit_refuses_update"],
    "one is on for copies alone": ["ALTER TABLE audit ENABLE REPLICA TRIGGER audit_refuses_gaps"],
    "one is gone": ["DROP TRIGGER audit_refuses_truncate ON audit"],
    "one never fires": [
        "DROP TRIGGER audit_refuses_update ON audit",
        "CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit FOR EACH ROW WHEN (FALSE) "
        "EXECUTE FUNCTION audit_refuses('changed')",
        "ALTER TABLE audit ENABLE ALWAYS TRIGGER audit_refuses_update",
    ],
    "one refuses nothing": [
        "CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF FALSE THEN RAISE EXCEPTION 'the audit log is append-only'; END IF; RETURN NULL; END; $$",
    ],
    "another table": [
        "ALTER TABLE audit RENAME TO audit_before",
        "CREATE TABLE audit (LIKE audit_before INCLUDING ALL)",
    ],
    "a trigger that passes over lines": [
        "CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END; $$",
        "CREATE TRIGGER quiet BEFORE INSERT ON audit FOR EACH ROW WHEN (NEW.type = 'denied') EXECUTE FUNCTION quiet()",
    ],
    "a rule that passes over lines": [
        "CREATE RULE quiet AS ON INSERT TO audit WHERE NEW.type = 'denied' DO INSTEAD NOTHING"
    ],
}
"""What no trigger can refuse its owner."""


@pytest.mark.parametrize("way", ROUND_THE_TRIGGERS)
def test_a1_a_log_whose_guards_were_touched_is_not_served_on(url: str, database: Database, way: str) -> None:
    ensure_sound(database)
    for statement in ROUND_THE_TRIGGERS[way]:
        administer(url, statement)
    with pytest.raises(Permanent, match=r"not guarded|not ours"):
        ensure_sound(database)


def test_the_guards_are_looked_for_as_the_migration_made_them(url: str) -> None:
    made = dict(administer(url, "SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'audit_refuses%%'"))
    assert {name: " ".join(source.split()) for name, source in made.items()} == POSTGRES_REFUSALS


@contextmanager
def without_triggers(url: str) -> Iterator[Callable[..., Any]]:
    """A superuser, who puts the triggers back when done."""
    guards = [f"TRIGGER {guard}" for guard in POSTGRES_GUARDS]
    administer(url, "ALTER TABLE audit DISABLE TRIGGER ALL")
    yield lambda statement, *values: administer(url, statement, values)
    administer(url, f"ALTER TABLE audit {', '.join(f'ENABLE ALWAYS {guard}' for guard in guards)}")


@pytest.mark.parametrize(
    ("statements", "flaw"),
    [
        (["DELETE FROM audit WHERE id = 1"], Flaw(1, Fault.GAP)),
        (["DELETE FROM audit WHERE id = 3"], Flaw(3, Fault.GAP)),
        (["UPDATE audit SET id = 0 WHERE id = 4"], Flaw(1, Fault.GAP)),
        (["DELETE FROM audit WHERE id = 2", "UPDATE audit SET id = id - 1 WHERE id > 2"], Flaw(2, Fault.LINK)),
        (["UPDATE audit SET detail = replace(detail, '{', '{ ') WHERE id = 2"], Flaw(2, Fault.FORM)),
        (["UPDATE audit SET at = at + interval '1 microsecond' WHERE id = 2"], Flaw(2, Fault.HASH)),
        (["UPDATE audit SET at = 'infinity' WHERE id = 2"], Flaw(2, Fault.TYPE)),
        (["UPDATE audit SET chat_id = NULL WHERE id = 3"], Flaw(3, Fault.HASH)),
        (["UPDATE audit SET incident_id = 2 WHERE id = 1"], Flaw(1, Fault.HASH)),
        (["UPDATE audit SET subject_name = subject_name || ' ' WHERE id = 3"], Flaw(3, Fault.HASH)),
        (["UPDATE audit SET type = 'looked' WHERE id = 3"], Flaw(3, Fault.HASH)),
        (["UPDATE audit SET object_uid = '' WHERE id = 2"], Flaw(2, Fault.HASH)),
        (["UPDATE audit SET hash = reverse(hash) WHERE id = 4"], Flaw(4, Fault.HASH)),
        (["UPDATE audit SET previous_hash = reverse(previous_hash) WHERE id = 4"], Flaw(4, Fault.LINK)),
    ],
)
def test_a2_lines_changed_behind_the_back_are_named(
    url: str, database: Database, store: Store, statements: list[str], flaw: Flaw
) -> None:
    """A2: by somebody who may do all, and leaves everything as it was but for the lines."""
    store.audit.append(ENTRIES)
    with without_triggers(url) as execute:
        for statement in statements:
            execute(statement)
    ensure_sound(database)
    assert store.audit.verify() == flaw


@pytest.mark.parametrize("byte", [0x00, 0x20, 0xC3, 0xFF])
@pytest.mark.parametrize("column", ["detail", "type", "subject_name", "object_name", "previous_hash", "hash"])
def test_a2_bytes_put_into_the_pages_are_named(url: str, store: Store, column: str, byte: int) -> None:
    """A2: also those that no client is sent, because PostgreSQL's text ends at a NUL, and those that are no text."""
    store.audit.append(ENTRIES)
    administer(url, "CREATE CAST (bytea AS text) WITHOUT FUNCTION")
    put_in = f"UPDATE audit SET {column} = CAST(convert_to({column}, 'UTF8') || set_byte('0', 0, %s) AS text)"
    with without_triggers(url) as execute:
        execute(f"{put_in} WHERE id = 2", byte)
    found = store.audit.verify()
    assert isinstance(found, Flaw)
    assert found.number == 2


def test_a2_a_cut_tail_shows_against_the_published_head(url: str, store: Store) -> None:
    store.audit.append(ENTRIES)
    published = Checkpoint(*store.audit.head())
    with without_triggers(url) as execute:
        execute("DELETE FROM audit WHERE id > 2")
    assert store.audit.verify() is None
    assert store.audit.verify(published) == Flaw(3, Fault.CUT)


def test_two_that_append_at_once_keep_one_chain(opened: Callable[..., Database]) -> None:
    """Each of a process of its own, as two replicas are: whoever comes second sees what the first has written."""
    audits = [Store(opened(lock_patience=DEADLINE, caller_patience=DEADLINE)).audit for _ in range(2)]
    failures: list[BaseException] = []

    def append(name: str, audit: Any) -> None:
        try:
            for number in range(100):
                audit.append([entry(by=name, n=str(number))])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=append, args=pair) for pair in zip("ab", audits, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert failures == []
    lines = audits[0].page(limit=1_000)
    assert [line.id for line in lines] == list(range(1, 201))
    for name in "ab":
        mine = [line.entry.detail["n"] for line in lines if line.entry.detail["by"] == name]
        assert mine == [str(number) for number in range(100)]
    assert audits[1].verify() is None
