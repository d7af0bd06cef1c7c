"""Which library carries a client, and by what: a transport that the caller gives, or one made for the client."""

from __future__ import annotations

import importlib
import os
import sys
import threading
from typing import Any, Literal, Protocol, runtime_checkable
from urllib.parse import urlsplit

from .._common.extras import needed_by
from . import attempt, proxies

LIBRARIES = ("httpx", "httpx2")
# Seconds after which an idle connection is not used again.
IDLE = 5.0


@runtime_checkable
class Transport(Protocol):
    """An `httpx.BaseTransport` or `httpx2.BaseTransport`."""

    def handle_request(self, request: Any, /) -> Any: ...

    def close(self) -> None: ...


@runtime_checkable
class AsyncTransport(Protocol):
    """An `httpx.AsyncBaseTransport` or `httpx2.AsyncBaseTransport`."""

    async def handle_async_request(self, request: Any, /) -> Any: ...

    async def aclose(self) -> None: ...


TransportChoice = Transport | Literal["httpx", "httpx2"] | None
"""By what a client that blocks sends: a transport, or the name of a library; httpx by default."""
AsyncTransportChoice = AsyncTransport | Literal["httpx", "httpx2", "aiohttp"] | None
"""By what a client that is awaited sends; by aiohttp, too."""


# Which clients are open on each transport, by its identity: it need not be hashable. Reentrant, for the collector may
# run while the lock is held, and find another client that nobody closed.
_clients: dict[int, set[int]] = {}
_lock = threading.RLock()


class Handover:
    """Gives requests to a transport, and notes that it did. The last client of a transport closes it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._open = True
        with _lock:
            _clients.setdefault(id(inner), set()).add(id(self))

    def handle_request(self, request: Any) -> Any:
        attempt.handed_over()
        return self._inner.handle_request(request)

    async def handle_async_request(self, request: Any) -> Any:
        attempt.handed_over()
        return await self._inner.handle_async_request(request)

    def _was_last(self) -> bool:
        with _lock:
            if not self._open:
                return False
            self._open = False
            others = _clients[id(self._inner)]
            others.discard(id(self))
            if others:
                return False
            _clients.pop(id(self._inner), None)
            return True

    def close(self) -> None:
        if self._was_last():
            self._inner.close()

    async def aclose(self) -> None:
        if self._was_last():
            await self._inner.aclose()

    def __del__(self) -> None:
        # Of a client that nobody closed: its place goes to another object with this identity.
        self._was_last()


class Carrier:
    """The library, and how to make a transport of it.

    Args:
        choice: what the caller gave for `transport`.
        base_url: where the client connects to; by it the proxy is chosen.
        concurrency: how many connections a transport that is made here has at the most.
        prefix: "" or "Async": which of the library's classes are meant.

    Raises TypeError for what is no transport, ValueError for a proxy of the environment that cannot be used, and
    ModuleNotFoundError for a library that is not installed.
    """

    def __init__(self, choice: object, base_url: str, concurrency: int, prefix: Literal["", "Async"]) -> None:
        self._choice = choice
        self._concurrency = concurrency
        self._prefix = prefix
        self._proxy: str | None = None
        self._is_plain = urlsplit(base_url).scheme == "http"
        self.made_here = choice is None or isinstance(choice, str)
        """Whether its transports are made here."""
        if choice is None or isinstance(choice, str):
            self.library = _imported(choice or "httpx", (*LIBRARIES, "aiohttp") if prefix else LIBRARIES)
            self._proxy = proxies.from_environment(urlsplit(base_url))
        else:
            self.library = _library_of(choice, f"{prefix}BaseTransport")
        # What an application in this process raises, say for want of its database, may come after it did as asked.
        applications = (self.library.WSGITransport, self.library.ASGITransport)
        is_own = type(choice).__module__ == self.library.__name__ and not isinstance(choice, applications)
        self.of_library = self.made_here or is_own
        """Whether its transports are the library's own, and say themselves whether there was a connection."""

    def client(self) -> Any:
        """A client of the library. It follows no redirect, and neither sends a cookie nor keeps one."""
        client = getattr(self.library, f"{self._prefix}Client")(
            transport=Handover(self._make() if self.made_here else self._choice),
            follow_redirects=False,
            trust_env=False,
        )
        # What one answer sets must not colour the next request. A policy would do as well, once it has been asked.
        client.cookies.extract_cookies = _keep_none
        return client

    def _make(self) -> Any:
        # As many idle connections as busy ones: fewer, and threads beyond them reconnect for every call.
        limits = self.library.Limits(
            max_connections=self._concurrency,
            max_keepalive_connections=self._concurrency,
            keepalive_expiry=IDLE,
        )
        try:
            proxy = None if self._proxy is None else self.library.Proxy(self._proxy)
        except (self.library.InvalidURL, ValueError) as error:
            # Not the address itself, which may have a password.
            raise ValueError("the environment's proxy is not an address that can be used") from error
        # A proxy may have TLS, and a certificate, though what is behind it has none.
        needs_none = self._is_plain and proxy is None
        options = {"limits": limits, "proxy": proxy, "verify": _trusting_nobody() if needs_none else True}
        if self._choice == "aiohttp":
            from .aiohttp import AiohttpTransport

            return AiohttpTransport(**options)
        return getattr(self.library, f"{self._prefix}HTTPTransport")(**options)


def _trusting_nobody() -> Any:
    """For addresses without TLS: the authorities, which nobody there shows a certificate of, take long to be read."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _keep_none(response: object) -> None:
    """Takes no cookie out of an answer."""


def _imported(name: str, known: tuple[str, ...]) -> Any:
    if name not in known:
        raise ValueError(
            f"transport must be a transport, or one of {', '.join(map(repr, known))}; got {name[:40]!r}"
        )
    with needed_by(f"transport={name!r}", extra=None if name == "httpx" else name):
        if name == "aiohttp":
            importlib.import_module("httpx_aiohttp")
            name = "httpx"
        return importlib.import_module(name)


def _library_of(transport: object, kind: str) -> Any:
    """The library that a transport is of. It was imported to make it, so nothing is imported to find out."""
    for name in LIBRARIES:
        library = sys.modules.get(name)
        if library is not None and isinstance(transport, getattr(library, kind)):
            return library
    raise TypeError(f"transport must be an {' or '.join(f'{name}.{kind}' for name in LIBRARIES)}, "
                    f"not {type(transport).__name__}")  # fmt: skip


def _after_fork() -> None:
    global _lock
    _lock = threading.RLock()  # A thread of the parent may have held it.


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
