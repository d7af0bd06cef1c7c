"""A load generator that costs less than what it drives: `load.py PORT PATH TOKEN CONNECTIONS SECONDS COUNT`.

Raw sockets and one `select`: requests are bytes that are made once, answers are counted and not read into
anything. Prints `{"answers", "seconds", "cpu", "failed"}` as JSON. It ends by count or by time, whichever is first.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time


class Connection:
    """One request at a time, the next when the answer is whole."""

    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = request
        self.received = b""

    def send(self) -> None:
        self.received = b""
        self.socket.sendall(self.request)

    def status(self) -> int | None:
        """Of the answer, once it is whole."""
        more = self.socket.recv(1 << 16)
        if not more:
            raise ConnectionError("the server closed the connection")
        self.received += more
        head, _, body = self.received.partition(b"\r\n\r\n")
        if not _ or len(body) < _length(head):
            return None
        return int(head[9:12])


def _length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    if at < 0:
        raise ValueError("the answer does not say how long it is")
    return int(head[at + 15 :].split(b"\r\n", 1)[0])


def drive(port: int, request: bytes, connections: int, seconds: float, count: int) -> dict[str, float]:
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        connection = Connection(port, request)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send()
    answers = failed = 0
    began, cpu = time.perf_counter(), time.process_time()
    until = began + seconds
    while answers < count and time.perf_counter() < until:
        for key, _ in selector.select(timeout=1):
            status = key.data.status()
            if status is not None:
                answers += 1
                failed += status != 200
                key.data.send()
    spent = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    selector.close()
    return {"answers": answers, **spent, "failed": failed}


def main(port: str, path: str, token: str, connections: str, seconds: str, count: str) -> None:
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
        "Accept: application/json\r\n\r\n"
    ).encode()
    print(json.dumps(drive(int(port), request, int(connections), float(seconds), int(count))))


if __name__ == "__main__":
    main(*sys.argv[1:])
