"""What must be true once a story has come to its end, whatever was killed on the way."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from chatops.cluster.operations.patching import ACTION_ID
from chatops.core.alerts import parse
from chatops.core.audit import EntryType
from chatops.core.incidents.acting import FOUND
from chatops.core.self_audit import compare
from chatops.db.store import Store
from tests.flows.town import ANNA
from tests.killing.stories import Story
from tests.killing.tale import DEAD, Tale

LATER = timedelta(hours=1)
"""By then all that should be shown is overdue."""


def check(tale: Tale, story: Story) -> None:
    """Every rule; AssertionError names the one that is broken."""
    recorded = _cards_of_the_dead(tale)
    with tale.place.store() as store:
        _nothing_lost(tale, store)
        _one_message(tale, recorded)
        _no_other_twice(tale)
        _changes_once(tale)
        _honest_outcomes(tale, store)
        _silences_once(tale)
        _effects_once(tale, store, story)
        assert store.audit.verify() is None, "the chain of the log is broken"
        books = store.books.read(datetime.now(UTC))
        overdue = compare(
            books, dict.fromkeys((*books.missing, *books.behind), datetime.now(UTC)), datetime.now(UTC) + LATER
        )
        assert not overdue.findings, overdue.findings
        assert not books.waiting, "bodies wait to be read"
    log = tale.service.log.read_text()
    for trouble in ("actor crashed", "Traceback", "abandoned", "stray message"):
        assert trouble not in log, log[max(0, log.find(trouble) - 500) : log.find(trouble) + 1500]


def _nothing_lost(tale: Tale, store: Store) -> None:
    """R1: what was answered 200 is stored, routed, in an incident, and shown."""
    stored = Counter(bytes(body) for (body,) in tale.rows("SELECT body FROM inbox"))
    missing = Counter(tale.acked) - stored
    assert not missing, f"{missing.total()} bodies that were answered 200 are not stored"
    assert tale.rows("SELECT count(*) FROM inbox WHERE state <> 'routed'") == [(0,)]
    known = {fingerprint for (fingerprint,) in tale.rows("SELECT fingerprint FROM alerts")}
    for body in tale.acked:
        told = {alert.fingerprint for alert in parse(body, received_at=datetime.now(UTC)).alerts}
        assert told <= known, "an alert that was answered 200 is in no incident"
    texts = {message.id: message.text for message in tale.place.chat.messages(from_bot=True)}
    for number, message, revision, wanted in tale.rows("SELECT incident_id, message_id, revision, wanted FROM cards"):
        assert f"#{number}" in texts[message].split("\n")[0], f"card {number} is not where the books say"
        assert revision == wanted, f"card {number} is behind"


def _cards_of_the_dead(tale: Tale) -> frozenset[int] | None:
    """R2: the file the dead left is whole and has what it had answered. Incidents whose cards were on record in it."""
    file = tale.place.folder / DEAD / "chatops.db"
    if not file.exists():
        return None
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        stored = Counter(bytes(body) for (body,) in connection.execute("SELECT body FROM inbox"))
        recorded = frozenset(number for (number,) in connection.execute("SELECT incident_id FROM cards"))
    missing = Counter(tale.acked[: tale.acked_by_the_dead]) - stored
    assert not missing, f"{missing.total()} bodies that were answered 200 were not on disk"
    return recorded


def _one_message(tale: Tale, recorded: frozenset[int] | None) -> None:
    """R1: a second card only where the first may have been sent and was not on record when its sender died.

    Whether what was sent arrived before or after the sender was dead says nothing of the service.
    """
    for (number,) in tale.rows("SELECT id FROM incidents"):
        messages = tale.place.chat.messages(from_bot=True)
        cards = [m for m in messages if f"#{number}" in m.text.split("\n")[0] and m.buttons]
        spare = 1 if recorded is not None and number not in recorded else 0
        assert 1 <= len(cards) <= 1 + spare, f"{len(cards)} cards of incident {number}, on record: {recorded}"


def _no_other_twice(tale: Tale) -> None:
    """R1: of other messages at most the one that was being sent is there twice, where nobody asked twice."""
    texts = Counter(message.text for message in tale.place.chat.messages(from_bot=True) if message.buttons == [])
    spare = tale.service.deaths + tale.repeated
    assert sum(count - 1 for count in texts.values()) <= spare, texts


def _changes_once(tale: Tale) -> None:
    """K3: each run changed the cluster once at most."""
    runs: Counter[str] = Counter()
    for request in tale.place.changes("PATCH"):
        if request.status is None or request.status < 300:
            runs[_run_of(request.body)] += 1
    assert all(count == 1 for count in runs.values()), f"changed more than once: {runs}"
    assert runs.total() <= 1, f"one rollback was wanted: {runs}"
    tale.changed = set(runs)


def _run_of(body: bytes) -> str:
    found = _values(json.loads(body), ACTION_ID)
    assert found, "a change without the id of its run"
    return found[0]


def _values(node: Any, key: str) -> list[str]:
    """Of a patch of either form: the value under the annotation's name."""
    if isinstance(node, dict):
        escaped = key.replace("~", "~0").replace("/", "~1")
        if str(node.get("path", "")).endswith(escaped):
            return [str(node["value"])]
        here = [str(node[key])] if key in node else []
        return here + [value for each in node.values() for value in _values(each, key)]
    return [value for each in node for value in _values(each, key)] if isinstance(node, list) else []


def _honest_outcomes(tale: Tale, store: Store) -> None:
    """K3: each requested action has an outcome, and it is the cluster's."""
    for run, state, detail in tale.rows("SELECT id, state, detail FROM actions"):
        assert state in ("succeeded", "interrupted"), f"run {run} is {state}"
        said = state == "succeeded" or detail == FOUND
        assert said == (run in tale.changed), f"run {run} is told as {state} {detail}, changes: {tale.changed}"


def _silences_once(tale: Tale) -> None:
    """One silence per press at Alertmanager, whoever died between asking and hearing."""
    if tale.alertmanager is None:
        return
    made = [path for method, path in tale.alertmanager.requests if (method, path) == ("POST", "/api/v2/silences")]
    pressed = tale.rows("SELECT count(*) FROM silences")[0][0]
    outcomes = tale.rows("SELECT count(*) FROM audit WHERE type IN ('silenced', 'silence_failed')")[0][0]
    assert outcomes == pressed, f"{outcomes} outcomes of {pressed} silences"
    assert len(made) <= pressed, f"{len(made)} silences were made for {pressed} presses"
    standing = [
        each for each in tale.alertmanager.silences.listed([], datetime.now(UTC)) if each["status"]["state"] == "active"
    ]
    assert not standing, "a silence stands that was lifted"


def _effects_once(tale: Tale, store: Store, story: Story) -> None:
    """R20: what an update asked for is in the log once, and no update is left."""
    entries = [stored.entry for stored in store.audit.page(limit=10_000)]
    # Anna may do all of it: she is refused a press that she repeats, for want of an answer, after it had counted; and
    # one on a question that was drawn so late that she cannot have read it, until she presses again.
    again = [each for each in entries if each.type is EntryType.DENIED and each.subject.id == str(ANNA)]
    assert {each.detail["why"] for each in again} <= {"used", "double_tap"}, again
    lines = Counter(each.type for each in entries if each not in again)
    for kind, count in story.lines.items():
        assert lines[kind] == count, f"{lines[kind]} lines of {kind} instead of {count}"
    invited, asked = lines[EntryType.INVITED], tale.pressed.count("everywhere")
    assert invited <= asked, f"{invited} invitations were made for {asked} presses"
    assert tale.rows("SELECT count(*) FROM updates WHERE done_at IS NULL") == [(0,)]
    requested = tale.rows("SELECT count(*) FROM actions")[0][0]
    for type in (EntryType.ACTION_REQUESTED, EntryType.ACTION_FINISHED):
        assert lines[type] == requested, f"{lines[type]} lines of {type} for {requested} runs"
