"""The chat's lists come in their order, a page at a time, with how many there are."""

from dataclasses import replace

from chatops.core.alerts import Severity
from chatops.core.incidents.values import Person, Status
from chatops.db.store import Store

from .building import MINUTE, NOW, body, deliver, known, told


def test_the_open_list_is_worst_first_then_free_then_new(store: Store) -> None:
    wanted = [
        (Severity.CRITICAL, None, 3),
        (Severity.CRITICAL, None, 1),
        (Severity.CRITICAL, Person(1, "A"), 5),
        (Severity.WARNING, None, 9),
        (Severity.INFO, Person(1, "A"), 0),
        (Severity.NONE, None, 7),
    ]
    ids = {}
    for number in (3, 5, 1, 0, 4, 2):
        severity, taken_by, minute = wanted[number]
        (ids[number],) = told(store, body(f"k{number}", firing=[f"f{number}"]))
        incident = replace(
            known(store, ids[number]), severity=severity, taken_by=taken_by, opened_at=NOW + minute * MINUTE
        )
        assert store.incidents.apply(incident, now=NOW)
    deliver(store, body("not decided yet", firing=["z"]))
    total, page = store.pages.open(0, 4)
    assert (total, [incident.id for incident in page]) == (6, [ids[number] for number in range(4)])
    assert [incident.id for incident in store.pages.open(4, 4)[1]] == [ids[4], ids[5]]
    assert store.pages.open(100, 4) == (6, ())
    assert len(store.incidents.active_ids()) == 7
    assert all(incident.episodes for incident in page)


def test_history_is_newest_end_first(store: Store) -> None:
    for number, minute in enumerate((5, 1, 9)):
        (incident_id,) = told(store, body(f"k{number}", firing=[f"f{number}"]))
        closed = replace(known(store, incident_id), status=Status.RESOLVED, closed_at=NOW + minute * MINUTE)
        assert store.incidents.apply(closed, now=NOW)
    total, page = store.pages.closed(0, 2)
    assert (total, [incident.id for incident in page]) == (3, [3, 1])
    assert [incident.id for incident in store.pages.closed(2, 2)[1]] == [2]
    assert store.pages.open(0, 9) == (0, ())
