"""The door for httpx and httpx2: a transport, without a socket."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..messages import Handler, Request, Response
from .asgi import joined, wait

if TYPE_CHECKING:
    import httpx

LIBRARIES = ("httpx", "httpx2")


class Door:
    """What a transport of either library does. A request is answered in the library that it came from."""

    def __init__(self, handle: Handler, sleep: Callable[[float], object] | None) -> None:
        self._handle, self._sleep = handle, sleep

    def handle_request(self, request: Any) -> Any:
        answer = self._handle(_read(request, request.read()))
        if answer.delay:
            (self._sleep or time.sleep)(_patience(request, answer))
        return _sent(request, answer)

    async def handle_async_request(self, request: Any) -> Any:
        answer = self._handle(_read(request, await request.aread()))
        if answer.delay:
            await wait(_patience(request, answer), self._sleep)
        return _sent(request, answer)


if TYPE_CHECKING:

    class Transport(httpx.BaseTransport, httpx.AsyncBaseTransport): ...


def transport(library: ModuleType | None, handle: Handler, sleep: Callable[[float], object] | None) -> Any:
    """A Door that is an instance of the library's own transports; of httpx's, if there is one, by default."""
    kinds = library or _default()
    return type("Transport", (Door, kinds.BaseTransport, kinds.AsyncBaseTransport), {})(handle, sleep)


def _default() -> ModuleType:
    try:
        return importlib.import_module("httpx")
    except ModuleNotFoundError:
        return importlib.import_module("httpx2")


def _read(request: Any, body: bytes) -> Request:
    path, _, query = request.url.raw_path.decode("latin-1").partition("?")
    headers = joined((name.lower(), value) for name, value in request.headers.raw)
    return Request(request.method, path, query, headers, body)


def _patience(request: Any, answer: Response) -> float:
    """How long the client waits for this answer, which may be less than it takes."""
    bound: float | None = request.extensions.get("timeout", {}).get("read")
    return answer.delay if bound is None else min(answer.delay, bound)


def _sent(request: Any, answer: Response) -> Any:
    loaded = filter(None, map(sys.modules.get, LIBRARIES))
    library = next(each for each in loaded if isinstance(request, each.Request))
    if _patience(request, answer) < answer.delay:
        raise library.ReadTimeout("timed out", request=request)
    return library.Response(answer.status, headers=answer.headers, content=answer.body)
