"""A small HTTP/1.1 client on a kept connection, so that the client's own time does not count for much."""

from __future__ import annotations

import json
import select
import socket


def render(method: str, path: str, content: object = None) -> bytes:
    """A whole request, ready to be sent."""
    body = b"" if content is None else json.dumps(content).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if method != "GET":
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


class Connection:
    def __init__(self, port: int, timeout: float = 60):
        self.port, self.timeout = port, timeout
        self.connect()

    def connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=self.timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ended(self) -> bool:
        """The daemon closes connections on which nothing was asked for a while."""
        return bool(select.select([self.socket], [], [], 0)[0])

    def send(self, request: bytes) -> None:
        self.socket.sendall(request)

    def receive(self) -> tuple[int, bytes]:
        """Status and body of the next answer."""
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head = data[:end].split(b"\r\n")
        length = next(int(line.split(b":")[1]) for line in head if line.lower().startswith(b"content-length:"))
        parts = [data[end + 4:]]
        left = length - len(parts[0])
        while left > 0:
            parts.append(self._more())
            left -= len(parts[-1])
        return int(head[0].split()[1]), b"".join(parts)

    def _more(self) -> bytes:
        piece = self.socket.recv(1 << 20)
        if not piece:
            raise ConnectionError("the daemon closed the connection")
        return piece

    def ask(self, method: str, path: str, content: object = None) -> tuple[int, bytes]:
        if self.ended():
            self.close()
            self.connect()
        self.send(render(method, path, content))
        return self.receive()

    def close(self) -> None:
        self.socket.close()
