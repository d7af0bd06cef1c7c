"""Requests and answers made by hand, to be judged by the rules."""

from __future__ import annotations

import copy
from typing import Any

from webflow_orders_contract.gateway.exchange import Exchange

ID = "dfa-3f1"


def order(**changes: Any) -> dict[str, Any]:
    price = {"unit": "USD", "value": 1, "string": "$ 0.01 USD"}
    order = {
        "orderId": ID,
        "status": "unfulfilled",
        "comment": "",
        "acceptedOn": "2025-03-29T21:29:21.555Z",
        **dict.fromkeys(("fulfilledOn", "refundedOn", "disputedOn")),
        "customerPaid": price,
        "totals": {"total": price, "extras": [{"type": "tax", "price": price}]},
    }
    return copy.deepcopy(order) | changes


LONG_BEFORE, LONG_AFTER = "Sun, 31 Mar 2024 08:00:00 GMT", "Tue, 31 Mar 2026 08:00:00 GMT"
SOON_AFTER, DAY = "Mon, 31 Mar 2025 08:13:00 GMT", "2025-03-31T08:12:40.102Z"
FULFILLED, REFUNDED = order(status="fulfilled", fulfilledOn=DAY), order(status="refunded", refundedOn=DAY)
EURO = {"unit": "EUR", "value": 1}


def price(value: Any) -> dict[str, Any]:
    return {"unit": "USD", "value": value}


def bought(**changes: Any) -> dict[str, Any]:
    item = {"count": 2, "variantPrice": price(10), "rowTotal": price(20)} | changes
    return {"purchasedItems": [item], "purchasedItemsCount": 2, "totals": {"subtotal": price(20)}}


def totals(subtotal: Any, extra: Any, total: Any) -> dict[str, Any]:
    return {"subtotal": price(subtotal), "extras": [{"price": price(extra)}], "total": price(total)}


def refund(asked: str | None, shown: str | None) -> Exchange:
    sent = {} if asked is None else {"reason": asked}
    answer = REFUNDED | {"stripeDetails": {"refundReason": shown}}
    return Exchange(operation="refund-order", order_id=ID, sent=sent, answer=answer)


def page(
    *orders: dict[str, Any], limit: int = 100, offset: int = 0, total: int | None = None
) -> dict[str, Any]:
    count = len(orders) if total is None else total
    return {"orders": list(orders), "pagination": {"limit": limit, "offset": offset, "total": count}}


def get(answer: Any, **more: Any) -> Exchange:
    return Exchange(operation="get-order", order_id=ID, answer=answer, **more)


def listed(answer: Any, **query: str) -> Exchange:
    return Exchange(operation="list-orders", query={k: [v] for k, v in query.items()}, answer=answer)


def limits(limit: str, remaining: str, status: int = 200, answer: Any = None) -> Exchange:
    headers = {"x-ratelimit-limit": limit, "x-ratelimit-remaining": remaining}
    return get(answer or order(), status=status, headers=headers)


FROM = {"type": "shipping", "line1": "1 Nowhere"}
PAID = {
    "paymentProcessor": "stripe",
    "stripeDetails": {"chargeId": "ch_1"},
    "paypalDetails": {"orderId": None},
}
CARD = {"last4": "0042", "expires": {"year": 2031, "month": 12}}
SEEN_TWICE = {
    "hasDownloads": True, "downloadFiles": [{}], "paymentProcessor": "stripe", "isShippingRequired": True,
    "requiresShipping": True,
    "metadata": {"hasDownloads": True, "paymentProcessor": "stripe", "isBuyNow": False, "buyNow": False},
}  # fmt: skip


def metadata(**changes: Any) -> dict[str, Any]:
    return SEEN_TWICE | {"metadata": SEEN_TWICE["metadata"] | changes}


def v1(**fields: Any) -> Exchange:
    return Exchange(operation="get-order-v1", order_id=ID, answer=order(**fields))


def too_many(seconds: str) -> Exchange:
    return get(V2_ERROR | {"code": "too_many_requests"}, status=429, headers={"retry-after": seconds})


V2_ERROR = {"code": "conflict", "message": "no", "externalReference": None, "details": []}
V1_ERROR = {"msg": "no", "code": 404, "name": "NotFound", "err": "NotFound: no"}
NO_ORDER = {"operation": "get-order-v1", "path": "/behind/a/%41%2541%3F", "status": 404}
INVALID = {"msg": "no", "code": 400, "name": "ValidationError", "problems": ["limit: too much"]}
