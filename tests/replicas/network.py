"""Networks of their own for the parts of a test: namespaces of Linux, with a cable between them that can be pulled.

A namespace has no name and leaves nothing behind: it is gone with the last that holds it. It takes root, `ip`, and a
kernel that lets one make them; a container often does not.
"""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_NEW_NETWORK = 0x40000000
_MINE = "/proc/thread-self/ns/net"


class NoNetwork(Exception):
    """None can be made here; why not."""


class Network:
    """An empty one, with nothing but its own loopback. What a thread `inside` starts or opens is, and stays, in it."""

    def __init__(self) -> None:
        home = os.open(_MINE, os.O_RDONLY)
        try:
            _call("unshare", _NEW_NETWORK)
            self._is = os.open(_MINE, os.O_RDONLY)
            _call("setns", home, _NEW_NETWORK)
        finally:
            os.close(home)
        self.ip("link", "set", "lo", "up")

    def close(self) -> None:
        os.close(self._is)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """The calling thread, and all that it starts, for the length of a with-block."""
        home = os.open(_MINE, os.O_RDONLY)
        _call("setns", self._is, _NEW_NETWORK)
        try:
            yield
        finally:
            _call("setns", home, _NEW_NETWORK)
            os.close(home)

    def ip(self, *words: str) -> None:
        with self.inside():
            try:
                done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
            except OSError as error:
                raise NoNetwork(f"ip cannot be run: {error}") from error
        if done.returncode:
            raise NoNetwork(f"ip {' '.join(words)}: {done.stderr.strip()}")

    def switch(self, name: str, address: str) -> None:
        """One that cables can be plugged into, at which this network has an address."""
        self.ip("link", "add", "name", name, "type", "bridge")
        self.ip("address", "add", address, "dev", name)
        self.ip("link", "set", name, "up")

    def plug(self, cable: str, switch: str, other: "Network", address: str) -> None:
        """A cable from the switch to another network, which has this address at its end."""
        there = f"/proc/{os.getpid()}/fd/{other._is}"
        self.ip("link", "add", "name", cable, "type", "veth", "peer", "name", switch, "netns", there)
        self.ip("link", "set", cable, "master", switch, "up")
        other.ip("address", "add", address, "dev", switch)
        other.ip("link", "set", switch, "up")

    def pull(self, cable: str) -> None:
        """Nothing goes through it from here on, and nobody is told."""
        self.ip("link", "set", cable, "down")

    def put_back(self, cable: str) -> None:
        self.ip("link", "set", cable, "up")


@cache
def missing() -> str:
    """Why there can be no networks here; empty where there can."""
    try:
        here, there = Network(), Network()
        try:
            here.switch("switch", "10.0.0.1/24")
            here.plug("cable", "switch", there, "10.0.0.2/24")
        finally:
            here.close()
            there.close()
    except (NoNetwork, OSError, AttributeError) as error:
        return f"no network namespaces can be made here: {error}"
    return ""


def _call(name: str, *values: int) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*values):
        number = ctypes.get_errno()
        raise NoNetwork(f"{name}: {os.strerror(number)}")
