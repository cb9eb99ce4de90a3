"""What a path names: a resource, an object, a subresource, or something outside the resources."""

from __future__ import annotations

from chatops.sandbox.kubeapi.errors import unknown_path
from chatops.sandbox.kubeapi.kinds import Kinds, Resource
from chatops.sandbox.kubeapi.objects import Target

_COLLECTION = {"GET": "list", "POST": "create", "DELETE": "deletecollection"}
_OBJECT = {
    "GET": "get",
    "HEAD": "get",
    "PUT": "update",
    "PATCH": "patch",
    "DELETE": "delete",
    "POST": "create",
}


def resolve(kinds: Kinds, path: str) -> tuple[Target, tuple[str, ...]] | None:
    """The target of a resource path and what follows its subresource; None when it is no resource path.

    ApiError 404 for a resource that is not served.
    """
    parts = [part for part in path.split("/") if part]
    if len(parts) >= 3 and parts[0] == "api":
        group, version, rest = "", parts[1], parts[2:]
    elif len(parts) >= 4 and parts[0] == "apis":
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return None
    namespace = ""
    if rest[0] == "namespaces" and len(rest) >= 3 and not (len(rest) == 3 and rest[2] in ("status", "finalize")):
        namespace, rest = rest[1], rest[2:]
    resource = kinds.at(group, version, rest[0])
    if resource is None or (namespace and not resource.namespaced):
        raise unknown_path()
    name = rest[1] if len(rest) > 1 else ""
    subresource = rest[2] if len(rest) > 2 else ""
    if subresource and subresource not in resource.subresources:
        raise unknown_path()
    target = Target(resource=resource, namespace=namespace, name=name, subresource=subresource)
    return target, tuple(rest[3:])


def verb_of(method: str, target: Target, *, watch: bool) -> str:
    """The verb that the authorizer is asked about; empty for a method that means nothing here."""
    if target.name:
        return _OBJECT.get(method, "")
    verb = _COLLECTION.get(method, "")
    return "watch" if verb == "list" and watch else verb


def allows(resource: Resource, verb: str, subresource: str) -> bool:
    """Whether the resource is served with this verb at all."""
    if subresource == "eviction":
        return verb == "create"
    if subresource == "log":
        return verb == "get"
    if subresource == "exec":
        return verb in ("create", "get")
    if subresource:
        return verb in ("get", "patch", "update") or subresource == "proxy"
    return verb in resource.verbs
