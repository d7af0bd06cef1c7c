"""The mock's own HTTP/1: does it say what uvicorn's would, and what does it do with odd connections?"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Iterator
from http.client import parse_headers
from types import SimpleNamespace
from typing import Any

import pytest
from webflow_orders_mock import MockServer, MockWebflow
from webflow_orders_mock.protocol import Connection, protocol_of
from webflow_orders_mock.validation import MAX_BODY

SITE = "580e63e98c9a982ac9b8b741"
GET = f"GET /v2/sites/{SITE}/orders/dfa-3f1"
PATCH = f"PATCH /v2/sites/{SITE}/orders/dfa-3f1"
POST = f"POST /v2/sites/{SITE}/orders/dfa-3f1"
TOKEN = "Host: m\r\nAuthorization: Bearer mock-token\r\n"
BODY = b'{"comment":"a"}'
JSON = "Content-Type: application/json\r\n"
BIG = 3_000_000

WIRE: dict[str, bytes] = {
    "get": f"{GET} HTTP/1.1\r\n{TOKEN}\r\n".encode(),
    "list": f"GET /v2/sites/{SITE}/orders?limit=2&offset=1 HTTP/1.1\r\n{TOKEN}\r\n".encode(),
    "head": f"HEAD{GET[3:]} HTTP/1.1\r\n{TOKEN}\r\n".encode(),
    "no token": f"{GET} HTTP/1.1\r\nHost: m\r\n\r\n".encode(),
    "two tokens": f"{GET} HTTP/1.1\r\nAuthorization: Bearer b\r\n{TOKEN}\r\n".encode(),
    "escaped": b"GET /v2/sites/a%20b/orders/%FF%2f?x=%zz HTTP/1.1\r\nHost: m\r\n\r\n",
    "absolute": f"GET http://m{GET[4:]}?a=1 HTTP/1.1\r\n{TOKEN}\r\n".encode(),
    "fragment": f"{GET}#there HTTP/1.1\r\n{TOKEN}\r\n".encode(),
    "old": f"{GET} HTTP/1.0\r\n{TOKEN}\r\n".encode(),
    "old, lasting": f"{GET} HTTP/1.0\r\n{TOKEN}Connection: keep-alive\r\n\r\n".encode(),
    "last": f"{GET} HTTP/1.1\r\n{TOKEN}Connection: close\r\n\r\n".encode(),
    "body": f"{PATCH} HTTP/1.1\r\n{TOKEN}{JSON}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY,
    "chunks": f"{PATCH} HTTP/1.1\r\n{TOKEN}{JSON}Transfer-Encoding: chunked\r\n\r\n".encode()
    + b'5\r\n{"com\r\na\r\nment":"a"}\r\n0\r\n\r\n',
    "too large": f"{PATCH} HTTP/1.1\r\n{TOKEN}{JSON}Content-Length: {BIG}\r\n\r\n".encode() + b" " * BIG,
    "illegal": f"{POST}/unfulfill HTTP/1.1\r\n{TOKEN}\r\n".encode(),
    "control": b"GET /_mock HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
}
NOT_BY_H11 = ("absolute", "fragment")  # uvicorn takes these for a path when it parses with h11.
MALFORMED = {
    "no http": b"nonsense\r\n\r\n",
    "two lengths": f"{PATCH} HTTP/1.1\r\n{TOKEN}Content-Length: 1\r\nContent-Length: 2\r\n\r\n".encode(),
    "no target": b"GET  HTTP/1.1\r\n\r\n",
}

Told = tuple[int, dict[str, str], bytes]


@pytest.fixture
def server(mock: MockWebflow) -> Iterator[MockServer]:
    with MockServer(mock) as server:
        yield server


class Talk:
    """A connection to a server, byte by byte."""

    def __init__(self, server: MockServer) -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self._socket.makefile("rb")
        self.send = self._socket.sendall

    def read(self, method: str = "GET") -> Told:
        """The next answer, without its date."""
        status = int(self.file.readline().split()[1])
        headers = {name.lower(): value for name, value in parse_headers(self.file).items()}
        headers.pop("date", None)
        return status, headers, self.file.read(int(headers["content-length"]) if method != "HEAD" else 0)

    def is_over(self) -> bool:
        return self.file.read(1) == b""

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self._socket.close()


def _asked(server: MockServer, sent: bytes) -> Told:
    with Talk(server) as talk:
        talk.send(sent)
        return talk.read(sent.split(b" ", 1)[0].decode())


@pytest.mark.parametrize("name", WIRE)
def test_it_answers_as_uvicorns_own_protocols_do(
    name: str, clock: Callable[[], float], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for protocol in (None, "httptools", *([] if name in NOT_BY_H11 else ["h11"])):
        if protocol:
            monkeypatch.setattr("webflow_orders_mock.server._protocol", lambda mock, http=protocol: http)
        with MockServer(MockWebflow(clock=clock)) as server:
            told.append(_asked(server, WIRE[name]))
            assert isinstance(server._server.config.http, str) == bool(protocol)
    assert told == [told[0]] * len(told)


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_http_is_400_and_the_end_of_the_connection(name: str, server: MockServer) -> None:
    with Talk(server) as talk:
        talk.send(MALFORMED[name])
        status, headers, _ = talk.read()
        assert (status, headers["connection"]) == (400, "close")
        assert talk.is_over()
    assert len(server.mock.ledger) == 0


def test_without_httptools_uvicorn_serves_the_asgi_door(
    mock: MockWebflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "webflow_orders_mock.protocol")
    monkeypatch.setitem(sys.modules, "httptools", None)
    with MockServer(mock) as server:
        assert _asked(server, WIRE["get"])[0] == 200
        assert server._server.config.http_protocol_class.__name__ == "H11Protocol"


def test_what_is_sent_at_once_is_answered_in_order(server: MockServer) -> None:
    sent = ["get", "illegal", "list", "body"]
    server.mock.faults.latency(0.02)
    with Talk(server) as talk:
        talk.send(b"".join(WIRE[each] for each in sent))
        assert [talk.read()[0] for _ in sent] == [200, 409, 200, 200]
    assert [entry.seq for entry in server.mock.ledger] == [1, 2, 3, 4]


def test_nothing_is_answered_after_the_last_answer(server: MockServer) -> None:
    with Talk(server) as talk:
        talk.send(WIRE["last"] + WIRE["get"])
        assert talk.read()[1]["connection"] == "close"
        assert talk.is_over()
    assert len(server.mock.ledger) == 1


def test_a_connection_is_used_again(server: MockServer) -> None:
    with Talk(server) as talk:
        for method in ("GET", "HEAD", "GET"):
            talk.send(WIRE[method.lower()])
            assert talk.read(method)[0] == (405 if method == "HEAD" else 200)


def test_a_request_in_pieces_is_one(server: MockServer) -> None:
    with Talk(server) as talk:
        for at in range(0, len(WIRE["body"]), 40):
            talk.send(WIRE["body"][at : at + 40])
            time.sleep(0.001)  # So that they are pieces when they arrive.
        assert talk.read()[0] == 200


def test_a_body_that_is_announced_is_asked_for(server: MockServer) -> None:
    head, body = WIRE["body"].split(b"\r\n\r\n")
    with Talk(server) as talk:
        talk.send(head + b"\r\nExpect: 100-continue\r\n\r\n")
        assert talk.file.read1(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        talk.send(body)
        assert talk.read()[0] == 200


def test_a_trailer_is_no_header(server: MockServer) -> None:
    sent = WIRE["chunks"].replace(b"Authorization: Bearer mock-token\r\n", b"")
    trailer = b"0\r\nAuthorization: Bearer mock-token\r\n\r\n"
    assert _asked(server, sent.replace(b"0\r\n\r\n", trailer))[0] == 401


def test_another_protocol_is_not_taken_up(server: MockServer) -> None:
    sent = WIRE["get"].replace(b"Host", b"Upgrade: h2c\r\nConnection: Upgrade\r\nHost")
    with Talk(server) as talk:
        talk.send(sent + b"PRI * HTTP/2.0\r\n\r\n")
        status, headers, _ = talk.read()
        assert (status, headers["connection"]) == (200, "close")
        assert talk.is_over()


def test_a_delayed_answer_holds_up_no_other_connection(server: MockServer) -> None:
    server.mock.faults.latency(0.2)
    with Talk(server) as slow:
        slow.send(WIRE["get"])
        while not server.mock.ledger:
            time.sleep(0.001)
        began = time.monotonic()
        assert _asked(server, WIRE["get"])[0] == 200
        assert time.monotonic() - began < 0.2
        assert slow.read()[0] == 200


def test_who_leaves_before_a_delayed_answer_harms_nobody(server: MockServer) -> None:
    server.mock.faults.latency(0.05)
    with Talk(server) as gone:
        gone.send(WIRE["get"])
        while not server.mock.ledger:
            time.sleep(0.001)
    assert _asked(server, WIRE["get"])[0] == 200


class Loop:
    """Time that stands still, and what was put off until later."""

    now = 0.0

    def __init__(self) -> None:
        self.timers: list[tuple[float, Callable[..., None], tuple[Any, ...]]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, call: Callable[..., None], *arguments: Any) -> Any:
        self.timers.append((self.now + seconds, call, arguments))
        return SimpleNamespace(cancel=lambda: None)

    def forward(self, seconds: float) -> None:
        self.now += seconds
        due = [timer for timer in self.timers if timer[0] <= self.now]
        self.timers = [timer for timer in self.timers if timer[0] > self.now]
        for _, call, arguments in due:
            call(*arguments)


class Wire:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.is_closed = self.is_paused = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.is_closed = True

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False


@pytest.fixture
def wired(mock: MockWebflow) -> tuple[Connection, Wire, Loop]:
    loop, wire = Loop(), Wire()
    config: Any = SimpleNamespace(timeout_keep_alive=5)
    state: Any = SimpleNamespace(connections=set(), default_headers=[(b"date", b"today")])
    connection = protocol_of(mock)(config, state, {}, loop)  # type: ignore[arg-type]  # Stand-ins.
    connection.connection_made(wire)  # type: ignore[arg-type]  # As above.
    return connection, wire, loop


def test_an_answer_is_one_write(wired: tuple[Connection, Wire, Loop]) -> None:
    connection, wire, _ = wired
    for _ in range(2):
        connection.data_received(WIRE["get"])
    assert [part[:15] for part in wire.written] == [b"HTTP/1.1 200 OK"] * 2
    assert all(b"\r\ndate: today\r\n" in part for part in wire.written)


def test_answers_that_nobody_reads_are_not_heaped_up(wired: tuple[Connection, Wire, Loop]) -> None:
    connection, wire, _ = wired
    connection.pause_writing()
    connection.data_received(WIRE["get"] * 3)
    assert (wire.written, wire.is_paused) == ([], True)
    connection.resume_writing()
    assert (len(wire.written), wire.is_paused) == (3, False)


def test_a_body_is_not_kept_beyond_its_bound(wired: tuple[Connection, Wire, Loop]) -> None:
    connection, _, _ = wired
    head, body = WIRE["too large"].split(b"\r\n\r\n")
    connection.data_received(head + b"\r\n\r\n")
    for at in range(0, len(body) - 1, 65_536):
        connection.data_received(body[at : at + 65_536][: len(body) - 1 - at])
    assert MAX_BODY < len(connection._body) <= MAX_BODY + 65_536


def test_an_idle_connection_is_closed_and_a_busy_one_is_not(wired: tuple[Connection, Wire, Loop]) -> None:
    connection, wire, loop = wired
    loop.forward(60)  # Nothing was ever said: as with uvicorn, there is no hurry.
    connection.data_received(WIRE["get"])
    loop.forward(4)
    connection.data_received(WIRE["get"][:50])
    loop.forward(60)  # It is in the middle of a request.
    assert not wire.is_closed
    connection.data_received(WIRE["get"][50:])
    loop.forward(4.9)
    assert not wire.is_closed
    loop.forward(5)
    assert wire.is_closed


def test_a_server_that_stops_sends_what_it_owes_and_takes_nothing_more(
    wired: tuple[Connection, Wire, Loop],
) -> None:
    connection, wire, loop = wired
    connection.mock.faults.latency(3)
    connection.data_received(WIRE["get"] * 2)
    assert wire.is_paused
    connection.shutdown()
    assert (wire.written, wire.is_closed) == ([], False)
    loop.forward(3)
    assert (len(wire.written), wire.is_closed) == (1, True)
    assert b"\r\nconnection: close\r\n" in wire.written[0]
    assert len(connection.mock.ledger) == 1
