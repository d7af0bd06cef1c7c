"""The eight operations, one short function each: from a call that may be made to the body of its 200."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from webflow_orders_generated.schemas import FulfillOrderRequest, RefundOrderRequest, UpdateOrderRequest

from . import lifecycle
from .dialects import Entry
from .errors import conflict
from .exchange import Call
from .ledger import timestamp
from .validation import read_body, read_page


def list_orders(call: Call) -> bytes:
    page = read_page(call.request.query)
    entries, total = call.site.select(page.status, page.offset, page.limit)
    orders = b",".join([entry.rendered("v2", call.dialect) for entry in entries])
    pagination = b'{"limit":%d,"offset":%d,"total":%d}' % (page.limit, page.offset, total)
    return b'{"orders":[' + orders + b'],"pagination":' + pagination + b"}"


def list_orders_v1(call: Call) -> bytes:
    page = read_page(call.request.query)
    entries, _ = call.site.select(page.status, page.offset, page.limit)
    return b"[" + b",".join([entry.rendered("v1", call.dialect) for entry in entries]) + b"]"


def get_order(call: Call) -> bytes:
    return call.order().rendered(call.operation.version, call.dialect)


def update_order(call: Call) -> bytes:
    """Fields that are not sent stay. Assumed: an empty string is a note like any other."""
    sent = _body(call, UpdateOrderRequest, required=True)
    return _change(call, "update", fields=sent)


def fulfill_order(call: Call) -> bytes:
    """Nobody is mailed, whatever the body says."""
    _body(call, FulfillOrderRequest)
    return _change(call, "fulfill")


def unfulfill_order(call: Call) -> bytes:
    """The operation takes no body; one that is sent is not looked at (assumed)."""
    return _change(call, "unfulfill")


def refund_order(call: Call) -> bytes:
    sent = _body(call, RefundOrderRequest)
    return _change(call, "refund", reason=sent.get("reason"))


def _body(call: Call, model: type[BaseModel], *, required: bool = False) -> dict[str, Any]:
    return read_body(call.request, model, required=required)


def _change(
    call: Call, action: str, *, fields: Mapping[str, Any] | None = None, reason: str | None = None
) -> bytes:
    try:
        order = lifecycle.advance(call.order().order, action, now=timestamp(call.now), reason=reason)
    except lifecycle.IllegalTransition as error:
        raise conflict(str(error)) from None
    changed = Entry({**order, **(fields or {})})
    body = changed.rendered(call.operation.version, call.dialect)
    # Only now: an order that cannot be told is not kept either.
    call.changed = changed
    return body
