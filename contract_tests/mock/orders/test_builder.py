"""`order()`: complete orders in one line."""

from __future__ import annotations

import pytest
from webflow_orders_mock import MockWebflow, extra, item, order

STATUSES = ("pending", "unfulfilled", "fulfilled", "disputed", "dispute-lost", "refunded")


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("payment", ["stripe", "paypal", None])
@pytest.mark.parametrize("digital", [False, True])
def test_every_combination_can_be_seeded(status: str, payment: str | None, digital: bool) -> None:
    mock = MockWebflow(shop=False, dialect="documented")
    mock.seed(mock.site_id, order("a1", status=status, payment=payment, digital=digital, currency="JPY"))
    assert mock.orders[mock.site_id, "a1"].status == status


def test_the_sums_follow_from_items_and_extras() -> None:
    built = order(items=[item("A", 250, 3), item("B", 1)], extras=[extra("discount", "Discount (X)", -51)])
    assert built["customerPaid"] == {"unit": "USD", "value": 700, "string": "$ 7.00 USD"}
    assert built["totals"]["subtotal"]["value"] == 751
    assert built["purchasedItemsCount"] == 4


@pytest.mark.parametrize(
    ("currency", "shown"),
    [
        ("USD", "$ 12,345.67 USD"),
        ("EUR", "€ 12.345,67 EUR"),
        ("GBP", "£ 12,345.67 GBP"),
        ("PLN", "zł\u00a012\u00a0345,67\u00a0PLN"),
        ("JPY", "¥ 1,234,567 JPY"),
        ("KWD", "KD 1,234.567 KWD"),
        ("XTS", "XTS 12,345.67 XTS"),
    ],
)
def test_money_is_shown_as_the_currency_has_it(currency: str, shown: str) -> None:
    built = order(currency=currency, items=[item("A", 1234567)])
    assert built["customerPaid"] == {"unit": currency, "value": 1234567, "string": shown}


def test_fields_can_be_replaced_by_either_name() -> None:
    built = order("x", orderComment="a", shipping_tracking_url="b", customer_info=None)
    assert (built["orderComment"], built["shippingTrackingURL"], built["customerInfo"]) == ("a", "b", None)
    assert not any("_" in name for name in built)


def test_a_field_that_no_order_has_is_refused() -> None:
    with pytest.raises(TypeError, match="no field 'colour'"):
        order("x", colour="red")


def test_two_orders_share_no_part() -> None:
    first, second = order("a"), order("b")
    first["customData"].append({"name": "x"})
    first["purchasedItems"][0]["count"] = 99
    assert second["customData"] == []
    assert order("c")["purchasedItems"][0]["count"] == 2


def test_a_seed_is_copied(mock: MockWebflow) -> None:
    seed = order("x")
    mock.seed(mock.site_id, seed)
    seed["status"] = "refunded"
    assert mock.orders[mock.site_id, "x"].status == "unfulfilled"
