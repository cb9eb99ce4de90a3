"""What is served beside the resources: discovery, version, health and the OpenAPI roots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatops.sandbox.kubeapi import discovery
from chatops.sandbox.kubeapi.errors import method_not_allowed, unknown_path
from chatops.sandbox.kubeapi.kinds import Obj
from chatops.sandbox.kubeapi.request import Request, Response

if TYPE_CHECKING:
    from chatops.sandbox.kubeapi.cluster import Cluster


class Frontage:
    """Answers GETs outside the resources."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def answer(self, request: Request) -> Response:
        """The page a path names; ApiError 404 when there is none."""
        kinds, path = self._cluster.kinds, request.path.rstrip("/")
        parts = [part for part in path.split("/") if part]
        if request.method not in ("GET", "HEAD"):
            raise method_not_allowed()
        if path == "/version":
            return Response(body=discovery.VERSION)
        if path == "/api":
            return Response(body=discovery.api_versions(request.headers.get("host", "")))
        if path == "/apis":
            return Response(body=discovery.group_list(kinds))
        if parts[:1] == ["api"] and len(parts) == 2:
            return self._known(discovery.resource_list(kinds, "", parts[1]))
        if parts[:1] == ["apis"] and len(parts) == 2:
            return self._known(discovery.group(kinds, parts[1]))
        if parts[:1] == ["apis"] and len(parts) == 3:
            return self._known(discovery.resource_list(kinds, parts[1], parts[2]))
        if parts[:1] in (["livez"], ["readyz"], ["healthz"]):
            failing = frozenset(self._cluster.failing_checks)
            code, text = discovery.health(path, verbose="verbose" in request.query, failing=failing)
            return Response(status=code, body=text.encode(), content_type="text/plain; charset=utf-8")
        if path == "/openapi/v2":
            return Response(
                body=discovery.OPENAPI_V2,
                content_type="application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
            )
        if path == "/openapi/v3":
            return Response(body={"paths": {}})
        raise unknown_path()

    @staticmethod
    def _known(body: Obj | None) -> Response:
        if body is None:
            raise unknown_path()
        return Response(body=body)
