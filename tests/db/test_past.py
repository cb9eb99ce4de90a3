"""Earlier incidents of the same title and place are told from others."""

from dataclasses import replace
from datetime import timedelta

from chatops.db.store import Store

from .building import NOW, body, known, told


def test_alike_counts_earlier_ones_of_the_same_kind_and_place(store: Store) -> None:
    days = (0, 3, 6, 8, 9)
    for number, day in enumerate(days):
        (incident_id,) = told(store, body(f"k{number}", firing=[f"f{number}"]), at=NOW + timedelta(days=day))
    assert [store.past.alike_before(known(store, number + 1)) for number in range(len(days))] == [0, 1, 2, 2, 3]
    elsewhere = replace(known(store, incident_id), namespace="other")
    assert store.past.alike_before(elsewhere) == 0
    assert store.past.alike_before(known(store, incident_id), days=30) == 4
