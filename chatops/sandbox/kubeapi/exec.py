"""Commands in containers: exec over a WebSocket, in the API server's words. What a command says is scripted."""

from __future__ import annotations

import fnmatch
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from chatops.sandbox.kubeapi.controllers.kubelet import Kubelet
from chatops.sandbox.kubeapi.errors import ApiError, bad_request
from chatops.sandbox.kubeapi.kinds import PODS, Obj
from chatops.sandbox.kubeapi.logs import choose_container
from chatops.sandbox.kubeapi.request import Request
from chatops.sandbox.kubeapi.store import Store
from chatops.sandbox.kubeapi.websockets import Gone, ServerSocket, accept

PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
_STDOUT, _STDERR, _STATUS = b"\x01", b"\x02", b"\x03"
_FRAME = 32 * 1024
_LOOK = 0.1


_NO_PROGRAM = (
    "error executing command in container: failed to exec in container: failed to start exec: OCI runtime exec failed: "
    'exec failed: unable to start container process: exec: "{program}": executable file not found in $PATH: unknown'
)
"""containerd's and runc's words, as the kubelet passes them on."""


@dataclass(slots=True, kw_only=True)
class Command:
    """What a command does in a container.

    `argv` are words joined by blanks, as a shell-style pattern. `hangs` keeps it running after it said everything,
    until the client leaves. `missing` is a program that the image does not have.
    """

    argv: str
    output: bytes = b""
    error: bytes = b""
    code: int = 0
    missing: bool = False
    hangs: bool = False
    left: threading.Event = field(default_factory=threading.Event)
    """Set when the client of a hanging one has gone."""


_USUAL = (
    Command(
        argv="df -h",
        output=b"Filesystem      Size  Used Avail Use% Mounted on\n"
        b"overlay          99G   61G   33G  66% /\n"
        b"tmpfs            64M     0   64M   0% /dev\n"
        b"/dev/nvme1n1     20G   19G  512M  98% /data\n",
    ),
    Command(
        argv="df -i",
        output=b"Filesystem      Inodes   IUsed   IFree IUse% Mounted on\n"
        b"overlay        6553600  412113 6141487    7% /\n"
        b"/dev/nvme1n1   1310720 1310720       0  100% /data\n",
    ),
    Command(
        argv="ps aux",
        output=b"USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n"
        b"app          1  3.1  4.2 912340 86012 ?        Ssl  08:00   0:42 /app/server\n",
    ),
    Command(
        argv="cat /etc/resolv.conf",
        output=b"search shop.svc.cluster.local svc.cluster.local cluster.local\n"
        b"nameserver 10.96.0.10\noptions ndots:5\n",
    ),
    Command(
        argv="nslookup kubernetes.default",
        output=b"Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n"
        b"Name:\tkubernetes.default.svc.cluster.local\nAddress: 10.96.0.1\n",
    ),
)
"""What any container says that nothing else was scripted for; all other programs are missing."""


class PodExec:
    """Runs the scripted commands of containers that run."""

    def __init__(self, store: Store, kubelet: Kubelet, closing: threading.Event) -> None:
        self._store = store
        self._kubelet = kubelet
        self._closing = closing
        self._scripts: dict[tuple[str, str], list[Command]] = {}
        self.ran: list[tuple[str, ...]] = []
        """Every command that was run, in its order."""

    def script(self, uid: str, container: str, command: Command) -> None:
        """From now on this command does this in that container."""
        self._scripts.setdefault((uid, container), []).insert(0, command)

    def serve(self, namespace: str, name: str, request: Request) -> None:
        """Take the connection over and run the command to its end; ApiError for what is refused before that."""
        pod = self._store.get(PODS, namespace, name)
        argv = request.every("command")
        if not argv:
            raise bad_request("you must specify at least 1 command for the container")
        if not any(request.flag(stream) for stream in ("stdin", "stdout", "stderr")):
            raise bad_request("you must specify at least 1 of stdin, stdout, stderr")
        if not pod["spec"].get("nodeName"):
            raise bad_request(f"pod {name} does not have a host assigned")
        container = choose_container(pod, request.query.get("container", ""))
        if request.headers.get("upgrade", "").lower() != "websocket":
            raise bad_request("Upgrade request required")
        offered = [each.strip() for each in request.headers.get("sec-websocket-protocol", "").split(",")]
        protocol = next((each for each in PROTOCOLS if each in offered), None)
        if protocol is None:
            why = f"unable to negotiate protocol: client supports {offered}, server supports {list(PROTOCOLS)}"
            raise ApiError(403, "Forbidden", f"unable to upgrade: {why}")
        connection = request.take_over()
        try:
            connection.sendall(accept(request.headers.get("sec-websocket-key", ""), protocol))
            self._run(ServerSocket(connection), pod, container, argv, request)
        except (Gone, OSError):
            pass
        finally:
            connection.close()

    def _run(self, client: ServerSocket, pod: Obj, container: str, argv: Sequence[str], request: Request) -> None:
        # Kubernetes tells that the streams are open with an empty message on the first that it writes.
        client.send(_STDOUT if request.flag("stdout") else _STDERR)
        if not self._running(pod, container):
            client.send(_STATUS + _failure(f'unable to upgrade connection: container not found ("{container}")'))
            client.close()
            return
        self.ran.append(tuple(argv))
        command = self._command(pod, container, argv)
        if command.missing:
            client.send(_STATUS + _failure(_NO_PROGRAM.format(program=argv[0])))
            client.close()
            return
        for channel, data in ((_STDOUT, command.output), (_STDERR, command.error)):
            for at in range(0, len(data), _FRAME):
                client.send(channel + data[at : at + _FRAME])
        while command.hangs:
            if client.wait_for_close(_LOOK) or self._closing.is_set():
                command.left.set()
                return
        client.send(_STATUS + _ended(command.code))
        client.close()

    def _running(self, pod: Obj, container: str) -> bool:
        if pod["spec"]["nodeName"] in self._kubelet.stopped_nodes:
            return False
        status = pod.get("status") or {}
        every = [*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ())]
        return any(each["name"] == container and "running" in (each.get("state") or {}) for each in every)

    def _command(self, pod: Obj, container: str, argv: Sequence[str]) -> Command:
        words = " ".join(argv)
        scripted = self._scripts.get((pod["metadata"]["uid"], container), ())
        found = next((each for each in (*scripted, *_USUAL) if fnmatch.fnmatchcase(words, each.argv)), None)
        return found or Command(argv=words, missing=True)


def _failure(message: str) -> bytes:
    status: dict[str, Any] = {"metadata": {}, "status": "Failure", "reason": "InternalError", "code": 500}
    told = f"Internal error occurred: {message}"
    return msgspec.json.encode(status | {"message": told, "details": {"causes": [{"message": message}]}})


def _ended(code: int) -> bytes:
    if code == 0:
        return msgspec.json.encode({"metadata": {}, "status": "Success"})
    return msgspec.json.encode(
        {
            "metadata": {},
            "status": "Failure",
            "message": f"command terminated with non-zero exit code: exit status {code}",
            "reason": "NonZeroExitCode",
            "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
        }
    )
