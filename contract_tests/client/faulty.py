"""A server on a real socket that fails on purpose, byte by byte, as no well-behaved server can be made to.

    with FaultyServer(reset, half(answer(200, ORDER)), answer(200, ORDER)) as server:
        client = dial(server)

Each request is met by the next step of the script; the last one repeats. A step is an `httpx.Response`, which is
given as it is, or a function of the `Peer`, which does to the connection what it likes.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Self, TypeVar

import httpx
import pytest
from attrs import frozen
from webflow_orders import errors

from contract_tests.client.conftest import KINDS, made_as

T = TypeVar("T")
MIB = 2**20
# Seconds for an attempt that is to run out of time.
PATIENCE = (0.3, 3.0, 30.0)


def patiently(scenario: Callable[[float], T]) -> T:
    """Run a scenario in which an attempt runs out of time, with so many seconds for each.

    A busy machine may not get within that as far as it should: then with more of them, and in the end with plenty.
    """
    for timeout in PATIENCE[:-1]:
        with contextlib.suppress(AssertionError, pytest.fail.Exception, errors.WebflowOrdersError):
            return scenario(timeout)
    return scenario(PATIENCE[-1])


@frozen
class Received:
    """One request as it came over the wire; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def order_id(self) -> str:
        return self.target.split("/orders/")[1].split("/")[0]


class Peer:
    """One connection, seen from the server."""

    def __init__(self, server: FaultyServer, connection: socket.socket, number: int) -> None:
        self.server = server
        self.number = number
        self.open = True
        self.connection = connection

    def receive(self) -> Received:
        """Read a whole request. Raises EOFError if the client hangs up."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._some()
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += self._some()
        method, target, _ = first.split(" ")
        received = Received(method, target, headers, body, self.number)
        self.server.requests.append(received)
        return received

    def _some(self) -> bytes:
        data = self.connection.recv(65536)
        if not data:
            raise EOFError
        return data

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def drip(self, data: bytes, every: float) -> None:
        """Send byte by byte, until the client has enough of it."""
        for index in range(len(data)):
            self.send(data[index : index + 1])
            self.wait(every)

    def wait(self, seconds: float) -> None:
        if self.server.stopping.wait(seconds):
            raise EOFError

    def hang_up(self) -> None:
        self.open = False

    def reset(self) -> None:
        """Hang up so that the client is told of a broken connection, not of an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.hang_up()

    def until_the_client_hangs_up(self) -> None:
        while True:
            self._some()

    def serve(self) -> None:
        # An error here is the client's hanging up first.
        with self.connection, contextlib.suppress(EOFError, OSError):
            # Peeking, for a step may want the request to be left unread.
            while self.open and self.connection.recv(1, socket.MSG_PEEK):
                step = self.server.next_step()
                reply(step)(self) if isinstance(step, httpx.Response) else step(self)
        self.server.hung_up.release()


Step = httpx.Response | Callable[[Peer], None]


class FaultyServer:
    """Serves a script for as long as the `with` block lasts, and keeps what it was asked."""

    def __init__(self, *script: Step) -> None:
        self.requests: list[Received] = []
        self.connections = 0
        self.hung_up = threading.Semaphore(0)
        """Released for each connection that has ended."""
        self.stopping = threading.Event()
        self._script = list(script)
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def writes(self) -> list[Received]:
        return [request for request in self.requests if request.method != "GET"]

    def next_step(self) -> Step:
        with self._lock:
            return self._script.pop(0) if len(self._script) > 1 else self._script[0]

    def __enter__(self) -> Self:
        self._begin(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        with socket.create_connection(self._listener.getsockname()):
            pass  # Wakes the thread that accepts.
        self._threads[0].join()
        self._listener.close()
        for each in self._sockets:
            with contextlib.suppress(OSError):  # Closed already.
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), "a connection is still being served"

    def _begin(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="faulty-server", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.stopping.is_set():
                connection.close()
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets.append(connection)
            self.connections += 1
            self._begin(Peer(self, connection, self.connections).serve)


# ---------------------------------------------------------------- steps: the connection


def close_unread(peer: Peer) -> None:
    """Close while the request is still to be read; the kernel makes a reset of that."""
    peer.hang_up()


def close_read(peer: Peer) -> None:
    """Read the request, and close without a word."""
    peer.receive()
    peer.hang_up()


def reset(peer: Peer) -> None:
    """Read the request, and break the connection."""
    peer.receive()
    peer.reset()


def silence(peer: Peer) -> None:
    """Read the request, and never answer."""
    peer.receive()
    peer.until_the_client_hangs_up()


def garbage(peer: Peer) -> None:
    """Read the request, and answer in no language that a client knows."""
    peer.receive()
    peer.send(b"\x16\x03\x01 220 mail.example.com ESMTP ready\r\n\r\n")
    peer.hang_up()


# ---------------------------------------------------------------- steps: an answer, and what becomes of it


def wire(response: httpx.Response, *, framing: bytes | None = None) -> tuple[bytes, bytes]:
    """Head and body. `framing` stands for the headers that say how long the body is."""
    body = response.content
    kept = [(name, value) for name, value in response.headers.raw if name.lower() != b"content-length"]
    lines = [b"HTTP/1.1 %d Scripted" % response.status_code, *(b"%s: %s" % pair for pair in kept)]
    framing = b"Content-Length: %d" % len(body) if framing is None else framing
    return b"\r\n".join([*lines, *([framing] if framing else []), b"", b""]), body


def sending(data: bytes, end: Callable[[Peer], None] = lambda peer: None) -> Step:
    """Read the request, and send this; then keep the connection, or end it."""

    def step(peer: Peer) -> None:
        peer.receive()
        peer.send(data)
        end(peer)

    return step


def reply(response: httpx.Response) -> Step:
    """Answer, and keep the connection."""
    return sending(b"".join(wire(response)))


def reply_each(respond: Callable[[Received], httpx.Response]) -> Step:
    """Answer as the request deserves."""

    def step(peer: Peer) -> None:
        received = peer.receive()
        peer.send(b"".join(wire(respond(received))))

    return step


def holding_back(held: threading.Event, release: threading.Event) -> Step:
    """Answer with the order that was asked for, once it is let."""

    def step(peer: Peer) -> None:
        received = peer.receive()
        held.set()
        release.wait(60)
        with contextlib.suppress(OSError):
            order = {"orderId": received.order_id, "status": "pending"}
            peer.send(b"".join(wire(httpx.Response(200, json=order))))

    return step


def reply_and_close(response: httpx.Response) -> Step:
    """Answer as if the connection would be kept, and close it then."""
    return sending(b"".join(wire(response)), Peer.hang_up)


def cut(
    response: httpx.Response, *, after: int = 0, framing: bytes | None = None, broken: bool = False
) -> Step:
    """Send the head and so many bytes of the body; then close, or break, the connection."""
    head, body = wire(response, framing=framing)
    return sending(head + body[:after], Peer.reset if broken else Peer.hang_up)


def half(response: httpx.Response, *, broken: bool = False) -> Step:
    return cut(response, after=len(response.content) // 2, broken=broken)


def half_until_close(response: httpx.Response) -> Step:
    """Half of a body whose end is the end of the connection, so that nothing tells that it is half."""
    return cut(response, after=len(response.content) // 2, framing=b"")


def half_chunked(response: httpx.Response) -> Step:
    """A body in chunks, without the last one."""
    head, body = wire(response, framing=b"Transfer-Encoding: chunked")
    part = body[: len(body) // 2]
    return sending(head + b"%x\r\n%s\r\n" % (len(part), part), Peer.hang_up)


def longer_than_it_says(response: httpx.Response, by: int) -> Step:
    """Says of its body that it is shorter than what is sent."""
    return sending(b"".join(wire(response, framing=b"Content-Length: %d" % (len(response.content) - by))))


def drip_headers(peer: Peer) -> None:
    """Headers that never end, a byte at a time, each soon enough to keep a socket's timeout from running out."""
    peer.receive()
    peer.send(b"HTTP/1.1 200 OK\r\n")
    peer.drip(b"X-Filler: x\r\n" * 10_000, every=0.02)


def drip_body(response: httpx.Response) -> Step:
    """The whole head, and a body that takes for ever in the same way."""
    head, body = wire(response, framing=b"Content-Length: 1000000")
    return sending(head, lambda peer: peer.drip(body + b" " * 1_000_000, every=0.02))


def interim_for_ever(peer: Peer) -> None:
    """Answers that are none yet, as fast as the client takes them."""
    peer.receive()
    while True:
        peer.send(b"HTTP/1.1 102 Processing\r\n\r\n" * 100)


def gzipped(plain: bytes, *, upto: int | None = None) -> Step:
    """A body under gzip, or the first bytes of one whose end is the end of the connection."""
    packed = gzip.compress(plain, mtime=0)
    return _gzip_bytes(packed if upto is None else packed[:upto])


def bomb(mib: int = 200) -> Step:
    """A small body that inflates to so many MiB."""
    return _gzip_bytes(_bomb(mib))


@functools.cache
def _bomb(mib: int) -> bytes:
    packing = zlib.compressobj(9, wbits=31)
    return b"".join(packing.compress(bytes(MIB)) for _ in range(mib)) + packing.flush()


def _gzip_bytes(packed: bytes) -> Step:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
    return sending(head + packed, Peer.hang_up)


# ---------------------------------------------------------------- clients


@pytest.fixture(params=KINDS)
def dial(request: pytest.FixtureRequest, sleeps: list[float]) -> Iterator[Callable[..., Any]]:
    """Make a client of a server: `dial(server, api="v2", **arguments)`. Waits between attempts are only noted."""
    transport = "httpx2" if request.param.endswith("httpx2") else None
    with made_as(request.param, sleeps) as make:
        yield lambda server, **arguments: make(**{"base_url": server.url, "transport": transport} | arguments)
