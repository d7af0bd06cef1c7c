"""An export's journal as a Parquet file, a thousand orders at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # It ships no types.
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # As above.
from webflow_orders_generated.client import models

from .journal import create

ROWS = 1000

_MOMENT = pa.timestamp("us", tz="UTC")
_TIMES = ("accepted_on", "fulfilled_on", "refunded_on", "disputed_on", "dispute_updated_on")
_TEXTS = (
    "dispute_last_status", "payment_processor", "comment", "order_comment",
    "shipping_provider", "shipping_tracking", "shipping_tracking_url",
)  # fmt: skip
_PRICES = ("customer_paid", "net_amount", "application_fee")

# Prices in minor units, as `Price.value`. What a column cannot hold is null in it, and in `raw` as it came.
SCHEMA = pa.schema(
    [
        pa.field("order_id", pa.string(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        *[pa.field(name, _MOMENT) for name in _TIMES],
        *[
            pa.field(f"{name}_{part}", kind)
            for name in _PRICES
            for part, kind in (("value", pa.int64()), ("unit", pa.string()))
        ],
        pa.field("purchased_items_count", pa.int64()),
        pa.field("customer_name", pa.string()),
        pa.field("customer_email", pa.string()),
        *[pa.field(name, pa.string()) for name in _TEXTS],
        pa.field("raw", pa.string(), nullable=False),
    ]
)


def write(journal: Path, target: Path) -> None:
    """Make `target` of the lines of `journal`, for the owner alone to read."""
    with open(journal, "rb") as lines, create(target) as file:
        with pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
            for batch in _batches(lines):
                rows = [_row(line.rstrip(b"\n")) for line in batch]
                writer.write_table(pa.Table.from_pylist(rows, schema=SCHEMA))
        file.flush()
        os.fsync(file.fileno())


def _batches(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    while batch := list(islice(lines, ROWS)):
        yield batch


def _row(line: bytes) -> dict[str, Any]:
    order = models.Order.from_json(line)
    info = order.customer_info
    row: dict[str, Any] = {
        "order_id": _text(order.order_id),
        "status": _text(str(order.status)),
        "purchased_items_count": _whole(order.purchased_items_count),
        "customer_name": _text(info.full_name if info else None),
        "customer_email": _text(info.email if info else None),
        "raw": line.decode(),
    }
    for name in _TIMES:
        row[name] = getattr(order, name)
    for name in _TEXTS:
        value = getattr(order, name)
        row[name] = None if value is None else _text(str(value))
    for name in _PRICES:
        price = getattr(order, name)
        row[f"{name}_value"] = _whole(price.value if price else None)
        row[f"{name}_unit"] = _text(price.unit if price else None)
    return row


def _text(value: str | None) -> str | None:
    """Half of a surrogate pair, which JSON can hold and UTF-8 cannot, as a question mark."""
    return value if value is None else value.encode(errors="replace").decode()


def _whole(value: int | None) -> int | None:
    return value if value is not None and -(2**63) <= value < 2**63 else None
