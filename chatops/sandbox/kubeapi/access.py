"""Who is calling and what they may do: bearer tokens, impersonation and rules. It decides; it does not answer."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from chatops.sandbox.kubeapi.errors import ApiError, forbidden, unauthorized
from chatops.sandbox.kubeapi.kinds import Obj, Resource

ANYONE = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A grant; "*" stands for everything. No `namespaces` means the whole cluster, no `names` every name."""

    verbs: tuple[str, ...] = ("*",)
    groups: tuple[str, ...] = ("*",)
    resources: tuple[str, ...] = ("*",)
    namespaces: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    def grants(self, attributes: Attributes) -> bool:
        """Whether this rule allows it."""
        if attributes.path:
            return _in(attributes.verb, self.verbs) and any(
                path in ("*", attributes.path) or (path.endswith("*") and attributes.path.startswith(path[:-1]))
                for path in self.paths
            )
        if self.paths:
            return False
        full = f"{attributes.resource}/{attributes.subresource}".rstrip("/")
        return (
            _in(attributes.verb, self.verbs)
            and _in(attributes.group, self.groups)
            and (_in(full, self.resources) or f"*/{attributes.subresource}" in self.resources)
            and (not self.namespaces or attributes.namespace in self.namespaces)
            and (not self.names or attributes.name in self.names)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What is asked: a verb on a resource, or on a `path` outside the resources."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""


def _in(word: str, words: tuple[str, ...]) -> bool:
    return "*" in words or word in words


EVERYTHING = (Rule(), Rule(paths=("*",)))


class Access:
    """Tokens and rules. Without any rule everybody may do everything, as a cluster-admin."""

    def __init__(self, token: str | None = None) -> None:
        self._tokens: dict[str, str] = {}
        self.incomplete = False
        """Whether a rules review says that there may be more, as where a webhook is asked too."""
        self._rules: dict[str, tuple[Rule, ...]] = {}
        if token is not None:
            self.add_token(token, user="system:serviceaccount:chatops:chatops")

    def add_token(self, token: str, *, user: str) -> None:
        """From now on a token is demanded, and this one is `user`'s."""
        self._tokens[token] = user

    def allow(self, user: str, *rules: Rule) -> None:
        """Add rules for a user ("*": for every user); the first call ends the reign of everything-allowed."""
        self._rules[user] = (*self._rules.get(user, ()), *rules)

    def reset(self) -> None:
        """Drop all rules: everything is allowed again."""
        self._rules.clear()

    def rules_of(self, user: str) -> tuple[Rule, ...]:
        """The rules that hold for a user."""
        if not self._rules:
            return EVERYTHING
        return (*self._rules.get(user, ()), *self._rules.get(ANYONE, ()))

    def may(self, user: str, attributes: Attributes) -> bool:
        """Whether the user may do it."""
        return any(rule.grants(attributes) for rule in self.rules_of(user))

    def identify(self, headers: Mapping[str, str]) -> str:
        """The name the request acts under; ApiError 401 without credentials, 403 for a refused impersonation."""
        user = self._authenticate(headers.get("authorization", ""))
        wanted = headers.get("impersonate-user", "")
        if not wanted:
            if headers.get("impersonate-group") or headers.get("impersonate-uid"):
                raise ApiError(
                    500,
                    "InternalError",
                    "Internal error occurred: requested groups without impersonating a user",
                )
            return user
        self._may_impersonate(user, "users", wanted)
        if group := headers.get("impersonate-group"):
            self._may_impersonate(user, "groups", group)
        return wanted

    def _authenticate(self, header: str) -> str:
        if not self._tokens:
            return "kubernetes-admin"
        kind, _, given = header.partition(" ")
        found = None
        for token, user in self._tokens.items():
            if hmac.compare_digest(token.encode(), given.strip().encode()):
                found = user
        if kind.lower() != "bearer" or found is None:
            raise unauthorized()
        return found

    def _may_impersonate(self, user: str, resource: str, name: str) -> None:
        attributes = Attributes(verb="impersonate", resource=resource, name=name)
        if not self.may(user, attributes):
            raise ApiError(
                403,
                "Forbidden",
                f'{resource} "{name}" is forbidden: User "{user}" cannot impersonate resource '
                f'"{resource}" in API group "" at the cluster scope',
                details={"name": name, "kind": resource},
            )

    def check(self, user: str, resource: Resource, attributes: Attributes) -> None:
        """ApiError 403 when the user may not."""
        if self.may(user, attributes):
            return
        full = f"{attributes.resource}/{attributes.subresource}".rstrip("/")
        where = f'in the namespace "{attributes.namespace}"' if attributes.namespace else "at the cluster scope"
        raise forbidden(
            resource,
            attributes.name,
            f'User "{user}" cannot {attributes.verb} resource "{full}" in API group "{attributes.group}" {where}',
        )

    def check_path(self, user: str, verb: str, path: str) -> None:
        """ApiError 403 for a path outside the resources that the user may not call; discovery is open to all."""
        if path.startswith(("/api", "/openapi", "/version")) or path in ("/livez", "/readyz", "/healthz"):
            return
        if not self.may(user, Attributes(verb=verb, path=path)):
            raise ApiError(403, "Forbidden", f'forbidden: User "{user}" cannot {verb} path "{path}"', details={})


def attributes_of(spec: Obj) -> Attributes:
    """The question in the spec of an access review."""
    asked = spec.get("resourceAttributes")
    if asked:
        return Attributes(
            verb=str(asked.get("verb", "")),
            group=str(asked.get("group", "")),
            resource=str(asked.get("resource", "")),
            subresource=str(asked.get("subresource", "")),
            namespace=str(asked.get("namespace", "")),
            name=str(asked.get("name", "")),
        )
    other = spec.get("nonResourceAttributes") or {}
    return Attributes(verb=str(other.get("verb", "")), path=str(other.get("path", "")))
