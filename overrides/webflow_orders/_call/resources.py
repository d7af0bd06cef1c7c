"""Each method's arguments, checked and made into a request. Shared by the sync client and its async twin."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from webflow_orders_generated.client import models
from webflow_orders_generated.client.api import orders, orders_v1, webhooks
from webflow_orders_generated.client.client import Request

from . import arguments
from .operation import Operation, Postcondition

if TYPE_CHECKING:
    from webflow_orders_generated.client.types import Listing, Unset

LARGEST_PAGE = 100
LARGEST_OFFSET = 2**53 - 1
V1_VERSION = "1.0.0"


def list_(site_id: str | None, status: str | None, offset: int, limit: int) -> Operation[models.OrderList]:
    return Operation(
        request=orders.list_orders.request(
            arguments.site_id(site_id), status=_status(status), offset=_offset(offset), limit=_limit(limit)
        ),
        parse=orders.list_orders.parse,
    )


def get(site_id: str | None, order_id: str) -> Operation[models.Order]:
    request = orders.get_order.request(arguments.site_id(site_id), arguments.order_id(order_id))
    return Operation(request=request, parse=orders.get_order.parse, target=order_id)


def update(
    site_id: str | None,
    order_id: str,
    comment: str | None,
    shipping_provider: str | None,
    shipping_tracking: str | None,
    shipping_tracking_url: str | None,
) -> Operation[models.Order]:
    body = models.UpdateOrderRequest(
        comment=arguments.text(comment, "comment"),
        shipping_provider=arguments.text(shipping_provider, "shipping_provider"),
        shipping_tracking=arguments.text(shipping_tracking, "shipping_tracking"),
        shipping_tracking_url=arguments.text(shipping_tracking_url, "shipping_tracking_url"),
    )
    if not body.to_dict():
        raise ValueError("nothing to update: pass at least one of the four notes")
    request = orders.update_order.request(arguments.site_id(site_id), arguments.order_id(order_id), body=body)
    return _write(
        request, orders.update_order.parse, site_id, order_id, Postcondition.of_notes(body.to_dict())
    )


def fulfill(site_id: str | None, order_id: str, send_email: bool) -> Operation[models.Order]:
    arguments.flag(send_email, "send_email")
    request = orders.fulfill_order.request(
        arguments.site_id(site_id),
        arguments.order_id(order_id),
        body=models.FulfillOrderRequest(send_order_fulfilled_email=send_email),
    )
    unseen = ("whether the e-mail to the customer went out",) if send_email else ()
    expects = Postcondition.of_status("fulfilled", *unseen)
    return _write(request, orders.fulfill_order.parse, site_id, order_id, expects)


def unfulfill(site_id: str | None, order_id: str) -> Operation[models.Order]:
    request = orders.unfulfill_order.request(arguments.site_id(site_id), arguments.order_id(order_id))
    return _write(
        request, orders.unfulfill_order.parse, site_id, order_id, Postcondition.of_status("unfulfilled")
    )


def refund(site_id: str | None, order_id: str, reason: str | None) -> Operation[models.Order]:
    body: models.RefundOrderRequest | Unset = _unset()
    if reason is not None:
        body = models.RefundOrderRequest(reason=arguments.member(reason, "reason", models.RefundReason))
    request = orders.refund_order.request(arguments.site_id(site_id), arguments.order_id(order_id), body=body)
    return _write(request, orders.refund_order.parse, site_id, order_id, Postcondition.of_status("refunded"))


def _write(
    request: Request,
    parse: Callable[[bytes], models.Order],
    site_id: str | None,
    order_id: str,
    expects: Postcondition,
) -> Operation[models.Order]:
    verify = look(request.operation, site_id, order_id)
    return Operation(
        request=request, parse=parse, site_id=site_id, target=order_id, expects=expects, verify=verify
    )


def list_webhooks(site_id: str | None) -> Operation[models.WebhookList]:
    request = webhooks.list_webhooks.request(arguments.site_id(site_id))
    return Operation(request=request, parse=webhooks.list_webhooks.parse)


def get_webhook(webhook_id: str) -> Operation[models.Webhook]:
    request = webhooks.get_webhook.request(arguments.webhook_id(webhook_id))
    return Operation(request=request, parse=webhooks.get_webhook.parse, target=webhook_id)


def create_webhook(site_id: str | None, url: str, trigger: str) -> Operation[models.Webhook]:
    body = models.CreateWebhookRequest(
        url=arguments.webhook_url(url), trigger_type=arguments.member(trigger, "trigger", models.OrderTrigger)
    )
    return Operation(
        request=webhooks.create_webhook.request(arguments.site_id(site_id), body=body),
        parse=webhooks.create_webhook.parse,
        site_id=site_id,
        target=f"{trigger} {hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}",
        expects=Postcondition.of_a_webhook(body.to_dict()),
        verify=look("create-webhook", site_id, ""),
    )


def delete_webhook(site_id: str | None, webhook_id: str) -> Operation[None]:
    return Operation(
        request=webhooks.delete_webhook.request(arguments.webhook_id(webhook_id)),
        parse=webhooks.delete_webhook.parse,
        site_id=site_id,
        target=webhook_id,
        expects=Postcondition("remove it", kind="gone"),
        verify=look("delete-webhook", site_id, webhook_id),
    )


def look(write: str, site_id: str | None, target: str) -> Operation[Any]:
    """The read that shows what became of a write: of this operation, to this target."""
    read: Operation[Any]
    if write == "create-webhook":
        read = list_webhooks(site_id)
    elif write == "delete-webhook":
        read = get_webhook(target)._replace(or_gone=True)
    else:
        read = get(site_id, target)
    # How it was before the write, a cache would say.
    headers = {**read.request.headers, "Cache-Control": "no-cache"}
    return read._replace(decides=True, request=read.request._replace(headers=headers))


def list_v1(
    site_id: str | None, status: str | None, offset: int, limit: int
) -> Operation[Listing[models.OrderV1]]:
    request = orders_v1.list_orders_v1.request(
        arguments.site_id(site_id),
        status=_status(status),
        offset=_offset(offset),
        limit=_limit(limit),
        accept_version=V1_VERSION,
    )
    return Operation(request=request, parse=orders_v1.list_orders_v1.parse)


def get_v1(site_id: str | None, order_id: str) -> Operation[models.OrderV1]:
    request = orders_v1.get_order_v1.request(
        arguments.site_id(site_id), arguments.order_id(order_id), accept_version=V1_VERSION
    )
    return Operation(request=request, parse=orders_v1.get_order_v1.parse, target=order_id)


def page_size(value: int) -> int:
    return arguments.integer(value, "page_size", 1, LARGEST_PAGE)


def _unset() -> Unset:
    # attrs and msgspec, of which the models are made, are not imported until a call is.
    from webflow_orders_generated.client.types import UNSET

    return UNSET


def _status(value: str | None) -> models.OrderStatus | Unset:
    return _unset() if value is None else arguments.member(value, "status", models.OrderStatus)


def _offset(value: int) -> int:
    return arguments.integer(value, "offset", 0, LARGEST_OFFSET)


def _limit(value: int) -> int:
    return arguments.integer(value, "limit", 1, LARGEST_PAGE)
