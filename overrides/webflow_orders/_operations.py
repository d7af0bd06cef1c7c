"""Each method's arguments, checked and made into a request. Shared by the sync client and its async twin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webflow_orders_generated.client import models
from webflow_orders_generated.client.api import orders, orders_v1
from webflow_orders_generated.client.client import Request
from webflow_orders_generated.client.types import UNSET, Listing, Unset

from . import _checks
from ._call import Expectation, Operation

LARGEST_PAGE = 100
LARGEST_OFFSET = 2**53 - 1
V1_VERSION = "1.0.0"


def list_(site_id: str | None, status: str | None, offset: int, limit: int) -> Operation[models.OrderList]:
    return Operation(
        request=orders.list_orders.request(
            _checks.site_id(site_id), status=_status(status), offset=_offset(offset), limit=_limit(limit)
        ),
        parse=orders.list_orders.parse,
    )


def get(site_id: str | None, order_id: str) -> Operation[models.Order]:
    request = orders.get_order.request(_checks.site_id(site_id), _checks.order_id(order_id))
    return Operation(request=request, parse=orders.get_order.parse, order_id=order_id)


def update(
    site_id: str | None,
    order_id: str,
    comment: str | None,
    shipping_provider: str | None,
    shipping_tracking: str | None,
    shipping_tracking_url: str | None,
) -> Operation[models.Order]:
    body = models.UpdateOrderRequest(
        comment=_checks.text(comment, "comment"),
        shipping_provider=_checks.text(shipping_provider, "shipping_provider"),
        shipping_tracking=_checks.text(shipping_tracking, "shipping_tracking"),
        shipping_tracking_url=_checks.text(shipping_tracking_url, "shipping_tracking_url"),
    )
    if not body.to_dict():
        raise ValueError("nothing to update: pass at least one of the four notes")
    request = orders.update_order.request(_checks.site_id(site_id), _checks.order_id(order_id), body=body)
    return _write(request, orders.update_order.parse, site_id, order_id, _fields_are(body.to_dict()))


def fulfill(site_id: str | None, order_id: str, send_email: bool) -> Operation[models.Order]:
    _checks.flag(send_email, "send_email")
    request = orders.fulfill_order.request(
        _checks.site_id(site_id),
        _checks.order_id(order_id),
        body=models.FulfillOrderRequest(send_order_fulfilled_email=send_email),
    )
    unseen = ("whether the e-mail to the customer went out",) if send_email else ()
    expects = _status_is("fulfilled", *unseen)
    return _write(request, orders.fulfill_order.parse, site_id, order_id, expects)


def unfulfill(site_id: str | None, order_id: str) -> Operation[models.Order]:
    request = orders.unfulfill_order.request(_checks.site_id(site_id), _checks.order_id(order_id))
    return _write(request, orders.unfulfill_order.parse, site_id, order_id, _status_is("unfulfilled"))


def refund(site_id: str | None, order_id: str, reason: str | None) -> Operation[models.Order]:
    body: models.RefundOrderRequest | Unset = UNSET
    if reason is not None:
        body = models.RefundOrderRequest(reason=_checks.member(reason, "reason", models.RefundReason))
    request = orders.refund_order.request(_checks.site_id(site_id), _checks.order_id(order_id), body=body)
    return _write(request, orders.refund_order.parse, site_id, order_id, _status_is("refunded"))


def _write(
    request: Request,
    parse: Callable[[bytes], models.Order],
    site_id: str | None,
    order_id: str,
    expects: Expectation,
) -> Operation[models.Order]:
    look = get(site_id, order_id)
    return Operation(request=request, parse=parse, order_id=order_id, expects=expects, look=look)


_WHO = "whether this call or another one made it so"


def _status_is(status: str, *unseen: str) -> Expectation:
    # A refunded order may be disputed later on; its date of refund stays.
    refund = status == "refunded"
    return Expectation(
        attempted=f"make its status {status}",
        holds=lambda order: order.status == status or (refund and order.refunded_on is not None),
        unseen=(_WHO, *unseen),
    )


def _fields_are(values: dict[str, Any]) -> Expectation:
    """Of an update. Its answer is not doubted: a server may trim what it stores."""

    def holds(order: models.Order) -> bool:
        return all(order.to_dict().get(key) == value for key, value in values.items())

    return Expectation(attempted=f"set {', '.join(values)}", holds=holds, unseen=(_WHO,), contradicts=False)


def list_v1(
    site_id: str | None, status: str | None, offset: int, limit: int
) -> Operation[Listing[models.OrderV1]]:
    request = orders_v1.list_orders_v1.request(
        _checks.site_id(site_id),
        status=_status(status),
        offset=_offset(offset),
        limit=_limit(limit),
        accept_version=V1_VERSION,
    )
    return Operation(request=request, parse=orders_v1.list_orders_v1.parse)


def get_v1(site_id: str | None, order_id: str) -> Operation[models.OrderV1]:
    request = orders_v1.get_order_v1.request(
        _checks.site_id(site_id), _checks.order_id(order_id), accept_version=V1_VERSION
    )
    return Operation(request=request, parse=orders_v1.get_order_v1.parse, order_id=order_id)


def page_size(value: int) -> int:
    return _checks.integer(value, "page_size", 1, LARGEST_PAGE)


def _status(value: str | None) -> models.OrderStatus | Unset:
    return UNSET if value is None else _checks.member(value, "status", models.OrderStatus)


def _offset(value: int) -> int:
    return _checks.integer(value, "offset", 0, LARGEST_OFFSET)


def _limit(value: int) -> int:
    return _checks.integer(value, "limit", 1, LARGEST_PAGE)
