"""Every request in order, and whether it changed anything. Never a token, a query or a body."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

KEEP = 100_000


def timestamp(seconds: float) -> str:
    """Unix seconds in the form of Webflow's dates: UTC, milliseconds, `Z`."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class LedgerEntry(NamedTuple):
    """`applied`: a write was carried out. `operation_id` and the ids are None where there are none."""

    seq: int
    at: float
    method: str
    path: str
    operation_id: str | None
    status: int
    applied: bool
    site_id: str | None
    order_id: str | None

    def as_json(self) -> dict[str, Any]:
        named = {"operation_id": "operationId", "site_id": "siteId", "order_id": "orderId", "at": "time"}
        sent = {named.get(name, name): value for name, value in self._asdict().items()}
        return {**sent, "time": timestamp(self.at)}


class Ledger(list[LedgerEntry]):
    """The last 100,000 requests, or a few more; `seq` counts on."""

    def __init__(self, entries: Iterable[LedgerEntry] = ()) -> None:
        super().__init__(entries)
        self.last_seq: int = self[-1].seq if self else 0
        self._listeners: list[Callable[[LedgerEntry], object]] = []

    def listen(self, callback: Callable[[LedgerEntry], object]) -> None:
        """Have `callback` called with each entry from now on, in the thread that answers; it must not wait."""
        self._listeners.append(callback)

    def append(self, entry: LedgerEntry) -> None:
        super().append(entry)
        self.last_seq = entry.seq
        for callback in self._listeners:
            callback(entry)
        if len(self) > KEEP + 1000:
            del self[:-KEEP]

    def since(self, seq: int) -> list[LedgerEntry]:
        """What came after the entry of this number."""
        return [entry for entry in self if entry.seq > seq]

    def clear(self) -> None:
        super().clear()
        self.last_seq = 0
