"""HTTP/1 from the socket to `MockWebflow.handle` without ASGI in between, at half of its cost.

uvicorn accepts, counts and closes connections; httptools parses; a request becomes its answer in one step, for
`handle` never waits, and leaves in one write. Where httptools is missing, uvicorn serves `MockWebflow.asgi`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import httptools

from .asgi import answer_to
from .messages import Request, Response
from .validation import MAX_BODY

if TYPE_CHECKING:
    import uvicorn
    from uvicorn.server import ServerState

    from .app import MockWebflow

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_MALFORMED = Response(400, {"Content-Type": "text/plain; charset=utf-8"}, b"Invalid HTTP request received.")


class Asked(NamedTuple):
    request: Request
    is_last: bool
    """Of this connection."""


class Connection(asyncio.Protocol):
    """The requests of one connection, answered one after the other; `mock` is set by `protocol_of`."""

    mock: MockWebflow

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._loop = _loop or asyncio.get_running_loop()
        self._server, self._patience = server_state, config.timeout_keep_alive
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[Asked] = deque()
        self._delayed: asyncio.TimerHandle | None = None
        self._is_full = self._is_closing = False
        self._answered: float | None = None  # When, if nothing was heard since.
        self._given: list[tuple[bytes, bytes]] = []
        self._common = ""
        self.on_message_begin()

    # ------------------------------------------------------------------ what asyncio and uvicorn call

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._server.connections.add(cast(Any, self))
        self._idle = self._loop.call_later(self._patience, self._close_if_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_closing = True
        self._server.connections.discard(cast(Any, self))
        self._idle.cancel()
        if self._delayed is not None:
            self._delayed.cancel()

    def data_received(self, data: bytes) -> None:
        self._answered = None
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # It was answered as if it had not asked for that, and was the last.
        except httptools.HttpParserError:
            if not self._is_closing and not self._is_held:
                self._write(_MALFORMED, is_last=True)
            self._is_closing = True

    def pause_writing(self) -> None:
        self._is_full = True
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._is_full = False
        self._go_on()

    def shutdown(self) -> None:
        self._is_closing = True
        if self._delayed is None:
            self._transport.close()

    def _close_if_idle(self) -> None:
        # One timer for each connection and not for each request.
        since = self._loop.time() if self._answered is None else self._answered
        left = since + self._patience - self._loop.time()
        if left > 0:
            self._idle = self._loop.call_later(left, self._close_if_idle)
        else:
            self._transport.close()

    # ------------------------------------------------------------------ what httptools calls

    def on_message_begin(self) -> None:
        self._url = self._body = b""
        self._headers: dict[str, str] = {}
        self._told = self._headers

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        self._told[key] = f"{self._told[key]}, {text}" if key in self._told else text

    def on_headers_complete(self) -> None:
        self._told = {}  # What follows the body is a trailer and no header.
        parser = self._parser
        is_new = parser.get_http_version() == "1.1"
        self._is_last = not is_new or not parser.should_keep_alive() or parser.should_upgrade()
        if is_new and not self._is_held and self._headers.get("expect", "").lower() == "100-continue":
            self._transport.write(_CONTINUE)

    def on_body(self, body: bytes) -> None:
        if len(self._body) <= MAX_BODY:  # Of one that is too large, as much as shows that it is.
            self._body += body

    def on_message_complete(self) -> None:
        path, query = _target(self._url)
        method = self._parser.get_method().decode("latin-1")
        asked = Asked(Request(method, path, query, self._headers, self._body), self._is_last)
        if self._is_held or self._waiting:
            self._waiting.append(asked)
        else:
            self._answer(asked)

    # ------------------------------------------------------------------ answers

    @property
    def _is_held(self) -> bool:
        """An answer is kept back, or the answers are not read."""
        return self._is_full or self._delayed is not None

    def _go_on(self) -> None:
        while self._waiting and not self._is_held:
            self._answer(self._waiting.popleft())
        if not self._is_held:
            self._transport.resume_reading()

    def _answer(self, asked: Asked) -> None:
        if self._is_closing:
            return
        answer = answer_to(self.mock, asked.request)
        if not answer.delay:
            self._write(answer, asked.request.method, is_last=asked.is_last)
        elif self.mock.sleep is not None:
            self.mock.sleep(answer.delay)
            self._write(answer, asked.request.method, is_last=asked.is_last)
        else:
            self._transport.pause_reading()
            self._delayed = self._loop.call_later(answer.delay, self._write_late, answer, asked)

    def _write_late(self, answer: Response, asked: Asked) -> None:
        self._delayed = None
        self._write(answer, asked.request.method, is_last=asked.is_last or self._is_closing)
        self._go_on()

    def _write(self, answer: Response, method: str = "", *, is_last: bool) -> None:
        if self._given is not self._server.default_headers:  # The date, renewed each second.
            self._given = self._server.default_headers
            self._common = "".join(
                f"{n.decode('latin-1')}: {v.decode('latin-1')}\r\n" for n, v in self._given
            )
        told = "".join([f"{name.lower()}: {value}\r\n" for name, value in answer.headers.items()])
        last = "connection: close\r\n" if is_last else ""
        length = f"content-length: {len(answer.body)}\r\n\r\n"
        head = f"{_status_line(answer.status)}{self._common}{told}{last}{length}".encode("latin-1")
        self._transport.write(head if method == "HEAD" else head + answer.body)
        self._answered = self._loop.time()
        if is_last:
            self._is_closing = True
            self._transport.close()


def protocol_of(mock: MockWebflow) -> type[Connection]:
    """What uvicorn is to make one of for each connection."""
    return type("ConnectionOfMock", (Connection,), {"mock": mock})


@cache
def _status_line(status: int) -> str:
    known = {each.value: each.phrase for each in HTTPStatus}
    return f"HTTP/1.1 {status} {known.get(status, '')}\r\n"


def _target(url: bytes) -> tuple[str, str]:
    """The path and the query, as they were sent."""
    if url[:1] == b"/" and b"#" not in url:
        path, _, query = url.decode("latin-1").partition("?")
        return path, query
    parsed = httptools.parse_url(url)
    return (parsed.path or b"/").decode("latin-1"), (parsed.query or b"").decode("latin-1")
