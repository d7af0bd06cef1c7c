"""aiohttp under the async client: `pip install 'webflow-orders[aiohttp]'`.

    from webflow_orders import AsyncOrdersClient
    from webflow_orders.aiohttp_transport import AiohttpTransport

    async with AsyncOrdersClient(transport=AiohttpTransport()) as orders: ...

For very many calls at once: httpx's own transport looks at every connection for every request. asyncio only.
"""

from __future__ import annotations

import asyncio

import aiohttp
import httpx
import httpx_aiohttp


class AiohttpTransport(httpx_aiohttp.AiohttpTransport):
    """httpx-aiohttp's transport, with errors that say whether a request can have been sent.

    Upstream reports a connection that the server closed, after it had read a refund, as a timeout while
    connecting. That would be taken as leave to send the refund again.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        bound = request.extensions.get("timeout", {}).get("read")
        try:
            async with asyncio.timeout(bound):
                return await super().handle_async_request(request)
        except TimeoutError as error:
            raise httpx.ReadTimeout("no answer in time") from error
        except httpx.TransportError as error:
            raise _judged(error, error.__cause__) from error.__cause__
        except (aiohttp.ClientError, OSError) as error:
            raise httpx.ReadError(str(error)) from error


def _judged(error: httpx.TransportError, cause: BaseException | None) -> httpx.TransportError:
    if isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ClientProxyConnectionError):
        return httpx.ConnectError(str(error))
    if isinstance(cause, aiohttp.ConnectionTimeoutError):
        return httpx.ConnectTimeout(str(error))
    if isinstance(error, httpx.TimeoutException) and isinstance(cause, aiohttp.ServerTimeoutError):
        return httpx.ReadTimeout(str(error))
    return httpx.ReadError(str(error))
