"""What the API says of itself: versions, groups, resources, health and the OpenAPI roots."""

from __future__ import annotations

import re

from chatops.sandbox.kubeapi.kinds import Kinds, Obj, Resource

VERSION: Obj = {
    "major": "1",
    "minor": "32",
    "gitVersion": "v1.32.4",
    "gitCommit": "59526cd4867447956156ae3a602fcbac10a2c335",
    "gitTreeState": "clean",
    "buildDate": "2025-04-22T15:55:06Z",
    "goVersion": "go1.23.6",
    "compiler": "gc",
    "platform": "linux/amd64",
}
# Field 1, the string "2.0": the smallest openapi.v2.Document there is.
OPENAPI_V2 = b"\x0a\x032.0"
CHECKS = ("ping", "log", "etcd", "informer-sync", "poststarthook/start-apiextensions-controllers", "shutdown")
_VERSION = re.compile(r"v(?P<major>\d+)(?:(?P<stage>alpha|beta)(?P<minor>\d+))?")
_STAGES = {"alpha": 0, "beta": 1, "": 2}
_ORDER = ("apps", "autoscaling", "batch", "policy", "networking.k8s.io")


def api_versions(address: str) -> Obj:
    """/api."""
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}],
    }


def groups(kinds: Kinds) -> list[str]:
    """The named groups, the well-known ones first."""
    found = {resource.group for resource in kinds if resource.group}
    return sorted(found, key=lambda group: (_ORDER.index(group) if group in _ORDER else len(_ORDER), group))


def _versions(kinds: Kinds, group: str) -> list[str]:
    """The preferred one first: stable before beta before alpha, then the highest number."""
    return sorted({resource.version for resource in kinds if resource.group == group}, key=_rank, reverse=True)


def _rank(version: str) -> tuple[int, int, int]:
    found = _VERSION.fullmatch(version)
    if found is None:
        return -1, 0, 0
    return _STAGES[found["stage"] or ""], int(found["major"]), int(found["minor"] or 0)


def group(kinds: Kinds, name: str) -> Obj | None:
    """/apis/NAME, None when nothing is served under it."""
    versions = [{"groupVersion": f"{name}/{version}", "version": version} for version in _versions(kinds, name)]
    if not versions:
        return None
    return {
        "kind": "APIGroup",
        "apiVersion": "v1",
        "name": name,
        "versions": versions,
        "preferredVersion": versions[0],
    }


def group_list(kinds: Kinds) -> Obj:
    """/apis."""
    found = []
    for name in groups(kinds):
        entry = dict(group(kinds, name) or {})
        del entry["kind"], entry["apiVersion"]
        found.append(entry)
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": found}


def _subresource(resource: Resource, name: str) -> Obj:
    entry: Obj = {
        "name": f"{resource.plural}/{name}",
        "singularName": "",
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": ["get", "patch", "update"],
    }
    if name == "scale":
        entry.update(group="autoscaling", version="v1", kind="Scale")
    elif name == "eviction":
        entry.update(group="policy", version="v1", kind="Eviction", verbs=["create"])
    elif name == "log":
        entry["verbs"] = ["get"]
    elif name == "exec":
        entry.update(kind="PodExecOptions", verbs=["create", "get"])
    elif name == "proxy":
        entry.update(kind="NodeProxyOptions", verbs=["create", "delete", "get", "patch", "update"])
    return entry


def resource_list(kinds: Kinds, group_name: str, version: str) -> Obj | None:
    """/api/v1 or /apis/GROUP/VERSION, None when it is not served."""
    entries: list[Obj] = []
    for resource in kinds:
        if (resource.group, resource.version) != (group_name, version):
            continue
        entry: Obj = {
            "name": resource.plural,
            "singularName": resource.kind.lower(),
            "namespaced": resource.namespaced,
            "kind": resource.kind,
            "verbs": list(resource.verbs),
        }
        if resource.short:
            entry["shortNames"] = list(resource.short)
        if resource.categories:
            entry["categories"] = list(resource.categories)
        entries.append(entry)
        entries.extend(_subresource(resource, name) for name in resource.subresources)
    if not entries:
        return None
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": f"{group_name}/{version}" if group_name else version,
        "resources": entries,
    }


def health(path: str, *, verbose: bool, failing: frozenset[str]) -> tuple[int, str]:
    """/livez, /readyz and /healthz: the code and the text; `failing` names checks that fail."""
    name = path.strip("/").partition("/")[0]
    bad = [check for check in CHECKS if check in failing]
    if not bad and not verbose:
        return 200, "ok"
    lines = [f"[-]{c} failed: reason withheld" if c in failing else f"[+]{c} ok" for c in CHECKS]
    lines.append(f"{name} check {'failed' if bad else 'passed'}")
    return (500 if bad else 200), "\n".join(lines) + "\n"
