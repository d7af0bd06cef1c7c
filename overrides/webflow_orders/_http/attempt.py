"""What is known of the attempt under way: how long it may still take, and how far its request has got.

httpx bounds each wait, so that an answer which drips takes for ever; and it does not say whether a request had begun
to leave when something broke. Two extensions of a request, both documented, let us in: `timeout` is asked for anew in
each phase, and `trace` is told of each phase, and of each connection that is made.

A connection is watched by putting methods of ours before its own: `httpcore.ConnectionPool` would take a network
backend, but `httpx.HTTPTransport` does not pass one on, and what instruments or mocks httpx does so at that class.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Any, Protocol, Self

from .failures import ClosedError, Failure

# An extension of a request, for a transport of ours.
ON_ITS_OWN = "webflow_orders_on_its_own"
# Seconds: eleven days. Sockets count in milliseconds, and begin anew beyond twenty-four.
LONGEST = 1e6

_current: ContextVar[Attempt | None] = ContextVar("webflow_orders_attempt", default=None)


class Departure:
    """Whether a byte of a request may have left, for whoever is interrupted and has no answer to go by.

    `on_its_own`: whether its answer says if a write was made, and must be no other's. Where nobody can see what was
    left over on a connection, it gets a new one.
    """

    def __init__(self, *, on_its_own: bool = False) -> None:
        self.may_have_left, self.on_its_own = False, on_its_own


class Line(Protocol):
    """What an attempt is made over."""

    closed: bool
    tells: bool
    """Whether its transport is known to tell of each connection and of each request that begins to leave."""

    def watch(self, stream: Any) -> None:
        """A connection was made."""


class Attempt:
    """One attempt, from `with` to its end.

    Attributes:
        handed_over: a transport was given the request.
        sent: the request has begun to leave.
        connecting: a connection is being made, by way of a proxy or without, and nothing of the request has left.
        answered: whether something was read from the connection since the request was written to it; None if that
            cannot be known.
    """

    def __init__(self, within: float, line: Line) -> None:
        within = min(within, LONGEST)
        self.until = time.monotonic() + within
        self.timeouts = Timeouts(self, within)
        self._line = line
        self.handed_over = self.sent = self.connecting = False
        self.answered: bool | None = None
        self._token: Token[Attempt | None] | None = None

    @property
    def may_have_left(self) -> bool:
        """Whether a byte of the request may have left."""
        return self.sent or (self.handed_over and not self.connecting and not self._line.tells)

    def left(self) -> float:
        """Seconds that are left; never negative."""
        return max(0.0, self.until - time.monotonic())

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._token is not None:
            _current.reset(self._token)

    # ------------------------------------------------------------ what the library tells

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """The `trace` of a request to a library that blocks."""
        handle = _EVENTS.get(event.partition(".")[2])
        if handle is not None:
            handle(self, info)

    async def trace_async(self, event: str, info: dict[str, Any]) -> None:
        self.trace(event, info)

    def _connecting(self, info: dict[str, Any]) -> None:
        self.connecting = not self.sent

    def _sending(self, info: dict[str, Any]) -> None:
        if info["request"].method == b"CONNECT":
            return  # To a proxy, for a way to the server.
        if self._line.closed:
            # Made, or waited for, while the client was closed: nobody would close it.
            raise ClosedError
        if not self.left():
            # A connection may take longer than it is told: as long for each address of a name.
            raise Failure("no time was left to send it", sent=False, timed_out=True)
        self.connecting = False
        self.sent = True

    def _connected(self, info: dict[str, Any]) -> None:
        self._line.watch(info["return_value"])


_EVENTS: dict[str, Callable[[Attempt, dict[str, Any]], None]] = {
    "connect_tcp.started": Attempt._connecting,
    "connect_unix_socket.started": Attempt._connecting,
    "connect_tcp.complete": Attempt._connected,
    "connect_unix_socket.complete": Attempt._connected,
    "start_tls.complete": Attempt._connected,
    "send_request_headers.started": Attempt._sending,
}


def handed_over() -> None:
    """The attempt under way has given its request to a transport."""
    if (attempt := _current.get()) is not None:
        attempt.handed_over = True


def note(*, connected: bool) -> None:
    """The attempt under way has a connection, and may send; or it is only making one."""
    if (attempt := _current.get()) is not None:
        attempt.connecting = not connected and not attempt.sent
        attempt.sent = attempt.sent or connected


class Timeouts(dict[str, float]):
    """The `timeout` of a request: whoever asks for one gets what is left then."""

    def __init__(self, attempt: Attempt, within: float) -> None:
        super().__init__(dict.fromkeys(("connect", "read", "write", "pool"), within))
        self._attempt = attempt

    def get(self, name: str, default: Any = None) -> Any:
        # Not zero, which sockets take as leave not to wait at all, and report as another error.
        return max(0.001, min(self[name], self._attempt.left())) if name in self else default


class Watch:
    """Stands before the methods of a connection that blocks."""

    def __init__(self, stream: Any, timed_out: Callable[[], Exception]) -> None:
        self._read, self._write, self._get_extra_info = stream.read, stream.write, stream.get_extra_info
        self._timed_out = timed_out
        self._writes = 0
        self._asked = False
        stream.read, stream.write, stream.get_extra_info = self.read, self.write, self.get_extra_info

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        attempt = _current.get()
        if attempt is not None:
            # A peer that never stops sending, interim answers for one, never lets a socket wait.
            if not (left := attempt.left()):
                raise self._timed_out()
            timeout = left if timeout is None else min(left, timeout)
        data: bytes = self._read(max_bytes, timeout)
        self._asked = False
        if attempt is not None:
            attempt.answered = True
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._writes += 1
        self._asked = True
        if (attempt := _current.get()) is not None:
            attempt.answered = False
        self._write(buffer, timeout)

    def get_extra_info(self, info: str) -> Any:
        # httpcore takes an idle connection with something to read for one that the server has closed, and closes
        # it. But a thread that was given it a moment ago may have asked already, and it is the answer that waits.
        asked, writes = self._asked, self._writes
        value = self._get_extra_info(info)
        return value and not asked and writes == self._writes if info == "is_readable" else value


class AsyncWatch:
    """Stands before the methods of a connection that is awaited. Its waits are bounded by cancelling them."""

    def __init__(self, stream: Any, open_: set[Any]) -> None:
        self._read, self._write, self._aclose, self._start_tls = (
            stream.read, stream.write, stream.aclose, stream.start_tls,
        )  # fmt: skip
        self._open = open_
        stream.read, stream.write, stream.aclose, stream.start_tls = (
            self.read, self.write, self.aclose, self.start_tls,
        )  # fmt: skip
        open_.add(self)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = await self._read(max_bytes, timeout)
        if (attempt := _current.get()) is not None:
            attempt.answered = True
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if (attempt := _current.get()) is not None:
            attempt.answered = False
        await self._write(buffer, timeout)

    async def start_tls(self, *arguments: Any, **named: Any) -> Any:
        # What comes of it is watched in its place.
        self._open.discard(self)
        return await self._start_tls(*arguments, **named)

    async def aclose(self) -> None:
        self._open.discard(self)
        await self._aclose()
