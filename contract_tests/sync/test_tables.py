"""Do the rows of an order hold what was sent, exactly, in columns that can be relied on?"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from webflow_orders import tables
from webflow_orders.models import Order
from webflow_orders.testing import MockWebflow, client

SITE = "580e63e98c9a982ac9b8b741"


def made(**fields: Any) -> dict[str, list[dict[str, Any]]]:
    return tables.rows(Order.from_dict({"orderId": "dfa-3f1", "status": "pending"} | fields), SITE)


@pytest.mark.parametrize("dialect", ["observed", "documented"])
def test_every_seeded_order_fits_the_schema_and_nothing_of_it_is_left_out(dialect: Any) -> None:
    mock = MockWebflow(dialect=dialect)
    with client(mock) as orders:
        every = list(orders.iter())
    for order in every:
        rows = tables.rows(order, SITE)
        assert rows.keys() == tables.TABLES.keys()
        for table, found in rows.items():
            schema = tables.arrow(table)
            pa.Table.from_pylist(found, schema=schema).validate(full=True)
            assert all(list(row) == schema.names for row in found)
        raw = json.loads(rows["orders"][0]["raw"])
        assert raw == order.to_dict()
        assert [json.loads(row["raw"]) for row in rows["items"]] == raw["purchasedItems"]
        assert [json.loads(row["raw"]) for row in rows["extras"]] == raw.get("totals", {}).get("extras", [])
        assert [json.loads(row["raw"]) for row in rows["custom_data"]] == raw["customData"]
        addresses = [raw[name] for name in ("shippingAddress", "billingAddress") if raw.get(name)]
        assert [json.loads(row["raw"]) for row in rows["addresses"]] == addresses + raw["allAddresses"]
        paid = order.customer_paid
        assert paid is not None
        assert rows["orders"][0]["customer_paid_minor"] == paid.value
        assert rows["orders"][0]["accepted_on"] == order.accepted_on


def test_keys_are_unique_within_a_shop() -> None:
    mock = MockWebflow()
    seen: dict[str, set[tuple[Any, ...]]] = {table: set() for table in tables.TABLES}
    with client(mock) as orders:
        for order in orders.iter():
            for table, rows in tables.rows(order, SITE).items():
                keys = [column.name for column in tables.TABLES[table] if column.is_key]
                for row in rows:
                    key = tuple(row[name] for name in keys)
                    assert key not in seen[table]
                    seen[table].add(key)
    assert all(seen.values())


@pytest.mark.parametrize(
    ("sent", "columns"),
    [
        ({"value": 5892, "unit": "USD"}, (5892, "USD", Decimal("58.92"))),
        ({"value": "-500", "unit": "EUR"}, (-500, "EUR", Decimal("-5.00"))),
        ({"value": 5892, "unit": "JPY"}, (5892, "JPY", None)),
        ({"value": 5892, "unit": "BHD"}, (5892, "BHD", None)),
        ({"value": 5892, "unit": "MGA"}, (5892, "MGA", None)),
        ({"value": 5892, "unit": "usd"}, (5892, "usd", None)),
        ({"value": 5892}, (5892, None, None)),
        ({"value": 2**70, "unit": "USD"}, (None, "USD", Decimal(2**70).scaleb(-2))),
        ({"value": 10**36, "unit": "USD"}, (None, "USD", None)),
        ({"unit": "USD"}, (None, "USD", None)),
        ("free", (None, None, None)),
        (None, (None, None, None)),
    ],
)
def test_an_amount_is_exact_or_null(sent: Any, columns: Any) -> None:
    (row,) = made(customerPaid=sent)["orders"]
    assert (row["customer_paid_minor"], row["customer_paid_currency"], row["customer_paid"]) == columns
    pa.Table.from_pylist([row], schema=tables.arrow("orders")).validate(full=True)
    assert json.loads(row["raw"])["customerPaid"] == sent


def test_what_cannot_be_read_is_in_raw_and_costs_nothing_else() -> None:
    rows = made(
        status="\ud800", acceptedOn="yesterday", fulfilledOn="2026-01-01T01:00:00+01:00", totals=[1], new={"π": [1]},
        purchasedItems=[7, {"count": 2, "rowTotal": {"value": 5, "unit": "USD"}, "gift": True}, None],
    )  # fmt: skip
    (row,) = rows["orders"]
    assert (row["status"], row["accepted_on"], row["subtotal"]) == ("?", None, None)
    assert row["fulfilled_on"] == datetime(2026, 1, 1, tzinfo=UTC)
    assert json.loads(row["raw"])["new"] == {"π": [1]}
    (item,) = rows["items"]
    assert (item["position"], item["count"], item["row_total"]) == (0, 2, Decimal("0.05"))
    assert json.loads(item["raw"])["gift"] is True
    assert rows["extras"] == []


def test_the_schema_is_versioned_and_changes_only_with_its_version() -> None:
    assert tables.arrow("orders").metadata == {b"webflow_orders.tables": str(tables.VERSION).encode()}
    # A column that goes, or means something else, raises VERSION; these are those of version 1.
    assert {table: len(columns) for table, columns in tables.TABLES.items()} == {
        "orders": 40, "items": 22, "addresses": 14, "extras": 10, "custom_data": 8,
    }  # fmt: skip
    amounts = [column for columns in tables.TABLES.values() for column in columns if column.kind == "amount"]
    assert [column.name for column in amounts] == [
        "customer_paid", "net_amount", "application_fee", "subtotal", "total", "variant_price", "row_total", "price",
    ]  # fmt: skip
