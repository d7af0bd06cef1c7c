"""(d) httpx and msgspec Structs, one for each schema: the least that typed objects cost.

It checks types, and drops unknown fields.
"""

from typing import Any

import httpx
import msgspec
from plain import PATH, async_client as async_client, client as client, close_async as close_async
from webflow_structs import Order, OrderList

decode_order = msgspec.json.Decoder(Order).decode
decode_page = msgspec.json.Decoder(OrderList).decode
encode = msgspec.json.Encoder().encode


def orders(page: OrderList) -> Any:
    return page.orders


def get(client: httpx.Client, order_id: str) -> Order:
    return decode_order(client.get(f"{PATH}/{order_id}").raise_for_status().content)


def page(client: httpx.Client, offset: int) -> OrderList:
    answer = client.get(PATH, params={"offset": offset, "limit": 100})
    return decode_page(answer.raise_for_status().content)


async def get_async(client: Any, order_id: str) -> Order:
    return decode_order((await client.get(f"{PATH}/{order_id}")).raise_for_status().content)
