"""Which deliveries were handled: each change once, and none after a newer one.

Webflow sends no event id, and nothing says which change of an order a delivery is about. What decides, and why:

| question | what decides | evidence |
| --- | --- | --- |
| the same placing? | the order: it is placed once | inferred: nothing places it again |
| the same change? | the order is, field by field, the one handled last | assumed: a retry repeats the body |
| … unless | another has failed since: it may have had some of its effect | |
| an older change? | the order was refunded since | inferred: no operation takes a refund back |
| … or else | it was signed, or read, before the one handled last | documented: the timestamp is signed |
| a placing after a change? | handled once, and it says that it is late | inferred: it came before any change |
| a bare order? | as a change | documented: it does not say why it came |
| another trigger? | nothing: each delivery is handled | documented: there is no event id |
| is it open still? | its status is not fulfilled, refunded or dispute-lost | inferred: those are ends |

Three retries, ten minutes apart, are documented. They must be signed anew, for what was signed ten minutes ago is
to be refused (inferred). So the retry of a change that was not handled, overtaken by one that undid it (fulfil,
unfulfil), looks like one more change. A receiver with `reread=` reads the order of each delivery through the API, and
acts upon what that says; without, `reconcile` puts it right.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, Self

from .._common import files
from ._events import NewOrder, OrderEvent

Verdict = Literal["new", "late", "repeat", "older", "busy"]


class Change(NamedTuple):
    """A delivery about an order, without anything about a customer.

    Attributes:
        delivery: a name for it, unique: this one was begun, and no other.
        order_id: the order.
        placed: whether it says that the order was placed.
        refunded: whether the order is refunded.
        open: whether something is still to happen to it: it is not fulfilled, refunded, or lost.
        sent_at: when it was signed, in milliseconds since the epoch.
        digest: of the order, field by field.
    """

    delivery: str
    order_id: str
    placed: bool
    refunded: bool
    open: bool
    sent_at: int
    digest: str

    @classmethod
    def of(cls, event: OrderEvent) -> Self:
        order = json.dumps(event.order.to_dict(), sort_keys=True, separators=(",", ":"))
        return cls(
            delivery=uuid.uuid4().hex,
            order_id=event.order.order_id,
            placed=isinstance(event, NewOrder),
            refunded=event.order.refunded_on is not None or event.order.status == "refunded",
            open=event.order.status not in ("fulfilled", "refunded", "dispute-lost"),
            sent_at=round(event.sent_at.timestamp() * 1000) if event.sent_at else 0,
            digest=hashlib.sha256(order.encode()).hexdigest(),
        )


class Store(Protocol):
    """What remembers the changes that were handled. One for each shop: order ids are unique in a shop alone.

    Safe for threads. What it raises is answered with 500, so that Webflow tries again.
    """

    def begin(self, change: Change) -> Verdict:
        """Whether to handle it: if "new" or "late", and then nobody else handles that order until `end`.

        "repeat": it was handled. "older": a newer one was. "busy": the order is being handled; later, then.
        """

    def end(self, change: Change, handled: bool) -> None:
        """It was handled, and that is kept before this returns; or it was not, and is new when it comes again."""

    def open_orders(self) -> Collection[str]:
        """The ids of the orders that were open when they were handled last, or are not handled yet.

        An order whose placing was not handled is one of them.
        """


class _Known(NamedTuple):
    """What is known of an order: the state that was handled last, whether its placing was, and who is at it.

    `unsure`: another state was begun since, and not handled; it may have had some of its effect.
    """

    refunded: bool = False
    sent_at: int = 0
    digest: str = ""
    placed: bool = False
    open: bool = False
    unsure: bool = False
    holder: str = ""
    held_until: float = 0.0

    def begun(self, change: Change, now: float, hold: float) -> tuple[Verdict, _Known]:
        """What to do with a change, and what is known then."""
        if self.holder and now < self.held_until:
            return "busy", self
        if change.placed:
            verdict: Verdict = "repeat" if self.placed else "late" if self.digest else "new"
        elif change.digest == self.digest and not self.unsure:
            # It may have been something else meanwhile: whatever was signed before this is older.
            is_open = change.open or not self.placed
            return "repeat", self._replace(sent_at=max(self.sent_at, change.sent_at), open=is_open)
        else:
            verdict = "older" if self._is_newer_than(change) else "new"
        if verdict in ("repeat", "older"):
            return verdict, self
        unsure = self.unsure or verdict == "new"
        return verdict, self._replace(holder=change.delivery, held_until=now + hold, open=True, unsure=unsure)

    def _is_newer_than(self, change: Change) -> bool:
        return (change.refunded, change.sent_at) < (self.refunded, self.sent_at)

    def ended(self, change: Change, handled: bool) -> _Known:
        known = self._replace(holder="", held_until=0.0) if self.holder == change.delivery else self
        if not handled:
            return known
        known = known._replace(placed=known.placed or change.placed)
        # A holder that took too long may end after one that came later.
        if (change.placed and self.digest) or self._is_newer_than(change):
            return known
        return known._replace(
            refunded=change.refunded, sent_at=change.sent_at, digest=change.digest,
            open=change.open or not known.placed, unsure=False,
        )  # fmt: skip


class MemoryStore:
    """A store for one process. With more orders than `most`, it forgets the one not heard of for longest.

    Args:
        most: how many orders it remembers.
        hold: seconds after which a handler that did not end no longer keeps others from the order.
        now: the time, in seconds since the epoch.
    """

    def __init__(
        self, *, most: int = 10_000, hold: float = 300, now: Callable[[], float] = time.time
    ) -> None:
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = threading.Lock()
        self._most, self._hold, self._now = most, hold, now

    def begin(self, change: Change) -> Verdict:
        with self._lock:
            known = self._known.pop(change.order_id, _Known())
            verdict, self._known[change.order_id] = known.begun(change, self._now(), self._hold)
            if len(self._known) > self._most:
                self._known.popitem(last=False)
            return verdict

    def end(self, change: Change, handled: bool) -> None:
        with self._lock:
            known = self._known.get(change.order_id, _Known())
            self._known[change.order_id] = known.ended(change, handled)

    def open_orders(self) -> list[str]:
        with self._lock:
            return [order_id for order_id, known in self._known.items() if known.open]


class SQLiteStore:
    """A store in an SQLite file, for the processes of one machine, and after they were started anew.

    It holds ids of orders, times and digests, and nothing else about them. One file for each shop.

    Args:
        path: the file, which is made if it is not there, for its owner alone.
        hold, now: as in `MemoryStore`; a process that was killed keeps others from an order for no longer.

    Raises `sqlite3.Error` or OSError if the file cannot be used.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, hold: float = 300, now: Callable[[], float] = time.time
    ) -> None:
        self.path: str = os.path.realpath(path)
        self._hold, self._now = hold, now
        with closing(self._connect()) as connection:
            # An application may have a table of that name.
            connection.execute(f"SELECT {_COLUMNS} FROM orders LIMIT 1")

    def _connect(self) -> sqlite3.Connection:
        # A connection for each delivery: they come once in a while, from any thread, and after any fork.
        files.make(Path(self.path))  # Anew, if somebody has taken it away.
        connection = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        try:
            connection.execute(_TABLE)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _row(self, order_id: str) -> Iterator[tuple[_Known, Callable[[_Known], None]]]:
        """What is known of an order, and how to write it: with nobody in between, and on the disk at the end."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            found = connection.execute(f"SELECT {_COLUMNS} FROM orders WHERE order_id = ?", (_key(order_id),))
            row = found.fetchone()

            known = _Known(*row) if row else _Known()

            def write(changed: _Known) -> None:
                if changed != known:
                    values = (_key(order_id), *changed)
                    connection.execute(
                        "INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values
                    )

            yield known, write
            connection.execute("COMMIT")

    def begin(self, change: Change) -> Verdict:
        with self._row(change.order_id) as (known, write):
            verdict, known = known.begun(change, self._now(), self._hold)
            write(known)
        return verdict

    def end(self, change: Change, handled: bool) -> None:
        with self._row(change.order_id) as (known, write):
            write(known.ended(change, handled))

    def open_orders(self) -> list[str]:
        with closing(self._connect()) as connection:
            keys = [key for (key,) in connection.execute("SELECT order_id FROM orders WHERE open")]
        return [key if isinstance(key, str) else key.decode("utf-8", "surrogatepass") for key in keys]


def _key(order_id: str) -> str | bytes:
    """Bytes for what JSON can carry and SQLite's text cannot: one half of a pair of surrogates."""
    data = order_id.encode("utf-8", "surrogatepass")
    return order_id if data.decode("utf-8", "ignore") == order_id else data


_COLUMNS = ", ".join(_Known._fields)
_TABLE = """
CREATE TABLE IF NOT EXISTS orders (
    order_id TEXT PRIMARY KEY, refunded INTEGER NOT NULL, sent_at INTEGER NOT NULL, digest TEXT NOT NULL,
    placed INTEGER NOT NULL, open INTEGER NOT NULL, unsure INTEGER NOT NULL, holder TEXT NOT NULL,
    held_until REAL NOT NULL
)
"""
