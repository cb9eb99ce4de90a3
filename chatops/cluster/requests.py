"""A request in RBAC's words, for counting it: which verb on which resource, and what came of it. It sends nothing."""

import time
from collections.abc import Iterator

import structlog

from chatops import metrics

log = structlog.get_logger()

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


def verb_and_resource(method: str, path: str) -> tuple[str, str]:
    """`("get", "pods/log")` of a path of Kubernetes' API; what is about no resource is `discovery`."""
    parts = iter(path.strip("/").split("/"))
    if next(parts, "") not in ("api", "apis"):
        return _VERBS.get(method, "get"), "discovery"
    if path.startswith("/apis/"):
        next(parts, "")
    next(parts, "")
    rest = list(_in_namespace(list(parts)))
    if not rest:
        return "get", "discovery"
    plural, name, *part = (*rest, "") if len(rest) == 1 else rest
    verb = _VERBS.get(method) or ("get" if name else "list")
    return verb, f"{plural}/{part[0]}" if part else plural


def _in_namespace(parts: list[str]) -> Iterator[str]:
    """Without `namespaces/NAME` before what lies in it."""
    inside = len(parts) > 2 and parts[0] == "namespaces" and parts[2] not in ("status", "finalize")
    return iter(parts[2:] if inside else parts)


class Told:
    """One request from its beginning to its end; `code` is the HTTP status, or the Reason where there was none."""

    def __init__(self, method: str, path: str, *, dry_run: bool = False) -> None:
        self.code: object = ""
        self._method = method
        self._path = path
        self._dry_run = dry_run
        self._begun = time.perf_counter()

    def tell(self) -> None:
        """Count it. What changes the cluster has a line of its own in the log, with the ids of what it is for."""
        took = time.perf_counter() - self._begun
        verb, resource = verb_and_resource(self._method, self._path)
        metrics.kubernetes_answered(verb, resource, self.code, took)
        changes = verb not in ("get", "list") and not self._dry_run and not resource.startswith("selfsubject")
        say = log.info if changes else log.debug
        say("kubernetes request", verb=verb, path=self._path, code=str(self.code), seconds=round(took, 3))
