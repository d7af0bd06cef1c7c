"""Our model of the server: what it has, and what it must answer to any request. Pure: no network, no clock.

It is written down a second time, from the spec and from the table of an order's life, and shares no code with the
mock. Where nothing is published (which check comes first, in which order a list comes) it says what our mock does,
so another server is held against a part of it only: see `learned`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..description import read
from ..description.writes import STATUSES, WRITES
from ..gateway.rules.orders import REASONS
from .bodies import NOTHING, Body, Malformed, fields_of
from .diff import ApproxTime, NonEmpty

JSON = Any
Order = dict[str, JSON]
READ, WRITE = "ecommerce:read", "ecommerce:write"
MINUTE = 60.0
SITE_ID, ORDER_ID = re.compile(r"[0-9a-f]{24}"), re.compile(r"[0-9A-Za-z_-]{1,64}")
VERSION = re.compile(r"1(\.[0-9]+)*")
BOUNDS = {"limit": (1, 100, 100), "offset": (0, 2**53 - 1, 0)}

# Of orders: the model of webhooks is another one.
OPERATIONS = {each.id: each for each in read().operations if not each.is_about_webhooks}


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request. `method` is set where it is not the operation's; `tail` is put behind the path."""

    operation: str
    site: str
    order: str = ""
    query: tuple[tuple[str, str], ...] = ()
    authorization: str | None = None
    accept_version: str | None = None
    body: Body = NOTHING
    method: str = ""
    tail: str = ""

    @property
    def is_v1(self) -> bool:
        return self.operation.endswith("-v1")


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What must be answered. `code` is the word of an error of v2; `after` is the order that is then stored."""

    status: int
    body: JSON = None
    code: str = ""
    limit: int | None = None
    remaining: int | None = None
    retry_after: float | None = None
    allow: frozenset[str] = frozenset()
    after: Order | None = None


def methods_of(path: str) -> frozenset[str]:
    return frozenset(each.method for each in OPERATIONS.values() if each.path == path)


class Refused(Exception):
    def __init__(self, status: int, code: str, **more: Any) -> None:
        self.expected = Expected(status=status, code=code, **more)


@dataclass
class Token:
    scopes: frozenset[str] = frozenset({READ, WRITE})
    sites: frozenset[str] = frozenset()
    limit: int = 1_000_000
    since: float = 0.0
    made: int = 0
    # So much later may its minute have begun.
    unsure: float = 0.0

    def count(self, now: float) -> None:
        if not self.made or now - self.since >= MINUTE:
            self.since, self.made = now, 0
        self.made += 1


@dataclass
class ModelState:
    """`sites`: the orders of each by id, in order; None where there is no shop."""

    sites: dict[str, dict[str, Order] | None] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)

    def expected(self, request: Request, now: float) -> Expected:
        """What must be answered at `now`. Counts the request, but stores nothing: see `learn`."""
        token = self.token(request)
        if token is not None:
            token.count(now)
        try:
            found = self._answer(request, token, now)
        except Refused as refused:
            found = refused.expected
        if token is None:
            return found
        return replace(found, limit=token.limit, remaining=max(0, token.limit - token.made))

    def token(self, request: Request) -> Token | None:
        """Whose it is; None if nobody knows him."""
        scheme, _, name = (request.authorization or "").partition(" ")
        return self.tokens.get(name) if scheme == "Bearer" else None

    def learn(self, request: Request, expected: Expected, answer: JSON) -> None:
        """Store what a write left; what could not be foretold is as it was answered."""
        orders = self.sites.get(request.site)
        if expected.after is not None and orders is not None:
            orders[request.order] = answer

    def _answer(self, request: Request, token: Token | None, now: float) -> Expected:
        if request.tail:
            raise Refused(404, "resource_not_found")
        operation = OPERATIONS[request.operation]
        allowed = methods_of(operation.path)
        if request.method and request.method not in allowed:
            raise Refused(405, "", allow=allowed)
        if token is None:
            raise Refused(401, "not_authorized")
        if token.made > token.limit:
            raise Refused(429, "too_many_requests", retry_after=token.since + MINUTE - now)
        if operation.scope is not None and operation.scope not in token.scopes:
            raise Refused(403, "missing_scopes")
        orders = self._orders(request, token)
        if request.operation.startswith("list-"):
            return Expected(status=200, body=self._page(request, orders))
        if request.operation.startswith("get-"):
            order = _found(orders, request.order)
            return Expected(status=200, body=as_v1(order) if request.is_v1 else order)
        try:
            sent = fields_of(request.operation, request.body)
        except Malformed:
            raise Refused(400, "") from None
        after = changed(_found(orders, request.order), request.operation, sent, now)
        return Expected(status=200, body=after, after=after)

    def _orders(self, request: Request, token: Token) -> dict[str, Order]:
        """The orders of the site, if there is one, and it may be seen, and has a shop."""
        in_path = not OPERATIONS[request.operation].is_list
        if not SITE_ID.fullmatch(request.site) or (in_path and not ORDER_ID.fullmatch(request.order)):
            raise Refused(400, "validation_error")
        if (
            request.is_v1
            and request.accept_version is not None
            and not VERSION.fullmatch(request.accept_version)
        ):
            raise Refused(400, "unsupported_version")
        if request.site not in self.sites or request.site not in token.sites:
            raise Refused(404, "resource_not_found")
        orders = self.sites[request.site]
        if orders is None:
            raise Refused(404, "") if request.is_v1 else Refused(409, "ecommerce_not_enabled")
        return orders

    def _page(self, request: Request, orders: Mapping[str, Order]) -> JSON:
        status = _only(request, "status")
        if status is not None and status not in STATUSES:
            raise Refused(400, "validation_error")
        limit, offset = _number(request, "limit"), _number(request, "offset")
        found = [order for order in orders.values() if status in (None, order["status"])]
        page = found[offset : offset + limit]
        if request.is_v1:
            return [as_v1(order) for order in page]
        return {"orders": page, "pagination": {"limit": limit, "offset": offset, "total": len(found)}}


def _only(request: Request, name: str) -> str | None:
    given = [value for key, value in request.query if key == name]
    if len(given) > 1:
        raise Refused(400, "validation_error")
    return given[0] if given else None


def _number(request: Request, name: str) -> int:
    least, most, default = BOUNDS[name]
    text = _only(request, name)
    if text is None:
        return default
    if not re.fullmatch("-?[0-9]{1,20}", text, re.ASCII) or not least <= int(text) <= most:
        raise Refused(400, "validation_error")
    return int(text)


def _found(orders: Mapping[str, Order], order_id: str) -> Order:
    if order_id not in orders:
        raise Refused(404, "resource_not_found")
    return orders[order_id]


def changed(order: Order, action: str, sent: Mapping[str, JSON], now: float) -> Order:
    """The order after a write, or a Refused (409)."""
    write = WRITES[action]
    if order["status"] not in write.before or (action == "refund-order" and _is_free(order)):
        raise Refused(409, "conflict")
    after = {**order, **{name: value for name, value in sent.items() if name in write.changes}}
    if write.to is not None:
        after["status"] = write.to
    if write.sets is not None:
        after[write.sets] = ApproxTime(now)
    if write.clears is not None:
        after[write.clears] = None
    if action == "refund-order":
        reason = REASONS.get(sent.get("reason", ""))
        where = "paypalDetails" if order.get("paymentProcessor") == "paypal" else "stripeDetails"
        after[where] = {**(order.get(where) or {}), "refundId": NonEmpty(), "refundReason": reason}
    return after


def _is_free(order: Order) -> bool:
    return order.get("paymentProcessor") is None and order.get("customerPaid", {}).get("value") == 0


def as_v1(order: Order) -> Order:
    """What v1 tells of an order: less, and two things by another name."""
    told = {k: v for k, v in order.items() if k not in ("isShippingRequired", "isCustomerDeleted")}
    if "isShippingRequired" in order:
        told["requiresShipping"] = order["isShippingRequired"]
    if "isBuyNow" in order.get("metadata", {}):
        told["metadata"] = {"buyNow": order["metadata"]["isBuyNow"]}
    told["purchasedItems"] = [_item_of_v1(item) for item in order.get("purchasedItems", [])]
    return told if "purchasedItems" in order else {k: v for k, v in told.items() if k != "purchasedItems"}


def _item_of_v1(item: Order) -> Order:
    picture = item.get("variantImage")
    return {**item, "variantImage": {k: v for k, v in picture.items() if k != "file"}} if picture else item
