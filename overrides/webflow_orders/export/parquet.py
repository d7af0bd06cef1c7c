"""An export's journal as a Parquet file, a thousand orders at a time."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # It ships no types.
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # As above.
from webflow_orders_generated.client import models

from ..tables import TABLES, Column, schema, value
from .journal import create

ROWS = 1000

_OF_ORDERS = {column.name: column for column in TABLES["orders"]}
_DATES = ("accepted_on", "fulfilled_on", "refunded_on", "disputed_on", "dispute_updated_on")
_OTHERS = (
    "purchased_items_count", "customer_name", "customer_email",
    "dispute_last_status", "payment_processor", "comment", "order_comment",
    "shipping_provider", "shipping_tracking", "shipping_tracking_url",
)  # fmt: skip
# Prices in minor units, as `Price.value`. What a column cannot hold is null in it, and in `raw` as it came.
COLUMNS = (
    *(_OF_ORDERS[name] for name in ("order_id", "status", *_DATES)),
    *(
        column
        for name in ("customer_paid", "net_amount", "application_fee")
        for column in (
            Column(f"{name}_value", "integer", f"{name}.value"),
            Column(f"{name}_unit", "text", f"{name}.unit"),
        )
    ),
    *(_OF_ORDERS[name] for name in _OTHERS),
)
SCHEMA = schema((*COLUMNS, _OF_ORDERS["raw"]))


def write(journal: Path, target: Path) -> None:
    """Make `target` of the lines of `journal`, for the owner alone to read."""
    with open(journal, "rb") as lines, create(target) as file:
        with pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
            while batch := list(islice(lines, ROWS)):
                rows = [_row(line.rstrip(b"\n")) for line in batch]
                writer.write_table(pa.Table.from_pylist(rows, schema=SCHEMA))
        file.flush()
        os.fsync(file.fileno())


def _row(line: bytes) -> dict[str, Any]:
    order = models.Order.from_json(line)
    return {column.name: value(order, column) for column in COLUMNS} | {"raw": line.decode()}
