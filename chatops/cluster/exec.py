"""Runs one command inside a container and reads what it says: Kubernetes' exec over a WebSocket.

No shell, no input, no terminal; bounded in time and in bytes. It knows no command. It does not use the kubernetes
package's `stream`, which swaps a method of the ApiClient while it runs and has no time limit for connecting.
"""

import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec
import websocket
from kubernetes.client.exceptions import ApiException

from chatops.cluster.connection import Connection
from chatops.cluster.errors import clean, failure_from
from chatops.cluster.exchange import Upgrade
from chatops.cluster.places import place
from chatops.cluster.requests import Told
from chatops.core.failures import Failure, Permanent, Reason, Temporary
from chatops.core.resources import ObjectRef

SECONDS = 10.0
LIMIT = 64 * 1024

_PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"]
"""Each message is one byte that names the channel, and its data."""

_STDOUT, _STDERR, _STATUS = 1, 2, 3
_SPARE = 64 * 1024
"""Bytes read beyond the limit, for the frame in which it lies and the frames' own bytes."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command said. `exit_code` is None where it did not end by itself, `problem` then why not."""

    out: bytes
    err: bytes
    exit_code: int | None = None
    problem: str = ""
    timed_out: bool = False
    cut: bool = False


class _Cause(msgspec.Struct):
    reason: str = ""
    message: str = ""


class _Details(msgspec.Struct):
    causes: list[_Cause] | None = None


class _Status(msgspec.Struct):
    status: str = ""
    reason: str = ""
    message: str = ""
    details: _Details | None = None


_TOLD = msgspec.json.Decoder(_Status)


class _TooMuchError(Exception):
    pass


class _Bounded(websocket.WebSocket):
    """A WebSocket whose reading ends at a moment and after so many bytes, however they dribble in.

    Every byte after the handshake comes through `_recv`, one of the library's insides: tests/cluster/test_exec.py would
    tell.
    """

    def __init__(self, room: int) -> None:
        super().__init__()
        self.deadline = 0.0
        self._room = room

    def _recv(self, bufsize: int) -> bytes:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise websocket.WebSocketTimeoutException("too late")
        if self._room <= 0:
            raise _TooMuchError
        if self.sock is not None:
            self.sock.settimeout(left)
        data: bytes = super()._recv(min(bufsize, 16 * 1024))  # type: ignore[no-untyped-call]  # the library's
        self._room -= len(data)
        return data


def run(
    connection: Connection,
    pod: ObjectRef,
    container: str,
    argv: Sequence[str],
    *,
    seconds: float = SECONDS,
    limit: int = LIMIT,
) -> Ran:
    """Run `argv` once, for at most `seconds`, reading at most `limit` bytes of what it says.

    A command that could not be started, or that failed, is a Ran as well. Raises Temporary and Permanent for what keeps
    the request from the container: no right, no such pod, no connection.
    """
    query = [("container", container), *(("command", word) for word in argv)]
    query += [("stdin", "false"), ("stdout", "true"), ("stderr", "true"), ("tty", "false")]
    path = place(pod, "exec")
    upgrade = connection.upgrade(path, query)
    told = Told("POST", path)
    client: Any = _Bounded(limit + _SPARE)
    try:
        _connect(client, upgrade)
        told.code = 101
        client.deadline = time.monotonic() + seconds
        return _read(client, limit)
    except Failure as failure:
        told.code = told.code or failure.reason
        if failure.reason is Reason.UNAUTHORIZED:
            connection.close()
        raise
    finally:
        told.tell()
        # Not `close`, which waits for the other side.
        client.shutdown()


def _connect(client: Any, upgrade: Upgrade) -> None:
    address = urlsplit(upgrade.url)
    secure = address.scheme == "https"
    url = urlunsplit(address._replace(scheme="wss" if secure else "ws"))
    try:
        if secure:
            client.sock_opt.sslopt.update(_tls(upgrade.configuration))
        client.connect(
            url,
            header=dict(upgrade.headers),
            subprotocols=_PROTOCOLS,
            timeout=upgrade.connect_timeout,
            suppress_origin=True,
            # A redirect would carry the token to wherever it points.
            redirect_limit=0,
            **_proxy(upgrade.configuration),
        )
    except websocket.WebSocketBadStatusException as error:
        refusal: Any = ApiException(status=error.status_code, reason="")
        refusal.body = (error.resp_body or b"").decode(errors="replace")
        raise failure_from(refusal, secrets=upgrade.secrets) from None
    except websocket.WebSocketTimeoutException:
        raise Temporary(Reason.TIMEOUT, "no connection within the time allowed") from None
    except websocket.WebSocketException as error:
        raise Temporary(Reason.UNREACHABLE, clean(str(error), upgrade.secrets)) from None
    except Exception as error:
        raise failure_from(error, secrets=upgrade.secrets) from None
    if client.getstatus() != 101:
        raise Permanent(Reason.REFUSED, "the API server answered an exec with a redirect")


def _read(client: Any, limit: int) -> Ran:
    said = {_STDOUT: bytearray(), _STDERR: bytearray(), _STATUS: bytearray()}
    timed_out = cut = broken = False
    try:
        while not cut:
            opcode, data = client.recv_data()
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                break
            if data and data[0] in said:
                said[data[0]] += data[1:]
            cut = len(said[_STDOUT]) + len(said[_STDERR]) > limit
    except websocket.WebSocketTimeoutException:
        timed_out = True
    except _TooMuchError:
        cut = True
    except (websocket.WebSocketException, OSError):
        broken = True
    if broken and not said[_STATUS]:
        raise Temporary(Reason.UNREACHABLE, "the connection to the container broke off")
    exit_code, problem = _ending(bytes(said[_STATUS]))
    out = bytes(said[_STDOUT][:limit])
    err = bytes(said[_STDERR][: limit - len(out)])
    return Ran(out, err, exit_code, problem, timed_out, cut)


def _ending(status: bytes) -> tuple[int | None, str]:
    """Exit code and problem from the Status object that comes last."""
    if not status:
        return None, ""
    try:
        told = _TOLD.decode(status)
    except (msgspec.MsgspecError, UnicodeError):
        return None, clean(status.decode(errors="replace"))
    if told.status == "Success":
        return 0, ""
    causes = (told.details.causes or []) if told.details else []
    code = next((cause.message for cause in causes if cause.reason == "ExitCode"), "")
    if told.reason == "NonZeroExitCode" and code.isascii() and code.isdigit() and len(code) < 4:
        return int(code), clean(told.message)
    return None, clean(told.message)


def _tls(configuration: Any) -> dict[str, Any]:
    """Whom to trust and who we are, as the kubernetes client has it for its own requests."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = configuration.verify_ssl and configuration.assert_hostname is not False
    context.verify_mode = ssl.CERT_REQUIRED if configuration.verify_ssl else ssl.CERT_NONE
    if configuration.ssl_ca_cert or configuration.ca_cert_data:
        context.load_verify_locations(cafile=configuration.ssl_ca_cert, cadata=configuration.ca_cert_data)
    else:
        context.load_default_certs()
    if configuration.cert_file:
        context.load_cert_chain(configuration.cert_file, configuration.key_file)
    name = {"server_hostname": configuration.tls_server_name} if configuration.tls_server_name else {}
    return {"context": context, **name}


def _proxy(configuration: Any) -> dict[str, Any]:
    if not configuration.proxy:
        return {}
    proxy = urlsplit(configuration.proxy)
    options: dict[str, Any] = {
        "http_proxy_host": proxy.hostname,
        "http_proxy_port": proxy.port or (443 if proxy.scheme == "https" else 80),
        "http_no_proxy": (configuration.no_proxy or "").split(",") if configuration.no_proxy else None,
    }
    if proxy.username:
        options["http_proxy_auth"] = (proxy.username, proxy.password or "")
    return options
