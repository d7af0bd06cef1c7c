"""Every request in order, and whether it changed anything. Never a token, a query or a body."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, overload

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
        return {
            "seq": self.seq,
            "time": timestamp(self.at),
            "method": self.method,
            "path": self.path,
            "operationId": self.operation_id,
            "status": self.status,
            "applied": self.applied,
            "siteId": self.site_id,
            "orderId": self.order_id,
        }


class Ledger(Sequence[LedgerEntry]):
    """The last 100,000 requests; `seq` counts on."""

    def __init__(self, entries: Iterator[LedgerEntry] | None = None) -> None:
        self._entries: deque[LedgerEntry] = deque(entries or (), maxlen=KEEP)
        self.last_seq = self._entries[-1].seq if self._entries else 0

    def append(self, entry: LedgerEntry) -> None:
        self._entries.append(entry)
        self.last_seq = entry.seq

    def since(self, seq: int) -> list[LedgerEntry]:
        """What came after the entry of this number."""
        return [entry for entry in self if entry.seq > seq]

    def clear(self) -> None:
        self._entries.clear()
        self.last_seq = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[LedgerEntry]:
        return iter(tuple(self._entries))

    @overload
    def __getitem__(self, index: int) -> LedgerEntry: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[LedgerEntry]: ...
    def __getitem__(self, index: int | slice) -> LedgerEntry | Sequence[LedgerEntry]:
        return tuple(self._entries)[index] if isinstance(index, slice) else self._entries[index]
