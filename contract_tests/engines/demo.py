"""make sync-demo: three loads of a living mock into DuckDB, and a query. It needs no network."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from typing import Any

import dlt
from webflow_orders import OrdersClient, sync
from webflow_orders.sync.dlt import webflow_orders_source
from webflow_orders_mock import MockServer, MockWebflow, order

QUERY = """
SELECT customer_paid_currency AS currency, status, count(*) AS orders, sum(customer_paid) AS paid
FROM orders GROUP BY ALL ORDER BY orders DESC, currency LIMIT 8
"""


def seed(mock: MockWebflow) -> None:
    """A shop of some weeks: what is old is fulfilled, and a little refunded."""
    statuses = ["fulfilled"] * 1440 + ["refunded"] * 20 + ["unfulfilled"] * 40
    mock.seed(mock.site_id, *(placed(number, status) for number, status in enumerate(statuses)))


def placed(number: int, status: str) -> dict[str, Any]:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    currency = ("USD", "USD", "EUR", "JPY")[number % 4]
    name = f"{number:06x}"
    return order(
        f"{name[:3]}-{name[3:]}", status=status, currency=currency, accepted_on=f"{at:%Y-%m-%dT%H:%M:%S}.000Z"
    )


def live(orders: OrdersClient, mock: MockWebflow, day: int) -> None:
    """A day of the shop."""
    unfulfilled = [each.order_id for each in orders.list(status="unfulfilled", limit=12)]
    for order_id in unfulfilled[:10]:
        orders.fulfill(order_id)
    orders.refund(orders.list(status="fulfilled", offset=700, limit=1).orders[0].order_id)
    mock.seed(mock.site_id, *(placed(1500 + day * 24 + hour, "unfulfilled") for hour in range(12)))


def main() -> None:
    with MockServer(MockWebflow(shop=False)) as server, tempfile.TemporaryDirectory() as folder:
        mock = server.mock
        seed(mock)
        os.environ["DLT_DATA_DIR"] = folder
        destination = dlt.destinations.duckdb(f"{folder}/warehouse.duckdb")
        pipeline = dlt.pipeline("demo", destination=destination, dataset_name="shop", pipelines_dir=folder)
        access: dict[str, Any] = {"site_id": mock.site_id, "token": mock.token, "base_url": server.url}
        with OrdersClient(**access, rate_limit=None) as orders:
            for day in range(3):
                before = len(mock.ledger)
                # No lag, for the days are seconds here, and the mock's list is never behind.
                pipeline.run(webflow_orders_source(**access, lag=0.0))
                rows = pipeline.last_trace.last_normalize_info.row_counts
                loaded = {table: rows.get(table, 0) for table in ("orders", "items", "addresses", "extras")}
                print(f"load {day + 1}: {len(mock.ledger) - before} calls, rows merged: {loaded}", flush=True)
                state = pipeline.state["sources"]["webflow_orders"]["runs"][mock.site_id]
                live(orders, mock, day)
        print(f"\nthe next one, as it is planned:\n{sync.plan(state)}\n{QUERY}")
        with pipeline.sql_client() as client, client.execute_query(QUERY) as cursor:
            for row in cursor.fetchall():
                print(*(f"{value!s:>12}" for value in row))


if __name__ == "__main__":
    main()
