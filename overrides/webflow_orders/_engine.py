"""Does what a `Conductor` wants done: once with threads in mind, once with tasks."""

from __future__ import annotations

import os
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from . import _bounds, _pool, errors
from ._body import Body, BodyError
from ._call import Acquire, Connection, Operation, Options, Send, Sleep, lost, unquoted
from .limits import Limiter

if TYPE_CHECKING:
    from ._conduct import Conductor

T = TypeVar("T")

# The token is among the headers. Without this, httpx looks for a user in the address of each request.
NO_AUTH = httpx.Auth()


class AnyEngine:
    """What both share: the way of a conductor, and a pool that is made anew in a forked child."""

    def __init__(
        self,
        connection: Connection,
        limiter: Limiter | None,
        clock: Callable[[], float],
        make_http: Callable[[], Any],
    ) -> None:
        self.connection = connection
        self.limiter = limiter
        self.closed = False
        self._inherited: list[Any] = []
        self._clock = clock
        self._make_http = make_http
        self._lock = threading.Lock()
        self._open()

    def _open(self) -> None:
        self._http = self._make_http()
        # What one answer sets must not colour the next request. None sends a cookie; none is kept, either.
        self._http.cookies.extract_cookies = lambda response: None
        _bounds.install(self._http)
        _pool.install(self._http)
        self._process = os.getpid()

    def http(self, operation: Operation[Any]) -> Any:
        if self.closed:
            raise errors.ClientClosedError("the client was closed", call=operation.call)
        if self._process != os.getpid():
            with self._lock:
                if self._process != os.getpid():
                    # The parent's sockets: to write to them, or to close them, would break its connections.
                    self._inherited.append(self._http)
                    self._open()
        return self._http

    def owned(self) -> bool:
        """Whether the pool is this process's to close."""
        return self._process == os.getpid()

    def conductor(self, options: Options) -> Conductor:
        from ._conduct import Conductor  # Not before the first call.

        return Conductor(options, self._clock, self.limiter, self.connection.token)


def _unsent(
    http: httpx.Client | httpx.AsyncClient, operation: Operation[Any], error: RuntimeError
) -> Exception:
    """What says so before it sends anything: a client that is closed between our look and httpx's, and the pool."""
    if isinstance(error, _pool.OtherLoopError):
        return errors.EventLoopError(str(error), call=operation.call)
    return errors.ClientClosedError("the client was closed", call=operation.call) if http.is_closed else error


def _headers(response: httpx.Response) -> dict[str, str]:
    """By lower-case name; one that comes twice is joined by a comma, as HTTP reads it."""
    headers: dict[str, str] = {}
    for name, value in response.headers.raw:
        key, text = name.lower().decode("latin-1"), _text(value)
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _raw(response: httpx.Response, headers: dict[str, str], content: bytes) -> errors.RawResponse:
    return errors.RawResponse(status_code=response.status_code, headers=headers, content=content)


def _part(
    response: httpx.Response, headers: dict[str, str], body: Body | None, error: Exception
) -> errors.RawResponse:
    """An answer whose body ended early: its status is known, and the attempt is judged by that."""
    if isinstance(error, httpx.RequestError):
        unquoted(error)
    why: errors.Incomplete = "too late" if isinstance(error, httpx.TimeoutException) else "cut off"
    detail = f"{type(error).__name__}: {errors.one_line(str(error)) or 'no reason given'}"
    if isinstance(error, BodyError):
        why, detail = error.why, str(error)
    return _raw(response, headers, body.so_far() if body else b"")._replace(incomplete=why, detail=detail)


class Engine(AnyEngine):
    def __init__(self, *arguments: Any, sleep: Callable[[float], None]) -> None:
        super().__init__(*arguments)
        self._sleep = sleep

    def send(self, operation: Operation[T], options: Options) -> T:
        work = self.conductor(options).conduct(operation)
        answer: Any = None
        failure: Exception | None = None
        while True:
            try:
                effect = work.throw(failure) if failure is not None else work.send(answer)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]
            answer = failure = None
            if isinstance(effect, Sleep):
                self._sleep(effect.seconds)
                continue
            try:
                if isinstance(effect, Acquire):
                    answer = effect.ask()
                else:
                    answer = self._exchange(effect, options.max_body)
            except Exception as error:
                failure = error

    def _exchange(self, send: Send, most: int) -> errors.RawResponse:
        http: httpx.Client = self.http(send.operation)
        request = self.connection.http_request(send.operation.request, send.within)
        with _bounds.bounded(send.within):
            try:
                response = http.send(request, stream=True, auth=NO_AUTH)
            except httpx.RequestError as error:
                raise lost(error, send.operation.call) from error
            except RuntimeError as error:
                raise _unsent(http, send.operation, error) from error
            try:
                return self._receive(response, most)
            finally:
                response.close()
                # A connection that was still being made when the pool was closed is in nobody's care.
                if self.closed and (stream := response.extensions.get("network_stream")):
                    stream.close()

    def _receive(self, response: httpx.Response, most: int) -> errors.RawResponse:
        headers, body = _headers(response), None
        try:
            if response.is_stream_consumed:  # A transport in this process may give the whole of it, decoded.
                body = Body(None, most)
                body.take(response.content)
                return _raw(response, headers, body.whole())
            body = Body(headers.get("content-encoding"), most)
            pieces: Any = response.stream
            for piece in pieces:
                body.take(piece)
                if not _bounds.left():
                    raise BodyError("too late", "the whole body did not come in time")
            return _raw(response, headers, body.whole())
        except (httpx.RequestError, BodyError) as error:
            return _part(response, headers, body, error)

    def close(self) -> None:
        self.closed = True
        if self.owned():
            self._http.close()


async def _acquire(effect: Acquire) -> float:
    if not effect.limiter.blocking:
        return effect.ask()
    import anyio.to_thread  # Not before it is needed, which is before anything is sent.

    # In a thread, so that the loop goes on; and no longer than the caller waits, whatever the thread does.
    with anyio.fail_after(max(0.0, effect.reservation.until - effect.now)):
        return await anyio.to_thread.run_sync(effect.ask, abandon_on_cancel=True)


class AsyncEngine(AnyEngine):
    def __init__(self, *arguments: Any, sleep: Callable[[float], Awaitable[None]]) -> None:
        super().__init__(*arguments)
        self._sleep = sleep

    async def send(self, operation: Operation[T], options: Options) -> T:
        work = self.conductor(options).conduct(operation)
        answer: Any = None
        failure: Exception | None = None
        try:
            while True:
                try:
                    effect = work.throw(failure) if failure is not None else work.send(answer)
                except StopIteration as done:
                    return done.value  # type: ignore[no-any-return]
                answer = failure = None
                if isinstance(effect, Sleep):
                    await self._sleep(effect.seconds)
                    continue
                try:
                    if isinstance(effect, Acquire):
                        answer = await _acquire(effect)
                    else:
                        answer = await self._exchange(effect, options.max_body)
                except Exception as error:
                    failure = error
        finally:
            work.close()

    async def _exchange(self, send: Send, most: int) -> errors.RawResponse:
        http: httpx.AsyncClient = self.http(send.operation)
        request = self.connection.http_request(send.operation.request, send.within)
        with _bounds.bounded(send.within):
            try:
                response = await http.send(request, stream=True, auth=NO_AUTH)
            except httpx.RequestError as error:
                raise lost(error, send.operation.call) from error
            except RuntimeError as error:
                raise _unsent(http, send.operation, error) from error
            try:
                return await self._receive(response, most)
            finally:
                await response.aclose()
                if self.closed and (stream := response.extensions.get("network_stream")):
                    await stream.aclose()

    async def _receive(self, response: httpx.Response, most: int) -> errors.RawResponse:
        headers, body = _headers(response), None
        try:
            if response.is_stream_consumed:
                body = Body(None, most)
                body.take(response.content)
                return _raw(response, headers, body.whole())
            body = Body(headers.get("content-encoding"), most)
            pieces: Any = response.stream
            async for piece in pieces:
                body.take(piece)
                if not _bounds.left():
                    raise BodyError("too late", "the whole body did not come in time")
            return _raw(response, headers, body.whole())
        except (httpx.RequestError, BodyError) as error:
            return _part(response, headers, body, error)

    async def close(self) -> None:
        self.closed = True
        if self.owned():
            await self._http.aclose()
