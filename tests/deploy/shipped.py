"""The rights that manifests give, as the stand-in of a cluster takes them. It knows nothing of who asks for what."""

from collections.abc import Iterator

from chatops.sandbox.kubeapi.access import Rule
from tests.deploy.chart import Obj

ACCOUNT = ("ServiceAccount", "chatops")
RBAC = ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")

Granted = tuple[str, str, str, tuple[str, ...]]
"""Verb, API group, resource with its subresource, and the names it is for; none means every name."""


def rules_of(objects: list[Obj], subject: tuple[str, str] = ACCOUNT) -> list[Rule]:
    """What is bound to a subject, of which the kind and the name are given."""
    return [
        Rule(
            verbs=tuple(rule["verbs"]),
            groups=tuple(rule["apiGroups"]),
            resources=tuple(rule["resources"]),
            names=tuple(rule.get("resourceNames", ())),
            namespaces=namespaces,
        )
        for role, namespaces in _bound(objects, subject)
        for rule in role["rules"]
    ]


def _bound(objects: list[Obj], subject: tuple[str, str]) -> Iterator[tuple[Obj, tuple[str, ...]]]:
    roles = {_key(each["kind"], each["metadata"]): each for each in objects if each["kind"] in ("Role", "ClusterRole")}
    for each in objects:
        if each["kind"] not in ("RoleBinding", "ClusterRoleBinding"):
            continue
        if subject not in [(one["kind"], one["name"]) for one in each["subjects"]]:
            continue
        namespace = each["metadata"].get("namespace", "")
        assert bool(namespace) == (each["kind"] == "RoleBinding")
        ref = each["roleRef"]
        yield roles[_key(ref["kind"], ref | {"namespace": namespace})], (namespace,) if namespace else ()


def _key(kind: str, metadata: Obj) -> tuple[str, str, str]:
    return kind, metadata.get("namespace", "") if kind == "Role" else "", metadata["name"]


def granted(rules: list[Obj]) -> set[Granted]:
    """Rules of RBAC, one right at a time."""
    return {
        (verb, group, resource, tuple(rule.get("resourceNames", ())))
        for rule in rules
        for verb in rule["verbs"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    }
