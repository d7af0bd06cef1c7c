"""Holds each answer against what was answered before: a read against a read, v1 against v2, and a write against a
second look at the order, for what was refused has changed nothing, and what was done has been stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..description import Description
from .curl import answered
from .exchange import Answer, Exchange, Failure, Request, parsed
from .proxy import Gateway, NoAnswer, Watcher
from .validator import Validator

REFUSED, STORED = "a_refused_write_changes_nothing", "a_write_is_stored"
AGREE, SAME_IN_V1 = "reads_agree", "v1_tells_the_same"
UNSAFE = ("PUT", "PATCH", "POST", "DELETE")
# What v1 calls otherwise.
NAMES_IN_V2 = {"requiresShipping": "isShippingRequired", "buyNow": "isBuyNow"}
Order = Mapping[str, Any]


class OrderMemory(Watcher):
    """Knows each order as v2 last answered it since the server began; of others it says nothing."""

    def __init__(self, description: Description, validator: Validator) -> None:
        self._description, self._validator = description, validator
        self._fields = [*description.at("/components/schemas/Order").schema.get("properties", {})]
        self._first: dict[str, Order] = {}
        self._orders: dict[str, Order] = {}

    def began(self) -> None:
        self._orders = dict(self._first)

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
            check = SAME_IN_V1 if operation.is_v1 else AGREE
            for order in exchange.orders():
                self._read(gateway, exchange, order, check)
        elif exchange.order_id is not None and not operation.is_v1:
            quoted = request.url.partition(f"{site}orders/")[2].split("/")[0].split("?")[0]
            self._written(gateway, exchange, f"/v2{site}orders/{quoted}")

    def _read(self, gateway: Gateway, exchange: Exchange, order: Order, check: str) -> None:
        order_id = str(order.get("orderId"))
        known = self._orders.get(order_id)
        if known is not None:
            wrong = list(unlike(order, known)) if check == SAME_IN_V1 else self._others(known, order)
            self._validator.count(exchange.operation, check, held=not wrong)
            if wrong:
                message = f"order {order_id} has another {', '.join(wrong[:5])} than when v2 told of it last"
                self._validator.fail(gateway, Failure(exchange.operation, check, message))
        if check == AGREE:
            self._know(order_id, order)
            self._first.setdefault(order_id, self._orders[order_id])

    def _know(self, order_id: str, order: Any) -> None:
        if isinstance(order, dict):
            self._orders[order_id] = {name: order[name] for name in self._fields if name in order}

    def _others(self, known: Order, found: Order) -> list[str]:
        return [name for name in self._fields if known.get(name) != found.get(name)]

    def _written(self, gateway: Gateway, exchange: Exchange, path: str) -> None:
        order_id = str(exchange.order_id)
        before = self._orders.pop(order_id, None)
        if exchange.ok:
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
                answer = gateway.request("GET", path)
            except NoAnswer:
                return
            curls += gateway.curls()
        found = parsed(answer.decoded)
        if answer.status != 200 or not isinstance(found, dict):
            return
        names = self._others(expected, found)
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


def unlike(old: Any, new: Any, where: str = "") -> Iterator[str]:
    """Where v1 tells what both versions have otherwise; not how an amount is written, and not what is empty."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name, value in old.items():
            other = NAMES_IN_V2.get(name, name)
            if other in new and name != "string":
                yield from unlike(value, new[other], f"{where}/{name}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (here, there) in enumerate(zip(old, new, strict=True)):
            yield from unlike(here, there, f"{where}/{number}")
    elif (old or new) and str(old) != str(new):
        yield where
