"""An export's journal as five tables, a file each in a folder, a thousand orders at a time."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from webflow_orders_generated.client import models

from ..tables import TABLES, Row, arrow, rows
from .journal import create

ROWS: int = 1000

Write = Callable[[list[Row]], object]


def write(journal: Path, folder: Path, format: str, site_id: str) -> None:
    """Make the folder of the lines of `journal`, for the owner alone to read; what was left of another try goes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    with ExitStack() as stack, open(journal, "rb") as lines:
        files = {table: stack.enter_context(create(folder / f"{table}.{format}")) for table in TABLES}
        with ExitStack() as writers:
            writes = {
                table: writers.enter_context(_WRITERS[format](file, table)) for table, file in files.items()
            }
            waiting: dict[str, list[Row]] = {table: [] for table in TABLES}
            for at, line in enumerate(lines, start=1):
                for table, made in rows(models.Order.from_json(line.rstrip(b"\n")), site_id).items():
                    waiting[table] += made
                    if at % ROWS == 0:
                        writes[table](waiting.pop(table))
                        waiting[table] = []
            for table, left in waiting.items():
                writes[table](left)
        for file in files.values():
            file.flush()
            os.fsync(file.fileno())


def publish(folder: Path, path: Path, *, overwrite: bool) -> None:
    """Give the folder its name. Raises OSError if that is taken, by more than such a folder where one may go."""
    if overwrite and is_one(path):
        for each in path.iterdir():
            each.unlink()
        path.rmdir()
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, f"it is there already; all orders are in {folder}", str(path))
    folder.rename(path)


def is_one(path: Path) -> bool:
    """Whether it is a folder of tables, and of nothing else."""
    return path.is_dir() and not path.is_symlink() and {each.name for each in path.iterdir()} <= _FILES


class _Csv:
    """RFC 4180 with a heading, UTF-8; null is an empty cell."""

    def __init__(self, file: BinaryIO, table: str) -> None:
        self._text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
        self._rows = csv.DictWriter(self._text, [column.name for column in TABLES[table]])
        self._rows.writeheader()

    def __enter__(self) -> Write:
        return lambda made: self._rows.writerows(
            {name: _plain(value) for name, value in row.items()} for row in made
        )

    def __exit__(self, *_: object) -> None:
        self._text.detach()  # The file is closed by whoever opened it.


class _Ndjson:
    def __init__(self, file: BinaryIO, table: str) -> None:
        self._file = file

    def __enter__(self) -> Write:
        return lambda made: self._file.writelines(
            json.dumps(row, ensure_ascii=False, default=_plain).encode() + b"\n" for row in made
        )

    def __exit__(self, *_: object) -> None:
        pass


class _Parquet:
    def __init__(self, file: BinaryIO, table: str) -> None:
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # It ships no types.

        self._schema = arrow(table)
        self._writer = pq.ParquetWriter(file, self._schema, compression="zstd")

    def __enter__(self) -> Write:
        import pyarrow as pa

        return lambda made: self._writer.write_table(pa.Table.from_pylist(made, schema=self._schema))

    def __exit__(self, *_: object) -> None:
        self._writer.close()


_WRITERS: dict[str, Any] = {"csv": _Csv, "ndjson": _Ndjson, "parquet": _Parquet}
_FILES = {f"{table}.{format}" for table in TABLES for format in _WRITERS}


def _plain(value: Any) -> Any:
    """As text: times in UTC with a Z, amounts with all their decimals, true and false in lower case."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, Decimal) else value
