"""Our model beside a server that is not our mock: it learns the orders by reading them, and foretells from there.

Judged is what holds for every server of this API: an order that is read is the order that is stored, a write has its
effect and no other, one that the table of an order's life forbids is refused and changes nothing, the pages of a list
add up, and both versions tell of the same orders. Not judged is what nobody has published: in which order a list
comes, which of two complaints comes first, what is noted of a refund beside the status and the date; nor other
tokens, other sites and rate limits, for which the server would have to be told of them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from .bodies import NOTES
from .found import Disagreement
from .matching import Word, core, differences
from .model import Ask, Due, Order, Token, World
from .target import Target
from .transport import Line
from .trial import SHORTENING, Trial, kinds_of

JSON = Any
PAGE = 100
# A server that is slow, or has more orders than this, gets no more of our time.
MOST_ORDERS = 1000
SECONDS = 60.0
# What a write may change, and what it must leave alone is all the rest.
CHANGES = {
    "update-order": frozenset(NOTES),
    "fulfill-order": frozenset({"status", "fulfilledOn"}),
    "unfulfill-order": frozenset({"status", "fulfilledOn"}),
    "refund-order": frozenset({"status", "refundedOn", "netAmount", "stripeDetails", "paypalDetails"}),
}
NUMBERS = ("limit", "offset")
DATES = {"fulfill-order": "fulfilledOn", "refund-order": "refundedOn"}


class TooMuch(Exception):
    """More orders than the model learns."""


@dataclass
class LearnedTrial(Trial):
    """`places`: at which place of which list an order was seen since the last write."""

    target: Target | None = None
    places: dict[tuple[str, str | None], dict[int, str]] = field(default_factory=dict)
    limited: bool = False
    _until: float = 0.0

    def begin(self) -> None:
        """From the start again, if the server can; otherwise from where it is."""
        assert self.target is not None
        self.target.start_over()
        if self.target.reset is not None or not self.sequences:
            try:
                found = {order["orderId"]: order for order in self._read_all()}
            except (ValueError, KeyError, TypeError):
                raise Disagreement("what came is no page of orders") from None
            self.world = World(
                sites={self.site: found}, tokens={self.token: Token(sites=frozenset({self.site}))}
            )
        orders = self.world.sites[self.site] or {}
        self.ids, self.kinds, self.touched, self._log = list(orders), kinds_of(orders), "", []
        self._first, self._began = len(self.line.requests), time.monotonic()
        self._until = self._until or self._began + SECONDS
        self.places.clear()
        self.sequences += 1

    def _read_all(self) -> Iterator[Order]:
        offset, total = 0, 1
        while offset < total:
            query = (("limit", str(PAGE)), ("offset", str(offset)))
            ask = Ask(operation="list-orders", site=self.site, query=query)
            answer = self._send(replace(ask, authorization=f"Bearer {self.token}"))
            if answer.status_code != 200:
                raise Disagreement(f"the orders can not be read: {answer.status_code} came")
            page = answer.json()
            total = page["pagination"]["total"]
            if total > MOST_ORDERS:
                raise TooMuch(f"there are {total} orders, and it learns {MOST_ORDERS} at the most")
            yield from page["orders"]
            offset += PAGE

    @property
    def out_of_time(self) -> bool:
        return self.limited or time.monotonic() > self._until

    def put(self, ask: Ask) -> None:
        """Ask, unless nowhere is said what is due: for zeros before a number, or the refund of what was not paid."""
        if not any(value != str(int(value)) for name, value in ask.query if name in NUMBERS):
            order = (self.world.sites[self.site] or {}).get(ask.order, {})
            if ask.operation != "refund-order" or not order or order.get("paymentProcessor"):
                super().put(ask)

    def wrong(self, ask: Ask, due: Due, answer: httpx.Response) -> Iterable[str]:
        if answer.status_code == 429:
            self.limited = True
            return
        if answer.status_code != due.status:
            yield f"{due.status} is due, {answer.status_code} came"
        elif due.status == 200:
            try:
                got = answer.json()
            except ValueError:
                yield "the body is no JSON"
            else:
                yield from self._told(ask, due, got)

    def _told(self, ask: Ask, due: Due, got: JSON) -> Iterator[str]:
        if ask.operation.startswith("list-"):
            yield from self._listed(ask, got)
        elif ask.is_v1:
            yield from differences(core(due.body), core(got))
        elif due.after is None:
            yield from differences(due.body, got)
        else:
            yield from self._changed(ask, due.after, got)
            self.places.clear()

    def _changed(self, ask: Ask, after: Order, got: JSON) -> Iterator[str]:
        if not isinstance(got, dict):
            yield "this is no order"
            return
        before = (self.world.sites[self.site] or {})[ask.order]
        may = CHANGES[ask.operation]
        yield from differences(_without(before, may), _without(got, may))
        for name in may & {"status", "fulfilledOn", *NOTES}:
            due = Word() if name == DATES.get(ask.operation) else after.get(name) or None
            yield from differences(due, got.get(name) or None, f"/{name}")
        if ask.operation == "refund-order":
            yield from differences(Word(), got.get("refundedOn"), "/refundedOn")

    def _listed(self, ask: Ask, got: JSON) -> Iterator[str]:
        orders, query = self.world.sites[self.site] or {}, dict(ask.query)
        status, limit, offset = (
            query.get("status"),
            int(query.get("limit", PAGE)),
            int(query.get("offset", 0)),
        )
        known = {name: order for name, order in orders.items() if status in (None, order["status"])}
        page = got if ask.is_v1 else got.get("orders") if isinstance(got, dict) else None
        if not isinstance(page, list) or not all(isinstance(each, dict) for each in page):
            yield "this is no list of orders"
            return
        if not ask.is_v1:
            pagination = {"limit": limit, "offset": offset, "total": len(known)}
            yield from differences(pagination, got.get("pagination"), "/pagination")
        count = min(limit, max(0, len(known) - offset))
        if len(page) != count:
            yield f"{count} orders are due, {len(page)} came"
        places = self.places.setdefault((ask.operation, status), {})
        for place, order in enumerate(page, start=offset):
            yield from self._placed(ask, place, order, known, places)

    def _placed(
        self, ask: Ask, place: int, order: Order, known: dict[str, Order], places: dict[int, str]
    ) -> Iterator[str]:
        order_id = str(order.get("orderId"))
        if order_id not in known:
            yield f"order {order_id} is not due here"
        elif places.setdefault(place, order_id) != order_id:
            yield f"order {order_id} is in the place of order {places[place]}, and nothing was written"
        elif any(other == order_id and at != place for at, other in places.items()):
            yield f"order {order_id} is in two places"
        elif ask.is_v1:
            yield from differences(core(known[order_id]), core(order), f"/{order_id}")
        else:
            yield from differences(known[order_id], order, f"/{order_id}")

    def shorten(self) -> None:
        # What has happened to a server that can not start over stays so.
        if self.target is not None and self.target.reset is not None:
            self._until = time.monotonic() + SHORTENING
            super().shorten()

    def curls(self) -> list[str]:
        if self.failed is None:
            return []
        *before, last = zip(super().curls(), self.failed.requests, strict=True)
        return [line for line, request in before if request.method != "GET"] + [last[0]]


def _without(order: Order, names: Iterable[str]) -> Order:
    return {name: value for name, value in order.items() if name not in set(names)}


def trial_of(target: Target, line: Line) -> LearnedTrial:
    return LearnedTrial(
        base_url=target.base_url,
        token=target.token,
        line=line,
        site=target.site,
        site_without_shop="",
        hidden_site="",
        stranger="",
        target=target,
    )
