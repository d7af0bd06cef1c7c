"""All orders of a site into a file: what `OrdersClient.export` does.

NDJSON has one order a line, as the server sent it. Parquet (`pip install 'webflow-orders[export]'`) has typed columns
for what is asked for most, and the whole order as JSON in the column `raw`.

The API pages by offset and says nothing of the order of its list, which changes meanwhile. So pages overlap by one:
where the first order of a page is not known already, others have left the list before it, and the walk goes back
until it finds one that is. At the end it reads the head of the list too, where new orders are if the newest come
first, down to what it had before. Each order is written once.

What is left: with a `status` that filters, an order that enters the list in the middle while the export runs can be
missed, and one that leaves it can be in the file or not.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from attrs import frozen

from . import _checks, _operations

if TYPE_CHECKING:
    from .models import OrderStatus, OrderStatusWord

Format = Literal["ndjson", "parquet"]

_SUFFIXES = {".ndjson": "ndjson", ".jsonl": "ndjson", ".parquet": "parquet"}


@frozen(kw_only=True)
class Export:
    """What an export came to.

    Attributes:
        path: the finished file.
        orders: how many are in it.
        resumed_from: how many of them an export that was interrupted had written.
        duplicates: how often the server showed an order again: pages overlap by one, and shift.
        unreadable: how many entries of pages were no orders, and are not in the file.
    """

    path: Path
    orders: int
    resumed_from: int = 0
    duplicates: int = 0
    unreadable: int = 0


@frozen(kw_only=True)
class Wish:
    """What is to be exported, and how; checked."""

    path: Path
    format: Format
    status: OrderStatusWord | OrderStatus | None
    size: int
    resume: bool
    overwrite: bool
    progress: bool


def wished(
    path: str | os.PathLike[str],
    format: str | None,
    status: OrderStatusWord | OrderStatus | None,
    page_size: int,
    resume: bool,
    overwrite: bool,
    progress: bool,
) -> Wish:
    given = {"resume": resume, "overwrite": overwrite, "progress": progress}
    for name, value in given.items():
        _checks.flag(value, name)
    target = Path(path)
    if format is None and target.suffix not in _SUFFIXES:
        raise ValueError(f"the name of the file must end in {', '.join(_SUFFIXES)}; or pass format=")
    kind = format or _SUFFIXES[target.suffix]
    if kind not in ("ndjson", "parquet"):
        raise ValueError(f"format must be 'ndjson' or 'parquet'; got {kind[:80]!r}")
    size = _checks.integer(page_size, "page_size", 2, _operations.LARGEST_PAGE)
    return Wish(path=target, format=cast(Format, kind), status=status, size=size, **given)
