"""The operations of orders, one short function each: from a call that may be made to the body of its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from webflow_orders_generated.schemas import FulfillOrderRequest, RefundOrderRequest, UpdateOrderRequest

from ..orders import lifecycle
from ..orders.dialects import StoredOrder
from ..orders.ledger import timestamp
from .admission import Call
from .errors import conflict
from .validation import read_body, read_page


def list_orders(call: Call) -> bytes:
    page = read_page(call.request.query)
    found, total = call.site.orders.select(page.status, page.offset, page.limit)
    orders = b",".join([stored.serialized("v2", call.dialect) for stored in found])
    pagination = b'{"limit":%d,"offset":%d,"total":%d}' % (page.limit, page.offset, total)
    return b'{"orders":[' + orders + b'],"pagination":' + pagination + b"}"


def list_orders_v1(call: Call) -> bytes:
    page = read_page(call.request.query)
    found, _ = call.site.orders.select(page.status, page.offset, page.limit)
    return b"[" + b",".join([stored.serialized("v1", call.dialect) for stored in found]) + b"]"


def get_order(call: Call) -> bytes:
    return call.order().serialized(call.operation.version, call.dialect)


def update_order(call: Call) -> bytes:
    """Fields that are not sent stay. Assumed: an empty string is a note like any other."""
    return _change(call, "update", fields=read_body(call.request, UpdateOrderRequest, required=True))


def fulfill_order(call: Call) -> bytes:
    """Nobody is mailed, whatever the body says."""
    read_body(call.request, FulfillOrderRequest)
    return _change(call, "fulfill")


def unfulfill_order(call: Call) -> bytes:
    """The operation takes no body; one that is sent is not looked at (assumed)."""
    return _change(call, "unfulfill")


def refund_order(call: Call) -> bytes:
    return _change(call, "refund", reason=read_body(call.request, RefundOrderRequest).get("reason"))


def _change(
    call: Call, action: str, *, fields: Mapping[str, Any] | None = None, reason: str | None = None
) -> bytes:
    try:
        order = lifecycle.advance(call.order().order, action, now=timestamp(call.now), reason=reason)
    except lifecycle.IllegalTransition as error:
        raise conflict(str(error)) from None
    changed = StoredOrder({**order, **(fields or {})})
    body = changed.serialized(call.operation.version, call.dialect)
    # Only now: an order that cannot be serialized is not kept either.
    call.changed = changed
    return body


# By the operationId of openapi.yaml.
HANDLERS: Mapping[str, Callable[[Call], bytes]] = {
    "list-orders": list_orders,
    "get-order": get_order,
    "update-order": update_order,
    "fulfill-order": fulfill_order,
    "unfulfill-order": unfulfill_order,
    "refund-order": refund_order,
    "list-orders-v1": list_orders_v1,
    "get-order-v1": get_order,
}
