"""Are sums exact, and do they say what they do not hold?"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from webflow_orders import Order, Price
from webflow_orders.models import Extra, OrderV1
from webflow_orders.summary import SUMS
from webflow_orders_mock import MockWebflow

from contract_tests.client.conftest import Script, answer


def price(value: Any, unit: str | None = "USD") -> dict[str, Any]:
    return {"unit": unit, "value": value, "string": "not to be parsed"}


def extra(kind: str, value: Any, name: str = "", unit: str | None = "USD") -> dict[str, Any]:
    return {"type": kind, "name": name, "description": "", "price": price(value, unit)}


def order(number: int, *extras: dict[str, Any], unit: str = "USD", **fields: Any) -> dict[str, Any]:
    return {
        "orderId": f"000-{number:03}", "status": "unfulfilled", "acceptedOn": f"2026-11-{number:02}T12:00:00Z",
        "customerPaid": price(1000, unit), "netAmount": price("900", unit), "applicationFee": price(20, unit),
        "totals": {"subtotal": price(1000, unit), "extras": list(extras), "total": price(1000, unit)},
        **fields,
    }  # fmt: skip


def shop(*orders: dict[str, Any]) -> Script:
    pagination = {"limit": 100, "offset": 0, "total": len(orders)}
    return Script(answer(json={"orders": list(orders), "pagination": pagination}))


EXTRAS = [
    extra("tax", 70, "State Taxes"), extra("tax", "5", "City Taxes"), extra("shipping", 499, "Flat (EU)"),
    extra("discount", -250, "Discount (SAVE5)"), extra("discount-shipping", -499, "Free Shipping (HELLO (2))"),
    extra("gift-wrap", 300, "something new"),
]  # fmt: skip


@pytest.mark.parametrize("kind", [Order, OrderV1])
def test_an_order_says_its_taxes_shipping_and_discounts(kind: type[Order]) -> None:
    read = kind.from_dict(order(1, *EXTRAS))
    assert (read.tax, read.shipping) == (Price(unit="USD", value=75), Price(unit="USD", value=499))
    assert read.discount == Price(unit="USD", value=-749)
    assert [each.code for each in read.discounts] == ["SAVE5", "HELLO (2)"]
    assert read.discounts[0].price is not None
    assert read.discounts[0].price.amount == Decimal("-2.50")


@pytest.mark.parametrize(("totals", "tax"), [
    ({"subtotal": price(5), "extras": []}, 0),
    ({"subtotal": price(5)}, 0),
    (None, None),
    ({}, None),
    ({"extras": [extra("tax", 5), extra("tax", None)]}, None),
    ({"extras": [extra("tax", 5), {"type": "tax"}]}, None),
    ({"extras": [extra("tax", 5), extra("tax", 5, unit="EUR")]}, None),
    ({"extras": [extra("tax", 5), extra("tax", 5, unit=None)]}, None),
    ({"extras": [extra("tax", 5, unit="EUR")], "subtotal": price(5)}, 5),
    ({"extras": [extra("tax", "99999999999999999999"), extra("tax", 1)]}, 100000000000000000000),
])  # fmt: skip
def test_a_tax_is_exact_or_not_said(totals: Any, tax: int | None) -> None:
    read = Order.from_dict(order(1, totals=totals))
    assert (read.tax and read.tax.value) == tax
    assert read.discounts == ()


@pytest.mark.parametrize(("kind", "name", "code"), [
    ("discount", "Discount (SAVE5)", "SAVE5"), ("discount-shipping", "Free Shipping ( A B )  ", "A B"),
    ("discount", "Discount", None), ("discount", "Discount ()", None), ("discount", "", None),
    ("discount", None, None),
    ("discount", "(X) off", None), ("tax", "Tax (7 %)", None), ("shipping", "Flat (EU)", None),
    (None, "Discount (A)", None), ("discount", "Discount )", None),
])  # fmt: skip
def test_a_code_is_what_stands_in_parentheses_in_a_discount(
    kind: str | None, name: str | None, code: str | None
) -> None:
    assert Extra.from_dict({"type": kind, "name": name}).code == code


@pytest.mark.parametrize(("unit", "is_certain"), [
    ("USD", True), ("eur", True), ("JPY", False), ("jpy", False), ("KWD", False), ("ISK", False), ("UGX", False),
    ("MGA", False), ("CLF", False), ("", False), (None, False), ("US dollars", False),
])  # fmt: skip
def test_where_the_point_stands_is_certain_for_hundredths_alone(unit: str | None, is_certain: bool) -> None:
    assert Price(unit=unit, value=5892).is_scale_certain is is_certain


def test_each_currency_is_added_up_by_itself(connect: Callable[..., Any]) -> None:
    client = connect(
        shop(
            order(1, *EXTRAS),
            order(2, extra("discount", -100, "Discount (SAVE5)"), extra("discount", -7, "Loyalty")),
            order(3, status="refunded"),
            order(4, status="disputed", refundedOn="2026-11-20T12:00:00Z"),
            order(5, unit="JPY", totals=None),
        )
    )
    found = client.summary()
    yen, dollars = found.currencies
    assert (found.orders, found.undated) == (5, 0)
    assert (dollars.unit, dollars.orders, dollars.is_scale_certain) == ("USD", 4, True)
    assert {name: getattr(dollars, name).value for name in SUMS} == {
        "paid": 4000, "refunded": 2000, "net": 3600, "fees": 80, "tax": 75, "shipping": 499, "discount": -856,
    }  # fmt: skip
    assert {code: each.value for code, each in dollars.codes.items()} == {
        "": -7, "HELLO (2)": -499, "SAVE5": -350,
    }  # fmt: skip
    assert dollars.missing == {}
    assert (yen.unit, yen.orders, yen.is_scale_certain, yen.paid.value) == ("JPY", 1, False, 1000)
    assert yen.missing == {"tax": 1, "shipping": 1, "discount": 1}


def test_what_names_no_currency_is_counted_and_said(connect: Callable[..., Any]) -> None:
    found = connect(shop(order(1, customerPaid=None), order(2, customerPaid=price(5, None)))).summary()
    nameless, dollars = found.currencies
    assert (nameless.unit, nameless.orders, nameless.missing) == ("", 2, {"paid": 2})
    assert (dollars.orders, dollars.net.value) == (0, 1800)


def test_only_orders_of_that_time_are_added_up(connect: Callable[..., Any]) -> None:
    client = connect(shop(*(order(day) for day in range(1, 11)), order(11, acceptedOn=None)))
    begin = datetime(2026, 11, 3, 12, tzinfo=UTC)
    found = client.summary(since=begin, until=begin + timedelta(days=2))
    assert (found.orders, found.undated) == (2, 1), "from the third on, and before the fifth"
    elsewhere = begin.astimezone(timezone(timedelta(hours=9)))
    assert client.summary(since=elsewhere).orders == 8
    assert client.summary().orders == 11
    for wrong in (datetime(2026, 11, 3), date(2026, 11, 3), "2026-11-03", 5):
        with pytest.raises(ValueError, match=r"^since must be an aware datetime"):
            client.summary(since=wrong)
    with pytest.raises(ValueError, match=r"^until must be an aware datetime"):
        client.summary(until=datetime(2026, 11, 3))


def test_the_sums_of_a_whole_shop_are_those_of_its_orders(connect: Callable[..., Any]) -> None:
    mock = MockWebflow(synthetic=random.Random(7).randrange(900, 1100))
    client = connect(mock.transport(), token=mock.token, site_id=mock.site_id, rate_limit=None)
    found = client.summary()
    expected: Counter[str] = Counter()
    for offset in range(0, found.orders, 100):
        for each in client.list(offset=offset):
            expected[each.customer_paid.unit] += each.customer_paid.value
    assert {each.unit: each.paid.value for each in found.currencies} == expected
