"""A shop that lives: orders are placed, change and go while they are read, by lists that may be behind."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import httpx
from webflow_orders import OrdersClient, Outcome, RetryPolicy, errors
from webflow_orders.models import Order, OrderList

SITE = "580e63e98c9a982ac9b8b741"
STATUSES = ("pending", "unfulfilled", "fulfilled", "disputed", "dispute-lost", "refunded")
# What becomes of an order, and how often.
COURSES: dict[str, tuple[tuple[str, int], ...]] = {
    "pending": (("unfulfilled", 9), ("refunded", 1)),
    "unfulfilled": (("fulfilled", 8), ("refunded", 1), ("disputed", 1)),
    "fulfilled": (("refunded", 4), ("disputed", 3), ("unfulfilled", 3)),
    "disputed": (("dispute-lost", 3), ("fulfilled", 3), ("refunded", 1), ("unfulfilled", 1)),
    "dispute-lost": (("disputed", 1), ("fulfilled", 1)),
    "refunded": (("disputed", 1), ("fulfilled", 1)),
    "on hold": (("fulfilled", 1), ("refunded", 1)),
}
Document = dict[str, Any]


def stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Shop:
    """A server of one site.

    Attributes:
        now: its clock, in seconds since the epoch, which each request puts forward.
        past: of each order, when it changed and to what; None when it was deleted.
        listed: how the list is sorted.
        behind: how many seconds a list can be behind; an order that is asked for by its id is as it is.
        while_read: what may happen at each request, called before it is answered.
    """

    def __init__(self, chance: random.Random, *, listed: str = "newest", behind: float = 0.0) -> None:
        self.chance, self.listed, self.behind = chance, listed, behind
        self.now, self.asked, self.version = 1_790_000_000.0, 0, 0
        self.past: dict[str, list[tuple[float, Document | None]]] = {}
        self.while_read: Callable[[], object] = lambda: None
        self.changed = 0.0
        self._kept: tuple[float, int, str] | None = None
        self._now: list[Document] = []

    # ------------------------------------------------------------------ what happens

    def place(self, status: str = "unfulfilled", *, accepted: float | None = None) -> str:
        order_id = "{:03x}-{:03x}-{:03x}".format(*(self.chance.randrange(4096) for _ in range(3)))
        at = self.now if accepted is None else accepted
        self._put(order_id, {"orderId": order_id, "acceptedOn": stamp(at), "fulfilledOn": None}, status)
        return order_id

    def become(self, order_id: str, status: str) -> None:
        self._put(order_id, self.order(order_id), status)

    def edit(self, order_id: str) -> None:
        document = self.order(order_id)
        self._put(order_id, document, document["status"])

    def delete(self, order_id: str) -> None:
        self.past[order_id].append((self.now, None))
        self.changed, self.version = self.now, self.version + 1

    def _put(self, order_id: str, document: Document, status: str) -> None:
        self.changed, self.version = self.now, self.version + 1
        fulfilled = document["fulfilledOn"] if document.get("status") == status else stamp(self.now)
        document = document | {
            "status": status,
            "comment": f"v{self.version}",
            "fulfilledOn": fulfilled if status == "fulfilled" else None,
        }
        self.past.setdefault(order_id, []).append((self.now, document))

    def something(self, *, unlisted: bool = False) -> None:
        """Anything that can happen to an order, deletion left out."""
        what, alive = self.chance.random(), self.alive()
        if what < 0.35 or not alive:
            status = self.chance.choices(["pending", "unfulfilled", "fulfilled"], [1, 6, 2])[0]
            self.place(
                status, accepted=self.now - self.chance.choice([0.0, 0.0, 25.0])
            )  # Some are slow to appear.
            return
        # Most of what happens happens to the young.
        at = int(len(alive) * self.chance.random() ** 2)
        order_id = alive[-1 - at]
        if what < 0.45:
            self.edit(order_id)
            return
        words, weights = zip(*COURSES[self.order(order_id)["status"]], strict=True)
        status = self.chance.choices(words, weights)[0]
        self.become(order_id, "on hold" if unlisted and self.chance.random() < 0.1 else status)

    # ------------------------------------------------------------------ how it is

    def at(self, order_id: str, time: float) -> Document | None:
        for since, document in reversed(self.past[order_id]):
            if since <= time:
                return document
        return None

    def order(self, order_id: str) -> Document:
        document = self.past[order_id][-1][1]
        assert document is not None
        return document

    def alive(self) -> list[str]:
        return [order_id for order_id, past in self.past.items() if past[-1][1] is not None]

    def list(self, time: float) -> list[Document]:
        if time < self.changed:
            return self._sorted(each for key in self.past if (each := self.at(key, time)) is not None)
        if self._kept != (self.changed, self.version, self.listed):
            self._kept = self.changed, self.version, self.listed
            self._now = self._sorted(self.order(key) for key in self.alive())
        return self._now

    def _sorted(self, found: Iterable[Document]) -> list[Document]:
        if self.listed == "by id":
            return sorted(found, key=lambda each: each["orderId"])
        return sorted(
            found, key=lambda each: (each["acceptedOn"], each["orderId"]), reverse=self.listed == "newest"
        )

    # ------------------------------------------------------------------ how it answers

    def _begin(self) -> None:
        self.asked += 1
        self.now += self.chance.uniform(0.1, 2.0)
        self.while_read()

    def page(self, status: str | None, offset: int, limit: int) -> bytes:
        self._begin()
        found = self.list(self.now - self.chance.uniform(0, self.behind))
        found = [each for each in found if status in (None, each["status"])]
        pagination = {"offset": offset, "limit": limit, "total": len(found)}
        return json.dumps({"orders": found[offset : offset + limit], "pagination": pagination}).encode()

    def single(self, order_id: str) -> bytes | None:
        self._begin()
        document = self.past[order_id][-1][1] if order_id in self.past else None
        return None if document is None else json.dumps(document).encode()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        _, _, order_id = request.url.path.partition("/orders/")
        if not order_id:
            asked = request.url.params
            content = self.page(asked.get("status"), int(asked["offset"]), int(asked["limit"]))
            return httpx.Response(200, content=content)
        found = self.single(order_id)
        if found is None:
            return httpx.Response(404, json={"code": "order_not_found", "message": "no such order"})
        return httpx.Response(200, content=found)

    def client(self) -> OrdersClient:
        return OrdersClient(
            token="wf_secret_0123456789",
            site_id=SITE,
            transport=httpx.MockTransport(self),
            rate_limit=None,
            retry=RetryPolicy(max_retries=0),
        )


class Shortcut:
    """What a run asks of a client, without HTTP in between: for very many histories."""

    site_id = SITE

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def list(self, *, status: str | None, offset: int, limit: int) -> OrderList:
        found = OrderList.from_json(self.shop.page(status, offset, limit))
        outcome = Outcome(errors.Call("list-orders", "GET", "/"), errors.RawResponse(200))
        object.__setattr__(found, "_origin", outcome)
        return found

    def get(self, order_id: str) -> Order:
        found = self.shop.single(order_id)
        if found is None:
            call, raw = errors.Call("get-order", "GET", "/"), errors.RawResponse(404)
            raise errors.NotFoundError("no such order", call=call, raw=raw)
        return Order.from_json(found)
