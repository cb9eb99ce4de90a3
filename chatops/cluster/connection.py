"""What is asked of one cluster: paths and JSON in, bytes and structs out, sent again where that may help.

It knows what reading, listing and changing take, and no kind of object.
"""

import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from chatops.cluster.answers import decode
from chatops.cluster.credentials import Credentials
from chatops.cluster.exchange import CHUNK, EVERYTHING, Exchange, Request, Upgrade
from chatops.cluster.kubeconfig import Kubeconfig
from chatops.cluster.pages import items_in, pages_of
from chatops.cluster.retries import Retries

T = TypeVar("T")
R = TypeVar("R")

MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"

METADATA_ONLY = f"application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io, {EVERYTHING}"
"""What a list is asked to hold. A server that does not know the second form answers in the first."""

FIELD_MANAGER = "chatops"
"""Our name in managedFields."""

_JSON = "application/json"


class Connection:
    """One client for one context. Not for sharing between threads.

    Nothing is read before the first request, and files that appear or change later are read then: a missing
    or broken kubeconfig is a Permanent(NOT_CONFIGURED) of the call and never an error at construction. Time limits
    are those of an Exchange, for each request. Methods raise Temporary and Permanent only.
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
        self.credentials = Credentials(kubeconfig, context)
        self._exchange = Exchange(self.credentials, connect_timeout=connect_timeout, read_timeout=read_timeout)
        self._retries = retries

    def get(self, path: str, query: Mapping[str, str] | None = None, *, accept: str = EVERYTHING) -> bytes:
        """The body of a GET, asked again while that may help. `accept` names the form wanted, such as a Table."""
        return self._read(Request("GET", path, query or {}, accept=accept))

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
        request = Request("GET", path, {**query, "limit": str(most)})
        found = self._retries.read(lambda: items_in(self._exchange.send(request)))
        return [decode(item, kind) for item in found]

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

        def items(pages: Iterator[bytes]) -> Iterator[T]:
            for page in pages:
                for item in items_in(page):
                    yield decode(item, kind)

        return self.fold_pages(path, lambda pages: take(items(pages)), query, accept=accept)

    def fold_pages(
        self, path: str, take: Callable[[Iterator[bytes]], R], query: Mapping[str, str] | None = None, *, accept: str
    ) -> R:
        """As `fold`, over the bodies of the pages in the form that `accept` names."""

        def ask(asked: Mapping[str, str]) -> bytes:
            return self._exchange.send(Request("GET", path, asked, accept=accept))

        return self._retries.read(lambda: take(pages_of(ask, query or {})))

    def probe(self, path: str, query: Mapping[str, str] | None = None) -> tuple[bool, str]:
        """Whether a health endpoint says yes, and its words: a failing one answers 500 with the list of its checks."""
        request = Request("GET", path, query or {})
        status, data = self._retries.read(lambda: self._exchange.answered(request, limit=CHUNK, cut=True, kept=(500,)))
        return status != 500, data.decode(errors="replace")

    def log(self, path: str, query: Mapping[str, str], *, limit_bytes: int) -> bytes:
        """The first `limit_bytes` of a plain text answer; what comes after is not waited for."""
        request = Request("GET", path, query)
        return self._retries.read(lambda: self._exchange.send(request, limit=limit_bytes, cut=True))

    def upgrade(self, path: str, query: Sequence[tuple[str, str]]) -> Upgrade:
        """What opening a WebSocket at `path` takes: the same address, credentials and TLS as any other request."""
        return self._exchange.upgrade(path, query)

    def ask(self, path: str, body: Any) -> bytes:
        """A POST that only asks (a review): nothing is created, so it is sent again while that may help."""
        return self._read(Request("POST", path, body=body, content_type=_JSON))

    def patch(self, path: str, body: Any, content_type: str, *, dry_run: bool = False) -> bytes:
        """Send a patch. A lost answer is Permanent(UNKNOWN_OUTCOME), unless it was a dry run."""
        return self._change("PATCH", path, body, content_type, dry_run=dry_run)

    def post(self, path: str, body: Any, *, dry_run: bool = False) -> bytes:
        """Create something, with the outcomes of `patch`."""
        return self._change("POST", path, body, dry_run=dry_run)

    def put(self, path: str, body: Any, *, dry_run: bool = False) -> bytes:
        """Replace something whole, under the resourceVersion in it, with the outcomes of `patch`."""
        return self._change("PUT", path, body, dry_run=dry_run)

    def delete(self, path: str, options: Mapping[str, Any], *, dry_run: bool = False) -> bytes:
        """Delete under the preconditions in `options` (a DeleteOptions), with the outcomes of `patch`."""
        body = {"apiVersion": "v1", "kind": "DeleteOptions", **options}
        if dry_run:
            # A body replaces the query's options as a whole, so that dryRun has to stand in both.
            body["dryRun"] = ["All"]
        return self._change("DELETE", path, body, dry_run=dry_run)

    def close(self) -> None:
        """Give up the connections; the next request opens its own."""
        self.credentials.close()

    def _read(self, request: Request) -> bytes:
        return self._retries.read(lambda: self._exchange.send(request))

    def _change(self, method: str, path: str, body: Any, content_type: str = _JSON, *, dry_run: bool) -> bytes:
        # DeleteOptions know no field manager.
        query = {} if method == "DELETE" else {"fieldManager": FIELD_MANAGER}
        if dry_run:
            return self._read(Request(method, path, {**query, "dryRun": "All"}, body, content_type))
        request = Request(method, path, query, body, content_type)
        return self._retries.change(lambda: self._exchange.send(request, changes=True))
