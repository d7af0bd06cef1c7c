"""A pool of connections to one host whose cost per request does not grow with their number.

httpcore's own looks at every connection for every request, with a system call for each that idles: 50 calls at
once spent most of their time in it. Here whoever has a place takes the connection that was used last, and has it to
itself; how one is made (TLS, proxies) is still httpcore's business.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

import httpcore
import httpx


class OtherLoopError(RuntimeError):
    """The connections of a pool belong to another event loop."""


def install(http: httpx.Client | httpx.AsyncClient) -> None:
    """Put a pool of ours in the place of each of httpcore's.

    httpx has no public way to do so; where its inside is not as expected, it keeps its own.
    """
    for transport in [getattr(http, "_transport", None), *getattr(http, "_mounts", {}).values()]:
        pool: Any = getattr(transport, "_pool", None)
        if not all(
            hasattr(pool, name) for name in ("create_connection", "_max_connections", "_network_backend")
        ):
            continue
        if isinstance(pool, httpcore.ConnectionPool):
            transport._pool = Pool(pool)
        elif isinstance(pool, httpcore.AsyncConnectionPool):
            transport._pool = AsyncPool(pool)


class _Shelf:
    """The connections that are open. The pool's place is taken before, so that nobody makes one while one idles."""

    def __init__(self, maker: Any) -> None:
        self._maker = maker
        self._network_backend = maker._network_backend
        self._most: int = maker._max_connections
        self._open: set[Any] = set()
        # The one used last is at the right end, and taken first: the others come to rest, and expire at the left.
        self._idle: deque[Any] = deque()
        self._closed = False

    def _pick(self, origin: Any) -> tuple[Any, list[Any]]:
        """A connection, and those that are to be closed."""
        gone = []
        if self._closed:
            raise httpcore.ConnectError("the pool was closed")
        while self._idle and self._idle[0].has_expired():
            gone.append(self._idle.popleft())
        while self._idle:
            connection = self._idle.pop()
            if connection.can_handle_request(origin) and not (
                connection.is_closed() or connection.has_expired()
            ):
                break
            gone.append(connection)
        else:
            connection = self._maker.create_connection(origin)
            self._open.add(connection)
        self._open.difference_update(gone)
        return connection, gone

    def _put_back(self, connection: Any) -> bool:
        """Whether it can be used again."""
        if self._closed or not connection.is_idle() or connection.is_closed() or _has_more(connection):
            self._open.discard(connection)
            return False
        self._idle.append(connection)
        return True

    def _empty(self) -> list[Any]:
        self._closed = True
        every = list(self._open)
        self._open.clear()
        self._idle.clear()
        return every


def _has_more(connection: Any) -> bool:
    """Whether bytes came after the end of the answer. The next request would take them for its own answer."""
    while (inner := getattr(connection, "_connection", None)) is not None:
        connection = inner
    state = getattr(connection, "_h11_state", None)
    return state is not None and bool(state.trailing_data[0])


class _Answer:
    """The body of an answer, which has its connection until it is closed."""

    def __init__(self, pool: Any, connection: Any, stream: Any) -> None:
        self._pool: Any = pool
        self._connection = connection
        self._stream = stream

    def __iter__(self) -> Any:
        return iter(self._stream)

    def __aiter__(self) -> Any:
        return aiter(self._stream)

    def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            try:
                self._stream.close()
            finally:
                pool._give_back(self._connection)

    async def aclose(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            try:
                await self._stream.aclose()
            finally:
                await pool._give_back(self._connection)


def _answer(pool: Any, connection: Any, response: httpcore.Response) -> httpcore.Response:
    content: Any = _Answer(pool, connection, response.stream)
    return httpcore.Response(
        response.status, headers=response.headers, content=content, extensions=response.extensions
    )


class _Queue:
    """So many places for threads, first come, first served: a semaphore lets whoever is awake overtake."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    def take(self, timeout: float | None) -> None:
        """Raises `httpcore.PoolTimeout`."""
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        came = False
        try:
            came = turn.acquire(timeout=-1 if timeout is None else timeout)
        finally:
            if not came:
                self._leave(turn)
        if not came:
            raise httpcore.PoolTimeout("no connection became free in time")

    def _leave(self, turn: threading.Lock) -> None:
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return
        self.give()  # It came in the last moment.

    def give(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1


class Pool(_Shelf):
    """For threads; in the place of `httpcore.ConnectionPool`."""

    def __init__(self, maker: httpcore.ConnectionPool) -> None:
        super().__init__(maker)
        self._queue = _Queue(self._most)
        self._lock = threading.Lock()

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        self._queue.take(request.extensions.get("timeout", {}).get("pool"))
        connection: Any = None
        try:
            with self._lock:
                connection, gone = self._pick(request.url.origin)
            for each in gone:
                each.close()
            return _answer(self, connection, connection.handle_request(request))
        except httpcore.ConnectionNotAvailable:
            self._give_back(connection)
            # It was closed, with the pool, between our look and its use.
            raise httpcore.ConnectError("the pool was closed") from None
        except BaseException:
            self._give_back(connection)
            raise

    def _give_back(self, connection: Any) -> None:
        try:
            if connection is not None:
                with self._lock:
                    usable = self._put_back(connection)
                if not usable:
                    connection.close()
        finally:
            self._queue.give()

    def close(self) -> None:
        with self._lock:
            every = self._empty()
        for connection in every:
            connection.close()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _running_loop() -> object:
    import asyncio  # A program whose calls block does without it.

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None  # Of trio there is one.


class AsyncPool(_Shelf):
    """For the tasks of one event loop; in the place of `httpcore.AsyncConnectionPool`."""

    def __init__(self, maker: httpcore.AsyncConnectionPool) -> None:
        super().__init__(maker)
        self._places: Any = None
        self._loop: object = None

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        await self._take(request.extensions.get("timeout", {}).get("pool"))
        connection: Any = None
        try:
            connection, gone = self._pick(request.url.origin)
            for each in gone:
                await each.aclose()
            return _answer(self, connection, await connection.handle_async_request(request))
        except httpcore.ConnectionNotAvailable:
            await self._give_back(connection)
            raise httpcore.ConnectError("the pool was closed") from None
        except BaseException:
            await self._give_back(connection)
            raise

    async def _take(self, timeout: float | None) -> None:
        import anyio

        loop = _running_loop()
        if self._places is None or (loop is not self._loop and not self._open):
            self._loop, self._places = loop, anyio.Semaphore(self._most)
        elif loop is not self._loop:
            raise OtherLoopError("the client has connections in another event loop")
        try:
            self._places.acquire_nowait()
        except anyio.WouldBlock:
            try:
                with anyio.fail_after(timeout):
                    await self._places.acquire()
            except TimeoutError:
                raise httpcore.PoolTimeout("no connection became free in time") from None

    async def _give_back(self, connection: Any) -> None:
        import anyio

        try:
            if connection is not None and not self._put_back(connection):
                # Whoever was cancelled closes it nevertheless.
                with anyio.CancelScope(shield=True):
                    await connection.aclose()
        finally:
            self._places.release()

    async def aclose(self) -> None:
        if self._open and _running_loop() is not self._loop:
            raise OtherLoopError("a client is closed in the event loop that it was used in")
        for connection in self._empty():
            await connection.aclose()

    async def __aenter__(self) -> AsyncPool:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()
