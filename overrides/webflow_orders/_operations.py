"""Each method's arguments, checked and made into a request. Shared by the sync client and its async twin."""

from __future__ import annotations

from collections.abc import Callable

from webflow_orders_generated.client.api.orders import (
    fulfill_order,
    get_order,
    list_orders,
    refund_order,
    unfulfill_order,
    update_order,
)
from webflow_orders_generated.client.api.orders_v1 import get_order_v1, list_orders_v1
from webflow_orders_generated.client.client import Request
from webflow_orders_generated.client.models import (
    FulfillOrderRequest,
    Order,
    OrderList,
    OrderStatus,
    OrderV1,
    RefundOrderRequest,
    RefundReason,
    UpdateOrderRequest,
)
from webflow_orders_generated.client.types import UNSET, Listing, Unset

from . import _checks
from ._call import Operation
from .outcomes import Expectation, fields_are, status_is

LARGEST_PAGE = 100
LARGEST_OFFSET = 2**53 - 1
V1_VERSION = "1.0.0"


def list_(site_id: str | None, status: str | None, offset: int, limit: int) -> Operation[OrderList]:
    return Operation(
        request=list_orders.request(
            _checks.site_id(site_id), status=_status(status), offset=_offset(offset), limit=_limit(limit)
        ),
        parse=list_orders.parse,
    )


def get(site_id: str | None, order_id: str) -> Operation[Order]:
    request = get_order.request(_checks.site_id(site_id), _checks.order_id(order_id))
    return Operation(request=request, parse=get_order.parse, order_id=order_id)


def update(
    site_id: str | None,
    order_id: str,
    comment: str | None,
    shipping_provider: str | None,
    shipping_tracking: str | None,
    shipping_tracking_url: str | None,
) -> Operation[Order]:
    body = UpdateOrderRequest(
        comment=_checks.text(comment, "comment"),
        shipping_provider=_checks.text(shipping_provider, "shipping_provider"),
        shipping_tracking=_checks.text(shipping_tracking, "shipping_tracking"),
        shipping_tracking_url=_checks.text(shipping_tracking_url, "shipping_tracking_url"),
    )
    if not body.to_dict():
        raise ValueError("nothing to update: pass at least one of the four notes")
    request = update_order.request(_checks.site_id(site_id), _checks.order_id(order_id), body=body)
    return _write(request, update_order.parse, site_id, order_id, fields_are(body.to_dict()))


def fulfill(site_id: str | None, order_id: str, send_email: bool) -> Operation[Order]:
    if not isinstance(send_email, bool):
        raise TypeError(f"send_email must be a bool, not {type(send_email).__name__}")
    request = fulfill_order.request(
        _checks.site_id(site_id),
        _checks.order_id(order_id),
        body=FulfillOrderRequest(send_order_fulfilled_email=send_email),
    )
    unseen = ("whether the e-mail to the customer went out",) if send_email else ()
    expects = status_is(OrderStatus.FULFILLED, *unseen)
    return _write(request, fulfill_order.parse, site_id, order_id, expects)


def unfulfill(site_id: str | None, order_id: str) -> Operation[Order]:
    request = unfulfill_order.request(_checks.site_id(site_id), _checks.order_id(order_id))
    return _write(request, unfulfill_order.parse, site_id, order_id, status_is(OrderStatus.UNFULFILLED))


def refund(site_id: str | None, order_id: str, reason: str | None) -> Operation[Order]:
    body: RefundOrderRequest | Unset = UNSET
    if reason is not None:
        body = RefundOrderRequest(reason=_checks.member(reason, "reason", RefundReason))
    request = refund_order.request(_checks.site_id(site_id), _checks.order_id(order_id), body=body)
    return _write(request, refund_order.parse, site_id, order_id, status_is(OrderStatus.REFUNDED))


def _write(
    request: Request,
    parse: Callable[[bytes], Order],
    site_id: str | None,
    order_id: str,
    expects: Expectation,
) -> Operation[Order]:
    look = get(site_id, order_id)
    return Operation(request=request, parse=parse, order_id=order_id, expects=expects, look=look)


def list_v1(site_id: str | None, status: str | None, offset: int, limit: int) -> Operation[Listing[OrderV1]]:
    request = list_orders_v1.request(
        _checks.site_id(site_id),
        status=_status(status),
        offset=_offset(offset),
        limit=_limit(limit),
        accept_version=V1_VERSION,
    )
    return Operation(request=request, parse=list_orders_v1.parse)


def get_v1(site_id: str | None, order_id: str) -> Operation[OrderV1]:
    request = get_order_v1.request(
        _checks.site_id(site_id), _checks.order_id(order_id), accept_version=V1_VERSION
    )
    return Operation(request=request, parse=get_order_v1.parse, order_id=order_id)


def page_size(value: int) -> int:
    return _checks.integer(value, "page_size", 1, LARGEST_PAGE)


def _status(value: str | None) -> OrderStatus | Unset:
    return UNSET if value is None else _checks.member(value, "status", OrderStatus)


def _offset(value: int) -> int:
    return _checks.integer(value, "offset", 0, LARGEST_OFFSET)


def _limit(value: int) -> int:
    return _checks.integer(value, "limit", 1, LARGEST_PAGE)
