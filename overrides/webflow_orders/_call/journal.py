"""The write journal: writes that were sent, or were about to be, and whose outcome is not known.

A write is noted before its first byte leaves, and struck out when its outcome is known. What is left says what must
be looked at: in memory for the life of a client, or in an SQLite file that survives the process and is shared by
others. It holds no customer, no token, no address of a webhook and no text of a note (a keyed hash tells whether a
look confirms one), and the file is its owner's alone to read.

A kill of the process needs nothing of the disk, for what was written is in the system's hands. A loss of power does:
so a write is flushed before it is sent. How it ended, and that it is settled, is not: what is lost of that is looked
at once more. As a write-ahead log, the file needs one flush for a write, where a rollback journal needs some six.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .. import errors
from .._common import files
from .._common.log import log
from .._common.processes import birth_of, is_alive
from .entries import ANSWERED, UNDER_WAY, Settlement, UnsettledWrite, judged, read, running, text_of
from .operation import Postcondition

if TYPE_CHECKING:
    import sqlite3

__all__ = ["ANSWERED", "Journal", "Settlement", "UnsettledWrite", "how", "judged", "opened"]

_VERSION = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS writes (
    id INTEGER PRIMARY KEY, server TEXT NOT NULL, site_id TEXT NOT NULL, order_id TEXT NOT NULL,
    operation TEXT NOT NULL, attempted TEXT NOT NULL, expected TEXT NOT NULL, since TEXT NOT NULL,
    ended TEXT NOT NULL, process INTEGER NOT NULL, born TEXT NOT NULL
)
"""
_MARKS = ", ".join("?" * 11)
# Seconds after which a file that another process has locked is given up.
PATIENCE = 10.0
_journals: weakref.WeakSet[Journal] = weakref.WeakSet()


class Journal:
    """A journal in memory, or in the SQLite file `path`, which is made if it is not there.

    Raises OSError if the file cannot be this user's alone, and ValueError if it is something else than a journal.
    Safe for threads and processes; after a fork, a journal in memory begins anew in the child.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path: Path | None = None if path is None else Path(path).absolute()
        self._lock = threading.RLock()  # A handler of signals may use it in the middle of it.
        self._answered: dict[int, int | None] = {}
        """The writes that were done, and the thread that was told so; None as long as its call runs."""
        self._told: set[int] = set()
        """Those of them whose thread has gone on since, so that it surely knows."""
        self._connection: sqlite3.Connection | None = None
        self._inherited: list[object] = []
        self._identity: tuple[int, int] | None = None
        self._rescued: list[tuple[object, ...]] = []
        self._process = os.getpid()
        if self.path is not None:
            with self._open():
                pass
            weakref.finalize(self, _strike_out, self.path, self._answered, self._told)
            _journals.add(self)

    @property
    def is_file(self) -> bool:
        """Whether it is on a disk, and may have to be waited for."""
        return self.path is not None

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be in it."""
        return self.path is None and self._connection is None

    @contextmanager
    def _open(self, *, durably: bool = False, within: float = 1.0) -> Iterator[sqlite3.Connection]:
        """For one statement, whose effect is there whatever becomes of the process; `durably`, of the machine.

        Others are waited for `within` so many seconds. But for `begin`, without which nothing is sent, that is short:
        what cannot be noted is looked at once more, and an event loop may have to wait for it.
        """
        import sqlite3  # Not for who only reads.

        if self._process != os.getpid():
            # Forked: the lock may be held by a thread that is not here, and the connection is the parent's to close.
            self._inherited.append(self._connection)
            self._lock, self._connection, self._process = threading.RLock(), None, os.getpid()
            self._answered.clear()
            self._told.clear()
            self._rescued.clear()
        with self._lock:
            self._rescue()
            told = set(self._told)
            try:
                if self._connection is None:
                    self._connection = self._connect()
                connection, rescued = self._connection, self._rescued[:]
                if connection.in_transaction:
                    connection.commit()  # Left by an interrupt; or a handler of signals is in the middle of it.
                connection.execute(f"PRAGMA busy_timeout = {int(within * 1000)}")
                connection.execute(f"PRAGMA synchronous = {'FULL' if durably else 'NORMAL'}")
                with connection:
                    connection.execute("BEGIN")
                    connection.executemany(f"INSERT OR IGNORE INTO writes VALUES ({_MARKS})", rescued)
                    connection.executemany("DELETE FROM writes WHERE id = ?", [(number,) for number in told])
                    yield connection
            except sqlite3.Error as error:
                raise OSError(f"the journal {self.path or 'in memory'} cannot be used: {error}") from error
            self._told -= told
            del self._rescued[: len(rescued)]

    def _rescue(self) -> None:
        """Take what is noted out of a file that has lost its name, for the one that has it next."""
        if self._connection is None or self.path is None or files.identity(self.path) == self._identity:
            return
        import sqlite3

        connection, self._connection = self._connection, None
        try:
            # It sees that it has moved, and leaves the log of the new one alone.
            with contextlib.closing(connection):
                self._rescued += connection.execute("SELECT * FROM writes").fetchall()
        except sqlite3.Error as error:
            raise OSError(f"the journal {self.path} was taken away, and cannot be read any more") from error
        log.warning("the journal %s was taken away or replaced in use; it is made anew", self.path)

    def _connect(self) -> sqlite3.Connection:
        import sqlite3

        if self.path is not None:
            files.make(self.path)
        connection = sqlite3.connect(
            self.path or ":memory:", timeout=PATIENCE, isolation_level=None, check_same_thread=False,
            factory=files.self_closing(),
        )  # fmt: skip
        connection.text_factory = text_of
        try:
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            if found not in (0, _VERSION) or (tables and "writes" not in tables):
                raise ValueError(f"{self.path} is not a journal of this version")
            if self.path is not None:
                files.keep_private(self.path)
                self._identity = files.identity(self.path)
            if not found:
                connection.execute(_TABLE)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
            with contextlib.suppress(sqlite3.OperationalError):
                # One flush to the disk for each write, not six; if it can be, and nobody else has the file open.
                connection.execute("PRAGMA journal_mode = WAL")
        except BaseException as error:
            connection.close()
            if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
                raise ValueError(f"{self.path} is not a journal: {error}") from error
            raise
        return connection

    def number(self) -> int:
        """The number of a write that is about to be noted; its call runs until `over`."""
        self._hear()
        number = secrets.randbits(62)
        running.add(number)
        return number

    def over(self, number: int | None) -> None:
        """The call of a write has ended: it tells its caller how."""
        if number in self._answered:
            self._answered[number] = threading.get_ident()
        running.discard(number)

    def _hear(self) -> None:
        """Who comes back to the journal has been told how the writes before ended; so has a thread that is gone."""
        threads = {thread.ident for thread in threading.enumerate()}
        for number, thread in list(self._answered.items()):
            if thread is not None and (thread == threading.get_ident() or thread not in threads):
                self._told.add(number)
                self._answered.pop(number, None)

    def begin(
        self, number: int, server: str, site_id: str, target: str, operation: str, expected: Postcondition,
        within: float = PATIENCE,
    ) -> None:  # fmt: skip
        """Note a write that is about to be sent, within so many seconds. Raises OSError."""
        process = os.getpid()
        row = (
            number, server, site_id, target, operation, expected.attempted, expected.to_json(),
            datetime.now(UTC).isoformat(), UNDER_WAY, process, birth_of(process),
        )  # fmt: skip
        with self._open(durably=True, within=max(0.0, min(within, PATIENCE))) as connection:
            connection.execute(f"INSERT INTO writes VALUES ({_MARKS})", row)

    def end(self, number: int, how: str) -> bool:
        """The call has ended, and what became of the write is not known. Whether it was there. Raises OSError."""
        with self._open() as connection:
            self._answered.pop(number, None)
            return connection.execute("UPDATE writes SET ended = ? WHERE id = ?", (how, number)).rowcount == 1

    def answered(self, number: int) -> None:
        """The write was done, and its caller is told so next. It is struck out when that has surely happened: with
        what the same thread does next with the journal. Raises OSError.
        """
        with self._open() as connection:
            self._answered[number] = None
            connection.execute("UPDATE writes SET ended = ? WHERE id = ?", (ANSWERED, number))

    def settle(self, *numbers: int) -> None:
        """What became of the writes is known. Raises OSError."""
        if numbers:
            with self._open() as connection:
                connection.executemany("DELETE FROM writes WHERE id = ?", [(number,) for number in numbers])

    def unsettled(
        self, server: str, site_id: str | None = None, target: str | None = None
    ) -> list[UnsettledWrite]:
        """The writes that are not settled, the oldest first, and those last whose row cannot be read.

        Raises OSError, of one target also for such a row: whether the next write may be sent is not known.
        """
        self._hear()
        columns = "id, site_id, order_id, operation, attempted, expected, since, ended, process, born"
        query, values = f"SELECT {columns} FROM writes WHERE server = ?", [server]
        for name, value in (("site_id", site_id), ("order_id", target)):
            if value is not None:
                query += f" AND {name} = ?"
                values.append(value)
        with self._open() as connection:
            rows = connection.execute(f"{query} ORDER BY since, rowid", values).fetchall()
        found = sorted((read(row, self.path) for row in rows), key=lambda each: each.unreadable != "")
        if target is not None and found and found[-1].unreadable:
            raise OSError(found[-1].unreadable)
        # A process that lives tells of its own writes what was answered.
        return [
            each
            for each in found
            if each.unreadable or each.ended != ANSWERED or not is_alive(each.process, each.born)
        ]

    def close(self) -> None:
        """Close the file. It is opened again when it is needed."""
        if self._process == os.getpid() and self._connection is not None:
            self._hear()
            if self._told:
                with contextlib.suppress(OSError), self._open():
                    pass  # Those are struck out.
            self._disconnect()

    def _disconnect(self) -> None:
        with self._lock:
            if self.path is not None and self._connection is not None and not self._connection.in_transaction:
                self._connection.close()
                self._connection = None


def how(error: BaseException) -> str:
    """How a call ended, without a word that a server sent."""
    status = error.status_code if isinstance(error, errors.APIStatusError) else None
    return f"{type(error).__name__}{f' {status}' if isinstance(status, int) else ''}"


def opened(path: str | os.PathLike[str] | None, server: str) -> Journal:
    """The journal of a client of `server`. What others have left open in it is logged."""
    journal = Journal(path)
    for write in journal.unsettled(server) if journal.is_file else ():
        if not write.is_under_way:
            log.warning(
                "%s: what became of %s is not known; see unsettled() and settle()", journal.path, write
            )
    journal.close()  # It may be made before a fork.
    return journal


def _strike_out(path: Path, answered: dict[int, int | None], told: set[int]) -> None:
    """What a journal does last, if nobody closed it: its callers have been told of these."""
    import sqlite3

    if numbers := told | {number for number, thread in answered.items() if thread is not None}:
        with contextlib.suppress(sqlite3.Error):
            connection = sqlite3.connect(
                f"{path.as_uri()}?mode=rw", timeout=1, isolation_level=None, uri=True
            )
            with contextlib.closing(connection):
                rows = [(number, os.getpid()) for number in numbers]
                connection.executemany("DELETE FROM writes WHERE id = ? AND process = ?", rows)


def _before_fork() -> None:
    # SQLite must not be carried over a fork: a child would take the parent's locks for its own.
    for journal in list(_journals):
        if journal._process == os.getpid():
            journal._disconnect()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork)
