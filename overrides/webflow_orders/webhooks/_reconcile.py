"""What deliveries have missed, read through the API."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Generator
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from webflow_orders_generated.client import models
from webflow_orders_generated.client.models.order_status import OrderStatusWord

from .. import errors
from .._call.pagination import Walk, page_of
from .._common.log import log
from ._bodies import Answer
from ._events import NewOrder, OrderChanged, OrderEvent
from ._store import Store

# Something is still to happen to an order in one of these. In the order of its life: one that moves on during the
# walk is met again.
OPEN: tuple[OrderStatusWord, ...] = ("pending", "unfulfilled", "disputed")
PAGE = 100


class Step(NamedTuple):
    """Something to be called, or awaited. What belongs to the store must not be cancelled on its way."""

    call: Callable[[], Any]
    is_store: bool = False


class Reader(Protocol):
    """What is needed of an `OrdersClient`."""

    def get(self, order_id: str) -> models.Order: ...

    def list(
        self, *, status: OrderStatusWord | None = None, offset: int = 0, limit: int = 100
    ) -> models.OrderList: ...


class AsyncReader(Protocol):
    """What is needed of an `AsyncOrdersClient`."""

    def get(self, order_id: str) -> Awaitable[models.Order]: ...

    def list(
        self, *, status: OrderStatusWord | None = None, offset: int = 0, limit: int = 100
    ) -> Awaitable[models.OrderList]: ...


class Reconciliation(NamedTuple):
    """What became of it.

    Attributes:
        read: how many orders were read.
        handled: how many events were handed to handlers that had not been handled.
        left: how many orders are as they were, for a handler failed, a delivery about it is being handled, or the
            API does not have it. The next time will do.
    """

    read: int
    handled: int
    left: int


def reconciling(
    orders: Reader | AsyncReader,
    take: Callable[[OrderEvent], Any],
    store: Store,
    everything: bool,
    now: Callable[[], float],
) -> Generator[Step, Any, Reconciliation]:
    """Read what is open, then what the store has for open that was not among it, and `take` all that was read."""
    seen: set[str] = set()
    handled = left = 0
    for status in (None,) if everything else OPEN:
        course: Walk[models.Order] = Walk(PAGE)
        offset: int | None = 0
        read: list[tuple[models.Order, float]] = []
        while offset is not None:
            asked = now()
            listing = yield Step(functools.partial(orders.list, status=status, offset=offset, limit=PAGE))
            page = page_of(listing, offset)
            read += [
                (order, asked) for order in course.fresh(page, offset) if order.order_id and order.status
            ]
            offset = course.next_offset(page, offset)
            # A handler may take an order out of what the filter finds, and with it another off the next page.
            if offset is None or status is None:
                for order, moment in read:
                    seen.add(order.order_id)
                    taken = yield from _take(order, moment, take)
                    handled, left = handled + taken[0], left + taken[1]
                read.clear()
    for order_id in (yield Step(store.open_orders, is_store=True)):
        if order_id in seen:
            continue
        asked = now()
        try:
            order = yield Step(functools.partial(orders.get, order_id))
        except (errors.NotFoundError, ValueError):  # Or no order can have such an id.
            log.warning("order %r, which was open, is not there", order_id)
            left += 1
            continue
        seen.add(order_id)
        taken = yield from _take(order, asked, take)
        handled, left = handled + taken[0], left + taken[1]
    return Reconciliation(len(seen), handled, left)


def _take(
    order: models.Order, asked: float, take: Callable[[OrderEvent], Any]
) -> Generator[Step, Any, tuple[int, int]]:
    """How many events of an order were handled, and whether one was not. The store says which are news."""
    about: dict[str, Any] = {
        "order": order,
        "raw": order.to_json(),
        "sent_at": datetime.fromtimestamp(asked, UTC),
    }
    handled = 0
    for event in (
        NewOrder(trigger="ecomm_new_order", **about),
        OrderChanged(trigger="ecomm_order_changed", **about),
    ):
        answer: Answer = yield Step(functools.partial(take, event))
        if answer.status != 200:
            return handled, 1
        handled += answer.text == "handled"
    return handled, 0
