"""Many shops: which token is whose, a client and the rows of each, and what a run over one leaves in a file."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any

from .. import errors, shared_limits, tables
from .._call import arguments
from .._clients.blocking import OrdersClient
from .._common.extras import needed_by
from .._common.log import log
from ..limits import STARTER
from .reading import Change, Order, name_of
from .runs import changes

with needed_by(__name__, extra="spark"):
    import pyarrow as pa  # type: ignore[import-untyped]  # It ships no types.
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

Shops = tuple[str, ...]

_BATCH = 1000
_STATE = "webflow_orders.state"
_WEEK = 7 * 86_400.0
# With what a shop or a token is refused, however often it is tried.
_REFUSED = (
    errors.BadRequestError, errors.AuthenticationError, errors.PermissionDeniedError, errors.NotFoundError,
    errors.ConflictError,
)  # fmt: skip


def tokens(path: str) -> dict[str, str]:
    """The token of each site, or `env:NAME`, from a CSV file. No message says what is in it."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        others_may_read = os.name != "nt" and os.fstat(file.fileno()).st_mode & 0o077
        found: dict[str, str] = {}
        for line, row in enumerate(csv.DictReader(file), 2):
            site_id, token = (row.get("site_id") or "").strip(), (row.get("token") or "").strip()
            if not arguments.SITE_ID.fullmatch(site_id) or not token or site_id in found:
                raise ValueError(f"{path}, line {line}: not a site_id of its own, and a token")
            found[site_id] = token
    if others_may_read and not all(token.startswith("env:") for token in found.values()):
        raise PermissionError(f"others can read {path}, and the tokens in it: chmod 600 {path}")
    return found


def by_token(path: str, wanted: set[str] | None = None) -> list[Shops]:
    """The shops of each token; only those that are wanted."""
    found: dict[str, list[str]] = {}
    for site_id, token in tokens(path).items():
        if wanted is None or site_id in wanted:
            found.setdefault(token, []).append(site_id)
    return [tuple(shops) for shops in found.values()]


@contextmanager
def clients(
    path: str, shops: Shops, *, base_url: str | None, rate_limit: int | None, redis: str | None
) -> Iterator[Iterator[tuple[str, OrdersClient]]]:
    """A client for each of these shops, which have one token."""
    token = _revealed(tokens(path).get(shops[0], "env:"), f"the token of {shops[0]}")
    limit: Any = rate_limit or "auto"
    with ExitStack() as stack:
        if redis is not None:
            key = f"webflow-orders:{hashlib.sha256(token.encode()).hexdigest()[:16]}"
            shared = shared_limits.redis(_revealed(redis, "redis"), limit=rate_limit or STARTER, key=key)
            limit = stack.enter_context(shared)
        access: dict[str, Any] = {"token": token, "base_url": base_url, "rate_limit": limit}
        orders = stack.enter_context(OrdersClient(**access, queue_timeout=_WEEK))
        yield ((site_id, orders.for_site(site_id)) for site_id in shops)


def _revealed(value: str, what: str) -> str:
    found = os.environ.get(value.removeprefix("env:")) if value.startswith("env:") else value
    if not found:
        raise LookupError(f"{what} is not in the environment, or no longer in the file")
    return found


def shop_rows(
    table: str, site_id: str, orders: OrdersClient, statuses: set[str] | None = None
) -> Iterator[tables.Row]:
    """The rows of a shop; none of one that refuses its first call. Or, in the table `errors`, why a call fails."""
    seen: set[str] = set()
    try:
        if table == "errors":
            orders.list(limit=1)
            return
        for order in _orders(orders, statuses):
            if (key := name_of(order)) not in seen:  # It may have come from one status to another.
                seen.add(key)
                yield from tables.rows(order, site_id)[table]
    except errors.WebflowOrdersError as error:
        if table == "errors":
            yield {
                "site_id": site_id, "error": type(error).__name__, "code": getattr(error, "code", None),
                "message": error.message, "status": error.status_code,
            }  # fmt: skip
        elif seen or not isinstance(error, _REFUSED):
            raise
        else:
            log.warning("site %s is left out: %s", site_id, error)


def _orders(orders: OrdersClient, statuses: set[str] | None) -> Iterator[Order]:
    if statuses is None:
        return (change.order for change in changes(orders) if change.order is not None)
    pages: list[Any] = [orders.iter(status=status) for status in sorted(statuses)]  # type: ignore[arg-type]
    return chain.from_iterable(pages)


def batches(rows: Iterable[tables.Row], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    rows = iter(rows)
    while batch := list(islice(rows, _BATCH)):
        yield pa.RecordBatch.from_pylist(batch, schema=schema)


def errors_schema() -> pa.Schema:
    """Of the table `errors`."""
    texts = [pa.field(name, pa.string()) for name in ("error", "code", "message")]
    return pa.schema([tables.arrow("orders").field("site_id"), *texts, pa.field("status", pa.int64())])


def changes_schema() -> pa.Schema:
    """Of a stream of changes: the columns of orders, and before them what has happened."""
    site_id, *others = tables.arrow("orders")
    own = [pa.field(name, pa.string()) for name in ("kind", "was", "error")]
    return pa.schema([site_id, *own, *(each.with_nullable(True) for each in others)])


def keep_run(
    site_id: str, orders: OrdersClient, file: Path, before: Path, *, sweep_days: float, lag: float
) -> None:
    """What has changed since the run before, and the state after it, in a file: whole, or not there.

    Where one is there already, it stays. A shop that fails is one row, and its state stays as it was.
    """
    state = pq.ParquetFile(before).metadata.metadata.get(_STATE.encode()) if before.exists() else None
    run = changes(orders, state, sweep_days=sweep_days, lag=lag)
    handle, name = tempfile.mkstemp(dir=file.parent)  # Its owner's alone to read.
    os.close(handle)
    try:
        try:
            _write(name, (_row(site_id, change) for change in run), lambda: json.dumps(run.state).encode())
        except errors.WebflowOrdersError as error:
            failed = {"site_id": site_id, "kind": "failed", "error": f"{type(error).__name__}: {error}"}
            _write(name, [failed], lambda: state)
        os.link(name, file)
    except FileExistsError:  # Of another attempt, whose rows somebody may have.
        pass
    finally:
        os.unlink(name)


def _row(site_id: str, change: Change) -> tables.Row:
    row = tables.rows(change.order, site_id)["orders"][0] if change.order is not None else {}
    return row | {"site_id": site_id, "order_id": change.order_id, "kind": change.kind, "was": change.was}


def _write(name: str, rows: Iterable[tables.Row], state: Callable[[], bytes | None]) -> None:
    schema = changes_schema()
    with open(name, "wb") as file:
        with pq.ParquetWriter(file, schema) as writer:
            for batch in batches(rows, schema):
                writer.write_batch(batch)
            if (after := state()) is not None:
                writer.add_key_value_metadata({_STATE: after})
        file.flush()
        os.fsync(file.fileno())
