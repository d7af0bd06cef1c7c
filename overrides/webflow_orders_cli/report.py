"""What became of each parcel, in a file that is only added to: so that no kill takes away what was known."""

from __future__ import annotations

import contextlib
import csv
import io
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Self

from .parcels import Parcel
from .terminal import NotDone, UsageError, cell

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

HEADER = ("time", "line", "order", "tracking", "provider", "url", "result", "e-mail", "detail")
ASKED, IN_DOUBT = "asked for", "in doubt"


class Entry(NamedTuple):
    """The end of a parcel: `shipped`, `noted`, `not done` or `unknown`; its e-mail: asked for, in doubt, or none."""

    result: str
    email: str = ""
    detail: str = ""


class Report:
    """The report of a file of parcels; without a path, it is kept in memory.

    Raises NotDone if another process has it, UsageError if it is something else than a report, and OSError.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.last: dict[str, Entry] = {}
        """What was said last of each order, by this run or an earlier one."""
        self.lost = ""
        """Why the file takes no more, if it does not."""
        self._file: io.TextIOWrapper | None = None
        if path is not None:
            self._file = self._open(path)

    def _open(self, path: Path) -> io.TextIOWrapper:
        if path.exists() and not path.is_file():
            raise UsageError(f"{path} is no ordinary file; choose another with --report.")
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        # A line may have been cut off in the middle of a letter; what is no report has another first line.
        file = os.fdopen(os.open(path, flags, 0o600), "r+", encoding="utf-8", errors="replace", newline="")
        try:
            if fcntl is not None:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise NotDone(f"Another run is at work on {path}: nothing was sent.") from None
            file.seek(0)
            text = file.read()
            self._read(path, text)
            file.seek(0, os.SEEK_END)
            if text and not text.endswith("\n"):
                file.write("\n")  # Killed in the middle of a line.
        except BaseException:
            file.close()
            raise
        return file

    def _read(self, path: Path, text: str) -> None:
        lines = text.splitlines()
        if lines and not ",".join(HEADER).startswith(lines[0]):
            raise UsageError(f"{path} is no report of this command; choose another with --report.")
        for line in lines[1:]:
            (row,) = csv.reader([line])  # By itself: one that was cut within quotes takes no other with it.
            if len(row) == len(HEADER):
                self.last[row[2].removeprefix("'")] = Entry(*row[6:])

    def result(self, order_id: str) -> str:
        """What was said last of an order; empty if nothing was."""
        return self.last[order_id].result if order_id in self.last else ""

    def add(self, parcel: Parcel, entry: Entry) -> None:
        """Note an end. It is on the disk when this returns, or `lost` says why it is not."""
        self.last[parcel.order_id] = entry
        if self._file is not None:
            try:
                self._write(self._file, parcel, entry)
            except OSError as error:
                self.lost = error.strerror or str(error)

    def _write(self, file: io.TextIOWrapper, parcel: Parcel, entry: Entry) -> None:
        writer = csv.writer(file, lineterminator="\n")
        if not os.fstat(file.fileno()).st_size:
            writer.writerow(HEADER)
        writer.writerow([f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", *map(cell, (*parcel, *entry))])
        file.flush()
        os.fsync(file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None and self.path is not None:
            # Each line was written out when it was added, or is lost.
            with contextlib.suppress(OSError), self._file as file:
                if not os.fstat(file.fileno()).st_size:
                    self.path.unlink()  # Nothing was there to be noted.
