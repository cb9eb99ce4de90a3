"""The audit log as files: exact JSON lines, and a CSV that no spreadsheet runs."""

import csv
import io
import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.audit_files import COLUMNS, csv_lines, json_lines
from chatops.core.audit import ALERTMANAGER, GENESIS, SYSTEM, Entry, EntryType, StoredEntry, Subject, chain_hash
from chatops.core.resources import ObjectRef

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def line(name: str = "@anna", **detail: str) -> StoredEntry:
    ref = ObjectRef("Deployment", "checkout", "shop", "uid-1", "prod")
    entry = Entry(EntryType.ACTION_FINISHED, Subject.person(1, name), AT, 7, ref, -100, 42, detail)
    return StoredEntry(3, entry, GENESIS, "f" * 64)


def rows(*lines: StoredEntry) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(csv_lines(lines)).decode(), newline="")))


def test_csv_has_every_column_and_the_ones_asked_for_most_of_their_own() -> None:
    (row,) = rows(line(outcome="succeeded", run="r1", before_version="77", after_version="78"))
    assert tuple(row) == COLUMNS
    assert row["at"] == "2026-11-23T08:00:00.000000Z"
    assert (row["number"], row["chat"], row["incident"], row["object_uid"]) == ("3", "-100", "7", "uid-1")
    assert row["decision"] == "allowed"
    assert (row["run"], row["outcome"], row["before_version"], row["after_version"]) == ("r1", "succeeded", "77", "78")
    assert json.loads(row["detail"])["run"] == "r1"
    assert (row["previous_hash"], row["hash"]) == (GENESIS, "f" * 64)


@given(
    st.text(max_size=40), st.sampled_from(["", " ", "\t", "\r\n", "\u00a0", "\ufeff"]), st.sampled_from("=+-@＝＋－＠")
)
def test_no_text_begins_a_formula_or_leaves_its_cell(text: str, space: str, sign: str) -> None:
    hostile = f"{space}{sign}{text}".encode(errors="replace").decode()
    found = rows(line(hostile, action=hostile, why='"\n=1+1,2'))
    assert len(found) == 1
    for name in ("subject_name", "action"):
        assert not found[0][name].lstrip(" \t\r\n\u00a0\ufeff").startswith(tuple("=+-@＝＋－＠"))
        assert found[0][name].isprintable()
    assert found[0]["hash"] == "f" * 64


def test_json_lines_are_one_line_each_and_exact() -> None:
    (written,) = json_lines([line("=1\n\x1b[2J")])
    assert written.count(b"\n") == 1
    assert json.loads(written)["entry"]["subject"]["name"] == "=1\n\x1b[2J"


@pytest.mark.parametrize(
    ("type", "subject", "decision"),
    [
        (EntryType.DENIED, Subject.person(1, "@anna"), "denied"),
        (EntryType.ACTION_REQUESTED, Subject.person(1, "@anna"), "allowed"),
        (EntryType.ACTION_FINISHED, SYSTEM, ""),
        (EntryType.OPENED, ALERTMANAGER, ""),
    ],
)
def test_a4_every_field_of_an_attempt_is_in_both_files(type: EntryType, subject: Subject, decision: str) -> None:
    """A4: who, chat, message, incident, object, decision, reason, versions, outcome, run; the JSON hashes as it did."""
    told = {"what": "restart", "verb": "confirm", "why": "busy", "run": "r1", "outcome": "failed"}
    detail = {**told, "before_version": "77", "after_version": "78"}
    ref = ObjectRef("Deployment", "checkout", "shop", "uid-1", "prod")
    entry = Entry(type, subject, AT, 7, ref, -100, 42, detail)
    stored = StoredEntry(3, entry, GENESIS, chain_hash(GENESIS, 3, entry))
    (row,) = rows(stored)
    assert detail.items() <= row.items()
    assert (row["decision"], row["subject_id"], row["chat"], row["message"]) == (decision, subject.id, "-100", "42")
    (written,) = json_lines([stored])
    known = msgspec.json.decode(written)
    assert known["decision"] == decision
    again = msgspec.convert(known["entry"], Entry)
    assert again == entry
    assert chain_hash(known["previous_hash"], known["id"], again) == known["hash"]
