"""One request to an API server and its answer, failures classified. It knows HTTP, and neither lists nor retries."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kubernetes.client.exceptions import ApiException
from structlog.contextvars import get_contextvars

from chatops.cluster.credentials import Credentials
from chatops.cluster.errors import failure_from
from chatops.cluster.requests import Told
from chatops.core.failures import Failure, Permanent, Reason
from chatops.fencing import ensure_leading

EVERYTHING = "application/json, */*"
LARGEST = 64 * 1024 * 1024
"""Bytes of one answer."""
CHUNK = 64 * 1024


class Request(NamedTuple):
    """`body` is sent as JSON, of the `content_type`; `accept` is the form of the answer that is wanted."""

    method: str
    path: str
    query: Mapping[str, str] | Sequence[tuple[str, str]] = ()
    body: Any = None
    content_type: str = ""
    accept: str = EVERYTHING


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Where a WebSocket is opened and with what. `configuration` is the kubernetes client's, for its TLS and proxy.

    `connect_timeout` is in seconds; none of `secrets` may ever be shown.
    """

    url: str
    headers: dict[str, str]
    configuration: Any
    connect_timeout: float
    secrets: frozenset[str]


class Exchange:
    """Over the connections of one context's credentials. Not for sharing between threads.

    Every request has time limits in seconds: `connect_timeout`, `read_timeout` between two pieces of the answer, and
    three times the latter for the whole of it. Methods raise Temporary and Permanent only.
    """

    def __init__(self, credentials: Credentials, *, connect_timeout: float, read_timeout: float) -> None:
        self._credentials = credentials
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout

    def send(self, request: Request, *, limit: int = LARGEST, cut: bool = False, changes: bool = False) -> bytes:
        """The body of the answer, which may have `limit` bytes, or its first `limit` bytes with `cut`.

        With `changes` an answer that is lost is Permanent(UNKNOWN_OUTCOME).
        """
        return self.answered(request, limit=limit, cut=cut, changes=changes)[1]

    def answered(
        self,
        request: Request,
        *,
        limit: int = LARGEST,
        cut: bool = False,
        changes: bool = False,
        kept: tuple[int, ...] = (),
    ) -> tuple[int, bytes]:
        """Status and body; a status that is none of success is raised, unless it is one of `kept`."""
        client = self._credentials.client()
        if request.method != "GET":
            ensure_leading()
        told = Told(request.method, request.path, dry_run="dryRun" in request.query)
        try:
            limits = (self._connect_timeout, self._read_timeout)
            response = client.call_api(*self._serialized(client, request), _request_timeout=limits).response
            told.code = response.status
            try:
                data = self._body(response, limit, cut or changes)
            except BaseException:
                response.close()
                raise
            finally:
                response.release_conn()
            if not 200 <= response.status <= 299 and response.status not in kept:
                raise _refusal(response, data)
            return response.status, data
        except Failure as known:
            told.code = told.code or known.reason
            raise
        except Exception as error:
            failure = failure_from(error, changes=changes, secrets=self._credentials.secrets)
            if failure.reason is Reason.UNAUTHORIZED:
                # The token or certificate may have been replaced where no file we watch shows it.
                self._credentials.close()
            told.code = told.code or failure.reason
            raise failure from None
        finally:
            told.tell()

    def upgrade(self, path: str, query: Sequence[tuple[str, str]]) -> Upgrade:
        """What opening a WebSocket at `path` takes: the same address, credentials and TLS as any other request."""
        client = self._credentials.client()
        _, url, headers, *_ = self._serialized(client, Request("GET", path, query))
        said = {name: value for name, value in headers.items() if name.lower() in ("authorization", "impersonate-user")}
        return Upgrade(url, said, client.configuration, self._connect_timeout, self._credentials.secrets)

    def _serialized(self, client: Any, request: Request) -> Any:
        """As the client takes it, with the credentials in its headers."""
        headers = {"Accept": request.accept}
        if self._credentials.acting_as:
            headers["Impersonate-User"] = self._credentials.acting_as
        if request.content_type:
            headers["Content-Type"] = request.content_type
        if request.method != "GET" and (run := get_contextvars().get("run")):
            # The API server writes its own audit log under the id it is given.
            headers["Audit-ID"] = str(run)
        query = request.query
        try:
            return client.param_serialize(
                request.method,
                request.path,
                query_params=list(query.items() if isinstance(query, Mapping) else query),
                header_params=headers,
                body=request.body,
                auth_settings=["BearerToken"],
            )
        except Exception as error:
            # Only reading a token (file, service account) can fail here.
            failure = failure_from(error, secrets=self._credentials.secrets)
            raise Permanent(Reason.NOT_CONFIGURED, failure.detail) from None

    def _body(self, response: Any, limit: int, cut: bool) -> bytes:
        """The whole answer, or its first `limit` bytes. A server that dribbles is as late as one that is silent."""
        deadline = time.monotonic() + 3 * self._read_timeout
        pieces: list[bytes] = []
        size = 0
        while piece := response.read1(CHUNK):
            pieces.append(piece)
            size += len(piece)
            if size >= limit:
                if size > limit and not cut:
                    raise Permanent(Reason.REFUSED, f"an answer of more than {limit} bytes")
                response.close()
                break
            if time.monotonic() > deadline:
                raise TimeoutError
        return b"".join(pieces)[:limit]


def _refusal(response: Any, data: bytes) -> ApiException:
    error: Any = ApiException(status=response.status, reason=response.reason, body=data.decode(errors="replace"))
    error.headers = response.headers
    return error  # type: ignore[no-any-return]  # the library's __init__ fills headers from its own response class only
