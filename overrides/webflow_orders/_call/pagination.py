"""Offset pages made into one walk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from webflow_orders_generated.client import models
from webflow_orders_generated.client.types import Listing

from .._log import log

T = TypeVar("T", bound="models.Order | models.OrderV1")


class Page(NamedTuple, Generic[T]):
    """The orders of one page; `total` where the API tells it, and `sent`, which counts unreadable ones too."""

    orders: Sequence[T]
    sent: int
    total: int | None = None

    def next_offset(self, offset: int, size: int) -> int | None:
        """Where the next page starts, or None after the last.

        An empty page is the last: the total may shrink during the walk. Without a total, so is a short one.
        """
        if self.sent == 0:
            return None
        if self.sent > len(self.orders):
            log.warning(
                "%d of %d orders at offset %d cannot be read", self.sent - len(self.orders), self.sent, offset
            )
        following = offset + self.sent
        is_last = following >= self.total if self.total is not None else self.sent < size
        return None if is_last else following


def page_of(listing: models.OrderList) -> Page[models.Order]:
    """A v2 page. A total of nothing, which is also what a missing total reads as, is not believed."""
    return Page(
        listing.orders, getattr(listing.orders, "sent", len(listing)), listing.pagination.total or None
    )


def page_of_v1(listing: Listing[models.OrderV1]) -> Page[models.OrderV1]:
    """A v1 page, which has no total."""
    return Page(listing, listing.sent)


class Window:
    """Knows the ids of the last two pages: an order that is placed during a walk pushes others onto the next page.

    Within a page nothing is dropped, and an order whose id cannot be read never is.
    """

    def __init__(self) -> None:
        self._last: frozenset[str] = frozenset()
        self._before: frozenset[str] = frozenset()

    def fresh(self, orders: Sequence[T]) -> Iterator[T]:
        """Those that were on neither of the two pages before this one, each when it is reached."""
        known, here = self._before | self._last, set[str]()
        for order in orders:
            here.add(order.order_id)
            if order.order_id not in known:
                yield order
        self._before, self._last = self._last, frozenset(here - {""})


def walk(fetch: Callable[[int], Page[T]], size: int) -> Iterator[T]:
    """Yield the orders of all pages; fetch a page when it is reached.

    An order that is placed meanwhile shifts the pages. What that shows twice is yielded once, up to a shift of two
    pages between two fetches; an order that goes pulls others off the next page, which nobody can see.
    """
    offset: int | None = 0
    window = Window()
    while offset is not None:
        page = fetch(offset)
        yield from window.fresh(page.orders)
        offset = page.next_offset(offset, size)


async def walk_async(fetch: Callable[[int], Awaitable[Page[T]]], size: int) -> AsyncIterator[T]:
    """`walk`, for a `fetch` that is awaited."""
    offset: int | None = 0
    window = Window()
    while offset is not None:
        page = await fetch(offset)
        for order in window.fresh(page.orders):
            yield order
        offset = page.next_offset(offset, size)
