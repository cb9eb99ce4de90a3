"""Requests to one cluster: paths and JSON in, bytes out, failures classified. It knows HTTP and no kind of object."""

import builtins
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from kubernetes.client.api_client import ApiClient
from kubernetes.client.exceptions import ApiException
from structlog.contextvars import get_contextvars

from chatops.cluster.errors import failure_from
from chatops.cluster.kubeconfig import Kubeconfig
from chatops.cluster.models import Meta, Thing
from chatops.cluster.requests import Told
from chatops.cluster.retries import Retries
from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.decoders import decoder_of
from chatops.fenced import fence_in
from chatops.fencing import ensure_leading

T = TypeVar("T")
R = TypeVar("R")

MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"

EVERYTHING = "application/json, */*"
METADATA_ONLY = f"application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io, {EVERYTHING}"
"""What a list is asked to hold. A server that does not know the second form answers in the first."""

FIELD_MANAGER = "chatops"
"""Our name in managedFields."""

_PAGE = 500
_CHUNK = 64 * 1024
_LARGEST = 64 * 1024 * 1024
"""Bytes of one answer; a page of 500 pods is about 3 MB."""


class _Continue(msgspec.Struct, rename={"token": "continue"}):
    token: str = ""


class _Head(msgspec.Struct):
    metadata: _Continue = msgspec.field(default_factory=_Continue)


class _Page(msgspec.Struct):
    items: list[msgspec.Raw] | None = None


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


class Connection:
    """One ApiClient for one context. Not for sharing between threads.

    Nothing is read before the first request, and files that appear or change later are read then: a missing
    or broken kubeconfig is a Permanent(NOT_CONFIGURED) of the call and never an error at construction. Every
    request has time limits in seconds: `connect_timeout`, `read_timeout` between two pieces of the answer,
    and three times the latter for the whole of it. Methods raise Temporary and Permanent only.
    """

    def __init__(
        self,
        kubeconfig: Kubeconfig,
        context: str | None,
        retries: Retries,
        *,
        connect_timeout: float = 3.0,
        read_timeout: float = 10.0,
    ) -> None:
        self._kubeconfig = kubeconfig
        self._context = context
        self._retries = retries
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._client: Any = None
        self._signature: tuple[object, ...] | None = None
        self._secrets: frozenset[str] = frozenset()
        self.acting_as = ""
        """The Kubernetes user that requests are made as, where that is not the credentials' own."""

    def get(self, path: str, query: Mapping[str, str] | None = None, *, accept: str = EVERYTHING) -> bytes:
        """The body of a GET, asked again while that may help. `accept` names the form wanted, such as a Table."""
        return self._retries.read(lambda: self._send("GET", path, query or {}, limit=_LARGEST, accept=accept))

    def list(
        self, path: str, kind: type[T], query: Mapping[str, str] | None = None, *, metadata_only: bool = False
    ) -> builtins.list[T]:
        """Every item of a list, fetched page by page; with `metadata_only` the server leaves the rest of each out.

        A page that fails makes the whole list be asked again: its token may be what expired (410), and pages
        of two moments must not be mixed.
        """
        return self.fold(path, kind, builtins.list, query, accept=METADATA_ONLY if metadata_only else EVERYTHING)

    def page(self, path: str, kind: type[T], query: Mapping[str, str], *, most: int) -> builtins.list[T]:
        """The first `most` items of a list."""
        asked = {**query, "limit": str(most)}
        found = self._retries.read(lambda: decode(self._send("GET", path, asked, limit=_LARGEST), _Page))
        return [decode(item, kind) for item in found.items or ()]

    def fold(
        self,
        path: str,
        kind: type[T],
        take: Callable[[Iterator[T]], R],
        query: Mapping[str, str] | None = None,
        *,
        accept: str = EVERYTHING,
    ) -> R:
        """What `take` makes of every item of a list, of which only one page is in memory at a time.

        `take` is called anew, with the items from the first on, when a page fails: what it keeps, it has to make.
        """

        def items() -> Iterator[T]:
            for page in self._pages(path, query or {}, accept):
                for item in decode(page, _Page).items or ():
                    yield decode(item, kind)

        return self._retries.read(lambda: take(items()))

    def fold_pages(
        self, path: str, take: Callable[[Iterator[bytes]], R], query: Mapping[str, str] | None = None, *, accept: str
    ) -> R:
        """As `fold`, over the bodies of the pages in the form that `accept` names."""
        return self._retries.read(lambda: take(self._pages(path, query or {}, accept)))

    def probe(self, path: str, query: Mapping[str, str] | None = None) -> tuple[bool, str]:
        """Whether a health endpoint says yes, and its words: a failing one answers 500 with the list of its checks."""

        status, data = self._retries.read(
            lambda: self._exchange("GET", path, query or {}, limit=_CHUNK, cut=True, kept=(500,))
        )
        return status != 500, data.decode(errors="replace")

    def log(self, path: str, query: Mapping[str, str], *, limit_bytes: int) -> bytes:
        """The first `limit_bytes` of a plain text answer; what comes after is not waited for."""
        return self._retries.read(lambda: self._send("GET", path, query, limit=limit_bytes, cut=True))

    def upgrade(self, path: str, query: Sequence[tuple[str, str]]) -> "Upgrade":
        """What opening a WebSocket at `path` takes: the same address, credentials and TLS as any other request."""
        client = self._ready_client()
        _, url, headers, *_ = self._request(client, "GET", path, query, None, "", EVERYTHING)
        said = {name: value for name, value in headers.items() if name.lower() in ("authorization", "impersonate-user")}
        return Upgrade(url, said, client.configuration, self._connect_timeout, self._secrets)

    def patch(self, path: str, body: Any, content_type: str, *, dry_run: bool = False) -> bytes:
        """Send a patch. A lost answer is Permanent(UNKNOWN_OUTCOME), unless it was a dry run."""
        query = {"fieldManager": FIELD_MANAGER}
        return self._change("PATCH", path, query, body, content_type, dry_run)

    def post(self, path: str, body: Any, *, dry_run: bool = False) -> bytes:
        """Create something, with the outcomes of `patch`."""
        return self._change("POST", path, {"fieldManager": FIELD_MANAGER}, body, "application/json", dry_run)

    def ask(self, path: str, body: Any) -> bytes:
        """A POST that only asks (a review): nothing is created, so it is sent again while that may help."""
        return self._retries.read(
            lambda: self._send("POST", path, {}, body=body, content_type="application/json", limit=_LARGEST)
        )

    def put(self, path: str, body: Any, *, dry_run: bool = False) -> bytes:
        """Replace something whole, under the resourceVersion in it, with the outcomes of `patch`."""
        return self._change("PUT", path, {"fieldManager": FIELD_MANAGER}, body, "application/json", dry_run)

    def delete(self, path: str, options: Mapping[str, Any], *, dry_run: bool = False) -> bytes:
        """Delete under the preconditions in `options` (a DeleteOptions), with the outcomes of `patch`."""
        body = {"apiVersion": "v1", "kind": "DeleteOptions", **options}
        if dry_run:
            # A body replaces the query's options as a whole, so that dryRun has to stand in both.
            body["dryRun"] = ["All"]
        return self._change("DELETE", path, {}, body, "application/json", dry_run)

    def close(self) -> None:
        """Give up the connections; the next request opens its own."""
        if self._client is not None:
            self._client.close()
        self._client = self._signature = None

    def _pages(self, path: str, query: Mapping[str, str], accept: str) -> Iterator[bytes]:
        asked = {**query, "limit": str(_PAGE)}
        while True:
            data = self._send("GET", path, asked, limit=_LARGEST, accept=accept)
            token = decode(data, _Head).metadata.token
            yield data
            if not token:
                return
            if token == asked.get("continue"):
                raise Temporary(Reason.SERVER_ERROR, "a list that does not end")
            asked["continue"] = token

    def _change(
        self, method: str, path: str, query: dict[str, str], body: Any, content_type: str, dry_run: bool
    ) -> bytes:
        if dry_run:
            asked = {**query, "dryRun": "All"}
            return self._retries.read(
                lambda: self._send(method, path, asked, body=body, content_type=content_type, limit=_LARGEST)
            )
        return self._retries.change(
            lambda: self._send(method, path, query, body=body, content_type=content_type, limit=_LARGEST, changes=True)
        )

    def _send(self, method: str, path: str, query: Mapping[str, str], **how: Any) -> bytes:
        return self._exchange(method, path, query, **how)[1]

    def _exchange(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        *,
        body: Any = None,
        content_type: str = "",
        accept: str = EVERYTHING,
        limit: int,
        cut: bool = False,
        changes: bool = False,
        kept: tuple[int, ...] = (),
    ) -> tuple[int, bytes]:
        """Status and body; a status that is none of success is raised, unless it is one of `kept`."""
        client = self._ready_client()
        if method != "GET":
            ensure_leading()
        told = Told(method, path, dry_run="dryRun" in query)
        try:
            request = self._request(client, method, path, query, body, content_type, accept)
            limits = (self._connect_timeout, self._read_timeout)
            response = client.call_api(*request, _request_timeout=limits).response
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
            failure = failure_from(error, changes=changes, secrets=self._secrets)
            if failure.reason is Reason.UNAUTHORIZED:
                # The token or certificate may have been replaced where no file we watch shows it.
                self.close()
            told.code = told.code or failure.reason
            raise failure from None
        finally:
            told.tell()

    def _request(
        self,
        client: Any,
        method: str,
        path: str,
        query: Mapping[str, str] | Sequence[tuple[str, str]],
        body: Any,
        content_type: str,
        accept: str,
    ) -> Any:
        headers = {"Accept": accept}
        if self.acting_as:
            headers["Impersonate-User"] = self.acting_as
        if content_type:
            headers["Content-Type"] = content_type
        if method != "GET" and (run := get_contextvars().get("run")):
            # The API server writes its own audit log under the id it is given.
            headers["Audit-ID"] = str(run)
        try:
            return client.param_serialize(
                method,
                path,
                query_params=list(query.items() if isinstance(query, Mapping) else query),
                header_params=headers,
                body=body,
                auth_settings=["BearerToken"],
            )
        except Exception as error:
            # Only reading a token (file, service account) can fail here.
            failure = failure_from(error, secrets=self._secrets)
            raise Permanent(Reason.NOT_CONFIGURED, failure.detail) from None

    def _body(self, response: Any, limit: int, cut: bool) -> bytes:
        """The whole answer, or its first `limit` bytes. A server that dribbles is as late as one that is silent."""
        deadline = time.monotonic() + 3 * self._read_timeout
        pieces: list[bytes] = []
        size = 0
        while piece := response.read1(_CHUNK):
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

    def _ready_client(self) -> Any:
        signature = self._kubeconfig.signature()
        if self._client is None or signature != self._signature:
            self.close()
            configuration: Any = self._kubeconfig.load(self._context)
            # urllib3 would repeat a DELETE whose answer was lost, and follow redirects with our token.
            configuration.retries = False
            configuration.connection_pool_maxsize = 1
            self._secrets = self._kubeconfig.secrets()
            self._client = ApiClient(configuration)
            self._client.user_agent = "chatops"
            fence_in(self._client.rest_client.pool_manager)
            self._signature = signature
        return self._client


def decode(data: bytes | msgspec.Raw, kind: type[T]) -> T:
    """JSON as `kind`; Temporary(SERVER_ERROR) when it is something else (a proxy's error page with status 200)."""
    try:
        value: T = decoder_of(kind).decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Temporary(Reason.SERVER_ERROR, f"an answer that is not Kubernetes': {error}") from None
    return value


def taken(answer: bytes) -> Meta:
    """The metadata in the answer to a change; empty where it cannot be read, for the change was made all the same."""
    try:
        return decode(answer, Thing).metadata
    except Temporary:
        return Meta()


def _refusal(response: Any, data: bytes) -> ApiException:
    error: Any = ApiException(status=response.status, reason=response.reason, body=data.decode(errors="replace"))
    error.headers = response.headers
    return error  # type: ignore[no-any-return]  # the library's __init__ fills headers from its own response class only
