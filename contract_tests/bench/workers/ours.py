"""Ours, with everything on that is on by default: checks, retries, deadline, limiter, redaction."""

from pathlib import Path
from typing import Any

from webflow_orders import OrdersClient

TOKEN, SITE = "bench-token", "580e63e98c9a982ac9b8b741"

TRANSPORT: Any = None
"""By what to send; `run.py` sets it."""


def client(url: str) -> OrdersClient:
    return OrdersClient(token=TOKEN, site_id=SITE, base_url=url, transport=TRANSPORT)


def client_with_journal(url: str, path: Path) -> OrdersClient:
    return OrdersClient(token=TOKEN, site_id=SITE, base_url=url, journal=path)


def client_observed(url: str) -> OrdersClient:
    """With OpenTelemetry's API, and no SDK that would keep what it is told."""
    from webflow_orders.otel import OpenTelemetry

    return OrdersClient(
        token=TOKEN, site_id=SITE, base_url=url, transport=TRANSPORT, telemetry=OpenTelemetry()
    )


def get(client: OrdersClient, order_id: str) -> Any:
    return client.get(order_id)


def page(client: OrdersClient, offset: int) -> Any:
    return client.list(offset=offset, limit=100)


def write(client: OrdersClient, order_id: str) -> Any:
    return client.update(order_id, comment="Packed")


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

    return AsyncOrdersClient(token=TOKEN, site_id=SITE, base_url=url, transport=TRANSPORT)


async def get_async(client: Any, order_id: str) -> Any:
    return await client.get(order_id)


async def close_async(client: Any) -> None:
    await client.close()
