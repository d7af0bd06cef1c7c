"""The orders of many shops for Spark: `pip install 'webflow-orders[spark]'`, on the driver and the executors.

    spark.conf.set("spark.sql.python.filterPushdown.enabled", "true")
    spark.dataSource.register(WebflowOrders)  # from webflow_orders.sync.spark
    shops = spark.read.format("webflow_orders").option("shops", "/secure/shops.csv")
    shops.option("table", "orders").load().where("status = 'unfulfilled'").show()

| option | |
| --- | --- |
| `shops` | a CSV file of `site_id,token`, on the driver and each executor, which its owner alone may read |
| `table` | one of `webflow_orders.tables`, by default `orders`; `errors`; `changes`, for `readStream` alone |
| `base_url` | where the API is |
| `rate_limit` | requests a minute of each token; by default learned, or 60 with Redis |
| `redis` | where all who use a token at the same time share its limit; needs the extra `shared` |
| `folder`, `sweep_days`, `lag` | for `readStream`: see there, and `webflow_orders.sync.changes` |

For a token, and for `redis`, can stand `env:NAME`, a variable of the executors. Spark sees the path and the sites.
Each token is one partition: one task reads its shops, one by one. Of `status` and `site_id` what is asked for by `=`
or `in` alone is read. A shop that refuses its first call (401, 404, 409 without a shop) is left out, and is a row of
`errors`, which costs a call a shop; read it last. What else fails ends the task, for nothing may be missing unsaid.

`readStream`: a micro-batch is a run of `webflow_orders.sync` over each shop, so set a trigger. A row has the `kind`
of change, the status that `was`, and the columns of `orders`; or `kind` "failed" and an `error`, made good by a later
run. Each run is kept in `folder`, which driver and executors share, before Spark gets any of it: a batch that is
replayed is the same. It goes when the next is through; until then it is its owner's alone to read, for it holds
customers' data. Folder and checkpoint belong together, and are both new if you begin anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from .. import tables
from .._common.extras import needed_by
from .planning import LISTED

with needed_by(__name__, extra="spark"):
    # Too large for this environment; tested in one of its own.
    import pyarrow as pa  # type: ignore[import-untyped]  # It ships no types.
    import pyarrow.parquet as pq  # type: ignore[import-untyped]
    import pyspark.sql.datasource as ds  # type: ignore[import-not-found]
    from pyspark.sql.streaming.datasource import SupportsTriggerAvailableNow  # type: ignore[import-not-found]

    from .fleet import Shops, batches, by_token, changes_schema, clients, errors_schema, keep_run, shop_rows

__all__ = ["WebflowOrders"]

_TYPES = {
    "string": "string", "int64": "bigint", "double": "double", "bool": "boolean",
    "timestamp[us, tz=UTC]": "timestamp", "decimal128(38, 4)": "decimal(38, 4)",
}  # fmt: skip


class _Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    shops: str
    table: Literal["orders", "items", "addresses", "extras", "custom_data", "errors", "changes"] = "orders"
    base_url: str | None = None
    rate_limit: int | None = None
    redis: str | None = None
    folder: str | None = None
    sweep_days: float = 30.0
    lag: float = 600.0

    def schema(self) -> pa.Schema:
        own = {"errors": errors_schema, "changes": changes_schema}.get(self.table)
        return own() if own else tables.arrow(self.table)

    def clients(self, shops: Shops) -> Any:
        return clients(
            self.shops, shops, base_url=self.base_url, rate_limit=self.rate_limit, redis=self.redis
        )


class _Source(ds.DataSource):  # type: ignore[misc]
    """The data source `webflow_orders`; its options are those above."""

    @classmethod
    def name(cls) -> str:
        return "webflow_orders"

    def _read(self) -> _Options:
        return msgspec.convert(dict(self.options), _Options, strict=False)

    def schema(self) -> str:
        columns = [
            f"`{each.name}` {_TYPES[str(each.type)]}{'' if each.nullable else ' NOT NULL'}"
            for each in self._read().schema()
        ]
        return ", ".join(columns)

    def reader(self, schema: object) -> ds.DataSourceReader:
        return _Reader(self._read())

    def streamReader(self, schema: object) -> ds.DataSourceStreamReader:
        return _StreamReader(self._read())


# Whoever checks types without pyspark does not know its base.
WebflowOrders: type[Any] = _Source


class _Reader(ds.DataSourceReader):  # type: ignore[misc]
    def __init__(self, options: _Options) -> None:
        if options.table == "changes":
            raise ValueError("the table changes is for readStream")
        self._options = options
        self._only: dict[str, set[str]] = {}

    def pushFilters(self, filters: list[Any]) -> list[Any]:
        """Those of sites, and of statuses that can be asked for. Spark looks at the rows, too."""
        names = ("site_id", "status") if self._options.table == "orders" else ("site_id",)
        for each in filters:
            if isinstance(each, ds.EqualTo | ds.EqualNullSafe | ds.In) and each.attribute[0] in names:
                name, values = each.attribute[0], set(each.value if isinstance(each, ds.In) else [each.value])
                if name == "site_id" or values <= set(LISTED):
                    self._only[name] = self._only.get(name, values) & values
        return filters

    def partitions(self) -> list[ds.InputPartition]:
        return [
            ds.InputPartition(shops) for shops in by_token(self._options.shops, self._only.get("site_id"))
        ]

    def read(self, partition: ds.InputPartition) -> Iterator[pa.RecordBatch]:
        return batches(self._rows(partition.value or ()), self._options.schema())

    def _rows(self, shops: Shops) -> Iterator[tables.Row]:
        if shops:  # Spark makes an empty partition of none.
            with self._options.clients(shops) as found:
                for site_id, orders in found:
                    yield from shop_rows(self._options.table, site_id, orders, self._only.get("status"))


class _StreamReader(ds.DataSourceStreamReader, SupportsTriggerAvailableNow):  # type: ignore[misc]
    """An offset is the number of a run."""

    def __init__(self, options: _Options) -> None:
        if options.table != "changes" or options.folder is None:
            raise ValueError("readStream is of the table changes, and needs a folder")
        self._options, self._folder = options, Path(options.folder)
        self._is_once, self._last = False, 0

    def initialOffset(self) -> dict[str, int]:
        return {"run": 0}

    def prepareForTriggerAvailableNow(self) -> None:
        self._is_once = True

    def latestOffset(self, start: dict[str, int], limit: object) -> dict[str, int]:
        if not (self._is_once and self._last):
            self._last = start["run"] + 1
        return {"run": self._last}

    def partitions(self, start: dict[str, int], end: dict[str, int]) -> list[ds.InputPartition]:
        runs = self._runs()
        if start["run"] not in runs if start["run"] else runs - {1}:
            raise ValueError(f"{self._folder} is not the folder of this checkpoint")
        kept = self._of(end["run"]) / "shops"
        if not kept.exists():  # If it does, the batch is replayed, and is of the shops that there were.
            kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = kept.with_suffix(".new")
            new.write_text("\n".join(site_id for shops in by_token(self._options.shops) for site_id in shops))
            new.replace(kept)
        shops_of_each = by_token(self._options.shops, set(kept.read_text().split()))
        return [ds.InputPartition((end["run"], shops)) for shops in shops_of_each]

    def read(self, partition: ds.InputPartition) -> Iterator[pa.RecordBatch]:
        run, shops = partition.value
        with self._options.clients(shops) as found:
            for site_id, orders in found:
                file, before = (self._of(each) / f"{site_id}.parquet" for each in (run, run - 1))
                if not file.exists():
                    settings = {"sweep_days": self._options.sweep_days, "lag": self._options.lag}
                    keep_run(site_id, orders, file, before, **settings)
                yield from pq.ParquetFile(file).iter_batches()

    def commit(self, end: dict[str, int]) -> None:
        for run in self._runs():
            if run < end["run"]:
                shutil.rmtree(self._of(run))

    def _of(self, run: int) -> Path:
        return self._folder / str(run)

    def _runs(self) -> set[int]:
        return {int(each.name) for each in self._folder.glob("[1-9]*")}
