"""What can be asked of an export, and what it comes to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from attrs import frozen

from .._call import arguments, resources

if TYPE_CHECKING:
    from ..models import OrderStatus, OrderStatusWord

Format = Literal["ndjson", "parquet", "csv"]

_SUFFIXES = {".ndjson": "ndjson", ".jsonl": "ndjson", ".parquet": "parquet"}


@frozen(kw_only=True)
class Export:
    """What an export came to.

    Attributes:
        path: the finished file, or the folder of the tables.
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
class ExportOptions:
    """What is to be exported, and how; checked."""

    path: Path
    format: Format
    status: OrderStatusWord | OrderStatus | None
    size: int
    resume: bool
    overwrite: bool
    progress: bool
    tables: bool


def checked(
    path: str | os.PathLike[str],
    format: str | None,
    status: OrderStatusWord | OrderStatus | None,
    page_size: int,
    resume: bool,
    overwrite: bool,
    progress: bool,
    tables: bool,
) -> ExportOptions:
    given = {"resume": resume, "overwrite": overwrite, "progress": progress, "tables": tables}
    for name, value in given.items():
        arguments.flag(value, name)
    target = Path(path)
    if tables and format is None:
        raise ValueError("pass format= with tables=True: the path is that of a folder")
    if format is None and target.suffix not in _SUFFIXES:
        raise ValueError(f"the name of the file must end in {', '.join(_SUFFIXES)}; or pass format=")
    kind = format or _SUFFIXES[target.suffix]
    if kind not in ("ndjson", "parquet", *(["csv"] if tables else [])):
        raise ValueError(f"format must be 'ndjson' or 'parquet', or 'csv' for tables; got {kind[:80]!r}")
    size = arguments.integer(page_size, "page_size", 2, resources.LARGEST_PAGE)
    return ExportOptions(path=target, format=cast(Format, kind), status=status, size=size, **given)
