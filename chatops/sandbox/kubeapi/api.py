"""The API over HTTP: a WSGI application. What it answers comes from the objects; what it says is JSON."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from chatops.sandbox.kubeapi.access import Attributes
from chatops.sandbox.kubeapi.errors import (
    ApiError,
    bad_request,
    internal,
    method_not_allowed,
)
from chatops.sandbox.kubeapi.faults import Fault
from chatops.sandbox.kubeapi.frontage import Frontage
from chatops.sandbox.kubeapi.request import Request, RequestRecord, Response
from chatops.sandbox.kubeapi.reviews import answer_review
from chatops.sandbox.kubeapi.routes import allows, resolve, verb_of
from chatops.sandbox.kubeapi.signing import check_signer
from chatops.sandbox.kubeapi.verbs import Verbs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from chatops.sandbox.kubeapi.cluster import Cluster

_log = logging.getLogger(__name__)
_REASONS = {
    200: "OK",
    201: "Created",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    409: "Conflict",
    410: "Gone",
    413: "Request Entity Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_DEFAULT_WATCH = 1800.0


class Api:
    """Answers every request from one cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._verbs = Verbs(cluster)
        self._frontage = Frontage(cluster)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The WSGI entry."""
        request: Request | None = None
        fault: Fault | None = None
        try:
            request = Request.of(environ)
            fault = self._cluster.faults.take(request.method, request.path)
            response = self._suffer(request, fault) or self._answer(request)
        except ApiError as problem:
            extra = (("Retry-After", str(problem.retry_after)),) if problem.retry_after else ()
            response = Response(status=problem.code, body=problem.body(), headers=extra)
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            _log.warning("a request the API could not read", exc_info=True)
            response = Response(status=400, body=bad_request(f"malformed request: {problem}").body())
        except Exception as problem:
            _log.exception("the API failed")
            response = Response(status=500, body=internal(str(problem)).body())
        dropped = fault is not None and fault.kind in ("drop_before", "drop_after", "hang")
        if request is not None:
            self._cluster.requests.add(
                RequestRecord(
                    method=request.method,
                    path=request.path,
                    query=dict(request.query),
                    headers=dict(request.headers),
                    body=request.body,
                    status=None if dropped else response.status,
                    sender=request.sender,
                )
            )
            if dropped:
                request.sever()
        return _send(response, start_response)

    def _suffer(self, request: Request, fault: Fault | None) -> Response | None:
        """What a scripted fault makes of the request; None lets it be answered as usual."""
        if fault is None or fault.kind == "drop_after":
            return None
        if fault.kind == "slow":
            fault.released.wait(fault.seconds)
            return None
        if fault.kind == "hang":
            while not fault.released.wait(0.2):
                if request.disconnected() or self._cluster.closing.is_set():
                    break
        if fault.kind != "status":
            return Response(status=503, body=b"")
        words = {
            429: (
                "TooManyRequests",
                "the server has received too many requests and has asked us to try again later",
            ),
            503: ("ServiceUnavailable", "the server is currently unable to handle the request"),
            500: ("InternalError", "Internal error occurred: etcdserver: request timed out"),
        }
        reason, message = words.get(fault.code, ("Unknown", "the server rejected the request"))
        raise ApiError(fault.code, reason, message, details={}, retry_after=fault.retry_after)

    def _answer(self, request: Request) -> Response:
        access = self._cluster.access
        user = access.identify(request.headers)
        found = resolve(self._cluster.kinds, request.path)
        if found is None:
            access.check_path(user, "get", request.path)
            return self._frontage.answer(request)
        target, rest = found
        verb = verb_of(request.method, target, watch=request.flag("watch"))
        resource = target.resource
        if not verb or not allows(resource, verb, target.subresource):
            raise method_not_allowed()
        review = resource.verbs == ("create",)
        if not review:
            access.check(
                user,
                resource,
                Attributes(
                    verb=verb,
                    group=resource.group,
                    resource=resource.plural,
                    subresource=target.subresource,
                    namespace=target.namespace or (target.name if resource.plural == "namespaces" else ""),
                    name=target.name,
                ),
            )
        if target.subresource == "approval" and verb != "get":
            check_signer(access, user, resource, self._cluster.objects.get(target))
        if review:
            body = answer_review(resource, request.decoded_object(), access, user)
            return Response(status=201, body=body)
        if resource.group == "metrics.k8s.io":
            return Response(body=self._verbs.metrics(request, target))
        if target.subresource in ("log", "exec", "eviction", "scale", "proxy"):
            return self._verbs.below(request, target, verb, rest)
        return self._verbs.answer(request, target, verb)


def _send(response: Response, start_response: StartResponse) -> Iterable[bytes]:
    status = f"{response.status} {_REASONS.get(response.status, 'Unknown')}"
    headers = [("Content-Type", response.content_type), ("Cache-Control", "no-cache, private")]
    headers.extend(response.headers)
    body: Any = response.body
    if isinstance(body, Iterator):
        # Headers at once: a client that follows something quiet waits for them before anything else.
        start_response(status, headers)(b"")
        return body
    data = body if isinstance(body, bytes) else msgspec.json.encode(body)
    start_response(status, [*headers, ("Content-Length", str(len(data)))])
    return [data]
