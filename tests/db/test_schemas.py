"""Both databases have the same tables, columns, keys and indexes, but for what is said here."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.migrated import migrated
from tests.outside import outside

FTS5 = {"listed_words", "listed_words_config", "listed_words_data", "listed_words_idx"}
"""SQLite's index of words is a table that stands on others."""
OF_SQLITE = {*FTS5, "listed_vocabulary", "sqlite_sequence"}
OF_POSTGRES = {"leadership"}
MORE_COLUMNS = {("listed", "words")}
"""PostgreSQL's index of words is of a column."""
OTHER_INDEXES = {"incidents_alike", "trials_alert", "listed_words"}
"""By a hash of the title or the alert, which may be longer than an entry of an index; and that of words."""

KINDS = {
    "BLOB": {"bytea"},
    "INTEGER": {"bigint", "boolean", "smallint"},
    "INT": {"integer"},
    "TEXT": {"text", "timestamp without time zone"},
    "TIMESTAMP": {"timestamp without time zone"},
    "VARCHAR": {"character varying"},
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    return migrated(Path(tmp_path_factory.mktemp("schema")) / "schema.db")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    url = postgres.new_database()
    yield url
    postgres.drop_database(url)


Columns = dict[tuple[str, str], tuple[str, bool, bool]]
"""By table and name: the type, whether it may be null, whether it has a default."""


def columns_of_file(url: str) -> Columns:
    found = outside(
        url,
        """SELECT t.name, c.name, c.type, c."notnull" OR c.pk, c.dflt_value FROM sqlite_master AS t
        JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table'""",
    )
    return {
        (table, name): (re.sub(r"\(.*", "", type), not filled, default is not None)
        for table, name, type, filled, default in found
        if table not in OF_SQLITE
    }


def columns_of_server(url: str) -> Columns:
    found = outside(
        url,
        """SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
        WHERE table_schema = 'public'""",
    )
    return {
        (table, name): (type, nullable == "YES", default is not None)
        for table, name, type, nullable, default in found
        if table not in OF_POSTGRES
    }


def test_both_have_the_same_tables_and_columns(file: str, server: str) -> None:
    ours, theirs = columns_of_file(file), columns_of_server(server)
    assert ours.keys() | MORE_COLUMNS == theirs.keys()
    for column, (kind, nullable, default) in ours.items():
        assert theirs[column][0] in KINDS[kind], column
        assert theirs[column][1:] == (nullable, default), column


def keys_of_server(url: str, kind: str) -> set[tuple[str, tuple[str, ...]]]:
    found = outside(
        url,
        """SELECT c.conrelid::regclass::text, (
            SELECT array_agg(a.attname::text ORDER BY array_position(c.conkey, a.attnum))
            FROM pg_attribute AS a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
        )
        FROM pg_constraint AS c WHERE c.contype = ? AND c.connamespace = 'public'::regnamespace""",
        (kind,),
    )
    return {(table, tuple(columns)) for table, columns in found if table not in OF_POSTGRES}


def keys_of_file(url: str, origin: str) -> set[tuple[str, tuple[str, ...]]]:
    """Of a primary key (pk) or a constraint (u), by its index."""
    found = outside(
        url,
        """SELECT t.name, i.name, c.name FROM sqlite_master AS t JOIN pragma_index_list(t.name) AS i
        JOIN pragma_index_info(i.name) AS c WHERE t.type = 'table' AND i.origin = ? ORDER BY 1, 2, c.seqno""",
        (origin,),
    )
    keys: dict[tuple[str, str], tuple[str, ...]] = {}
    for table, index, column in found:
        keys[table, index] = (*keys.get((table, index), ()), column)
    return {(table, columns) for (table, _), columns in keys.items() if table not in OF_SQLITE}


def test_both_have_the_same_keys(file: str, server: str) -> None:
    numbered = {
        (table, (name,))
        for table, name in outside(
            file,
            """SELECT t.name, c.name FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c
            WHERE t.type = 'table' AND c.pk AND c.type = 'INTEGER'
            AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name) WHERE origin = 'pk')""",
        )
        if table not in OF_SQLITE
    }
    assert keys_of_file(file, "pk") | numbered == keys_of_server(server, "p")
    assert keys_of_file(file, "u") == keys_of_server(server, "u")


def test_both_refer_to_the_same_tables(file: str, server: str) -> None:
    ours = outside(
        file,
        """SELECT t.name, k."from", k."table", k.on_delete = 'CASCADE' FROM sqlite_master AS t
        JOIN pragma_foreign_key_list(t.name) AS k WHERE t.type = 'table'""",
    )
    theirs = outside(
        server,
        """SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text, c.confdeltype = 'c'
        FROM pg_constraint AS c JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f'""",
    )
    assert {(*row[:3], bool(row[3])) for row in ours} == set(theirs)


def read(definition: str) -> str:
    """What both say of an index, without their own spellings."""
    text = " ".join(definition.split()).replace("public.", "").replace(" USING btree", "").replace("::text", "")
    text = re.sub(r"= ANY \(ARRAY\[(.*?)\]\)", r"IN (\1)", text)
    where = re.search(r" WHERE \((.*)\)$", text)
    return f"{text[: where.start()]} WHERE {where[1]}" if where else text


def test_both_have_the_same_indexes(file: str, server: str) -> None:
    """By name, columns, order, uniqueness and what they are of."""
    ours = dict(outside(file, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
    theirs = dict(
        outside(
            server,
            """SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
            AND indexname NOT IN (SELECT conname FROM pg_constraint)""",
        )
    )
    assert ours.keys() | OTHER_INDEXES == theirs.keys() | OTHER_INDEXES
    for name in ours.keys() - OTHER_INDEXES:
        assert read(theirs[name]) == read(ours[name])
