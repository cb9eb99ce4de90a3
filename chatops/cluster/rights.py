"""What our own credentials may do, asked of the API server itself before a button promises it.

An answer is kept for a minute. Knowing is a courtesy: a server that will not say hides nothing, the real call decides.
"""

import time
from collections.abc import Callable

from chatops.cluster.connection import Connection, decode
from chatops.cluster.models import Model, empty
from chatops.core.actions import ACTIONS
from chatops.core.failures import Failure
from chatops.core.permissions import Permission, needed

_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

KEPT_SECONDS = 60.0


class _Status(Model):
    allowed: bool = False


class _Review(Model):
    status: _Status = empty(_Status)


class Rights:
    """The rights of one connection's credentials. `clock` returns monotonic seconds."""

    def __init__(self, connection: Connection, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._connection = connection
        self._clock = clock
        self._known: dict[tuple[Permission, str], tuple[float, bool]] = {}

    def denied(self, kind: str, namespace: str) -> tuple[str, ...]:
        """Ids of the actions on a `kind` in this namespace (empty: all of them) that would be refused."""
        return tuple(
            action.id
            for action in ACTIONS.values()
            if kind in action.kinds and not all(self.allows(each, namespace) for each in needed(action.id, kind))
        )

    def allows(self, permission: Permission, namespace: str) -> bool:
        """False only where the API server says so."""
        key = (permission, namespace)
        known = self._known.get(key)
        if known is None or self._clock() - known[0] >= KEPT_SECONDS:
            known = self._known[key] = (self._clock(), self._asked(permission, namespace))
        return known[1]

    def _asked(self, permission: Permission, namespace: str) -> bool:
        attributes = {
            "verb": permission.verb,
            "group": permission.group,
            "resource": permission.resource,
            "subresource": permission.subresource,
            "namespace": namespace,
        }
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {name: value for name, value in attributes.items() if value}},
        }
        try:
            return decode(self._connection.ask(_REVIEWS, body), _Review).status.allowed
        except Failure:
            return True
