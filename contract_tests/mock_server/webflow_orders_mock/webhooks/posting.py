"""How a delivery is posted: to an ASGI or a WSGI application in this process, or to a URL over a socket.

Redirects are not followed, proxies not asked. A coroutine runs in a loop of the mock's own: whoever changes an order
may or may not have one running, and what a receiver keeps from one delivery to the next finds the same loop again.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .wire import Posted

App = Callable[..., Any]
ANSWER = 1024


class Answer(NamedTuple):
    """`status` None: there was none, and `why` says so in a sentence."""

    status: int | None
    why: str = ""
    body: bytes = b""


def origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for what is no http(s) URL."""
    try:
        found = urlsplit(url)
        port = found.port or {"http": 80, "https": 443}[found.scheme]
    except (ValueError, KeyError):
        return None
    return (found.scheme, found.hostname, port) if found.hostname else None


def is_here(url: str) -> bool:
    """Whether a URL names this machine, without asking anybody what a name means."""
    found = origin(url)
    if found is None:
        return False
    try:
        return found[1] == "localhost" or ip_address(found[1]).is_loopback
    except ValueError:
        return False


class Poster:
    def __init__(self) -> None:
        self._apps: dict[tuple[str, str, int], App] = {}
        self._lock = threading.Lock()
        self._thread: _Loop | None = None

    def connect(self, url: str, app: App) -> None:
        """Have what goes to this URL's host go to an application. Raises ValueError for what is no http(s) URL."""
        found = origin(url)
        if found is None:
            raise ValueError("url must be an http or https URL")
        self._apps[found] = app

    def reaches(self, url: str, *, anywhere: bool) -> bool:
        found = origin(url)
        return found is not None and (anywhere or found in self._apps or is_here(url))

    def post(self, url: str, posted: Posted, seconds: float) -> Answer:
        """Wait so long for an answer; but a WSGI application takes the time that it takes."""
        place = origin(url)
        app = self._apps.get(place) if place is not None else None
        try:
            if app is not None and not _is_async(app):
                return _to_wsgi(app, url, posted)
            return asyncio.run_coroutine_threadsafe(
                _sent(app, url, posted, seconds), self._running()
            ).result()
        except CancelledError:
            return Answer(None, "the mock was stopped")
        except Exception as error:
            # Its type alone: what it says may be about a customer. An application that fails is a server's 500.
            what = type(error).__name__
            if app is None:
                return Answer(None, f"no connection ({what})")
            return Answer(500, f"it raised {what}")

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._thread is None:
                self._thread = _Loop()
            return self._thread.loop

    def close(self) -> None:
        """Give up what is under way."""
        with self._lock:
            if self._thread is not None:
                self._thread.stop()
                self._thread = None


class _Loop(threading.Thread):
    """A loop that runs in a thread until it is stopped; what still runs in it is then cancelled."""

    def __init__(self) -> None:
        super().__init__(name="webflow-orders-mock-posts", daemon=True)
        self.ready = threading.Event()
        self.start()
        self.ready.wait()

    def run(self) -> None:
        asyncio.run(self._live())

    async def _live(self) -> None:
        self.loop, self.stopped = asyncio.get_running_loop(), asyncio.Event()
        self.ready.set()
        await self.stopped.wait()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.stopped.set)
        self.join(timeout=10)


def _is_async(app: App) -> bool:
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(type(app).__call__)


async def _sent(app: App | None, url: str, posted: Posted, seconds: float) -> Answer:
    import httpx

    transport = (
        httpx.AsyncHTTPTransport(verify=url.lower().startswith("https")) if app is None
        else httpx.ASGITransport(app)
    )  # fmt: skip
    limit = asyncio.timeout(seconds)
    try:
        async with (
            limit,
            httpx.AsyncClient(transport=transport, timeout=None, trust_env=False) as client,
            client.stream("POST", url, headers=posted.headers, content=posted.body) as response,
        ):
            body = b""
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) >= ANSWER:
                    break
            return Answer(response.status_code, body=body[:ANSWER])
    except TimeoutError:
        if not limit.expired():
            raise
        return Answer(None, f"no answer within {seconds:g} s")


def _to_wsgi(app: App, url: str, posted: Posted) -> Answer:
    import httpx

    with httpx.Client(transport=httpx.WSGITransport(app), trust_env=False) as client:
        response = client.post(url, headers=posted.headers, content=posted.body)
        return Answer(response.status_code, body=response.content[:ANSWER])
