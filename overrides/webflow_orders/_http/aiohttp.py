"""aiohttp as a transport of httpx."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx
import httpx_aiohttp

from . import attempt, proxies
from .failures import OtherLoopError

# What h11, by which httpx reads, has room for; aiohttp takes 8,190 bytes.
LONGEST_LINE = 100 * 1024


class AiohttpTransport(httpx_aiohttp.AiohttpTransport):
    """httpx-aiohttp's transport, with errors that say whether a request can have been sent.

    Upstream reports a connection that the server closed, after it had read a refund, as a timeout while connecting.
    That would be taken as leave to send the refund again. This one also keeps no cookies, quotes nothing that the
    server sent, goes through the environment's proxies, refuses to be used in a second event loop, and makes a
    connection for each write, and for each look at it: on one that was idle, aiohttp takes what was left over for the
    answer. Of those, too, there are no more at once than `limits` says, beside the others.

    Args:
        options: those of httpx-aiohttp's transport; without `proxy`, the environment is asked for each address.
    """

    proxy: httpx.Proxy | None
    client: aiohttp.ClientSession | Callable[[], aiohttp.ClientSession] | None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._by_environment = self.proxy is None and options.get("trust_env", True)
        self._loop: object = None
        self._own_session = self.client is None
        # Whose connections are used again, and whose are not.
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    def _session(self, *, fresh: bool) -> aiohttp.ClientSession:
        if fresh not in self._sessions:
            connector = self._fresh() if fresh else self._kept()
            self._sessions[fresh] = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[_trace()],
                max_line_size=LONGEST_LINE,
                max_field_size=LONGEST_LINE,
            )
        return self._sessions[fresh]

    def _kept(self) -> aiohttp.BaseConnector | None:
        plain = self.get_client()
        connector = plain.connector
        plain.detach()
        return connector

    def _fresh(self) -> aiohttp.BaseConnector:
        most = self.limits.max_connections or 0
        if self.uds:
            return aiohttp.UnixConnector(self.uds, force_close=True, limit=most)
        local = (self.local_address, 0) if self.local_address else None
        return aiohttp.TCPConnector(ssl=self.ssl_context, local_addr=local, force_close=True, limit=most)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._check_loop("the transport has connections in another event loop")
        self._loop = _running_loop()
        if self._by_environment:
            found = proxies.from_environment(urlsplit(str(request.url)))
            # Read by upstream before it first waits, so that no other call can come between; as the session is.
            self.proxy = None if found is None else httpx.Proxy(found)
        if self._own_session:
            self.client = None
            self.client = self._session(
                fresh=request.extensions.get(attempt.ON_ITS_OWN, request.method != "GET")
            )
        try:
            response = await super().handle_async_request(request)
        except (httpx.TransportError, aiohttp.ClientError, OSError) as error:
            raise _judged(error.__cause__ if isinstance(error, httpx.TransportError) else error) from None
        except UnicodeEncodeError:  # Upstream writes the reason anew, which quotes it if it cannot.
            raise httpx.RemoteProtocolError("not HTTP") from None
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Body(response.stream)
        return response

    async def aclose(self) -> None:
        self._check_loop("a transport is closed in the event loop that it was used in")
        if not self._own_session:
            return await super().aclose()
        sessions, self._sessions, self.client = [*self._sessions.values()], {}, None
        for session in sessions:  # Made anew, should it be used again.
            await session.close()

    def _check_loop(self, message: str) -> None:
        session = self.client
        if (
            isinstance(session, aiohttp.ClientSession)
            and not session.closed
            and self._loop not in (None, _running_loop())
        ):
            raise OtherLoopError(message)


class _Body(httpx.AsyncByteStream):
    """A body whose errors do not quote it."""

    def __init__(self, inner: httpx.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._inner:
                yield piece
        except (httpx.TransportError, aiohttp.ClientError, OSError) as error:
            raise _judged(error.__cause__ if isinstance(error, httpx.TransportError) else error) from None

    async def aclose(self) -> None:
        await self._inner.aclose()


def _running_loop() -> asyncio.AbstractEventLoop:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise OtherLoopError("aiohttp runs in an event loop of asyncio, and this is none") from None


def _judged(cause: BaseException | None) -> httpx.TransportError:
    """What httpx would have raised, in words that hold nothing of the server's."""
    if isinstance(cause, aiohttp.ClientHttpProxyError):
        return httpx.ProxyError(f"the proxy answered {cause.status}")
    if isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ClientProxyConnectionError):
        return httpx.ConnectError(str(cause))
    if isinstance(cause, aiohttp.ConnectionTimeoutError):
        return httpx.ConnectTimeout("no connection in time")
    if isinstance(cause, TimeoutError):
        return httpx.ReadTimeout("no answer in time")
    if isinstance(cause, aiohttp.ClientResponseError):
        return httpx.RemoteProtocolError("not HTTP")
    return httpx.ReadError("the connection broke off")


def _trace() -> aiohttp.TraceConfig:
    """Tells the attempt under way whether there is a connection yet: before that, nothing of a request has left."""

    async def connecting(session: aiohttp.ClientSession, context: SimpleNamespace, parameters: Any) -> None:
        attempt.note(connected=False)

    async def connected(session: aiohttp.ClientSession, context: SimpleNamespace, parameters: Any) -> None:
        attempt.note(connected=True)

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_start.append(connecting)
    trace.on_connection_create_end.append(connected)
    trace.on_connection_reuseconn.append(connected)
    return trace
