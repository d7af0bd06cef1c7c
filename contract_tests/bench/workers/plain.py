"""(a) httpx and json.loads: dictionaries."""

import json
from typing import Any

import httpx

TOKEN, SITE = "bench-token", "580e63e98c9a982ac9b8b741"
PATH = f"/v2/sites/{SITE}/orders"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


def client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers=HEADERS)


def client_observed(url: str) -> httpx.Client:
    return client(url)


def client_with_journal(url: str, path: object) -> httpx.Client:
    """It keeps none."""
    return client(url)


def get(client: httpx.Client, order_id: str) -> Any:
    return json.loads(client.get(f"{PATH}/{order_id}").raise_for_status().content)


def page(client: httpx.Client, offset: int) -> Any:
    answer = client.get(PATH, params={"offset": offset, "limit": 100})
    return json.loads(answer.raise_for_status().content)


def write(client: httpx.Client, order_id: str) -> Any:
    answer = client.patch(f"{PATH}/{order_id}", json={"comment": "Packed"})
    return json.loads(answer.raise_for_status().content)


decode_order = decode_page = json.loads


def orders(page: Any) -> list[Any]:
    listed: list[Any] = page["orders"]
    return listed


def encode(order: Any) -> bytes:
    return json.dumps(order).encode()


def one(order: Any) -> Any:
    return order["status"]


def five(order: Any) -> tuple[Any, ...]:
    return (
        order["orderId"],
        order["status"],
        order["acceptedOn"],
        order["customerPaid"]["value"],
        order["purchasedItemsCount"],
    )


def async_client(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, headers=HEADERS)


async def get_async(client: httpx.AsyncClient, order_id: str) -> Any:
    return json.loads((await client.get(f"{PATH}/{order_id}")).raise_for_status().content)


async def close_async(client: httpx.AsyncClient) -> None:
    await client.aclose()
