"""What is counted for the metrics: active incidents as they are, along an index, and how large the database is."""

from dataclasses import replace

import pytest

from chatops.core.incidents import Person, Status
from chatops.db.figures import _ACTIVE
from tests.core.bodies import a_body, an_alert
from tests.db.building import NOW, told


def test_active_incidents_by_severity_and_whether_somebody_has_them(store):
    assert store.figures.read().active == {}
    ids = [told(store, a_body(an_alert(fingerprint=f"f{number}"), groupKey=f"g{number}"))[0] for number in range(3)]
    one, two, three = (store.incidents.get(each) for each in ids)
    severity = str(one.severity)
    assert store.figures.read().active == {(severity, "open"): 3}
    store.incidents.apply(replace(one, taken_by=Person(1, "Anna"), taken_at=NOW), (), now=NOW)
    store.incidents.apply(replace(three, status=Status.RESOLVED, closed_at=NOW), (), now=NOW)
    assert two is not None
    assert store.figures.read().active == {(severity, "open"): 1, (severity, "taken"): 1}
    assert store.figures.read().size > 100_000


@pytest.mark.sqlite
def test_what_has_ended_costs_nothing(store, database):
    """A million ended incidents are not looked at: the index of the active ones leads."""
    plan = database.read(lambda: store.figures._tables.connection.execute(f"EXPLAIN QUERY PLAN {_ACTIVE}").fetchall())
    assert any("incidents_open" in row[3] for row in plan), plan
