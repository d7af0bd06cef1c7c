"""One bound on all the waiting of an attempt. httpx bounds each read, so that a body which drips takes for ever."""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

_until: ContextVar[float] = ContextVar("webflow_orders_until")


@contextlib.contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Within this, no wait of a socket that `install` has reached outlasts the bound."""
    token = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def left() -> float:
    """Seconds that are left of the bound; never negative."""
    return max(0.0, _until.get(float("inf")) - time.monotonic())


def _clipped(timeout: float | None) -> float:
    # Not zero, which sockets take as leave not to wait at all, and report as another error.
    return max(0.001, min(left(), float("inf") if timeout is None else timeout))


def _clipped_read(timeout: float | None) -> float:
    # A peer that never stops sending, interim answers for one, never lets a socket wait.
    if not left():
        raise httpcore.ReadTimeout("timed out")
    return _clipped(timeout)


def install(http: httpx.Client | httpx.AsyncClient) -> None:
    """Put the bound under every connection that a client will make.

    httpx has no public way to do so. Where its inside is not as expected, or the transport is the caller's own,
    the bound still holds between the pieces of a body, and each wait keeps httpx's timeout.
    """
    for transport in [getattr(http, "_transport", None), *getattr(http, "_mounts", {}).values()]:
        pool = getattr(transport, "_pool", None)
        backend = getattr(pool, "_network_backend", None)
        if isinstance(backend, httpcore.NetworkBackend):
            pool._network_backend = _Backend(backend)  # type: ignore[union-attr]
        elif isinstance(backend, httpcore.AsyncNetworkBackend):
            pool._network_backend = _AsyncBackend(backend)  # type: ignore[union-attr]


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._writes = 0
        self._asked = False
        self.close = stream.close  # type: ignore[method-assign]

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, _clipped_read(timeout))
        self._asked = False
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._writes += 1
        self._asked = True
        self._stream.write(buffer, _clipped(timeout))

    def get_extra_info(self, info: str) -> Any:
        # httpcore takes an idle connection with something to read for one that the server has closed, and closes
        # it. But a thread that was given it a moment ago may have asked already, and it is the answer that waits.
        asked, writes = self._asked, self._writes
        value = self._stream.get_extra_info(info)
        return value and not asked and writes == self._writes if info == "is_readable" else value

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _clipped(timeout)))


class _Backend(httpcore.NetworkBackend):
    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(
            self._backend.connect_tcp(host, port, _clipped(timeout), local_address, socket_options)
        )


class _AsyncStream(httpcore.AsyncNetworkStream):
    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self.aclose = stream.aclose  # type: ignore[method-assign]
        self.get_extra_info = stream.get_extra_info  # type: ignore[method-assign]

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max_bytes, _clipped_read(timeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, _clipped(timeout))

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        return _AsyncStream(await self._stream.start_tls(ssl_context, server_hostname, _clipped(timeout)))


class _AsyncBackend(httpcore.AsyncNetworkBackend):
    def __init__(self, backend: httpcore.AsyncNetworkBackend) -> None:
        self._backend = backend

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _AsyncStream(
            await self._backend.connect_tcp(host, port, _clipped(timeout), local_address, socket_options)
        )
