"""The ledger of deliveries: each with its attempts, in the order of the changes that they tell of.

What a repr or `as_json` shows has no secret, no signature, no body, and nothing of a URL but its host and path.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, overload

from ..orders.ledger import timestamp
from .faults import Fault
from .wire import Posted

log = logging.getLogger("webflow_orders_mock")

KEEP = 2_000

State = Literal["waiting", "delivered", "failed", "lost", "dropped", "blocked"]
"""waiting: for its first attempt or the next. delivered: one was answered with 200. failed: none was, and no retry is
left. lost: by order. dropped: its webhook was deleted or deactivated. blocked: its URL is not on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One POST, and what came of it. `status` is None where no answer came; `outcome` is a sentence for people."""

    number: int
    at: float
    status: int | None
    outcome: str
    fault: str | None = None
    is_retry: bool = False
    is_replay: bool = False
    posted: Posted = field(repr=False)
    answer: bytes = field(default=b"", repr=False)
    """The beginning of what the receiver answered."""

    @property
    def ok(self) -> bool:
        return self.status == 200

    def as_json(self) -> dict[str, Any]:
        return {
            "attempt": self.number, "time": timestamp(self.at), "status": self.status, "outcome": self.outcome,
            "fault": self.fault, "retry": self.is_retry, "replay": self.is_replay,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What one webhook is told of one change. `at` is when it changed, `due` when the next attempt is."""

    number: int
    webhook_id: str
    site_id: str
    order_id: str
    trigger: str
    where: str
    at: float
    due: float | None
    state: State = "waiting"
    fault: Fault | None = None
    retries_left: int = 3
    attempts: tuple[Attempt, ...] = ()
    payload: bytes = field(repr=False)

    @property
    def ok(self) -> bool:
        return self.state == "delivered"

    def as_json(self) -> dict[str, Any]:
        return {
            "delivery": self.number, "webhookId": self.webhook_id, "siteId": self.site_id,
            "orderId": self.order_id, "triggerType": self.trigger, "url": self.where, "time": timestamp(self.at),
            "state": self.state, "due": None if self.due is None else timestamp(self.due),
            "fault": None if self.fault is None else self.fault.kind,
            "attempts": [attempt.as_json() for attempt in self.attempts],
        }  # fmt: skip


class Deliveries(Sequence[Delivery]):
    """The last 2,000, and all that wait; `number` counts on. Each is a snapshot: a later one takes its place."""

    def __init__(self) -> None:
        self._found: dict[int, Delivery] = {}
        self._listeners: list[Callable[[Delivery], object]] = []
        self.last_number: int = 0

    def listen(self, callback: Callable[[Delivery], object]) -> Callable[[], None]:
        """Have `callback` called with each delivery whenever something about it changed; returns what ends that.

        It is called in that thread which changed it, in order, and must not wait: put the delivery into a queue.
        """
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def put(self, delivery: Delivery) -> None:
        """For the mock, which holds its lock: add one, or what became of it."""
        self._found[delivery.number] = delivery
        self.last_number = max(self.last_number, delivery.number)
        if len(self._found) > KEEP:
            oldest = next((n for n, each in self._found.items() if each.due is None), None)
            if oldest is not None:
                del self._found[oldest]
        for callback in tuple(self._listeners):
            try:
                callback(delivery)
            except Exception:
                log.exception("somebody who listens to deliveries failed")

    def get(self, number: int) -> Delivery | None:
        return self._found.get(number)

    def number(self, number: int) -> Delivery:
        """Raises ValueError if there is none, or no longer."""
        found = self._found.get(number)
        if found is None:
            raise ValueError(f"there is no delivery {number!r:.20}")
        return found

    def since(self, number: int) -> list[Delivery]:
        return [each for each in self if each.number > number]

    def clear(self) -> None:
        self._found.clear()
        self.last_number = 0

    @overload
    def __getitem__(self, index: int) -> Delivery: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Delivery]: ...
    def __getitem__(self, index: int | slice) -> Delivery | Sequence[Delivery]:
        return tuple(self._found.values())[index]

    def __iter__(self) -> Iterator[Delivery]:
        return iter(tuple(self._found.values()))

    def __len__(self) -> int:
        return len(self._found)
