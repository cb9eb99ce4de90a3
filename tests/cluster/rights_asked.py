"""Which rights of RBAC the requests take that a stand-in was sent, and which ones docs/rbac.md grants."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from chatops.sandbox.kubeapi import KubeApiServer
from chatops.sandbox.kubeapi.request import RequestRecord

Right = tuple[str, str, str]
"""Verb, API group, and resource with its subresource."""

PAGE = Path(__file__).parents[2] / "docs" / "rbac.md"
_YAML = re.compile(r"```yaml\n(.*?)```", re.DOTALL)

_PATH = re.compile(
    r"/(?:api/v1|apis/(?P<group>[^/]+)/[^/]+)"
    r"(?:/namespaces/[^/]+(?=/[^/]+))?/(?P<plural>[^/]+)(?:/(?P<name>[^/]+)(?:/(?P<part>[^/]+))?)?"
)
_OF_ONE = {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "POST": "create"}
_OF_MANY = {"GET": "list", "POST": "create", "DELETE": "deletecollection"}
_FREE = ("authorization.k8s.io",)
"""What everybody who is known to the cluster may ask by the role system:basic-user."""


def right(record: RequestRecord) -> Right | None:
    """The right a request takes; None for what every cluster grants to everybody: discovery, health, reviews."""
    match = _PATH.match(record.path)
    if match is None or match["group"] in _FREE:
        return None
    verbs = _OF_ONE if match["name"] else _OF_MANY
    resource = match["plural"] + (f"/{match['part']}" if match["part"] else "")
    return verbs[record.method], match["group"] or "", resource


class Asked:
    """What the service asked of a server from now on, also of what the test forgets."""

    def __init__(self, server: KubeApiServer) -> None:
        self.rights: set[Right] = set()
        self.refused: list[RequestRecord] = []
        kept = server.requests.add

        def add(record: RequestRecord) -> None:
            kept(record)
            found = right(record)
            # A WebSocket says no more of itself than it has to.
            ours = record.headers.get("user-agent") == "chatops" or record.path.endswith("/exec")
            if found is not None and ours:
                self.rights.add(found)
                if record.status == 403:
                    self.refused.append(record)

        server.requests.add = add  # type: ignore[method-assign]


def roles() -> dict[str, list[dict[str, Any]]]:
    """The rules of each ClusterRole in docs/rbac.md."""
    documents = [
        msgspec.yaml.decode(part) for block in _YAML.findall(PAGE.read_text()) for part in block.split("---\n")
    ]
    return {each["metadata"]["name"]: each["rules"] for each in documents if each and each["kind"] == "ClusterRole"}


@cache
def documented() -> frozenset[Right]:
    """All that docs/rbac.md grants."""
    return frozenset(granted(*roles()))


def granted(*names: str) -> set[Right]:
    """What these roles grant, one right at a time."""
    found = roles()
    return {
        (verb, group, resource)
        for name in names
        for rule in found[name]
        for verb in rule["verbs"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    }
