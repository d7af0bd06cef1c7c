"""Is the seeded shop as varied as it says, and do its sums add up?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from webflow_orders_mock import MockWebflow

Json = dict[str, Any]


@pytest.fixture
def orders(client: httpx.Client, orders_url: str) -> list[Json]:
    found: list[Json] = client.get(orders_url).json()["orders"]
    return found


def _everything(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _everything(each)


def test_every_status_is_there(orders: list[Json]) -> None:
    statuses = Counter(order["status"] for order in orders)
    assert len(orders) >= 25
    assert set(statuses) == {"pending", "unfulfilled", "fulfilled", "disputed", "dispute-lost", "refunded"}


def test_every_kind_of_order_is_there(orders: list[Json]) -> None:
    kinds: dict[str, Callable[[Json], Any]] = {
        "free": lambda o: o["customerPaid"]["value"] == 0 and "stripeCard" not in o,
        "download": lambda o: o["hasDownloads"] and o["downloadFiles"] and "shippingAddress" not in o,
        "PayPal": lambda o: o["paymentProcessor"] == "paypal" and o["paypalDetails"]["captureId"],
        "Stripe, PayPal null": lambda o: o["paypalDetails"] is None and o["stripeCard"],
        "won back": lambda o: o["disputeLastStatus"] == "won" and o["status"] == "fulfilled",
        "nine digits": lambda o: len(o["orderId"]) == 11,
        "beyond the basic plane": lambda o: any(ord(c) > 0xFFFF for c in o["customerInfo"]["fullName"]),
        "deleted customer": lambda o: o["isCustomerDeleted"],
        "bought with one click": lambda o: o["metadata"]["isBuyNow"],
        "several items": lambda o: len(o["purchasedItems"]) > 5,
        "refunded by PayPal": lambda o: o["refundedOn"] and (o["paypalDetails"] or {}).get("refundId"),
    }
    missing = [name for name, fits in kinds.items() if not any(fits(order) for order in orders)]
    assert missing == []


def test_the_small_things_are_varied_too(orders: list[Json]) -> None:
    parts = [part for part in _everything(orders) if isinstance(part, dict)]
    assert {part["japanType"] for part in parts if "japanType" in part} == {"kana", "kanji"}
    assert {p["type"] for p in parts if "price" in p} == {"tax", "shipping", "discount", "discount-shipping"}
    assert {part["unit"] for part in parts if "unit" in part} == {"USD", "EUR", "GBP", "PLN", "JPY", "KWD"}
    files = [part["file"] for part in parts if "fileId" in part]
    assert None in files
    assert any(files)
    pictures = [item["variantImage"] for order in orders for item in order["purchasedItems"]]
    assert None in pictures
    custom = {key for order in orders for entry in order["customData"] for key in entry}
    assert custom == {"name", "textInput", "textArea", "checkbox"}


def test_the_sums_are_right_in_every_order(orders: list[Json]) -> None:
    for order in orders:
        name, totals = order["orderId"], order["totals"]
        rows = [item["rowTotal"]["value"] for item in order["purchasedItems"]]
        extras = [extra["price"]["value"] for extra in totals["extras"]]
        for item in order["purchasedItems"]:
            assert item["rowTotal"]["value"] == item["count"] * item["variantPrice"]["value"], name
        assert sum(rows) == totals["subtotal"]["value"], name
        assert sum(rows) + sum(extras) == totals["total"]["value"] == order["customerPaid"]["value"], name
        assert order["purchasedItemsCount"] == sum(item["count"] for item in order["purchasedItems"]), name
        assert order["netAmount"]["value"] + order["applicationFee"]["value"] <= totals["total"]["value"], (
            name
        )


def test_dates_belong_to_their_status(orders: list[Json]) -> None:
    for order in orders:
        name, status = order["orderId"], order["status"]
        assert order["acceptedOn"], name
        assert bool(order["refundedOn"]) == (status == "refunded"), name
        assert order["fulfilledOn"] or status != "fulfilled", name
        assert not (order["fulfilledOn"] and status in ("pending", "unfulfilled")), name
        assert (
            bool(order["disputedOn"]) == bool(order["disputeUpdatedOn"]) == bool(order["disputeLastStatus"])
        )
        assert order["disputedOn"] or not status.startswith("dispute"), name


def test_everybody_in_it_is_invented(orders: list[Json]) -> None:
    for order in orders:
        domain = order["customerInfo"]["email"].rpartition("@")[2]
        assert domain in ("example.com", "example.org", "example.net")


def test_all_mocks_begin_alike_and_share_nothing(mock: MockWebflow) -> None:
    other = MockWebflow()
    mock.seed(mock.site_id, {"orderId": "dfa-3f1", "status": "pending"})
    assert mock.orders[mock.site_id, "dfa-3f1"].status == "pending"
    assert other.orders[mock.site_id, "dfa-3f1"].status == "unfulfilled"
