"""Which columns `kubectl get` shows for each kind."""

from __future__ import annotations

from chatops.sandbox.kubeapi.cells import AGE, NAME, Column
from chatops.sandbox.kubeapi.kinds import Resource
from chatops.sandbox.kubeapi.other_columns import OTHER_COLUMNS
from chatops.sandbox.kubeapi.workload_columns import WORKLOAD_COLUMNS

_COLUMNS = {**WORKLOAD_COLUMNS, **OTHER_COLUMNS}
_PLAIN = (NAME, AGE)


def columns_of(resource: Resource) -> tuple[Column, ...]:
    """The columns of a kind; name and age for one without its own."""
    return _COLUMNS.get(resource.key, _PLAIN)
