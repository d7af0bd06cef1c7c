"""Offset pages made into one walk."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Generic, NamedTuple, NoReturn, TypeVar

from webflow_orders_generated.client.errors import UnexpectedBody

from .. import errors
from .._common.log import log
from ..outcomes import Outcome, outcome_of

if TYPE_CHECKING:
    from webflow_orders_generated.client import models
    from webflow_orders_generated.client.types import Listing

T = TypeVar("T", bound="models.Order | models.OrderV1")

# How often in a row a page may have nothing new: each time, a page of orders was placed since the page before.
PATIENCE = 3
# How often in a row a walk goes back for a page that joins nothing: each time, the list has shifted meanwhile.
TURNS = 20


class Page(NamedTuple, Generic[T]):
    """The orders of one page; `sent` counts the unreadable ones too.

    Where the API tells it: `total`, how many orders there are in all, and `offset`, where it says the page begins.
    """

    origin: Outcome
    orders: Sequence[T]
    sent: int
    total: int | None = None
    offset: int | None = None

    def readable(self) -> Iterator[T]:
        """Each order when it is reached."""
        try:
            yield from self.orders
        except UnexpectedBody as error:
            self.refuse(f"one of its orders cannot be read: {error}")

    def read(self) -> Page[T]:
        """With each order read, for whoever goes over them more than once."""
        return self._replace(orders=tuple(self.readable()))

    def refuse(self, why: str) -> NoReturn:
        raise errors.ResponseDecodeError(why, call=self.origin.call, raw=self.origin.raw) from None


def page_of(listing: models.OrderList, offset: int) -> Page[models.Order]:
    """A v2 page. A total that it exceeds itself is not believed.

    Raises ResponseDecodeError for a first page that is empty and does not say that there is nothing."""
    said: int | None = listing.pagination.offset
    if said != offset and not said and not _says_nought(listing, "offset"):
        said = None  # It is missing.
    sent = getattr(listing.orders, "sent", len(listing))
    least = offset + sent if sent else 0 if _says_nought(listing, "total") else 1
    total = listing.pagination.total if listing.pagination.total >= least else None
    page = Page(outcome_of(listing), listing.orders, sent, total, said)
    if not sent and offset == 0 and total is None:
        page.refuse("it is empty, and does not say how many orders there are")
    return page


def _says_nought(listing: models.OrderList, name: str) -> bool:
    """Which is also what a number reads as that is missing."""
    return listing.to_dict()["pagination"].get(name) in (0, "0")


def page_of_v1(listing: Listing[models.OrderV1]) -> Page[models.OrderV1]:
    """A v1 page, which has no total."""
    return Page(outcome_of(listing), listing, listing.sent)


def key_of(order: models.Order | models.OrderV1) -> bytes:
    """What tells an order from others: its id, or a hash of it, or of the whole order if it has none."""
    key = order.order_id.encode(errors="surrogatepass")
    if 0 < len(key) <= 64:
        return key
    return b"sha256 " + hashlib.sha256(key or _alike(order)).digest()


def _alike(order: models.Order | models.OrderV1) -> bytes:
    """The same JSON, however it is printed."""
    from webflow_orders_generated.client.types import format_json  # Not needed until there is an order.

    try:
        return format_json(order.to_dict())
    except (UnexpectedBody, RecursionError):  # Nested too deeply for where we are called from.
        return order.to_json()


class Walk(Generic[T]):
    """A walk over the pages of a list: what on a page is new, where the next page is, and whether it gets anywhere.

    It knows the keys of the last two pages: an order that is placed during a walk pushes others onto the next page.
    Within a page nothing is dropped, and an order whose id cannot be read never is.

    A list that gets nowhere raises ResponseDecodeError: a page that is empty though there should be orders, one that
    begins elsewhere than was asked, and pages that are shown again and again, as by a cache that ignores the offset.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._here: list[bytes] = []
        self._last: list[bytes] = []
        self._before: list[bytes] = []
        self._total: int | None = None
        self._furthest = -1
        self._stalled = 0
        # Every page is held against an earlier one, the first, second, fourth, eighth …: so pages that come in a
        # circle are noticed, however long it is.
        self._pages = self._repeated = 0
        self._landmark: list[bytes] = []

    def fresh(self, page: Page[T], offset: int) -> Iterator[T]:
        """Those that were on neither of the two pages before this one, each when it is reached."""
        if not page.sent and offset < (total := self._total_by(page) or 0):
            page.refuse(f"the page at offset {offset} is empty, but there should be {total} orders")
        if page.offset is not None and page.offset != offset:
            page.refuse(f"asked for the page at offset {offset}, got the one at {page.offset}")
        self._before, self._last, self._here = self._last, self._here, []
        known = {*self._before, *self._last}
        for order in page.readable():
            key = key_of(order)
            self._here.append(key)
            if key not in known or not order.order_id:
                yield order

    def next_offset(self, page: Page[T], offset: int) -> int | None:
        """Where the next page starts, or None after the last. Once all of `fresh` was taken.

        An empty page is the last: the total may shrink during the walk. Where no page had a total, or the walk is
        beyond it, so is a short one.
        """
        if page.sent > len(page.orders):
            lost = page.sent - len(page.orders)
            log.warning("%d of %d orders at offset %d cannot be read", lost, page.sent, offset)
        following, total = offset + page.sent, self._total_by(page)
        is_last = not page.sent or following == total
        if total is None or following > total:
            is_last = page.sent < self._size
        if page.sent and offset > self._furthest:  # Whoever goes back sees again what he saw.
            self._furthest = offset
            self._judge(page, is_last)
        self._total = total
        return None if is_last else following

    def _total_by(self, page: Page[T]) -> int | None:
        """What it says, or else the page before it."""
        return self._total if page.total is None else page.total

    def _judge(self, page: Page[T], is_last: bool) -> None:
        here = self._here
        has_new = not {*self._before, *self._last}.issuperset(here)
        self._stalled = 0 if has_new else self._stalled + 1
        self._repeated += has_new and here == self._landmark
        if max(self._stalled, self._repeated) >= PATIENCE:
            page.refuse("the walk gets nowhere: the list shows the same orders at one offset after another")
        has_grown = (page.total or 0) - (self._total or 0) >= len(here)
        if is_last and here and here == self._last and not has_grown:
            page.refuse("the last page is the one before it again")
        self._pages += 1
        if self._pages & (self._pages - 1) == 0:
            self._landmark, self._repeated = here, 0


class JoinedWalk(Generic[T]):
    """A walk whose pages overlap by one, so that none is left out where orders leave the list ahead of it.

    A page joins if `joins` knows its first order: as one of those that joined, or as one to begin with. Where it
    does not, the walk goes back until one does. What a page shows that joins nothing is no ground to join upon.

    Attributes:
        offset: where the next page is wanted; None after the last.
    """

    def __init__(self, size: int, start: int, joins: Callable[[T], bool]) -> None:
        self.offset: int | None = start
        self._size = size
        self._joins = joins
        self._course: Walk[T] = Walk(size)
        self._furthest = -1
        self._turns = self._total = 0
        self._goes_back = self._hides = False

    def take(self, page: Page[T]) -> bool:
        """Whether it joins. Raises ResponseDecodeError for a list that gets nowhere."""
        offset = self.offset
        assert offset is not None
        for _ in self._course.fresh(page, offset):
            pass  # Which are new is for those to say who know more than two pages.
        following = self._course.next_offset(page, offset)
        hides = page.sent > len(page.orders)
        if offset > 0 and not (page.orders and self._joins(page.orders[0])):
            self._turns += not self._goes_back
            # What it should begin with may be unreadable; or a page of orders is placed between any two fetches.
            is_explained = hides or self._hides or (page.total or 0) - self._total >= self._size
            if not is_explained or self._turns <= PATIENCE:
                if self._turns > TURNS:
                    page.refuse("the walk gets nowhere: a page does not begin where the one before it ended")
                self._goes_back, self.offset = True, max(0, offset - (self._size - 1))
                return False
        if offset > self._furthest:
            self._furthest, self._turns = offset, 0
        self._goes_back, self._hides, self._total = False, hides, page.total or 0
        self.offset = None if following is None else max(offset + 1, following - 1)
        return True


def walk(fetch: Callable[[int], Page[T]], size: int) -> Iterator[T]:
    """Yield the orders of all pages; fetch a page when it is reached.

    An order that is placed meanwhile shifts the pages. What that shows twice is yielded once, up to a shift of two
    pages between two fetches; an order that goes pulls others off the next page, which nobody can see.
    """
    offset: int | None = 0
    course: Walk[T] = Walk(size)
    while offset is not None:
        page = fetch(offset)
        yield from course.fresh(page, offset)
        offset = course.next_offset(page, offset)


async def walk_async(fetch: Callable[[int], Awaitable[Page[T]]], size: int) -> AsyncIterator[T]:
    """`walk`, for a `fetch` that is awaited."""
    offset: int | None = 0
    course: Walk[T] = Walk(size)
    while offset is not None:
        page = await fetch(offset)
        for order in course.fresh(page, offset):
            yield order
        offset = course.next_offset(page, offset)
