"""aiohttp under the async client: `pip install 'webflow-orders[aiohttp]'`. For very many calls at once; asyncio only.

    from webflow_orders import AsyncOrdersClient

    async with AsyncOrdersClient(transport="aiohttp") as orders: ...

A transport of one's own is for other options of aiohttp, or for many clients; the last of them closes it:

    from webflow_orders.aiohttp_transport import AiohttpTransport

    async with AsyncOrdersClient(transport=AiohttpTransport(verify=context)) as orders: ...
"""

from ._common.extras import needed_by

with needed_by(__name__, extra="aiohttp"):
    from ._http.aiohttp import AiohttpTransport

__all__ = ["AiohttpTransport"]
