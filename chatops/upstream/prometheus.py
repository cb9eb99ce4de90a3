"""Prometheus' HTTP API v1, as far as it is used: an expression over a span of time, and the scrape targets."""

from datetime import datetime, timedelta
from typing import Generic, TypeVar

import msgspec

from chatops.core.failures import Permanent, Reason
from chatops.upstream.endpoint import Endpoint, decode

T = TypeVar("T")

_QUERY_SECONDS = 4
"""What Prometheus itself gives a query, so that a costly one does not run on after we stopped waiting."""


class Series(msgspec.Struct):
    """One line of a graph: `values` are unix seconds and the number as text, which may be NaN or +Inf."""

    metric: dict[str, str] = msgspec.field(default_factory=dict)
    values: list[tuple[float, str]] = msgspec.field(default_factory=list)


class _Matrix(msgspec.Struct, rename="camel"):
    result_type: str = ""
    result: msgspec.Raw = msgspec.Raw(b"[]")


class Target(msgspec.Struct, rename="camel"):
    """One scrape target. `discovered_labels` are those before relabelling (`__meta_kubernetes_...`)."""

    labels: dict[str, str] = msgspec.field(default_factory=dict)
    discovered_labels: dict[str, str] = msgspec.field(default_factory=dict)
    scrape_pool: str = ""
    health: str = ""
    last_error: str = ""
    last_scrape: str = ""


class _Targets(msgspec.Struct, rename="camel"):
    active_targets: list[Target] = msgspec.field(default_factory=list)


class _Build(msgspec.Struct):
    version: str = ""


class _Answer(msgspec.Struct, Generic[T]):
    data: T


class Prometheus:
    """Methods raise Temporary and Permanent only. Not for sharing between threads."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    @property
    def name(self) -> str:
        """Host and port, safe to show."""
        return self._endpoint.name

    def query_range(self, expression: str, start: datetime, end: datetime, step: timedelta) -> list[Series]:
        """The expression's value at each step. Raises Permanent(REFUSED) for one that Prometheus cannot read."""
        query = [
            ("query", expression),
            ("start", f"{start.timestamp():.3f}"),
            ("end", f"{end.timestamp():.3f}"),
            ("step", f"{step.total_seconds():g}"),
            ("timeout", f"{_QUERY_SECONDS}s"),
        ]
        matrix = self._get("/api/v1/query_range", _Matrix, query)
        if matrix.result_type != "matrix":
            raise Permanent(Reason.REFUSED, f"the expression gives a {self._endpoint.clean(matrix.result_type)}")
        return decode(bytes(matrix.result), list[Series], "Prometheus")

    def targets(self) -> list[Target]:
        """Every active target."""
        return self._get("/api/v1/targets", _Targets, [("state", "active")]).active_targets

    def check(self) -> str:
        """Its version, for whoever asks whether it is there."""
        version = self._get("/api/v1/status/buildinfo", _Build, []).version
        return f"Prometheus {self._endpoint.clean(version)}"

    def close(self) -> None:
        self._endpoint.close()

    def _get(self, path: str, kind: type[T], query: list[tuple[str, str]]) -> T:
        return decode(self._endpoint.get(path, query), _Answer[kind], "Prometheus").data  # type: ignore[valid-type]  # a type known only here
