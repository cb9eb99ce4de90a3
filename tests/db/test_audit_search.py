"""Looking for lines of the log: what is found is what a reader of the whole log would pick, the newest first."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatops.core.audit import ALERTMANAGER, SYSTEM, Entry, EntryType, StoredEntry, Subject
from chatops.core.audit_search import ALLOWED, DENIED, WantedLines
from chatops.db import audit_search
from chatops.db.database import Database
from chatops.db.store import Store
from tests.db.building import DEPLOYMENT, MINUTE, NOW

ANNA, OLEG = Subject.person(7, "@anna"), Subject.person(8, "Олег")
TYPES = (EntryType.OPENED, EntryType.DENIED, EntryType.NOTED, EntryType.ACTION_REQUESTED)
SUBJECTS = (ANNA, OLEG, SYSTEM, ALERTMANAGER, Subject("system", "7"))

lines = st.lists(
    st.builds(
        Entry,
        st.sampled_from(TYPES),
        st.sampled_from(SUBJECTS),
        st.just(NOW),
        st.sampled_from([None, 1, 2]),
        st.sampled_from([None, DEPLOYMENT]),
        detail=st.sampled_from([{}, {"reason": "100% of_it"}, {"note": "Restarted"}, {"note": 'C:\\tmp "x"'}]),
    ),
    max_size=25,
)
questions = st.builds(
    WantedLines,
    st.sampled_from([None, *TYPES]),
    st.sampled_from(["", "7", "8", "nobody"]),
    st.sampled_from([None, 1, 3]),
    st.sampled_from(["", ALLOWED, DENIED]),
    st.sampled_from(["", "restart", "%", "_of", "OLEG", "олег", "Олег", "checkout", "shop"]),
)


def fits(line: StoredEntry, wanted: WantedLines) -> bool:
    entry, person = line.entry, line.entry.subject.kind == "person"
    texts = [*entry.detail.values(), entry.subject.name]
    texts += [entry.object.name, entry.object.namespace] if entry.object else []
    sought, *told = [re.sub("[A-Z]", lambda found: found[0].lower(), text) for text in (wanted.text, *texts)]
    return (
        (wanted.type is None or entry.type is wanted.type)
        and (not wanted.person or (person and entry.subject.id == wanted.person))
        and (wanted.incident_id is None or entry.incident_id == wanted.incident_id)
        and (not wanted.decision or entry.decision == wanted.decision)
        and any(sought in text for text in told)
    )


def pages(store: Store, wanted: WantedLines, limit: int) -> Iterator[tuple[StoredEntry, ...]]:
    cursor = ""
    while True:
        found = store.audit.search(wanted, cursor, limit)
        yield found.lines
        if not found.next:
            return
        cursor = found.next


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(entries=lines, wanted=questions, limit=st.integers(1, 4), looked=st.sampled_from([3, 20_000]))
def test_what_is_found_is_what_fits_in_whatever_pages(
    database: Database, entries: list[Entry], wanted: WantedLines, limit: int, looked: int
) -> None:
    store = Store(database)
    before, _ = store.audit.head()
    stored = store.audit.append(entries)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit_search, "MOST_LOOKED", looked)
        found = list(pages(store, wanted, limit))
    mine = [line for page in found for line in page if line.id > before]
    assert mine == [line for line in reversed(stored) if fits(line, wanted)]
    assert all(len(page) <= limit for page in found)


def test_no_page_looks_through_more_than_the_bound(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_search, "MOST_LOOKED", 10)
    store.audit.append([Entry(EntryType.NOTED, ANNA, NOW + MINUTE, detail={"note": "needle"})])
    store.audit.append([Entry(EntryType.NOTED, ANNA, NOW, detail={"note": "hay"})] * 30)
    first = store.audit.search(WantedLines(text="needle"))
    assert (first.lines, first.next) == ((), "22")
    assert [line.id for page in pages(store, WantedLines(text="needle"), 5) for line in page] == [1]


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "٣", "9" * 19])
def test_a_cursor_that_was_never_given_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        store.audit.search(WantedLines(), cursor)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "wanted",
    [
        WantedLines(),
        WantedLines(type=EntryType.NOTED),
        WantedLines(person="7"),
        WantedLines(incident_id=1),
        WantedLines(decision=DENIED),
        WantedLines(decision=ALLOWED),
        WantedLines(type=EntryType.NOTED, person="7", incident_id=1, decision=ALLOWED, text="x"),
    ],
)
def test_every_question_is_answered_by_an_index(database: Database, wanted: WantedLines) -> None:
    steps = plan_of(database, wanted)
    walks = [step for step in steps if "audit" in step]
    assert walks
    assert all("SEARCH" in step for step in walks), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


def plan_of(database: Database, wanted: WantedLines) -> list[str]:
    def work() -> list[str]:
        asked: list[str] = []
        connection = database.tables.connection
        connection.set_trace_callback(asked.append)
        audit_search.lines_found(database.tables, wanted, 100, 10)
        connection.set_trace_callback(None)
        return [row[3] for query in asked for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]

    return database.read(work)
