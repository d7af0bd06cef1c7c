"""Does what a `Conductor` wants done: once with threads in mind, once with tasks."""

from __future__ import annotations

import os
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from . import _bounds, errors
from ._body import Body, BodyError
from ._call import Connection, Operation, Options, Send, Sleep, lost, unquoted
from .limits import Limiter

if TYPE_CHECKING:
    from ._conduct import Conductor

T = TypeVar("T")


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
        _bounds.install(self._http)
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


def _closed(
    http: httpx.Client | httpx.AsyncClient, operation: Operation[Any], error: RuntimeError
) -> Exception:
    """A client that is closed between our look and httpx's says so before it sends anything."""
    return errors.ClientClosedError("the client was closed", call=operation.call) if http.is_closed else error


def _raw(response: httpx.Response, content: bytes) -> errors.RawResponse:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return errors.RawResponse(status_code=response.status_code, headers=headers, content=content)


def _part(response: httpx.Response, body: Body | None, error: Exception) -> errors.RawResponse:
    """An answer whose body ended early: its status is known, and the attempt is judged by that."""
    if isinstance(error, httpx.RequestError):
        unquoted(error)
    why: errors.Incomplete = "too late" if isinstance(error, httpx.TimeoutException) else "cut off"
    detail = f"{type(error).__name__}: {errors.one_line(str(error)) or 'no reason given'}"
    if isinstance(error, BodyError):
        why, detail = error.why, str(error)
    return _raw(response, body.so_far() if body else b"")._replace(incomplete=why, detail=detail)


class Engine(AnyEngine):
    def __init__(self, *arguments: Any, sleep: Callable[[float], None]) -> None:
        super().__init__(*arguments)
        self._sleep = sleep

    def send(self, operation: Operation[T], options: Options) -> T:
        work = self.conductor(options).conduct(operation)
        answer: Any = None
        failure: errors.WebflowOrdersError | None = None
        while True:
            try:
                effect = work.throw(failure) if failure is not None else work.send(answer)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]
            answer = failure = None
            if isinstance(effect, Sleep):
                self._sleep(effect.seconds)
            else:
                try:
                    answer = self._exchange(effect, options.max_body)
                except errors.WebflowOrdersError as error:
                    failure = error

    def _exchange(self, send: Send, most: int) -> errors.RawResponse:
        http: httpx.Client = self.http(send.operation)
        request = http.build_request(**self.connection.request_arguments(send.operation.request, send.within))
        with _bounds.bounded(send.within):
            try:
                response = http.send(request, stream=True)
            except httpx.RequestError as error:
                raise lost(error, send.operation.call) from error
            except RuntimeError as error:
                raise _closed(http, send.operation, error) from error
            try:
                return self._receive(response, most)
            finally:
                response.close()
                # A connection that was still being made when the pool was closed is in nobody's care.
                if self.closed and (stream := response.extensions.get("network_stream")):
                    stream.close()

    def _receive(self, response: httpx.Response, most: int) -> errors.RawResponse:
        body: Body | None = None
        try:
            if response.is_stream_consumed:  # A transport in this process may give the whole of it, decoded.
                body = Body(None, most)
                body.take(response.content)
                return _raw(response, body.whole())
            body = Body(response.headers.get("content-encoding"), most)
            for piece in response.iter_raw():
                body.take(piece)
                if not _bounds.left():
                    raise BodyError("too late", "the whole body did not come in time")
            return _raw(response, body.whole())
        except (httpx.RequestError, BodyError) as error:
            return _part(response, body, error)

    def close(self) -> None:
        self.closed = True
        if self.owned():
            self._http.close()


class AsyncEngine(AnyEngine):
    def __init__(self, *arguments: Any, sleep: Callable[[float], Awaitable[None]]) -> None:
        super().__init__(*arguments)
        self._sleep = sleep

    async def send(self, operation: Operation[T], options: Options) -> T:
        work = self.conductor(options).conduct(operation)
        answer: Any = None
        failure: errors.WebflowOrdersError | None = None
        try:
            while True:
                try:
                    effect = work.throw(failure) if failure is not None else work.send(answer)
                except StopIteration as done:
                    return done.value  # type: ignore[no-any-return]
                answer = failure = None
                if isinstance(effect, Sleep):
                    await self._sleep(effect.seconds)
                else:
                    try:
                        answer = await self._exchange(effect, options.max_body)
                    except errors.WebflowOrdersError as error:
                        failure = error
        finally:
            work.close()

    async def _exchange(self, send: Send, most: int) -> errors.RawResponse:
        http: httpx.AsyncClient = self.http(send.operation)
        request = http.build_request(**self.connection.request_arguments(send.operation.request, send.within))
        with _bounds.bounded(send.within):
            try:
                response = await http.send(request, stream=True)
            except httpx.RequestError as error:
                raise lost(error, send.operation.call) from error
            except RuntimeError as error:
                raise _closed(http, send.operation, error) from error
            try:
                return await self._receive(response, most)
            finally:
                await response.aclose()
                if self.closed and (stream := response.extensions.get("network_stream")):
                    await stream.aclose()

    async def _receive(self, response: httpx.Response, most: int) -> errors.RawResponse:
        body: Body | None = None
        try:
            if response.is_stream_consumed:
                body = Body(None, most)
                body.take(response.content)
                return _raw(response, body.whole())
            body = Body(response.headers.get("content-encoding"), most)
            async for piece in response.aiter_raw():
                body.take(piece)
                if not _bounds.left():
                    raise BodyError("too late", "the whole body did not come in time")
            return _raw(response, body.whole())
        except (httpx.RequestError, BodyError) as error:
            return _part(response, body, error)

    async def close(self) -> None:
        self.closed = True
        if self.owned():
            await self._http.aclose()
