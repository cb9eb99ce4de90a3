"""The server's side of a WebSocket (RFC 6455) on a socket that is already connected. It knows no Kubernetes."""

from __future__ import annotations

import base64
import hashlib
import socket
import struct

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
BINARY, CLOSE, PING, PONG = 0x2, 0x8, 0x9, 0xA


class Gone(Exception):
    """The client went away."""


def accept(key: str, protocol: str) -> bytes:
    """The answer that turns an HTTP connection into a WebSocket."""
    digest = base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Sec-WebSocket-Accept: {digest}", f"Sec-WebSocket-Protocol: {protocol}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class ServerSocket:
    """Sends whole binary messages; reads frames only to see that the client closes or leaves."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, data: bytes, opcode: int = BINARY) -> None:
        """One unfragmented frame; Gone when nobody takes it."""
        size = len(data)
        if size < 126:
            head = struct.pack("!BB", 0x80 | opcode, size)
        elif size < 65_536:
            head = struct.pack("!BBH", 0x80 | opcode, 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 127, size)
        try:
            self._connection.sendall(head + data)
        except OSError as problem:
            raise Gone from problem

    def close(self, code: int = 1000) -> None:
        """Say goodbye and wait a moment for the same, as the protocol wants it."""
        try:
            self.send(struct.pack("!H", code), CLOSE)
            self.wait_for_close(1.0)
        except Gone:
            pass

    def wait_for_close(self, seconds: float) -> bool:
        """True when the client closed or left within that time; what else it sends is thrown away."""
        self._connection.settimeout(seconds)
        try:
            while True:
                opcode, data = self._frame()
                if opcode == CLOSE:
                    return True
                if opcode == PING:
                    self.send(data, PONG)
        except TimeoutError:
            return False
        except (Gone, OSError):
            return True
        finally:
            self._connection.settimeout(None)

    def _frame(self) -> tuple[int, bytes]:
        first, second = self._exactly(2)
        size = second & 0x7F
        if size == 126:
            (size,) = struct.unpack("!H", self._exactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self._exactly(8))
        mask = self._exactly(4) if second & 0x80 else b"\0\0\0\0"
        data = self._exactly(size)
        return first & 0x0F, bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            piece = self._connection.recv(min(size - len(found), 65_536))
            if not piece:
                raise Gone
            found += piece
        return found
