"""The orders of a shop for dlt: `pip install 'webflow-orders[dlt]'`.

    import dlt
    from webflow_orders.sync.dlt import webflow_orders_source

    pipeline = dlt.pipeline("webflow", destination="duckdb", dataset_name="shop")
    pipeline.run(webflow_orders_source(site_id="580e63e98c9a982ac9b8b741"))

The token is dlt's to find: `sources.webflow_orders.token` in its secrets, or SOURCES__WEBFLOW_ORDERS__TOKEN. Each run
reads what `webflow_orders.sync` says has changed, and merges it into the five tables of `webflow_orders.tables`, each
a resource. The state of the run is in dlt's own, one for each site, and is kept with the data or not at all: what was
read by a run that was killed is read again. An order that is deleted goes from all tables. Where a load ends in an
error of dlt's own, such as a key that PostgreSQL has already because a kill came before dlt had noted what it wrote,
`pipeline.drop()` before the next run, which then begins from the state in the warehouse: that kept here is ahead.

Columns are those of `tables.VERSION`, and their types are frozen: a price never becomes two columns, for what cannot
be read as one is null, and stays in `raw` as it came. Take all resources, or always the same ones, for they share the
state of the run. It is some 20 bytes an order, and dlt keeps one, compressed, for each load that changed something.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .. import tables
from .._clients.blocking import OrdersClient
from .._common.extras import needed_by
from .reading import Change
from .runs import changes

with needed_by(__name__, extra="dlt"):
    import dlt  # type: ignore[import-not-found]  # It is too large for this environment; tested in one of its own.

__all__ = ["webflow_orders_source"]

_BATCH = 100
_TYPES: dict[str, dict[str, Any]] = {
    "text": {"data_type": "text"},
    "json": {"data_type": "text"},
    "integer": {"data_type": "bigint"},
    "number": {"data_type": "double"},
    "flag": {"data_type": "bool"},
    "time": {"data_type": "timestamp"},
    "amount": {"data_type": "decimal", "precision": 38, "scale": 4},
}


def _source(
    site_id: str = dlt.config.value,
    token: str = dlt.secrets.value,
    base_url: str | None = None,
    sweep_days: float = 30.0,
    sliced: bool = True,
    lag: float = 600.0,
    queue_timeout: float = 7 * 86_400.0,
) -> list[Any]:
    """What has changed in a shop since the last load, as five resources.

    Args:
        site_id: the site, 24 hexadecimal digits.
        token: a token with the scope `ecommerce:read`.
        base_url: where the API is.
        sweep_days, sliced, lag: as for `webflow_orders.sync.changes`.
        queue_timeout: seconds that a call may wait for its turn at the rate limiter.
    """

    def read() -> Iterator[list[Change]]:
        runs = dlt.current.source_state().setdefault("runs", {})
        options: dict[str, Any] = {"token": token, "site_id": site_id, "base_url": base_url}
        with OrdersClient(**options, queue_timeout=queue_timeout) as orders:
            run = changes(orders, runs.get(site_id), sweep_days=sweep_days, sliced=sliced, lag=lag)
            batch: list[Change] = []
            for change in run:
                batch.append(change)
                if len(batch) == _BATCH:
                    yield batch
                    batch = []
            yield batch
            runs[site_id] = run.state

    found = dlt.resource(read, name="changes", selected=False)
    return [found, *(_table(table, found, site_id) for table in tables.TABLES)]


webflow_orders_source: Callable[..., Any] = dlt.source(
    _source, name="webflow_orders", section="webflow_orders", max_table_nesting=0
)


def _table(table: str, found: Any, site_id: str) -> Any:
    columns = tables.TABLES[table]

    def made(batch: list[Change]) -> list[tables.Row]:
        return [row for change in batch for row in _rows(table, change, site_id)]

    return dlt.transformer(
        made,
        data_from=found,
        name=table,
        write_disposition="merge",
        primary_key=[column.name for column in columns if column.is_key],
        merge_key=["site_id", "order_id"],  # Whatever the order had in this table goes first.
        columns={column.name: _TYPES[column.kind] | {"nullable": not column.is_key} for column in columns}
        | {"deleted": {"data_type": "bool", "hard_delete": True, "nullable": True}},
        schema_contract={"tables": "evolve", "columns": "evolve", "data_type": "freeze"},
    )


def _rows(table: str, change: Change, site_id: str) -> list[tables.Row]:
    """The rows of an order as it is; where there are none, one that takes away what there was."""
    found = tables.rows(change.order, site_id)[table] if change.order is not None else []
    if found or change.kind == "new":
        return found
    keys = {
        column.name: 0 if column.kind == "integer" else "" for column in tables.TABLES[table] if column.is_key
    }
    return [keys | {"site_id": site_id, "order_id": change.order_id, "deleted": True}]
