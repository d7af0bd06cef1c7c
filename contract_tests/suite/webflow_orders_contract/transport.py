"""Our way to the server: paced, gated, and remembered, so that a failed step can show its requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx

from .curl import curl
from .gate import Gate
from .pace import Pace


class Line:
    """What the sync and the async transport of one run share."""

    def __init__(self, *, token: str, gate: Gate | None = None, pace: Pace | None = None) -> None:
        self.requests: list[httpx.Request] = []
        self._token, self._gate, self._pace = token, gate, pace

    def before(self, request: httpx.Request) -> None:
        if self._gate is not None:
            self._gate.check(request.method, str(request.url))
        if self._pace is not None:
            self._pace.wait()
        self.requests.append(request)

    def curls(self, since: int) -> list[str]:
        """How to come where the last request was made: the writes before it, and it."""
        sent = self.requests[since:]
        return [self._curl(each) for each in [*(e for e in sent[:-1] if e.method != "GET"), *sent[-1:]]]

    def _curl(self, request: httpx.Request) -> str:
        return curl(request.method, str(request.url), dict(request.headers), request.content, self._token)

    def sync(self) -> httpx.BaseTransport:
        return _Sync(self.before)

    def asynchronous(self) -> httpx.AsyncBaseTransport:
        return _Async(self.before)


class _Sync(httpx.BaseTransport):
    def __init__(self, before: Callable[[httpx.Request], None]) -> None:
        self._before = before
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self._before(request)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


class _Async(httpx.AsyncBaseTransport):
    def __init__(self, before: Callable[[httpx.Request], None]) -> None:
        self._before = before
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        # Waiting for one's turn must not stop the loop.
        await asyncio.to_thread(self._before, request)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()
