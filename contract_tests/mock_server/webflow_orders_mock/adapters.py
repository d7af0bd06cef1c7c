"""The door for httpx: a transport, without a socket."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpx

from .asgi import joined, wait
from .messages import Request

if TYPE_CHECKING:
    from .app import MockWebflow


class Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """`httpx.Client(transport=mock.transport())`, and `httpx.AsyncClient` likewise. Any host will do."""

    def __init__(self, mock: MockWebflow) -> None:
        self._mock = mock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._mock.handle(_from_httpx(request, request.read()))
        if answer.delay:
            (self._mock.sleep or time.sleep)(answer.delay)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._mock.handle(_from_httpx(request, await request.aread()))
        if answer.delay:
            await wait(self._mock, answer.delay)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)


def _from_httpx(request: httpx.Request, body: bytes) -> Request:
    path, _, query = request.url.raw_path.decode("latin-1").partition("?")
    headers = joined((name.lower(), value) for name, value in request.headers.raw)
    return Request(request.method, path, query, headers, body)
