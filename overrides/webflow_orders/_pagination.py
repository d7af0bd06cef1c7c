"""Offset pages made into one walk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Generic, NamedTuple, TypeVar

from webflow_orders_generated.client import models
from webflow_orders_generated.client.types import Listing

from ._call import log

T = TypeVar("T")


class Page(NamedTuple, Generic[T]):
    """The orders of one page; `total` where the API tells it, and `sent`, which counts unreadable ones too."""

    orders: tuple[T, ...]
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
    orders = listing.orders
    return Page(orders, getattr(orders, "sent", len(orders)), listing.pagination.total or None)


def page_of_v1(listing: Listing[models.OrderV1]) -> Page[models.OrderV1]:
    """A v1 page, which has no total."""
    return Page(listing, listing.sent)


def walk(fetch: Callable[[int], Page[T]], size: int) -> Iterator[T]:
    """Yield the orders of all pages, fetching a page only when it is reached.

    An order that is placed meanwhile shifts the pages, so one may be seen twice, or, if one goes, be missed:
    offsets can promise no better.
    """
    offset: int | None = 0
    while offset is not None:
        page = fetch(offset)
        yield from page.orders
        offset = page.next_offset(offset, size)


async def walk_async(fetch: Callable[[int], Awaitable[Page[T]]], size: int) -> AsyncIterator[T]:
    """`walk`, for a `fetch` that is awaited."""
    offset: int | None = 0
    while offset is not None:
        page = await fetch(offset)
        for order in page.orders:
            yield order
        offset = page.next_offset(offset, size)
