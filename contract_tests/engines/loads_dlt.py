"""Do the tables of a warehouse equal the shop, whatever happens to the loads and to the shop's JSON?"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dlt
import pytest
from dlt.pipeline.exceptions import PipelineStepFailed
from webflow_orders import OrdersClient, tables
from webflow_orders.models import Order
from webflow_orders.sync.dlt import webflow_orders_source
from webflow_orders_mock import MockServer, MockWebflow, order

from contract_tests.engines.conftest import SITE, TOKEN, Shop

Make = Callable[[], Any]


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer(MockWebflow()) as made:
        yield made


def source(server: MockServer | Shop) -> Any:
    token = server.mock.token if isinstance(server, MockServer) else TOKEN
    return webflow_orders_source(site_id=SITE, token=token, base_url=server.url)


def of_the_shop(server: MockServer | Shop) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of all orders as they now are."""
    if isinstance(server, Shop):
        every = [Order.from_json(json.dumps(document)) for document in server.orders.values()]
    else:
        with OrdersClient(
            token=server.mock.token, site_id=SITE, base_url=server.url, rate_limit=None
        ) as orders:
            every = list(orders.iter())
    found: dict[str, list[tuple[Any, ...]]] = {table: [] for table in tables.TABLES}
    for each in every:
        for table, rows in tables.rows(each, SITE).items():
            found[table] += [tuple(row.values()) for row in rows]
    return {table: sorted(rows, key=str) for table, rows in found.items()}


def of_the_warehouse(pipeline: Any) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    with pipeline.sql_client() as client:
        for table, columns in tables.TABLES.items():
            names = ", ".join(f'"{column.name}"' for column in columns)
            try:
                rows = client.execute_sql(f'SELECT {names} FROM "{table}"')
            except Exception:  # dlt makes a table with its first row.
                rows = []
            found[table] = sorted((_utc(row) for row in rows), key=str)
    return found


def _utc(row: Any) -> tuple[Any, ...]:
    from datetime import UTC, datetime
    from decimal import Decimal

    plain = (each.astimezone(UTC) if isinstance(each, datetime) else each for each in row)
    return tuple(each.quantize(Decimal("0.01")) if isinstance(each, Decimal) else each for each in plain)


def assert_equal(pipeline: Any, server: MockServer | Shop) -> None:
    warehouse, expected = of_the_warehouse(pipeline), of_the_shop(server)
    for table, rows in expected.items():
        assert warehouse[table] == rows, table


def test_loaded_again_and_again_the_tables_equal_the_shop(pipeline: Make, server: MockServer) -> None:
    mock = server.mock
    for turn in range(4):
        info = pipeline().run(source(server))
        assert not info.has_failed_jobs
        assert_equal(pipeline(), server)
        with OrdersClient(token=mock.token, site_id=SITE, base_url=server.url, rate_limit=None) as orders:
            unfulfilled = [each.order_id for each in orders.iter(status="unfulfilled")]
            if turn < 3:
                orders.fulfill(unfulfilled[0])
                orders.update(unfulfilled[1], comment=f"turn {turn}")
                mock.seed(SITE, order(f"00{turn}-abc", status="unfulfilled"))


class Failed(Exception):
    """What a load of a test fails with."""


@pytest.mark.parametrize("at", ["first load", "second load"])
def test_a_load_that_fails_in_the_middle_leaves_nothing_and_is_made_good(at: str, pipeline: Make) -> None:
    with MockServer(MockWebflow(synthetic=250)) as server:
        before = None
        if at == "second load":
            pipeline().run(source(server))
            before = of_the_shop(server)
        with OrdersClient(
            token=server.mock.token, site_id=SITE, base_url=server.url, rate_limit=None
        ) as orders:
            for each in list(orders.list(status="unfulfilled", limit=30)):
                orders.fulfill(each.order_id)
        seen: list[Any] = []

        def fail(row: Any) -> Any:
            seen.append(row)
            if len(seen) == (20 if before else 150):
                raise Failed
            return row

        failing = source(server)
        failing.resources["orders"].add_map(fail)
        with pytest.raises(PipelineStepFailed):
            pipeline().run(failing)
        if before is not None:
            assert of_the_warehouse(pipeline()) == before
        pipeline().run(source(server))
        assert_equal(pipeline(), server)


PROGRAM = """
import os, signal, sys
import dlt
from webflow_orders.sync.dlt import webflow_orders_source
name, folder, url, token, at = sys.argv[1:6]
destination = dlt.destinations.duckdb(folder + "/shop.duckdb")
pipeline = dlt.pipeline(name, destination=destination, dataset_name=name, pipelines_dir=folder)
source = webflow_orders_source(site_id="580e63e98c9a982ac9b8b741", token=token, base_url=url)
def die(*given): os.kill(os.getpid(), signal.SIGKILL)
seen = []
if at == "reading":
    source.resources["items"].add_map(lambda row: seen.append(row) or (die() if len(seen) == 200 else row))
pipeline.extract(source)
if at == "extracted": die()
pipeline.normalize()
if at == "normalized": die()
"""


@pytest.mark.parametrize("at", ["reading", "extracted", "normalized"])
def test_a_load_that_is_killed_is_made_good_by_the_next(at: str, tmp_path: Path, root: Path) -> None:
    destination = dlt.destinations.duckdb(str(tmp_path / "shop.duckdb"))

    def pipeline() -> Any:
        return dlt.pipeline(
            "killed", destination=destination, dataset_name="killed", pipelines_dir=str(tmp_path)
        )

    with MockServer(MockWebflow(synthetic=250)) as server:
        command = [sys.executable, "-c", PROGRAM, "killed", str(tmp_path), server.url, server.mock.token, at]
        assert subprocess.run(command, cwd=root, check=False, capture_output=True).returncode == -9
        for _ in range(2):  # The first finishes what is there, if that is a package.
            pipeline().run(source(server))
        assert_equal(pipeline(), server)


LOADING = """
import os, signal, sys
import dlt
from dlt.common.runtime.collector import NullCollector
from webflow_orders.sync.dlt import webflow_orders_source
name, folder, kind, address, url, token, at = sys.argv[1:]
class Killing(NullCollector):
    done = 0
    def update(self, name, inc=1, *given, **named):
        if name == "Jobs":
            self.done += inc
            print(self.done, flush=True)
            if self.done == int(at): os.kill(os.getpid(), signal.SIGKILL)
pipeline = dlt.pipeline(name, destination=getattr(dlt.destinations, kind)(address), dataset_name=name,
                        pipelines_dir=folder)
pipeline.extract(webflow_orders_source(site_id="580e63e98c9a982ac9b8b741", token=token, base_url=url))
pipeline.normalize()
pipeline = dlt.pipeline(name, destination=getattr(dlt.destinations, kind)(address), dataset_name=name,
                        pipelines_dir=folder, progress=Killing())
pipeline.load()
"""


@pytest.mark.parametrize("drops", [False, True])
@pytest.mark.parametrize("at", [3, 8])
def test_a_load_that_is_killed_while_it_writes_and_merges_is_made_good_by_the_next(
    at: int,
    drops: bool,
    pipeline: Make,
    server: MockServer,
    tmp_path: Path,
    root: Path,
    request: pytest.FixtureRequest,
) -> None:
    """Of its jobs, six write what has changed beside the tables, or dlt's state, and the others merge it."""
    pipeline().run(source(server))
    with OrdersClient(token=server.mock.token, site_id=SITE, base_url=server.url, rate_limit=None) as orders:
        for each in list(orders.iter(status="unfulfilled")):
            orders.fulfill(each.order_id)
    server.mock.seed(SITE, order("00a-abc", status="unfulfilled"))
    is_duckdb = pipeline().destination.destination_name == "duckdb"
    place = (
        ["duckdb", f"{tmp_path}/shop.duckdb"]
        if is_duckdb
        else ["postgres", request.getfixturevalue("postgres")]
    )
    command = [pipeline().pipeline_name, str(tmp_path), *place, server.url, server.mock.token, str(at)]
    done = subprocess.run([sys.executable, "-c", LOADING, *command], cwd=root, capture_output=True, text=True)
    assert (done.returncode, done.stdout.split()[-1:]) == (-9, [str(at)]), done.stderr
    try:
        if not drops:
            pipeline().run(source(server))  # It finishes what is there.
    except PipelineStepFailed:
        # What PostgreSQL had taken, and the killed process not noted, dlt writes a second time, and is refused.
        drops = True
    if drops:
        pipeline().drop()
    pipeline().run(source(server))
    assert_equal(pipeline(), server)


def document(order_id: str, **fields: Any) -> dict[str, Any]:
    price = {"value": 5892, "unit": "USD", "string": "$58.92"}
    item = {"count": 2, "productId": "5eb9fd05caef491eb9757183", "rowTotal": price, "variantPrice": price}
    plain = {
        "orderId": order_id, "status": "unfulfilled", "acceptedOn": "2026-01-01T00:00:00.000Z",
        "customerPaid": price, "purchasedItems": [item, item], "customData": [{"name": "Gift", "checkbox": True}],
    }  # fmt: skip
    return plain | fields


def test_json_that_changes_its_shape_makes_no_new_column_and_loses_nothing(
    pipeline: Make, shop: Shop
) -> None:
    shop.orders = {f"{number:03x}-000": document(f"{number:03x}-000") for number in range(12)}
    prices: list[Any] = [
        {"value": "5892", "unit": "USD"}, {"value": 58.92, "unit": "USD"}, "free", None,
        {"value": 2**70, "unit": "USD"}, {"value": 500, "unit": "JPY"}, {"amount": 5},
    ]  # fmt: skip
    kinds: dict[str, dict[str, Any]] = {}
    for turn in range(3):
        pipeline().run(source(shop))
        assert_equal(pipeline(), shop)
        known = pipeline().default_schema.tables
        for table in tables.TABLES.keys() & known.keys():
            made = {column: hint["data_type"] for column, hint in known[table]["columns"].items()}
            assert made == made | kinds.get(table, {})
            assert not [column for column in made if "__v_" in column]
            kinds[table] = made
        assert {kinds["orders"][name] for name in ("customer_paid_minor", "customer_paid")} == {
            "bigint",
            "decimal",
        }
        ids = list(shop.orders)
        for order_id, price in zip(ids, prices, strict=False):
            shop.orders[order_id] = document(
                order_id, customerPaid=price, loyalty={"points": turn}, comment=turn
            )
        shop.orders[ids[8]] = document(ids[8], status="on-hold", acceptedOn=1_767_225_600, purchasedItems=[])
        shop.orders[ids[9]] = document(
            ids[9], status="completed", customData=[{"name": 7, "textInput": ["a"]}]
        )


def test_what_is_deleted_or_has_fewer_parts_goes_from_every_table(pipeline: Make, shop: Shop) -> None:
    shop.orders = {f"{number:03x}-000": document(f"{number:03x}-000") for number in range(5)}
    pipeline().run(source(shop))
    items = shop.orders["001-000"]["purchasedItems"]
    shop.orders["001-000"] = document("001-000", purchasedItems=items[:1], customData=[])
    shop.orders["002-000"] = document("002-000", purchasedItems=[])
    del shop.orders["003-000"]
    pipeline().run(source(shop))
    assert_equal(pipeline(), shop)
    rows = of_the_warehouse(pipeline())
    assert [len(rows[table]) for table in ("orders", "items", "custom_data")] == [4, 5, 3]


def test_the_token_is_in_no_file_of_the_pipeline(pipeline: Make, shop: Shop, tmp_path: Path) -> None:
    shop.orders = {"001-000": document("001-000")}
    pipeline().run(source(shop))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if TOKEN.encode() in path.read_bytes()]
