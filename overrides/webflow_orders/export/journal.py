"""What an export keeps on the disk: `<path>.part`, a line for each order, and `<path>.state`, whose export it is.

The lines are the journal. Whatever ends the program, a whole line is an order that need not be fetched again, and
what follows the last whole line was never written. Both files, and the finished one, are their owner's alone to read.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from webflow_orders_generated.client import models
from webflow_orders_generated.client.errors import UnexpectedBody

from .._call.pagination import key_of
from .._common.log import log

MINE = 0o600
# A pipe is not to be waited for.
_FLAGS = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK", "O_BINARY"))
_LONGEST_STATE = 100_000


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


def _mine(path: Path, flags: int) -> int:
    """Open a file of one's own. Raises FileExistsError for what is none, such as a pipe, a device or a link."""
    what = "it is no regular file of yours: move it away, or take another path"
    refusal = FileExistsError(errno.EEXIST, what, str(path))
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISREG(path.lstat().st_mode):  # To open a device can do something already.
            raise refusal
    file = os.open(path, flags | _FLAGS, MINE)
    info = os.fstat(file)
    if not stat.S_ISREG(info.st_mode) or (hasattr(os, "geteuid") and info.st_uid != os.geteuid()):
        os.close(file)
        raise refusal
    return file


def create(path: Path) -> BinaryIO:
    """A new file that its owner alone can read, in the place of one that was left there."""
    path.unlink(missing_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, MINE)
    if hasattr(os, "fchmod"):
        os.fchmod(file, MINE)  # Whatever the umask.
    return open(file, "wb")


def _link(file: Path, name: Path) -> None:
    """Give a file another name. Raises FileExistsError if that is taken."""
    try:
        name.hardlink_to(file)
    except FileExistsError:
        raise
    except OSError:  # A file system without links: we take the name first, and then the place of what has it.
        os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, MINE))
        file.replace(name)


def same(one: Path, other: Path) -> bool:
    """Whether both are names of one file."""
    try:
        return os.path.samestat(one.lstat(), other.lstat())
    except FileNotFoundError:
        return False


class Journal:
    """The two files. Raises OSError as the system does, and ValueError if they belong to another export."""

    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        self.path = path
        self.part: Path = path.with_name(path.name + ".part")
        self.draft: Path = path.with_name(path.name + ".new")
        self._state_file = path.with_name(path.name + ".state")
        self._about = about
        self.seen: Seen = Seen()
        self.count: int = 0
        self.tail: int | None = None
        """How long the journal was when the end of the list was first reached; None before that."""
        self.orders: int | None = None
        """How many orders there are in all, once nothing is left to fetch."""
        self.drafted: bool = False
        """Whether the draft of a folder is whole."""
        self.was_there: bool = False
        """Whether the file of orders was left by another export."""
        self._file = -1

    @property
    def state_is_there(self) -> bool:
        return os.path.lexists(self._state_file)

    def open(self) -> None:
        """Make the file, or take it up. Nobody else may have it."""
        while self._file < 0:
            self.was_there = os.path.lexists(self.part)
            self._file = _mine(self.part, os.O_RDWR | os.O_CREAT)
            self._lock()
            if not self._is_at(self.part):
                self._leave()  # Whoever had it has finished meanwhile, and it may be a finished file by now.
            elif same(self.part, self.path) and not self.state_is_there:
                self.part.unlink()  # An export was ended when all that was left to do was this.
                self._leave()
        if hasattr(os, "fchmod"):
            os.fchmod(self._file, MINE)

    def _lock(self) -> None:
        try:
            import fcntl
        except ImportError:  # Windows
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BlockingIOError(error.errno, "another export is writing to it", str(self.part)) from None

    def _is_at(self, path: Path) -> bool:
        try:
            return os.path.samestat(os.fstat(self._file), path.lstat())
        except FileNotFoundError:
            return False

    def _leave(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def recall(self) -> bool:
        """Read the state that was left, if there is one."""
        try:
            with open(_mine(self._state_file, os.O_RDONLY), "rb") as file:
                found = json.loads(file.read(_LONGEST_STATE))
            tail, orders = _count(found.pop("tail")), _count(found.pop("orders"))
            drafted = found.pop("drafted", False) is True
        except FileNotFoundError:
            if self.length:
                raise ValueError(f"{self.part} has no {self._state_file.name}: {_REMEDY}") from None
            return False
        except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
            raise ValueError(f"{self._state_file} cannot be read: {_REMEDY}") from None
        if found != self._about:
            other = [name for name in self._about if found.get(name) != self._about[name]] or ["version"]
            raise ValueError(f"{self.part} is of another export ({', '.join(other)}): {_REMEDY}")
        if orders is None and same(self.part, self.path):
            raise ValueError(f"{self.part} and {self.path} are one file: {_REMEDY}")
        if orders is not None and self.was_there and orders != self._lines():
            raise ValueError(f"{self.part} does not hold as many orders as it should: {_REMEDY}")
        self.tail, self.orders, self.drafted = tail, orders, drafted
        return True

    def _lines(self) -> int:
        os.lseek(self._file, 0, os.SEEK_SET)
        return sum(block.count(b"\n") for block in iter(lambda: os.read(self._file, 2**20), b""))

    def reset(self) -> None:
        """Begin anew, with another file: the one that is there may have another name, too."""
        self._state_file.unlink(missing_ok=True)
        if self.length:
            self.part.unlink()
            self._leave()
            self.open()
        self.was_there = self.drafted = False
        self.tail = self.orders = None

    def note(self) -> None:
        """Write the state, whole or not at all."""
        state = {**self._about, "tail": self.tail, "orders": self.orders}
        state |= {"drafted": True} if self.drafted else {}
        draft = self._state_file.with_name(self._state_file.name + ".new")
        with create(draft) as file:
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
        """Have on the disk what was written. Raises FileNotFoundError if that is no more what has its name."""
        os.fsync(self._file)
        if self._is_at(self.part):
            return
        what = "it was taken away or replaced while the export ran: call it again, and it begins anew"
        raise FileNotFoundError(errno.ENOENT, what, str(self.part))

    def close(self) -> None:
        self.seen.close()
        self._leave()

    def publish(self, file: Path, *, overwrite: bool) -> None:
        """Give `file`, which is one of ours, the name of the finished one; nobody writes to it any more.

        It keeps its own name until `done`: whoever takes up the journal meanwhile meets our lock.
        """
        if same(file, self.path):
            return  # We were ended after this, the last time.
        if overwrite:
            if file != self.draft:
                self.draft.unlink(missing_ok=True)
                _link(file, self.draft)
            self.draft.replace(self.path)
            return
        try:
            _link(file, self.path)
        except FileExistsError as error:
            why = f"it was not there when the export began, and overwrite is False; all orders are in {self.part}"
            raise FileExistsError(error.errno, why, str(self.path)) from None

    def done(self) -> None:
        """Leave nothing but the finished file. The state goes last: it says that all is fetched."""
        for each in (self.part, self.draft, self._state_file):
            each.unlink(missing_ok=True)
        if hasattr(os, "O_DIRECTORY"):
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _count(value: object) -> int | None:
    if value is None or (type(value) is int and value >= 0):
        return value
    raise TypeError("it is no count")


_REMEDY = "take another path, or throw it away: remove both its .part and its .state, or pass resume=False"
