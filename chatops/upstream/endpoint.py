"""Requests to one address: paths and JSON in, bytes out, failures classified. It knows HTTP and no API."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import unquote, urlencode

import msgspec
import urllib3

from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.decoders import decoder_of
from chatops.fenced import fence_in
from chatops.fencing import ensure_leading
from chatops.upstream.errors import clean, failure_from, refusal

T = TypeVar("T")

Query = Sequence[tuple[str, str]]

_CHUNK = 64 * 1024
_LARGEST = 16 * 1024 * 1024
"""Bytes of one answer; 1,000 alerts are about 1 MB, 10,000 targets about 10 MB."""

_WORTH_ANOTHER_TRY = (Reason.UNREACHABLE, Reason.SERVER_ERROR)
"""A connection that broke may have been an old one; who was silent till the time limit will be silent again."""


class Endpoint:
    """One configured address, which may hold credentials: they are sent as Basic auth and shown nowhere.

    Nothing is asked before the first request. Each has time limits in seconds: `connect_timeout`, `read_timeout`
    between two pieces of the answer, and twice the latter for the whole of it. Methods raise Temporary and Permanent
    only. Not for sharing between threads.
    """

    def __init__(self, url: str, *, connect_timeout: float = 2.0, read_timeout: float = 5.0) -> None:
        """Raises ValueError for what is no http(s) address."""
        parsed = urllib3.util.parse_url(url)
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise ValueError("an address must begin with http:// or https:// and name a host")
        self.name = parsed.netloc or ""
        """Host and port, without credentials: safe to show."""
        if parsed.auth:
            self.name = self.name.rpartition("@")[2]
        self._base = f"{parsed.scheme}://{self.name}{(parsed.path or '').rstrip('/')}"
        self._headers = {"Accept": "application/json", "User-Agent": "chatops"}
        self._secrets: frozenset[str] = frozenset()
        if parsed.auth:
            user, _, password = parsed.auth.partition(":")
            user, password = unquote(user), unquote(password)
            self._headers.update(urllib3.make_headers(basic_auth=f"{user}:{password}"))
            basic = self._headers["authorization"].partition(" ")[2]
            self._secrets = frozenset(s for s in (parsed.auth, basic, password) if len(s) > 3)
        timeout = urllib3.Timeout(connect=connect_timeout, read=read_timeout)
        self._whole = 2 * read_timeout
        # Its own retries would repeat a POST whose answer was lost, and follow redirects with our credentials.
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=1, retries=False, timeout=timeout)
        fence_in(self._pool)

    def get(self, path: str, query: Query = ()) -> bytes:
        """The body of a GET; a connection that breaks is tried a second time at once."""
        try:
            return self._send("GET", path, query)
        except Temporary as failure:
            if failure.reason not in _WORTH_ANOTHER_TRY:
                raise
        return self._send("GET", path, query)

    def get_changed(self, path: str, etag: str, *, accept: str, largest: int) -> tuple[bytes, str] | None:
        """The body of a GET and the ETag it came with, which may be empty; None where `etag` is still the one."""
        headers = {"Accept": accept, **({"If-None-Match": etag} if etag else {})}
        response, data = self._answer("GET", path, headers=headers, largest=largest)
        if response.status == 304 and etag:
            return None
        if response.status != 200:
            raise refusal(response.status, data, secrets=self._secrets)
        return data, response.headers.get("ETag", "")

    def post(self, path: str, body: Any) -> bytes:
        """Sent once. A lost answer is Permanent(UNKNOWN_OUTCOME)."""
        return self._send("POST", path, (), body=msgspec.json.encode(body), changes=True)

    def delete(self, path: str) -> bytes:
        """Sent once, with the outcomes of `post`."""
        return self._send("DELETE", path, (), changes=True)

    def clean(self, text: str) -> str:
        """Words of the other side, safe to show."""
        return clean(text, self._secrets)

    def close(self) -> None:
        """Give up the connections; the next request opens its own."""
        self._pool.clear()

    def _send(self, method: str, path: str, query: Query, *, body: bytes | None = None, changes: bool = False) -> bytes:
        asked = path + (f"?{urlencode(query)}" if query else "")
        headers = {"Content-Type": "application/json"} if body is not None else {}
        response, data = self._answer(method, asked, headers=headers, body=body, changes=changes)
        if not 200 <= response.status <= 299:
            raise refusal(response.status, data, changes=changes, secrets=self._secrets)
        return data

    def _answer(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        changes: bool = False,
        largest: int | None = None,
    ) -> tuple[urllib3.BaseHTTPResponse, bytes]:
        """Whatever its status."""
        if changes:
            ensure_leading()
        try:
            response = self._pool.request(
                method,
                f"{self._base}{path}",
                body=body,
                headers={**self._headers, **headers},
                redirect=False,
                preload_content=False,
            )
            try:
                data = self._body(response, _LARGEST if largest is None else largest)
            except BaseException:
                response.close()
                raise
            finally:
                response.release_conn()
        except Failure:
            raise
        except Exception as error:
            raise failure_from(error, changes=changes, secrets=self._secrets) from None
        return response, data

    def _body(self, response: Any, largest: int) -> bytes:
        """The whole answer. A server that dribbles is as late as one that is silent."""
        deadline = time.monotonic() + self._whole
        pieces: list[bytes] = []
        size = 0
        while piece := response.read1(_CHUNK):
            pieces.append(piece)
            size += len(piece)
            if size > largest:
                raise Permanent(Reason.REFUSED, f"an answer of more than {largest} bytes")
            if time.monotonic() > deadline:
                raise TimeoutError
        return b"".join(pieces)


def decode(data: bytes, kind: type[T], whose: str) -> T:
    """JSON as `kind`; Temporary(SERVER_ERROR) when it is something else (a proxy's page with status 200)."""
    try:
        value: T = decoder_of(kind).decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Temporary(Reason.SERVER_ERROR, f"an answer that is not {whose}'s: {clean(str(error))}") from None
    return value
