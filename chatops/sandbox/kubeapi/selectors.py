"""Label and field selectors: parsed once, asked often. They know nothing of storage."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chatops.sandbox.kubeapi.errors import bad_request
from chatops.sandbox.kubeapi.kinds import Obj, Resource

_SET = re.compile(r"^\s*(\S+)\s+(in|notin)\s*\(([^()]*)\)\s*$")
_PAIR = re.compile(r"^\s*([^\s!=<>()]+)\s*(==|!=|=|>|<)\s*([^\s=<>()]*)\s*$")
_KEY = re.compile(r"^\s*(!?)\s*([^\s!=<>(),]+)\s*$")
_NAME = re.compile(r"^([a-z0-9A-Z.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One comma-separated part; `operator` is one of = != in notin exists !exists > <."""

    key: str
    operator: str
    values: frozenset[str]

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether these labels meet it; an absent key meets != and notin, as in Kubernetes."""
        present, value = self.key in labels, labels.get(self.key, "")
        match self.operator:
            case "exists":
                return present
            case "!exists":
                return not present
            case "!=" | "notin":
                return not present or value not in self.values
            case ">" | "<":
                return present and _compare(value, self.operator, next(iter(self.values)))
            case _:
                return present and value in self.values


def _compare(value: str, operator: str, bound: str) -> bool:
    try:
        left, right = int(value), int(bound)
    except ValueError:
        return False
    return left > right if operator == ">" else left < right


def split_parts(text: str) -> list[str]:
    """Cut at the commas outside parentheses."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(text):
        if letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
        elif letter == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return parts


def _requirement(part: str) -> Requirement:
    if found := _SET.match(part):
        values = frozenset(value.strip() for value in found[3].split(","))
        parsed = Requirement(key=found[1], operator=found[2], values=values)
    elif found := _PAIR.match(part):
        operator = "=" if found[2] == "==" else found[2]
        parsed = Requirement(key=found[1], operator=operator, values=frozenset([found[3]]))
    elif found := _KEY.match(part):
        parsed = Requirement(key=found[2], operator="!exists" if found[1] else "exists", values=frozenset())
    else:
        raise bad_request(f"unable to parse requirement: found '{part.strip()}', expected: identifier")
    if not _NAME.match(parsed.key):
        raise bad_request(f'unable to parse requirement: <nil>: Invalid value: "{parsed.key}"')
    return parsed


def parse_labels(text: str) -> tuple[Requirement, ...]:
    """Requirements of a labelSelector; ApiError 400 when it is malformed, an empty one matches all."""
    if not text.strip():
        return ()
    return tuple(_requirement(part) for part in split_parts(text))


def from_selector(selector: Obj | None) -> tuple[Requirement, ...] | None:
    """Requirements of a metav1.LabelSelector object; None (matches nothing) for a null selector."""
    if selector is None:
        return None
    found = [
        Requirement(key=key, operator="=", values=frozenset([value]))
        for key, value in (selector.get("matchLabels") or {}).items()
    ]
    operators = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!exists"}
    found += [
        Requirement(
            key=each["key"],
            operator=operators[each["operator"]],
            values=frozenset(each.get("values") or ()),
        )
        for each in selector.get("matchExpressions") or ()
    ]
    return tuple(found)


def labels_match(requirements: tuple[Requirement, ...] | None, obj: Obj) -> bool:
    """Whether an object's labels meet all of them."""
    if requirements is None:
        return False
    labels = obj["metadata"].get("labels") or {}
    return all(requirement.holds(labels) for requirement in requirements)


def _path(*steps: str) -> Callable[[Obj], str]:
    def read(obj: Obj) -> str:
        value: object = obj
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        if isinstance(value, bool):
            return str(value).lower()
        return "" if value is None else str(value)

    return read


_COMMON = {"metadata.name": _path("metadata", "name"), "metadata.namespace": _path("metadata", "namespace")}
_FIELDS: dict[str, dict[str, Callable[[Obj], str]]] = {
    "pods": {
        "spec.nodeName": _path("spec", "nodeName"),
        "spec.restartPolicy": _path("spec", "restartPolicy"),
        "spec.schedulerName": _path("spec", "schedulerName"),
        "spec.serviceAccountName": _path("spec", "serviceAccountName"),
        "spec.hostNetwork": lambda obj: _path("spec", "hostNetwork")(obj) or "false",
        "status.phase": _path("status", "phase"),
        "status.podIP": _path("status", "podIP"),
        "status.nominatedNodeName": _path("status", "nominatedNodeName"),
    },
    "nodes": {"spec.unschedulable": lambda obj: _path("spec", "unschedulable")(obj) or "false"},
    "events": {
        "involvedObject.kind": _path("involvedObject", "kind"),
        "involvedObject.namespace": _path("involvedObject", "namespace"),
        "involvedObject.name": _path("involvedObject", "name"),
        "involvedObject.uid": _path("involvedObject", "uid"),
        "involvedObject.apiVersion": _path("involvedObject", "apiVersion"),
        "involvedObject.resourceVersion": _path("involvedObject", "resourceVersion"),
        "involvedObject.fieldPath": _path("involvedObject", "fieldPath"),
        "reason": _path("reason"),
        "reportingComponent": _path("reportingComponent"),
        "source": _path("source", "component"),
        "type": _path("type"),
    },
    "namespaces": {"status.phase": _path("status", "phase")},
    "secrets": {"type": _path("type")},
    "jobs.batch": {"status.successful": lambda obj: _path("status", "succeeded")(obj) or "0"},
    "replicasets.apps": {"status.replicas": lambda obj: _path("status", "replicas")(obj) or "0"},
    "certificatesigningrequests.certificates.k8s.io": {"spec.signerName": _path("spec", "signerName")},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTerm:
    """One `field=value` or `field!=value` of a field selector."""

    read: Callable[[Obj], str]
    equal: bool
    value: str

    def holds(self, obj: Obj) -> bool:
        """Whether the object meets it."""
        return (self.read(obj) == self.value) is self.equal


def parse_fields(resource: Resource, text: str) -> tuple[FieldTerm, ...]:
    """Terms of a fieldSelector; ApiError 400 for a field this resource cannot be selected by."""
    known = {**_COMMON, **_FIELDS.get(resource.key, {})}
    terms = []
    for part in text.split(","):
        if not part.strip():
            continue
        found = re.match(r"^([^=!]+?)\s*(==|!=|=)(.*)$", part.strip())
        if found is None:
            raise bad_request(f"invalid selector: '{text}'; can't understand '{part}'")
        field, operator, value = found.groups()
        if field not in known:
            raise bad_request(f'field label not supported: "{field}"'.replace('"', ""))
        terms.append(FieldTerm(read=known[field], equal=operator != "!=", value=value))
    return tuple(terms)
