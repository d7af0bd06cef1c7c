"""What an export keeps on the disk: `<path>.part`, a line for each order, and `<path>.state`, whose export it is.

The lines are the journal. Whatever ends the program, a whole line is an order that need not be fetched again, and
what follows the last whole line was never written. Both files, and the finished one, are their owner's alone to read.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from webflow_orders_generated.client import models
from webflow_orders_generated.client.errors import UnexpectedBody

from .._call.pagination import key_of
from .._log import log

MINE = 0o600
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class Seen:
    """The ids of the orders that are written, and whether the walk to the end of the list had shown them.

    A private SQLite file without a name, of which 16 MB are kept in memory.
    """

    def __init__(self) -> None:
        self._ids = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._ids.execute("PRAGMA journal_mode=OFF")
        self._ids.execute("PRAGMA cache_size=-16000")
        self._ids.execute("CREATE TABLE seen (id BLOB PRIMARY KEY, old INTEGER) WITHOUT ROWID")
        self._ids.execute("BEGIN")

    def add(self, key: bytes, *, old: bool) -> bool:
        """Whether it is new."""
        return self._ids.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, old)).rowcount == 1

    def __contains__(self, key: bytes) -> bool:
        return self._ids.execute("SELECT 1 FROM seen WHERE id = ?", (key,)).fetchone() is not None

    def is_old(self, key: bytes) -> bool:
        return self._ids.execute("SELECT 1 FROM seen WHERE id = ? AND old", (key,)).fetchone() is not None

    def close(self) -> None:
        self._ids.close()


def _line(order: models.Order) -> bytes:
    """As the server sent it, but on one line."""
    raw = order.to_json()
    if b"\n" in raw or b"\r" in raw:  # A server that prints its JSON for people.
        raw = msgspec.json.format(raw, indent=-1)
    return raw + b"\n"


class Journal:
    """The two files. Raises OSError as the system does, and ValueError if they belong to another export."""

    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        self.path = path
        self.part = path.with_name(path.name + ".part")
        self._state_file = path.with_name(path.name + ".state")
        self._about = about
        self.seen = Seen()
        self.count = 0
        self.tail: int | None = None
        """How long the journal was when the end of the list was first reached; None before that."""
        self.orders: int | None = None
        """How many orders there are in all, once nothing is left to fetch."""
        self._file = -1

    @property
    def state_is_there(self) -> bool:
        return self._state_file.exists()

    def open(self) -> None:
        """Make the file, or take it up. Nobody else may have it."""
        self._file = os.open(self.part, _FLAGS, MINE)
        if hasattr(os, "fchmod"):
            os.fchmod(self._file, MINE)
        try:
            import fcntl
        except ImportError:  # Windows
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BlockingIOError(error.errno, "another export is writing to it", str(self.part)) from None

    def recall(self) -> bool:
        """Read the state that was left, if there is one."""
        try:
            found = json.loads(self._state_file.read_bytes())
            tail, orders = found.pop("tail"), found.pop("orders")
        except FileNotFoundError:
            if self.length:
                raise ValueError(f"{self.part} has no {self._state_file.name}: {_REMEDY}") from None
            return False
        except (ValueError, LookupError, AttributeError, TypeError):
            raise ValueError(f"{self._state_file} cannot be read: {_REMEDY}") from None
        if found != self._about:
            other = [name for name in self._about if found.get(name) != self._about[name]] or ["version"]
            raise ValueError(f"{self.part} is of another export ({', '.join(other)}): {_REMEDY}")
        self.tail, self.orders = tail, orders
        return True

    def reset(self) -> None:
        """Begin anew."""
        self._state_file.unlink(missing_ok=True)
        os.ftruncate(self._file, 0)
        self.tail = self.orders = None

    def note(self) -> None:
        """Write the state, whole or not at all."""
        state = {**self._about, "tail": self.tail, "orders": self.orders}
        draft = self._state_file.with_name(self._state_file.name + ".new")
        with open(os.open(draft, _FLAGS | os.O_TRUNC, MINE), "wb") as file:
            file.write(json.dumps(state).encode())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._state_file)

    def read(self) -> None:
        """Learn what is there, and go on where it ends."""
        end = 0
        for order, end in self._whole_lines():  # Its last value is wanted.
            old = self.tail is None or end <= self.tail
            self.count += self.seen.add(key_of(order), old=old)
        if end != self.length:
            log.info("%s: what follows the last whole line is taken away", self.part)
            os.ftruncate(self._file, end)
        os.lseek(self._file, end, os.SEEK_SET)

    def _whole_lines(self) -> Iterator[tuple[models.Order, int]]:
        """Each order that is there, and where its line ends."""
        end = 0
        with open(os.dup(self._file), "rb") as file:
            for line in file:
                try:
                    order = models.Order.from_json(line)
                except UnexpectedBody:
                    return
                if not line.endswith(b"\n"):
                    return
                end += len(line)
                yield order, end

    def write(self, orders: Sequence[models.Order]) -> int:
        """Append those that are new; how many that is."""
        new = [order for order in orders if self.seen.add(key_of(order), old=self.tail is None)]
        left = memoryview(b"".join(_line(order) for order in new))
        while left:
            left = left[os.write(self._file, left) :]
        self.count += len(new)
        return len(new)

    @property
    def length(self) -> int:
        """In bytes."""
        return os.fstat(self._file).st_size

    def sync(self) -> None:
        os.fsync(self._file)

    def close(self) -> None:
        self.seen.close()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def done(self) -> None:
        """Leave nothing but the finished file. The state goes last: it says that all is fetched."""
        self.part.unlink(missing_ok=True)
        self._state_file.unlink(missing_ok=True)
        if hasattr(os, "O_DIRECTORY"):
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


_REMEDY = "take another path, or pass resume=False to throw it away"
