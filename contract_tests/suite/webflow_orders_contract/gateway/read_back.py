"""Reads an order back after each write to it: what was refused has changed nothing, what was done has been stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..description import Description
from .curl import answered
from .exchange import Answer, Exchange, Failure, Request, parsed
from .proxy import Gateway, NoAnswer, Watcher
from .validator import Validator

REFUSED, STORED = "a_refused_write_changes_nothing", "a_write_is_stored"
Order = Mapping[str, Any]


class ReadBack(Watcher):
    """Knows each order as it was last answered since the server began; of others it says nothing."""

    def __init__(self, description: Description, validator: Validator) -> None:
        self._description, self._validator = description, validator
        self._fields = [*description.at("/components/schemas/Order").schema.get("properties", {})]
        self._first: dict[str, Order] = {}
        self._orders: dict[str, Order] = {}

    def began(self) -> None:
        self._orders = dict(self._first)

    def saw(self, gateway: Gateway, request: Request, raw: Answer, shown: Answer) -> None:
        operation = self._description.operation(request.method, request.url, gateway.server.base_url)
        site = f"/v2/sites/{gateway.server.site}/orders"
        if operation is None or site not in request.url:
            return
        exchange = Exchange.of(operation, request, raw, gateway.server.base_url)
        if exchange.order_id is None:
            self._learn(exchange)
        elif request.method == "GET":
            if exchange.ok:
                self._know(exchange.order_id, exchange.answer)
        elif not gateway.counted:
            quoted = request.url.partition(f"{site}/")[2].split("/")[0].split("?")[0]
            self._look(gateway, exchange, f"{site}/{quoted}")

    def _learn(self, exchange: Exchange) -> None:
        for order in exchange.orders():
            order_id = str(order.get("orderId"))
            self._know(order_id, order)
            self._first.setdefault(order_id, self._orders[order_id])

    def _know(self, order_id: str, order: Any) -> None:
        if isinstance(order, dict):
            self._orders[order_id] = {name: order[name] for name in self._fields if name in order}

    def _look(self, gateway: Gateway, exchange: Exchange, path: str) -> None:
        order_id = str(exchange.order_id)
        before = self._orders.pop(order_id, None)
        if exchange.ok:
            self._know(order_id, exchange.answer)
        elif before is not None and exchange.status < 500:
            self._orders[order_id] = before
        expected = self._orders.get(order_id)
        if expected is None:
            return
        curls = gateway.curls()
        with gateway.aside():
            try:
                answer = gateway.request("GET", path)
            except NoAnswer:
                return
            curls += gateway.curls()
        found = parsed(answer.decoded)
        if answer.status != 200 or not isinstance(found, dict):
            return
        self._know(order_id, found)
        names = [name for name in self._fields if expected.get(name) != found.get(name)]
        what = "a second look shows" if exchange.ok else f"refused with {exchange.status}, and yet changed:"
        message = f"order {order_id}: {what} {'another ' if exchange.ok else ''}{', '.join(names)}"
        check = STORED if exchange.ok else REFUSED
        self._validator.count(exchange.operation, check, held=not names)
        if names:
            told = answered(answer, gateway.server.token)
            self._validator.fail(gateway, Failure(exchange.operation, check, message, curls, told))
