"""What a run asks of a server: pages of lists, each joined to the one before, and single orders."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

import attrs
from webflow_orders_generated.client import models

from .._call.pagination import JoinedWalk, Page, key_of, page_of
from .planning import Settings, Step

Order = models.Order


class AskPage(NamedTuple):
    """A page of the list. None for an answer: the server does not know the status."""

    status: str | None
    offset: int
    limit: int


class AskOrder(NamedTuple):
    """One order. None for an answer: there is none of this id."""

    order_id: str


Kind = Literal["new", "changed", "deleted"]


@attrs.frozen
class Change:
    """An order that is new, or different from what it was at the last run, or gone.

    Attributes:
        kind: "new", "changed" or "deleted".
        order_id: the order.
        order: how it stands now; None if it is deleted.
        was: its status at the last run; None if it is new.
    """

    kind: Kind
    order_id: str
    order: Order | None
    was: str | None


Work = Generator[AskPage | AskOrder | Change, Any, None]
Taking = Callable[[Sequence[Order]], Iterable[AskPage | AskOrder | Change]]


class ReadAll(Exception):
    """Every order has to be read; the message says why."""


def name_of(order: Order | models.OrderV1) -> str:
    """Its id, or what stands for one."""
    key = key_of(order)
    return key.decode(errors="replace") if order.order_id.encode(errors="surrogatepass") == key else key.hex()


def time_of(order: Order) -> float | None:
    return order.accepted_on.timestamp() if order.accepted_on else None


@attrs.define
class Walked:
    pages: int = 0
    total: int | None = None
    least: int = 2**63
    ended: bool = False
    went_back: bool = False


def course(orders: Sequence[Order], lag: float) -> tuple[bool, bool]:
    """Whether the times of a page rise, and whether they fall, by more than the lag."""
    rises = falls = False
    lowest, highest = math.inf, -math.inf
    for at in map(time_of, orders):
        if at is not None:
            rises, falls = rises or at > lowest + lag, falls or at < highest - lag
            lowest, highest = min(lowest, at), max(highest, at)
    return rises, falls


def starts(places: Sequence[int], size: int) -> Iterator[int]:
    """Where the pages begin that show what stands at these places; but one alone is cheaper asked for by its id."""
    slack, at = size // 25, 0
    while at < len(places):
        start = max(0, places[at] - slack)
        end = at
        while end < len(places) and places[end] < start + size - slack:
            end += 1
        if end - at > 1:
            yield start
        at = end


class Reader:
    """Reads by asking; whoever drives it sends what it yields, and gives back what was answered.

    Attributes:
        steps: what was read so far, and why.
        all_pages: in how many pages every order could be read.
    """

    def __init__(self, settings: Settings, all_pages: int) -> None:
        self._settings = settings
        self.all_pages: int = all_pages
        self.steps: list[Step] = []

    @property
    def calls(self) -> int:
        return sum(step.calls for step in self.steps)

    def page(
        self, status: str | None, offset: int, limit: int | None = None
    ) -> Generator[AskPage | AskOrder | Change, Any, Page[Order]]:
        listing = yield AskPage(status, offset, limit or self._settings.page_size)
        self.steps[-1].calls += 1
        if listing is None:
            raise ReadAll(f"the server knows no status {status}")
        return page_of(listing, offset).read()

    def walk(
        self,
        status: str | None,
        start: int = 0,
        *,
        take: Taking,
        joins: Callable[[Order], bool] = lambda order: False,
        enough: Callable[[Sequence[Order]], bool] = lambda orders: False,
    ) -> Generator[AskPage | AskOrder | Change, Any, Walked]:
        """Pages to the end of the list, or until there is `enough`; one may begin with an order that `joins`, too."""
        shown, walked = set[str](), Walked()
        course: JoinedWalk[Order] = JoinedWalk(
            self._settings.page_size, start, lambda order: name_of(order) in shown or joins(order)
        )
        while course.offset is not None:
            page = yield from self.page(status, course.offset)
            walked.pages, walked.total = walked.pages + 1, page.total
            walked.least = min(walked.least, page.total or 0)
            is_joined = course.take(page)
            yield from take(page.orders)
            if status is not None and walked.pages > self.all_pages + 5:
                raise ReadAll(f"the list of status {status} is as long as that of all")
            if not is_joined:
                walked.went_back = True
                continue
            shown.update(map(name_of, page.orders))
            if page.orders and enough(page.orders):
                break
        walked.ended = course.offset is None
        return walked

    def step(self, what: str, why: str) -> None:
        for step in self.steps:
            if step.what == what and step.why == why:
                self.steps.remove(step)
                self.steps.append(step)
                return
        self.steps.append(Step(what, why))
