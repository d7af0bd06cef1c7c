"""The operations of orders, one short function each: from a call that may be made to the body of its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from webflow_orders_generated import schemas

from .. import spec
from ..orders import lifecycle
from ..orders.dialects import StoredOrder, fields
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


def write_order(call: Call) -> bytes:
    """An action of the table of an order's life, and what of the body is a field of an order.

    Fields that are not sent stay. Nobody is mailed, whatever the body says. A body that is sent to an operation that
    takes none is not looked at, and an empty string is a note like any other (both assumed).
    """
    sent: dict[str, Any] = {}
    if call.operation.body is not None:
        model = getattr(schemas, call.operation.body)
        sent = read_body(call.request, model, required=call.operation.needs_body)
    action, now = action_of(call.operation), timestamp(call.now)
    try:
        order = lifecycle.advance(call.order().order, action, now=now, reason=sent.get("reason"))
    except lifecycle.IllegalTransition as error:
        raise conflict(str(error)) from None
    known = fields().values()
    noted = {name: value for name, value in sent.items() if name in known}
    changed = StoredOrder({**order, **noted})
    body = changed.serialized(call.operation.version, call.dialect)
    # Only now: an order that cannot be serialized is not kept either.
    call.changed = changed
    return body


def action_of(operation: spec.Operation) -> str:
    """fulfill-order → fulfill"""
    return operation.operation_id.rpartition("-")[0]


# By the operationId of openapi.yaml.
HANDLERS: Mapping[str, Callable[[Call], bytes]] = {
    "list-orders": list_orders,
    "get-order": get_order,
    "list-orders-v1": list_orders_v1,
    "get-order-v1": get_order,
    **{name: write_order for name, each in spec.operations().items() if action_of(each) in lifecycle.ACTIONS},
}
