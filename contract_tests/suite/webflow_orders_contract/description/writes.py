"""What the document says of the writes to an order in prose alone, as a table: one row is all that a run needs.

Written down a second time: the mock has a table of its own, and neither sees the other's.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, NamedTuple

from .document import read

STATUSES: tuple[str, ...] = tuple(read().at("/components/schemas/OrderStatus").schema["enum"])
NOTES = ("comment", "shippingProvider", "shippingTracking", "shippingTrackingURL")


class Write(NamedTuple):
    """One write, by the operationId.

    Attributes:
        before: the statuses in which it may be done.
        to: the status that it leads to; None if the status stays.
        sets: the date that it sets.
        clears: the date that it takes away.
        changes: what it may change beside these.
        call: what the drive calls the client's method with.
    """

    before: tuple[str, ...]
    to: str | None = None
    sets: str | None = None
    clears: str | None = None
    changes: tuple[str, ...] = ()
    call: Mapping[str, Any] = {}

    @property
    def may_change(self) -> Set[str]:
        moved = ("status" if self.to else None, self.sets, self.clears)
        return {*filter(None, moved), *self.changes}


WRITES: Mapping[str, Write] = {
    "fulfill-order": Write(("unfulfilled",), "fulfilled", sets="fulfilledOn", call={"send_email": False}),
    "unfulfill-order": Write(("fulfilled",), "unfulfilled", clears="fulfilledOn"),
    "refund-order": Write(
        ("unfulfilled", "fulfilled"), "refunded", sets="refundedOn",
        changes=("netAmount", "stripeDetails", "paypalDetails"), call={"reason": "requested"},
    ),
    "update-order": Write(STATUSES, changes=NOTES),
}  # fmt: skip
NOTHING = Write(())
# Those that change more than notes.
ACTIONS = tuple(name for name, write in WRITES.items() if write.to)


def write_of(operation: str) -> Write:
    """The row of an operation; one that changes nothing where it has none."""
    return WRITES.get(operation, NOTHING)


def method_of(operation: str) -> str:
    """What the client calls it: fulfill-order → fulfill."""
    return operation.rpartition("-")[0]


def kinds_of(orders: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """The ids of orders that a write may treat alike: by status, way of payment, and whether they are shipped.

    The one that tells most is the last of its kind.
    """
    found: dict[tuple[str, ...], list[str]] = {}
    for order_id, order in orders.items():
        kind = tuple(str(order.get(name)) for name in ("status", "paymentProcessor", "isShippingRequired"))
        found.setdefault(kind, []).append(order_id)
    for ids in found.values():
        fullest = max(reversed(ids), key=lambda each: sum(map(bool, orders[each].values())))
        ids.remove(fullest)
        ids.append(fullest)
    return list(found.values())
