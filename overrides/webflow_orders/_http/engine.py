"""Makes an attempt: sends a request, and reads the whole answer within its bounds. With threads, and with tasks."""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Literal

from webflow_orders_generated.client.client import Request

from .._common.secret import Secret
from .._common.signals import interruption, raised
from ..errors import Incomplete, RawResponse
from .attempt import ON_ITS_OWN, AsyncWatch, Attempt, Departure, Watch
from .body import Body, BodyError
from .connection import Connection
from .failures import ClosedError, Failure, OtherLoopError, described, failure_of, strip
from .transport import Carrier

if TYPE_CHECKING:
    from anyio import CancelScope


class _Engine:
    """What both share: a client of a library, which is made anew in a forked child."""

    _prefix: Literal["", "Async"]

    def __init__(self, connection: Connection, transport: object, concurrency: int) -> None:
        self.connection = connection
        self.closed = False
        self._carrier = Carrier(transport, connection.base_url, concurrency, self._prefix)
        self.tells = self._carrier.made_here
        self._library = self._carrier.library
        # The token is among the headers. Without this, the library looks for a user in the address of each request.
        self._no_auth = self._library.Auth()
        self._headers = self._library.Headers(connection.headers())
        self._inherited: list[Any] = []
        self._lock = threading.RLock()  # Reentrant, for handlers of signals.
        self._open()

    def _open(self) -> None:
        self._http = self._carrier.client()
        self._process = os.getpid()

    def _ready(self) -> Any:
        if self.closed:
            raise ClosedError
        if self._process != os.getpid():
            with self._lock:
                if self._process != os.getpid():
                    # The parent's sockets: to write to them, or to close them, would break its connections.
                    self._inherited.append(self._http)
                    self._open()
        return self._http

    def _owned(self) -> bool:
        """Whether the connections are this process's to close."""
        return self._process == os.getpid()

    def _request(self, asked: Request, attempt: Attempt, departure: Departure, trace: Any) -> Any:
        """Not by the library's `build_request`, which merges for each what is the same for all, and adds cookies."""
        made = self._library.Request(
            asked.method,
            self.connection.base_url + asked.path,
            params=asked.params or None,
            headers=self._headers,
            json=asked.json or None,
            extensions={"timeout": attempt.timeouts, "trace": trace, ON_ITS_OWN: departure.on_its_own},
        )
        if asked.headers:
            made.headers.update(asked.headers)
        return made

    def _ending(self, error: BaseException, attempt: Attempt, departure: Departure) -> BaseException:
        """What is raised instead of what ended an attempt."""
        ended = interruption(error) or error
        if isinstance(ended, Exception):
            failure = self._failure(ended, attempt)
            departure.may_have_left = isinstance(failure, Failure) and failure.sent
            return failure
        departure.may_have_left = attempt.may_have_left
        # The frames of the library have the headers among their locals.
        strip(raised(ended))
        return ended

    def _failure(self, error: Exception, attempt: Attempt) -> Exception:
        """What is raised instead of an error of the library, or of the transport."""
        if isinstance(error, Failure | ClosedError | OtherLoopError):
            return error
        if not attempt.handed_over:
            # The library refuses to send with a closed client; for anything else it is no failure of an attempt.
            return ClosedError() if self.closed else error
        return failure_of(
            error,
            self._library,
            sent=attempt.sent,
            connecting=attempt.connecting,
            of_library=self._carrier.of_library,
            secret=self.connection.token,
        )


class _Answer:
    """An answer that is being read."""

    def __init__(self, response: Any, most: int, secret: Secret) -> None:
        self.response = response
        self._most = most
        self._headers = _headers(response, secret)
        self._body: Body | None = None
        self.ended: RawResponse | None = None
        """What there is of it, once no more is wanted."""

    def begin(self) -> bool:
        """Whether there are pieces to read: a transport in this process may give the whole of it, decoded."""
        consumed: bool = self.response.is_stream_consumed
        self._body = Body(None if consumed else self._headers.get("content-encoding"), self._most)
        if consumed:
            self._body.feed(self.response.content)
        return not consumed

    def take(self, piece: bytes, left: float) -> RawResponse | None:
        """Take a piece, with so many seconds left; what there is, if no more is wanted."""
        assert self._body is not None
        try:
            self._body.feed(piece)
        except BodyError as error:
            self.ended = self.part(error.why, str(error))
        else:
            self.ended = None if left else self.part("too late", TOO_LATE)
        return self.ended

    def whole(self) -> RawResponse:
        assert self._body is not None
        return self._raw(self._body.finish())

    def part(self, why: Incomplete, detail: str) -> RawResponse:
        """An answer whose body ended early: its status is known, and the attempt is judged by that."""
        content = self._body.so_far() if self._body is not None else b""
        return self._raw(content)._replace(incomplete=why, detail=detail)

    def part_after(self, error: Exception, library: Any, connection: Connection) -> RawResponse:
        if isinstance(error, BodyError):
            return self.part(error.why, str(error))
        why: Incomplete = "too late" if isinstance(error, library.TimeoutException) else "cut off"
        return self.part(why, described(error, library, connection.token))

    def _raw(self, content: bytes) -> RawResponse:
        return RawResponse(status_code=self.response.status_code, headers=self._headers, content=content)

    def is_stale(self, attempt: Attempt) -> bool:
        """Whether it was there before the request was: bytes that were left over after the answer before.

        Over HTTP/2 one task reads for all, so that it cannot be known; nor can it happen.
        """
        return attempt.answered is False and self.response.extensions.get("http_version") != b"HTTP/2"


# Bytes of a body that a library may have read ahead when no more of it is wanted.
MOST_DROPPED = 2**20
# Seconds that a library has to say itself what it waited for in vain, before it is interrupted.
GRACE = 0.1
TOO_LATE = "the whole body did not come in time"
LEFT_OVER = "what came was there before the request was sent: an answer too many to an earlier one"


def _headers(response: Any, secret: Secret) -> dict[str, str]:
    """By lower-case name, without the token; one that comes twice is joined by a comma, as HTTP reads it."""
    headers: dict[str, str] = {}
    for name, value in response.headers.raw:
        key, text = secret.scrub(name.decode("latin-1")).lower(), secret.scrub(_text(value))
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


class Engine(_Engine):
    """For threads."""

    _prefix = ""

    def exchange(self, asked: Request, within: float, most: int, departure: Departure) -> RawResponse:
        """Send a request, and read the answer: within so many seconds, and so many bytes of body.

        Raises `Failure`, or `ClosedError` when the client was closed before anything was sent.
        """
        http = self._ready()
        attempt = Attempt(within, self)
        departure.may_have_left = True  # As long as nothing else is known.
        with attempt:
            try:
                response = http.send(
                    self._request(asked, attempt, departure, attempt.trace), stream=True, auth=self._no_auth
                )
                try:
                    answer = _Answer(response, most, self.connection.token)
                    if answer.is_stale(attempt):
                        response.extensions["network_stream"].close()
                        raise Failure(LEFT_OVER, sent=True)
                    return self._receive(answer, attempt)
                finally:
                    response.close()
            except BaseException as error:
                ending = self._ending(error, attempt, departure)
        raise ending

    def _receive(self, answer: _Answer, attempt: Attempt) -> RawResponse:
        try:
            if answer.begin():
                for piece in answer.response.stream:
                    if ended := answer.take(piece, attempt.left()):
                        return ended
            return answer.whole()
        except Exception as error:
            if interruption(error):
                raise
            return answer.part_after(error, self._library, self.connection)

    def watch(self, stream: Any) -> None:
        Watch(stream, lambda: self._library.ReadTimeout("timed out"))

    def close(self) -> None:
        self.closed = True
        if self._owned():
            self._http.close()


def _running_loop() -> object:
    asyncio = sys.modules.get("asyncio")
    try:
        return asyncio.get_running_loop() if asyncio is not None else None
    except RuntimeError:
        return None  # Of trio there is one.


class AsyncEngine(_Engine):
    """For the tasks of one event loop."""

    _prefix = "Async"

    def _open(self) -> None:
        super()._open()
        self._connected: set[Any] = set()
        self._loop: object = None

    def _check_loop(self) -> None:
        loop = _running_loop()
        if self._connected and loop is not self._loop:
            raise OtherLoopError("the client has connections in another event loop")
        self._loop = loop

    async def exchange(self, asked: Request, within: float, most: int, departure: Departure) -> RawResponse:
        """`Engine.exchange`, awaited. Raises `OtherLoopError` where connections are open in another event loop."""
        import anyio

        http = self._ready()
        self._check_loop()
        attempt = Attempt(within, self)
        departure.may_have_left = True  # As long as nothing else is known.
        answer: _Answer | None = None
        with attempt:
            try:
                with anyio.move_on_after(within + GRACE) as scope:
                    response = await http.send(
                        self._request(asked, attempt, departure, attempt.trace_async),
                        stream=True,
                        auth=self._no_auth,
                    )
                    try:
                        answer = _Answer(response, most, self.connection.token)
                        if answer.is_stale(attempt):
                            await response.extensions["network_stream"].aclose()
                            raise Failure(LEFT_OVER, sent=True)
                        return await self._receive(answer, attempt, scope)
                    finally:
                        await response.aclose()
                if answer is not None:
                    return answer.ended or answer.part("too late", TOO_LATE)
                # Held up, say by a loop that stood still, before the library could say so itself.
                waited_for = "ReadTimeout" if attempt.may_have_left else "PoolTimeout"
                raise getattr(self._library, waited_for)("timed out")
            except BaseException as error:
                ending = self._ending(error, attempt, departure)
        raise ending

    async def _receive(self, answer: _Answer, attempt: Attempt, scope: CancelScope) -> RawResponse:
        try:
            if answer.begin():
                dropped = 0
                async for piece in answer.response.stream:
                    if answer.ended or answer.take(piece, attempt.left()):
                        # Left at a piece, nobody would close the library's generators. They end where they wait.
                        scope.cancel()
                        dropped += len(piece)
                        if dropped > MOST_DROPPED:
                            break
            return answer.ended or answer.whole()
        except Exception as error:
            if interruption(error):
                raise
            return answer.part_after(error, self._library, self.connection)

    def watch(self, stream: Any) -> None:
        AsyncWatch(stream, self._connected)

    async def close(self) -> None:
        if self._owned():
            if self._connected and _running_loop() is not self._loop:
                raise OtherLoopError("a client is closed in the event loop that it was used in")
            self.closed = True
            await self._http.aclose()
        self.closed = True
