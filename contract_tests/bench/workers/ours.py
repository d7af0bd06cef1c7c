"""Ours, with everything on that is on by default: checks, retries, deadline, limiter, redaction."""

from typing import Any

from webflow_orders import OrdersClient

TOKEN, SITE = "bench-token", "580e63e98c9a982ac9b8b741"


def client(url: str) -> OrdersClient:
    return OrdersClient(token=TOKEN, site_id=SITE, base_url=url)


def get(client: OrdersClient, order_id: str) -> Any:
    return client.get(order_id)


def page(client: OrdersClient, offset: int) -> Any:
    return client.list(offset=offset, limit=100)


def decode_order(body: bytes) -> Any:
    from webflow_orders import Order

    return Order.from_json(body)


def decode_page(body: bytes) -> Any:
    from webflow_orders import OrderList

    return OrderList.from_json(body)


def orders(page: Any) -> Any:
    return page.orders


def encode(order: Any) -> bytes:
    body: bytes = order.to_json()
    return body


def async_client(url: str) -> Any:
    from webflow_orders import AsyncOrdersClient

    return AsyncOrdersClient(token=TOKEN, site_id=SITE, base_url=url, transport=_transport())


async def get_async(client: Any, order_id: str) -> Any:
    return await client.get(order_id)


async def close_async(client: Any) -> None:
    await client.close()


def _transport() -> Any:
    """Of aiohttp where that is installed, which it is for the row of the extra only."""
    try:
        import httpx_aiohttp  # noqa: F401 - Only to see whether it is there.
    except ImportError:
        return None
    from webflow_orders.aiohttp_transport import AiohttpTransport

    return AiohttpTransport()
