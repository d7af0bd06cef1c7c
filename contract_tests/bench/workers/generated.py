"""(c) What openapi-python-client makes of openapi.yaml by default."""

import json
from typing import Any

from webflow_default_client import AuthenticatedClient
from webflow_default_client.api.orders import get_order, list_orders
from webflow_default_client.models import Order, OrderList

TOKEN, SITE = "bench-token", "580e63e98c9a982ac9b8b741"


def client(url: str) -> Any:
    made = AuthenticatedClient(base_url=url, token=TOKEN)
    # It would build its httpx client, and that its TLS context, at the first call only: made here like everyone's.
    made.get_httpx_client()
    return made


def get(client: Any, order_id: str) -> Any:
    return get_order.sync(SITE, order_id, client=client)


def page(client: Any, offset: int) -> Any:
    return list_orders.sync(SITE, client=client, offset=offset, limit=100)


def decode_order(body: bytes) -> Any:
    return Order.from_dict(json.loads(body))


def decode_page(body: bytes) -> Any:
    return OrderList.from_dict(json.loads(body))


def orders(page: Any) -> Any:
    return page.orders


def encode(order: Any) -> bytes:
    return json.dumps(order.to_dict()).encode()


def async_client(url: str) -> Any:
    return AuthenticatedClient(base_url=url, token=TOKEN)


async def get_async(client: Any, order_id: str) -> Any:
    return await get_order.asyncio(SITE, order_id, client=client)


async def close_async(client: Any) -> None:
    await client.get_async_httpx_client().aclose()
