"""Holds each answer against what was answered before: a read against a read, v1 against v2, and a write against a
second look at the order, for what was refused has changed nothing, and what was done has been stored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote

from ..description import Description
from ..description.writes import write_of
from .curl import answered
from .exchange import Answer, Exchange, Failure, Request
from .proxy import Gateway, NoAnswer, Watcher
from .rules.fields import IDS
from .validator import Validator

REFUSED, STORED = "a_refused_write_changes_nothing", "a_write_is_stored"
AGREE, SAME_IN_V1, LEAVES = "reads_agree", "v1_tells_the_same", "a_write_leaves_the_rest"
DATED = "what_is_done_again_has_a_new_date"
UNSAFE = ("PUT", "PATCH", "POST", "DELETE")
# What v1 calls otherwise.
NAMES_IN_V2 = {"requiresShipping": "isShippingRequired", "buyNow": "isBuyNow"}
Order = Mapping[str, Any]
# And what v1 is documented to tell of what is within an order.
WITHIN = (
    "fullName", "email", "addressee", "line1", "city", "country", "postalCode", "count", "rowTotal", "productId",
    "productName", "variantId", "variantName", "variantPrice", "fileId", "url", "unit", "value", "last4", "brand",
    "ownerName", "expires", "year", "month", "subtotal", "extras", "total",
)  # fmt: skip
OF_A_REFUND = ("refundId", "refundReason")
# So the description marks what v1 was seen to tell, and is not said to.
NOT_SURE = re.compile("observed: .* alone")


class OrderMemory(Watcher):
    """Knows each order as each version last answered it since the server began; of others it says nothing."""

    def __init__(self, description: Description, validator: Validator) -> None:
        self._description, self._validator = description, validator
        schemas = description.document.get("components", {}).get("schemas", {})
        here, there = (schemas.get(name, {}).get("properties", {}) for name in ("Order", "OrderV1"))
        self._fields, self._fields_of_v1 = [*here], there.keys()
        sure = [name for name, schema in there.items() if not NOT_SURE.match(schema.get("x-evidence", ""))]
        # In v1, and by the name that it has in v2.
        self._in_both = {name: NAMES_IN_V2.get(name, name) for name in sure}
        self._first: dict[bool, dict[str, Order]] = {True: {}, False: {}}
        self._orders: dict[str, Order] = {}
        self._of_v1: dict[str, Order] = {}
        # Written to since the server began: as such an order is, it will not be when the server begins again.
        self._touched: set[str] = set()
        # The fields of an order that its reads have told in two ways: nobody knows how they are.
        self._unsure: dict[str, set[str]] = {}
        # When each order was fulfilled, say, as the answer to that told; and the answer's Date.
        self._done: dict[tuple[str, str], tuple[Any, str]] = {}

    def began(self) -> None:
        self._touched.clear()
        self._unsure.clear()
        self._done.clear()
        self._orders, self._of_v1 = dict(self._first[False]), dict(self._first[True])

    def saw(self, gateway: Gateway, request: Request, raw: Answer, shown: Answer) -> None:
        base, site = gateway.server.base_url, f"/sites/{gateway.server.site}/"
        operation = self._description.operation(request.method, request.url, base)
        if operation is None and request.method not in UNSAFE:
            return
        # Another method at an order's address is no operation, and changes nothing either.
        operation = operation or self._description.operation("GET", request.url, base)
        if operation is None or site not in request.url:
            return
        exchange = Exchange.of(operation, request, raw, base)
        if request.method == "GET":
            for order in exchange.orders():
                self._read(gateway, exchange, order)
        elif exchange.order_id is not None and not operation.is_v1:
            quoted = request.url.partition(f"{site}orders/")[2].split("/")[0].split("?")[0]
            self._written(gateway, exchange, f"/v2{site}orders/{quoted}")

    def broke(self, gateway: Gateway, request: Request, why: NoAnswer) -> None:
        """A write that nobody has answered may be done, or not."""
        order = re.search("/orders/([^/?]+)", request.url)
        if request.method in UNSAFE and order is not None:
            self._forget(unquote(order[1]))

    def _read(self, gateway: Gateway, exchange: Exchange, order: Order) -> None:
        order_id = str(order.get("orderId"))
        if exchange.is_v1:
            known = self._orders.get(order_id)
            if known is not None:
                # Another field may say when it was asked for, say.
                described = {name: order[name] for name in order.keys() & self._fields_of_v1}
                wrong = [*self._left_out(order, known), *unlike(described, known)]
                self._held(gateway, exchange, SAME_IN_V1, order_id, wrong, "than when v2 told of it last")
        before = (self._of_v1 if exchange.is_v1 else self._orders).get(order_id)
        if before is not None:
            wrong = self._others(before, order)
            self._held(gateway, exchange, AGREE, order_id, wrong, "than when it was told of last")
            self._unsure.setdefault(order_id, set()).update(wrong)
        if exchange.is_v1:
            self._of_v1[order_id] = order
        else:
            self._know(order_id, order)
        if order_id not in self._touched:
            self._first[exchange.is_v1].setdefault(order_id, order)

    def _held(
        self, gateway: Gateway, exchange: Exchange, check: str, order_id: str, wrong: list[str], than: str
    ) -> None:
        self._validator.count(exchange.operation, check, held=not wrong)
        if wrong:
            message = f"order {order_id} has another {', '.join(wrong[:5])} {than}"
            self._validator.fail(gateway, Failure(exchange.operation, check, message))

    def _left_out(self, old: Order, new: Order) -> list[str]:
        return [f"/{name}" for name, other in self._in_both.items() if new.get(other) and name not in old]

    def _know(self, order_id: str, order: Any) -> None:
        if isinstance(order, dict):
            self._orders[order_id] = {name: order[name] for name in self._fields if name in order}

    def _forget(self, order_id: str) -> Order | None:
        self._of_v1.pop(order_id, None)
        self._touched.add(order_id)
        return self._orders.pop(order_id, None)

    def _others(self, known: Order, found: Order) -> list[str]:
        return [name for name in self._fields if known.get(name) != found.get(name)]

    def _written(self, gateway: Gateway, exchange: Exchange, path: str) -> None:
        order_id = str(exchange.order_id)
        before, unsure = self._forget(order_id), self._unsure.get(order_id, set())
        if exchange.ok:
            if before is not None and isinstance(exchange.answer, dict):
                # What a write must leave alone is all the rest.
                may = write_of(exchange.operation).may_change
                if exchange.operation == "update-order":
                    may &= exchange.sent.keys() if isinstance(exchange.sent, dict) else set()
                wrong = [name for name in self._others(before, exchange.answer) if name not in may | unsure]
                wrong += _lost(before, exchange.answer)
                self._held(gateway, exchange, LEAVES, order_id, wrong, "after a write that is not of that")
            self._dated(gateway, exchange, order_id)
            self._know(order_id, exchange.answer)
        elif before is not None and exchange.status < 500:
            self._orders[order_id] = before
        expected = self._orders.get(order_id)
        if expected is None or gateway.counted:
            return
        curls = gateway.curls()
        with gateway.aside():
            # Forgotten for as long as it takes, or the second look would be told of as another read.
            del self._orders[order_id]
            try:
                answer = gateway.ask("GET", path)
            except NoAnswer:
                return
            curls += gateway.curls()
        found = answer.json
        if answer.status != 200 or not isinstance(found, dict):
            return
        names = [name for name in self._others(expected, found) if name not in unsure]
        check = STORED if exchange.ok else REFUSED
        self._validator.count(exchange.operation, check, held=not names)
        if names:
            what = (
                "a second look shows another"
                if exchange.ok
                else f"refused with {exchange.status}, yet changed:"
            )
            message = f"order {order_id}: {what} {', '.join(names)}"
            told = answered(answer, gateway.server.secrets)
            self._validator.fail(gateway, Failure(exchange.operation, check, message, curls, told))

    def _dated(self, gateway: Gateway, exchange: Exchange, order_id: str) -> None:
        """An order that is fulfilled again is so since now; the clock of the answers says that time has passed."""
        name, told = write_of(exchange.operation).sets, exchange.answer
        if name is None or not isinstance(told, dict):
            return
        date, answered_on = told.get(name), exchange.headers.get("date", "")
        before, then = self._done.get((order_id, name), (None, ""))
        self._done[order_id, name] = date, answered_on
        if before is None or not _is_later(answered_on, then):
            return
        # Whoever counts in minutes may well have the same one again.
        same = date == before and re.search(r"\.[0-9]*[1-9]", str(date)) is not None
        self._validator.count(exchange.operation, DATED, held=not same)
        if same:
            message = f"order {order_id} has the {name} that it had when this was done before"
            self._validator.fail(gateway, Failure(exchange.operation, DATED, message))


def _is_later(date: str, other: str) -> bool:
    try:
        return parsedate_to_datetime(date) > parsedate_to_datetime(other)
    except (ValueError, TypeError):
        return False


def _lost(before: Order, after: Order) -> Iterator[str]:
    """By what ids a payment is known does not change, whatever is added when it is paid back."""
    for where in ("stripeDetails", "paypalDetails"):
        known, found = before.get(where), after.get(where)
        if isinstance(known, dict) and where in after:
            still = found if isinstance(found, dict) else {}
            names = [name for name in IDS if name not in OF_A_REFUND and known.get(name)]
            yield from (f"/{where}/{name}" for name in names if still.get(name) != known[name])


def unlike(old: Any, new: Any, where: str = "") -> Iterator[str]:
    """Where v1 tells what both versions have otherwise, or lacks what it must have; not how an amount is written, and
    not what is empty."""
    if isinstance(old, dict) and isinstance(new, dict):
        if where:
            yield from (f"{where}/{name}" for name in WITHIN if new.get(name) and name not in old)
        for name, value in old.items():
            other = NAMES_IN_V2.get(name, name)
            if other in new and name != "string":
                yield from unlike(value, new[other], f"{where}/{name}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (here, there) in enumerate(zip(old, new, strict=True)):
            yield from unlike(here, there, f"{where}/{number}")
    elif (old or new) and str(old) != str(new):
        yield where
