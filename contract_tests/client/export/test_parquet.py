"""Does a Parquet file hold what the server sent, in columns that can be relied on?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
from webflow_orders import OrdersClient
from webflow_orders.export import Export
from webflow_orders_mock import MockWebflow

from contract_tests.client.conftest import Script, access
from contract_tests.client.export import exporting
from contract_tests.client.export.exporting import List, column, lines

export = exporting.export


def test_parquet_holds_what_ndjson_holds(export: Callable[..., Export], tmp_path: Path) -> None:
    mock = MockWebflow()
    with OrdersClient(**access(mock), transport=mock.transport()) as client:
        plain = client.export(tmp_path / "orders.ndjson")
        typed = client.export(tmp_path / "orders.parquet")
        orders = list(client.iter())
    assert plain.orders == typed.orders == len(orders) > 5
    assert [json.loads(raw) for raw in column(typed.path, "raw")] == lines(plain.path)
    for name in ("order_id", "accepted_on", "refunded_on", "purchased_items_count", "comment"):
        assert column(typed.path, name) == [getattr(each, name) for each in orders]
    paid = [each.customer_paid for each in orders]
    assert column(typed.path, "customer_paid_value") == [each.value if each else None for each in paid]
    assert column(typed.path, "status") == [str(each.status) for each in orders]


def test_what_no_column_can_hold_is_in_raw(export: Callable[..., Export], tmp_path: Path) -> None:
    odd = {
        "orderId": "dfa-3f1", "status": "\ud800", "comment": 7, "acceptedOn": "yesterday",
        "customerPaid": {"value": 2**80, "unit": "USD"}, "netAmount": "free", "new": {"π": [1]},
    }  # fmt: skip
    content = json.dumps({"orders": [odd], "pagination": {"total": 1}}).encode()
    path = tmp_path / "orders.parquet"
    export(Script(httpx.Response(200, content=content)), path)
    assert [json.loads(raw) for raw in column(path, "raw")] == [odd]
    assert column(path, "customer_paid_value") == [None]
    assert (column(path, "status"), column(path, "comment"), column(path, "accepted_on")) == (
        ["?"],
        ["7"],
        [None],
    )


def test_parquet_has_several_row_groups_and_the_documented_columns(
    export: Callable[..., Export], tmp_path: Path
) -> None:
    import pyarrow.parquet as pq
    from webflow_orders.export.parquet import SCHEMA

    path = tmp_path / "orders.parquet"
    export(List(2500), path, page_size=100)
    file = pq.ParquetFile(path)
    assert (file.num_row_groups, file.metadata.num_rows) == (3, 2500)
    assert file.schema_arrow.equals(SCHEMA)
    assert column(path, "order_id") == [f"old-{number}" for number in range(2500)]


def test_no_orders_make_an_empty_table(export: Callable[..., Export], tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    assert export(List(0), path).orders == 0
    assert column(path, "raw") == []
