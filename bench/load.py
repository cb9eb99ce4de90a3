"""Posts webhooks from a process of its own: as fast as they are answered, or each at its moment.

`drive` starts it. With a rate, a request whose moment has come waits for a free connection, and its latency counts from
that moment: what a slow answer does to those behind it is not left out. Prints what came of it as one line of JSON.
"""

import json
import selectors
import socket
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass

from bench.alerts import body
from bench.measuring import ROOT, on_load_cpu, python

PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Load:
    """`posts` posts of `each` alerts, numbered from `first`; `rate` a second, 0 for as fast as they are answered."""

    port: int
    posts: int
    first: int = 0
    each: int = 1
    connections: int = 16
    rate: float = 0.0
    path: str = "/api/v1/alertmanager"
    token: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """`seconds` from the first byte sent to the last answer; latencies in milliseconds, in the order of the answers."""

    seconds: float
    statuses: dict[str, int]
    latencies: list[float]

    @property
    def taken(self) -> int:
        return sum(count for status, count in self.statuses.items() if status.startswith("2"))


def drive(load: Load) -> Answered:
    """Run it in a process of its own."""
    told = json.dumps({name: getattr(load, name) for name in load.__dataclass_fields__})
    command = on_load_cpu(python("-m", "bench.load", told))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE * 2)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return Answered(**json.loads(done.stdout))


class _Line:
    """One connection that is kept."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wanted_at = 0.0
        self.left = b""
        self.came = b""

    def ask(self, request: bytes, wanted_at: float) -> None:
        self.wanted_at, self.came = wanted_at, b""
        self.socket.sendall(request)

    def answer(self) -> str | None:
        """The status once the whole answer is here. Raises ConnectionError when there is none to come."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError
        self.came += data
        head, found, rest = self.came.partition(b"\r\n\r\n")
        if not found:
            return None
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
        if len(rest) < length:
            return None
        if b"connection: close" in lines:
            self.socket.close()
        return lines[0].split()[1].decode()


def run(load: Load) -> Answered:
    head = f"POST {load.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    head += f"Authorization: Bearer {load.token}\r\nUser-Agent: Alertmanager/0.27.0\r\n"
    requests = deque[bytes]()
    for number in range(load.posts):
        content = body(load.first + number * load.each, load.each)
        requests.append(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
    ready = selectors.DefaultSelector()
    idle = [_Line(load.port) for _ in range(load.connections)]
    latencies: list[float] = []
    statuses: dict[str, int] = {}
    busy = sent = 0
    start = time.perf_counter()
    while requests or busy:
        now = time.perf_counter()
        while requests and idle:
            due = start + sent / load.rate if load.rate else now
            if due > now:
                break
            line = idle.pop()
            if line.socket.fileno() < 0:
                line = _Line(load.port)
            line.ask(requests.popleft(), due)
            ready.register(line.socket, selectors.EVENT_READ, line)
            sent, busy = sent + 1, busy + 1
        wait = PATIENCE
        if requests and idle and load.rate:
            wait = max(0.0, start + sent / load.rate - time.perf_counter())
        for key, _ in ready.select(wait):
            line = key.data
            try:
                status = line.answer()
            except OSError:
                status = "none"
                line.socket.close()
            if status is None:
                continue
            latencies.append((time.perf_counter() - line.wanted_at) * 1000)
            statuses[status] = statuses.get(status, 0) + 1
            # By its key: a connection that was closed with its answer has no number any more.
            ready.unregister(key.fileobj)
            idle.append(line)
            busy -= 1
    return Answered(time.perf_counter() - start, statuses, latencies)


if __name__ == "__main__":
    came = run(Load(**json.loads(sys.argv[1])))
    print(json.dumps({name: getattr(came, name) for name in came.__dataclass_fields__}))
