"""(b) The official SDK, `webflow`. Decoding is what its raw client does with an answer."""

import json
from typing import Any

from webflow import AsyncWebflow, Webflow
from webflow.environment import WebflowEnvironment

TOKEN, SITE = "bench-token", "580e63e98c9a982ac9b8b741"


def _environment(url: str) -> WebflowEnvironment:
    return WebflowEnvironment(base=f"{url}/v2", data_api=f"{url}/v2", content_delivery_api=f"{url}/v2")


def client(url: str) -> Any:
    # `.orders` is what imports the part of the SDK that any call needs.
    return Webflow(access_token=TOKEN, environment=_environment(url)).orders


def get(client: Any, order_id: str) -> Any:
    return client.get(SITE, order_id)


def page(client: Any, offset: int) -> Any:
    return client.list(SITE, offset=offset, limit=100)


def decode_order(body: bytes) -> Any:
    from webflow.core.pydantic_utilities import parse_obj_as
    from webflow.types.order import Order

    return parse_obj_as(type_=Order, object_=json.loads(body))


def decode_page(body: bytes) -> Any:
    from webflow.core.pydantic_utilities import parse_obj_as
    from webflow.types.order_list import OrderList

    return parse_obj_as(type_=OrderList, object_=json.loads(body))


def orders(page: Any) -> Any:
    return page.orders


def encode(order: Any) -> bytes:
    body: str = order.json()
    return body.encode()


def async_client(url: str) -> Any:
    return AsyncWebflow(access_token=TOKEN, environment=_environment(url)).orders


async def get_async(client: Any, order_id: str) -> Any:
    return await client.get(SITE, order_id)


async def close_async(client: Any) -> None:
    """The SDK has nothing to close with."""
