"""HTTP/1 over a socket: what becomes of odd requests and odd connections?"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from http.client import parse_headers

import pytest
from webflow_orders_mock import MockServer, MockWebflow
from webflow_orders_mock.server import listen

SITE = "580e63e98c9a982ac9b8b741"
PATH = f"/v2/sites/{SITE}/orders/dfa-3f1"
TOKEN = "Host: m\r\nAuthorization: Bearer mock-token\r\n"
JSON = "Content-Type: application/json\r\n"
BODY = b'{"comment":"a"}'
BIG = 3_000_000


def _wire(line: str, headers: str = TOKEN, body: bytes = b"", version: str = "1.1") -> bytes:
    return f"{line} HTTP/{version}\r\n{headers}\r\n".encode() + body


GET = _wire(f"GET {PATH}")
PATCH = _wire(f"PATCH {PATH}", f"{TOKEN}{JSON}Content-Length: {len(BODY)}\r\n", BODY)
CHUNKS = f"{TOKEN}{JSON}Transfer-Encoding: chunked\r\n"
ODD: dict[str, tuple[bytes, int]] = {
    "get": (GET, 200),
    "list": (_wire(f"GET /v2/sites/{SITE}/orders?limit=2&offset=1"), 200),
    "head": (_wire(f"HEAD {PATH}"), 405),
    "head of the page": (_wire("HEAD /", "Host: localhost\r\n"), 200),
    "no token": (_wire(f"GET {PATH}", "Host: m\r\n"), 401),
    "two tokens": (_wire(f"GET {PATH}", f"Authorization: Bearer b\r\n{TOKEN}"), 401),
    "no such path": (_wire("GET /v2/sites/a%20b/orders/%FF%2f?x=%zz"), 400),
    "absolute": (_wire(f"GET http://m{PATH}?a=1"), 200),
    "fragment": (_wire(f"GET {PATH}#there"), 200),
    "body": (PATCH, 200),
    "chunks": (_wire(f"PATCH {PATH}", CHUNKS, b'5\r\n{"com\r\na\r\nment":"a"}\r\n0\r\n\r\n'), 200),
    "too large": (_wire(f"PATCH {PATH}", f"{TOKEN}{JSON}Content-Length: {BIG}\r\n", b" " * BIG), 400),
    "illegal": (_wire(f"POST {PATH}/unfulfill"), 409),
    "control": (_wire("GET /_mock", "Host: 127.0.0.1\r\n"), 200),
}
LAST = {
    "old": _wire(f"GET {PATH}", version="1.0"),
    "last": _wire(f"GET {PATH}", f"{TOKEN}Connection: close\r\n"),
}
MALFORMED = {
    "no http": b"nonsense\r\n\r\n",
    "two lengths": _wire(f"PATCH {PATH}", f"{TOKEN}Content-Length: 1\r\nContent-Length: 2\r\n"),
    "no target": b"GET  HTTP/1.1\r\n\r\n",
    "no ASCII": _wire("GET /\u00e9"),
}

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def server(mock: MockWebflow) -> Iterator[MockServer]:
    with MockServer(mock) as server:
        yield server


class Talk:
    """A connection to a server, byte by byte."""

    def __init__(self, server: MockServer) -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        self.file = self._socket.makefile("rb")
        self.send = self._socket.sendall

    def read(self, method: str = "GET") -> Answer:
        """The next answer."""
        status = int(self.file.readline().split()[1])
        headers = {name.lower(): value for name, value in parse_headers(self.file).items()}
        return status, headers, self.file.read(int(headers["content-length"]) if method != "HEAD" else 0)

    def is_over(self) -> bool:
        return self.file.read(1) == b""

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self._socket.close()


def _asked(server: MockServer, sent: bytes) -> Answer:
    with Talk(server) as talk:
        talk.send(sent)
        return talk.read(sent.split(b" ", 1)[0].decode())


@pytest.mark.parametrize("name", ODD)
def test_an_odd_request_is_answered_and_the_connection_used_again(name: str, server: MockServer) -> None:
    sent, status = ODD[name]
    with Talk(server) as talk:
        talk.send(sent)
        assert talk.read(sent.split(b" ", 1)[0].decode())[0] == status
        talk.send(GET)
        assert talk.read()[0] == 200


@pytest.mark.parametrize("name", LAST)
def test_nothing_is_answered_after_the_last_answer(name: str, server: MockServer) -> None:
    with Talk(server) as talk:
        talk.send(LAST[name] + GET)
        assert talk.read()[1]["connection"] == "close"
        assert talk.is_over()
    assert len(server.mock.ledger) == 1


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_http_is_400_and_the_end_of_the_connection(name: str, server: MockServer) -> None:
    with Talk(server) as talk:
        talk.send(MALFORMED[name])
        status, headers, _ = talk.read()
        assert (status, headers["connection"]) == (400, "close")
        assert talk.is_over()
    assert len(server.mock.ledger) == 0


def test_what_is_sent_at_once_is_answered_in_order(server: MockServer) -> None:
    sent = ["get", "illegal", "list", "body"]
    server.mock.faults.latency(0.02)
    with Talk(server) as talk:
        talk.send(b"".join(ODD[each][0] for each in sent))
        assert [talk.read()[0] for _ in sent] == [200, 409, 200, 200]
    assert [entry.seq for entry in server.mock.ledger] == [1, 2, 3, 4]


def test_a_request_in_pieces_is_one(server: MockServer) -> None:
    with Talk(server) as talk:
        for at in range(0, len(PATCH), 40):
            talk.send(PATCH[at : at + 40])
        assert talk.read()[0] == 200


def test_a_body_that_is_announced_is_asked_for(server: MockServer) -> None:
    head, body = PATCH.split(b"\r\n\r\n")
    with Talk(server) as talk:
        talk.send(head + b"\r\nExpect: 100-continue\r\n\r\n")
        assert talk.file.read1(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        talk.send(body)
        assert talk.read()[0] == 200


def test_a_delayed_answer_holds_up_no_other_connection(mock: MockWebflow) -> None:
    mock.faults.latency(3600)
    with MockServer(mock) as server, Talk(server) as slow:
        slow.send(GET)
        while not mock.ledger:
            pass  # It is there in a moment.
        assert _asked(server, GET)[0] == 200


def test_who_leaves_before_a_delayed_answer_harms_nobody(server: MockServer) -> None:
    server.mock.faults.latency(0.05)
    with Talk(server) as gone:
        gone.send(GET)
        while not server.mock.ledger:
            pass  # It is there in a moment.
    assert _asked(server, GET)[0] == 200


def test_no_answer_waits_for_the_other_sides_acknowledgement() -> None:
    """Nagle's delay is off; with it, an answer in two writes takes 40 milliseconds."""

    async def is_off() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            found.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = listen(0)
        async with await asyncio.start_server(connected, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            try:
                return await found
            finally:
                writer.close()

    assert asyncio.run(is_off())
