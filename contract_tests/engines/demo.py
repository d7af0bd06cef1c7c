"""make sync-demo: three loads of a living mock into DuckDB, and a query. It needs no network."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import dlt
from webflow_orders import OrdersClient, sync
from webflow_orders.sync.dlt import webflow_orders_source
from webflow_orders_mock import MockServer, MockWebflow, order

QUERY = """
SELECT customer_paid_currency AS currency, status, count(*) AS orders, sum(customer_paid) AS paid
FROM orders GROUP BY ALL ORDER BY orders DESC, currency LIMIT 8
"""


def live(orders: OrdersClient, mock: MockWebflow, day: int) -> None:
    """A day of the shop."""
    unfulfilled = [each.order_id for each in orders.list(status="unfulfilled", limit=12)]
    for order_id in unfulfilled[:10]:
        orders.fulfill(order_id)
    orders.refund(unfulfilled[10])
    for number in range(5):
        mock.seed(mock.site_id, order(f"d{day}{number}-aaa", status="unfulfilled"))


def main() -> None:
    with MockServer(MockWebflow(synthetic=2000)) as server, tempfile.TemporaryDirectory() as folder:
        mock = server.mock
        os.environ["DLT_DATA_DIR"] = folder
        destination = dlt.destinations.duckdb(f"{folder}/shop.duckdb")
        pipeline = dlt.pipeline("shop", destination=destination, dataset_name="shop", pipelines_dir=folder)
        access: dict[str, Any] = {"site_id": mock.site_id, "token": mock.token, "base_url": server.url}
        with OrdersClient(**access, rate_limit=None) as orders:
            for day in range(3):
                before = len(mock.ledger)
                pipeline.run(webflow_orders_source(**access))
                rows = pipeline.last_trace.last_normalize_info.row_counts
                loaded = {table: rows.get(table, 0) for table in ("orders", "items", "addresses", "extras")}
                print(f"load {day + 1}: {len(mock.ledger) - before} calls, rows merged: {loaded}")
                state = pipeline.state["sources"]["webflow_orders"]["runs"][mock.site_id]
                live(orders, mock, day)
        print(f"\nthe next one, as it is planned:\n{sync.plan(state)}\n{QUERY}")
        with pipeline.sql_client() as client, client.execute_query(QUERY) as cursor:
            print(cursor.df().to_string(index=False) if hasattr(cursor, "df") else cursor.fetchall())


if __name__ == "__main__":
    main()
