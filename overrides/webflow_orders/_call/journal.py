"""The write journal: writes that were sent, or were about to be, and whose outcome is not known.

A write is noted before its first byte leaves, and struck out when its outcome is known. What is left says what must
be looked at: in memory for the life of a client, or in an SQLite file that survives the process and is shared by
others. It holds no customer, no token and no text of a note (a keyed hash tells whether a look confirms one), and the
file is its owner's alone to read.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from .._log import log
from .operation import Postcondition, has_been

if TYPE_CHECKING:
    import sqlite3

    from webflow_orders_generated.client import models

    from ..errors import WebflowOrdersError

UNDER_WAY = "under way"
_VERSION = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS writes (
    id INTEGER PRIMARY KEY, server TEXT NOT NULL, site_id TEXT NOT NULL, order_id TEXT NOT NULL,
    operation TEXT NOT NULL, attempted TEXT NOT NULL, expected TEXT NOT NULL, since TEXT NOT NULL,
    ended TEXT NOT NULL, process INTEGER NOT NULL
)
"""


class UnsettledWrite(NamedTuple):
    """A write whose outcome is not known.

    Attributes:
        id: its number in the journal.
        site_id, order_id: what it was for.
        operation: such as `refund-order`.
        attempted: what it would have made true, in words; not the text of a note.
        expected: the same for a look at the order; of a note only a keyed hash.
        since: when it was noted, just before it was sent; an aware datetime.
        ended: how the call ended, such as "KeyboardInterrupt" or "ServerError 502"; "under way" if it has not, or if
            its process died.
        process: the id of the process that sent it.
    """

    id: int
    site_id: str
    order_id: str
    operation: str
    attempted: str
    expected: str
    since: datetime
    ended: str
    process: int

    @property
    def is_under_way(self) -> bool:
        """Whether the call that made it may still be running, in this process or in another one that lives."""
        return self.ended == UNDER_WAY and _is_alive(self.process)

    def holds(self, order: models.Order) -> bool:
        """Whether the order is as this write would have made it."""
        return _holds(self.expected, order)

    def __str__(self) -> str:
        return f"{self.operation} of order {self.order_id} ({self.ended}, since {self.since:%Y-%m-%d %H:%M:%S} UTC)"


class Settlement(NamedTuple):
    """What `settle` found of a write.

    Attributes:
        write: the write.
        became: "done" if the order shows it; "open" if it does not so far, or cannot be read (`error`); "given up" if
            it was open for as long as was asked. What is open stays unsettled.
        order: the order as it was seen, or None.
        error: why it could not be read, or None.
    """

    write: UnsettledWrite
    became: Literal["done", "open", "given up"]
    order: models.Order | None = None
    error: WebflowOrdersError | None = None


class Journal:
    """A journal in memory, or in the SQLite file `path`, which is made if it is not there.

    Raises OSError if the file cannot be this user's alone, and ValueError if it is something else than a journal.
    Safe for threads and processes; after a fork, a journal in memory begins anew in the child.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = None if path is None else Path(path).absolute()
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._inherited: list[object] = []
        self._process = os.getpid()
        if self.path is not None:
            with self._open():
                pass

    @property
    def is_file(self) -> bool:
        """Whether it is on a disk, and may have to be waited for."""
        return self.path is not None

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be in it."""
        return self.path is None and self._connection is None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        import sqlite3  # Not for who only reads.

        if self._process != os.getpid():
            # Forked: the lock may be held by a thread that is not here, and the connection is the parent's to close.
            self._inherited.append(self._connection)
            self._lock, self._connection, self._process = threading.Lock(), None, os.getpid()
        with self._lock:
            if self._connection is None:
                self._connection = self._connect()
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise OSError(f"the journal {self.path or 'in memory'} cannot be used: {error}") from error

    def _connect(self) -> sqlite3.Connection:
        import sqlite3

        if self.path is not None:
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
            file = os.open(self.path, flags, 0o600)
            try:
                if hasattr(os, "fchmod"):
                    os.fchmod(file, 0o600)
            finally:
                os.close(file)
        connection = sqlite3.connect(
            self.path or ":memory:", timeout=10, isolation_level=None, check_same_thread=False
        )
        try:
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            if found not in (0, _VERSION) or (tables and "writes" not in tables):
                raise ValueError(f"{self.path} is not a journal of this version")
            if not found:
                connection.execute(_TABLE)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
        except sqlite3.DatabaseError as error:
            connection.close()
            raise ValueError(f"{self.path} is not a journal: {error}") from error
        except ValueError:
            connection.close()
            raise
        return connection

    def begin(self, server: str, site_id: str, order_id: str, operation: str, expected: Postcondition) -> int:
        """Note a write that is about to be sent, and return its number. Raises OSError."""
        row = (
            server, site_id, order_id, operation, expected.attempted, _fingerprint(expected),
            datetime.now(UTC).isoformat(), UNDER_WAY, os.getpid(),
        )  # fmt: skip
        with self._open() as connection:
            places = ", ".join("?" * len(row))
            return int(connection.execute(f"INSERT INTO writes VALUES (NULL, {places})", row).lastrowid or 0)

    def end(self, number: int, how: str) -> bool:
        """The call has ended, and what became of the write is not known. Whether it was there. Raises OSError."""
        with self._open() as connection:
            return connection.execute("UPDATE writes SET ended = ? WHERE id = ?", (how, number)).rowcount == 1

    def settle(self, number: int) -> None:
        """What became of the write is known. Raises OSError."""
        with self._open() as connection:
            connection.execute("DELETE FROM writes WHERE id = ?", (number,))

    def judge(
        self,
        write: UnsettledWrite,
        order: models.Order | None,
        error: WebflowOrdersError | None,
        give_up_after: float | None,
    ) -> Settlement:
        """What a look says of a write, which is struck out if that is settled. Raises OSError."""
        became: Literal["done", "open", "given up"] = "open"
        if order is not None and write.holds(order):
            became = "done"
        elif order is not None and give_up_after is not None:
            became = (
                "given up" if (datetime.now(UTC) - write.since).total_seconds() >= give_up_after else "open"
            )
        if became != "open":
            self.settle(write.id)
        return Settlement(write, became, order, error)

    def unsettled(
        self, server: str, site_id: str | None = None, order_id: str | None = None
    ) -> list[UnsettledWrite]:
        """The writes that are not settled, the oldest first. Raises OSError."""
        columns = "id, site_id, order_id, operation, attempted, expected, since, ended, process"
        query, values = f"SELECT {columns} FROM writes WHERE server = ?", [server]
        for name, value in (("site_id", site_id), ("order_id", order_id)):
            if value is not None:
                query += f" AND {name} = ?"
                values.append(value)
        with self._open() as connection:
            rows = connection.execute(f"{query} ORDER BY id", values).fetchall()
        return [UnsettledWrite._make((*row[:6], datetime.fromisoformat(row[6]), *row[7:])) for row in rows]

    def close(self) -> None:
        """Close the file. It is opened again when it is needed."""
        if self._process == os.getpid():
            with self._lock:
                if self._connection is not None and self.path is not None:
                    self._connection.close()
                    self._connection = None


def opened(path: str | os.PathLike[str] | None, server: str) -> Journal:
    """The journal of a client of `server`. What others have left open in it is logged."""
    journal = Journal(path)
    for write in journal.unsettled(server) if journal.is_file else ():
        if not write.is_under_way:
            log.warning(
                "%s: what became of %s is not known; see unsettled() and settle()", journal.path, write
            )
    return journal


def _fingerprint(expected: Postcondition) -> str:
    """What a look needs to know, without the text of a note."""
    salt = secrets.token_hex(8)
    notes = {name: _hash(text, salt) for name, text in expected.notes.items()}
    return json.dumps({"status": expected.status, "notes": notes, "salt": salt})


def _holds(fingerprint: str, order: models.Order) -> bool:
    found = json.loads(fingerprint)
    shown = order.to_dict() if found["notes"] else {}
    return has_been(order, found["status"]) and all(
        isinstance(shown.get(name), str) and _hash(shown[name], found["salt"]) == value
        for name, value in found["notes"].items()
    )


def _hash(text: str, salt: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, key=salt.encode(), digest_size=16).hexdigest()


def _is_alive(process: int) -> bool:
    if os.name == "nt":
        return process == os.getpid()  # There, a signal of 0 is not only a question.
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
