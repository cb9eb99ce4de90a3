"""What our own credentials may do, asked of the API server itself before a button promises it.

The rules of a namespace come in one answer. They may be incomplete (an authorizer that cannot list them): then what
they do not grant is asked one by one, as is all that is cluster-wide. Answers are kept for a minute. Knowing is a
courtesy: a server that will not say hides nothing, the real call decides.
"""

import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from chatops.cluster.answers import decode
from chatops.cluster.connection import Connection
from chatops.cluster.models import Model, empty, listed
from chatops.core.actions import ACTIONS
from chatops.core.failures import Failure
from chatops.core.permissions import Permission, needed

_REVIEWS = "/apis/authorization.k8s.io/v1/"

KEPT_SECONDS = 60.0

T = TypeVar("T")


class _Rule(Model):
    verbs: list[str] | None = None
    api_groups: list[str] | None = None
    resources: list[str] | None = None
    resource_names: list[str] | None = None

    def grants(self, permission: Permission) -> bool:
        """One for certain names grants nothing that can be relied on."""
        wanted = f"{permission.resource}/{permission.subresource}".rstrip("/")
        names = {wanted, f"*/{permission.subresource}" if permission.subresource else wanted}
        return (
            not self.resource_names
            and _in({permission.verb}, self.verbs)
            and _in({permission.group}, self.api_groups)
            and _in(names, self.resources)
        )


class _Rules(Model):
    resource_rules: list[_Rule] | None = None
    incomplete: bool = True

    def grant(self, permission: Permission) -> bool:
        return any(rule.grants(permission) for rule in listed(self.resource_rules))


class _RulesReview(Model):
    status: _Rules = empty(_Rules)


class _Access(Model):
    allowed: bool = False


class _AccessReview(Model):
    status: _Access = empty(_Access)


class Rights:
    """The rights of one connection's credentials, and of whom it acts as. `clock` returns monotonic seconds."""

    def __init__(self, connection: Connection, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._connection = connection
        self._clock = clock
        self._known: dict[Hashable, tuple[float, Any]] = {}

    def denied(self, kind: str, namespace: str) -> tuple[str, ...]:
        """Ids of the actions on a `kind` in this namespace (empty: all of them) that would be refused."""
        return tuple(
            action.id
            for action in ACTIONS.values()
            if kind in action.kinds and not all(self.allows(each, namespace) for each in needed(action.id, kind))
        )

    def allows(self, permission: Permission, namespace: str) -> bool:
        """False only where the API server says so."""
        if namespace:
            rules = self._kept(namespace, lambda: self._rules(namespace))
            if rules.grant(permission) or not rules.incomplete:
                return rules.grant(permission)
        return self._kept((permission, namespace), lambda: self._asked(permission, namespace))

    def _kept(self, key: Hashable, ask: Callable[[], T]) -> T:
        whose = (self._connection.credentials.acting_as, key)
        known = self._known.get(whose)
        if known is None or self._clock() - known[0] >= KEPT_SECONDS:
            known = self._known[whose] = (self._clock(), ask())
        answer: T = known[1]
        return answer

    def _rules(self, namespace: str) -> _Rules:
        try:
            return decode(self._review("SelfSubjectRulesReview", {"namespace": namespace}), _RulesReview).status
        except Failure:
            return _Rules()

    def _asked(self, permission: Permission, namespace: str) -> bool:
        attributes = {
            "verb": permission.verb,
            "group": permission.group,
            "resource": permission.resource,
            "subresource": permission.subresource,
            "namespace": namespace,
        }
        spec = {"resourceAttributes": {name: value for name, value in attributes.items() if value}}
        try:
            return decode(self._review("SelfSubjectAccessReview", spec), _AccessReview).status.allowed
        except Failure:
            return True

    def _review(self, kind: str, spec: dict[str, Any]) -> bytes:
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": kind, "spec": spec}
        return self._connection.ask(f"{_REVIEWS}{kind.lower()}s", body)


def _in(wanted: set[str], granted: list[str] | None) -> bool:
    return not wanted.isdisjoint(listed(granted)) or "*" in listed(granted)
