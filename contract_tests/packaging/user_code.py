"""What a user writes. Never run: mypy --strict and pyright read it against the installed wheel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import assert_type

from webflow_orders import (
    AsyncOrdersClient,
    Order,
    OrderList,
    OrdersClient,
    OrderStatus,
    RetryPolicy,
    errors,
    v1,
)
from webflow_orders.export import Export
from webflow_orders.models import Address, OrderV1, PurchasedItem, Webhook
from webflow_orders.testing import MockWebflow, order


def ship_everything(orders: OrdersClient) -> list[str]:
    shipped = []
    for each in list(orders.iter(status="unfulfilled")):
        assert_type(each, Order)
        shipped.append(orders.fulfill(each.order_id, send_email=True).order_id)
    return shipped


def look_at(each: Order) -> Decimal | None:
    assert_type(each.order_id, str)
    assert_type(each.status, OrderStatus)
    assert_type(each.accepted_on, datetime | None)
    assert_type(each.purchased_items, tuple[PurchasedItem, ...])
    assert_type(each.shipping_address, Address | None)
    if each.status == "refunded" or each.status is OrderStatus.DISPUTE_LOST:
        return None
    return each.customer_paid.amount if each.customer_paid else None


def pages(orders: OrdersClient) -> Iterator[OrderList]:
    page = orders.list(limit=10)
    yield page
    assert_type(page.pagination.total, int)
    for each in page:
        assert_type(each, Order)
    for hook in orders.webhooks.list():
        assert_type(hook, Webhook)


def keep(orders: OrdersClient) -> int:
    kept = orders.export("orders.ndjson", status="fulfilled")
    assert_type(kept, Export)
    return kept.orders


def refund(orders: OrdersClient, order_id: str) -> None:
    try:
        orders.refund(order_id, reason="requested")
    except errors.RateLimitError as error:
        assert_type(error.retry_after, float | None)
    except errors.APIStatusError as error:
        assert_type(error.status_code, int)
        assert_type(error.code, str)
    except errors.WebflowOrdersError as error:
        assert_type(error.status_code, int | None)


async def all_of(site: str) -> list[Order]:
    async with AsyncOrdersClient(token="…", retry=RetryPolicy(max_retries=1)) as client:
        return [each async for each in client.for_site(site).iter()]


def migrate(site: str) -> list[OrderV1]:
    with v1.OrdersClient(site_id=site) as orders:
        assert_type(orders.get("dfa-3f1"), OrderV1)
        return list(orders.iter())


def test_in_their_own_suite(webflow_orders_mock: MockWebflow) -> None:
    mock = webflow_orders_mock
    mock.seed(mock.site_id, order("dfa-3f1", status="unfulfilled"))
    client = OrdersClient(token=mock.token, site_id=mock.site_id, transport=mock.transport())
    assert "dfa-3f1" in ship_everything(client)
