"""Silences, calls for help and past incidents come back from the database as they were."""

from collections.abc import Callable
from dataclasses import replace

from chatops.core.actions import ActionState
from chatops.core.incidents.values import Person, Status
from chatops.core.silences import Matcher, Silence
from chatops.db.database import Database
from chatops.db.store import Store

from .building import MINUTE, NOW, body, run, told

WHOLE = Silence(
    key="key-1",
    matchers=(Matcher("alertname", "X"), Matcher("🔥", 'ж"\n')),
    by_id=7,
    by_name="Анна",
    created_at=NOW,
    ends_at=NOW + 60 * MINUTE,
    until_resolved=True,
    id="am-id",
    instance=2,
    lifting=True,
    lifted_by_id=8,
    lifted_by_name="Борис",
    ended_at=NOW + MINUTE,
    problem="refused",
    detail="no",
)


def test_a_silence_comes_back_whole_and_an_incident_shows_its_latest(opened: Callable[..., Database]) -> None:
    store = Store(opened())
    told(store, body("A", firing="a"))
    incident = replace(store.incidents.get(1), silence=WHOLE, escalated_at=NOW + MINUTE)
    store.incidents.apply(incident, now=NOW)
    assert Store(opened()).incidents.get(1) == incident
    second = Silence("key-0", (), 7, "Анна", NOW + 2 * MINUTE, NOW + 3 * MINUTE)
    store.incidents.apply(replace(incident, silence=second), now=NOW)
    assert store.incidents.get(1).silence == second


def test_those_with_a_silence_that_may_stand_are_found(store: Store) -> None:
    for key in "AB":
        told(store, body(key, firing=key))
    first, second = store.incidents.many((1, 2))
    store.incidents.apply(replace(first, silence=replace(WHOLE, ended_at=None)), now=NOW)
    store.incidents.apply(replace(second, silence=replace(WHOLE, key="key-2")), now=NOW)
    assert store.unfinished.silenced() == (1,)


def test_past_incidents_come_newest_first_with_everything_that_was_run(store: Store) -> None:
    for key in "ABC":
        told(store, body(key, firing=key))
        current = store.incidents.get(store.incidents.active_ids()[-1])
        for number, state in enumerate((ActionState.FAILED, ActionState.SUCCEEDED)):
            ran = replace(run(f"{key}{number}", state), requested_at=NOW + number * MINUTE)
            current = replace(current, run=ran)
            store.incidents.apply(current, now=NOW)
        closed = replace(current, status=Status.RESOLVED, closed_at=NOW + 5 * MINUTE, taken_by=Person(7, "Anna"))
        store.incidents.apply(closed, now=NOW)
    third = store.incidents.get(3)
    past = store.past.alike(third)
    assert [(each.incident.id, [r.id for r in each.runs]) for each in past] == [(2, ["B0", "B1"]), (1, ["A0", "A1"])]
    assert [each.incident.id for each in store.past.alike(third, limit=1)] == [2]
    assert store.past.alike(store.incidents.get(1)) == ()
    assert store.past.alike(replace(third, namespace="elsewhere")) == ()
