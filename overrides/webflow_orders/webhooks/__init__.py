"""Webhooks of a shop: deliveries that are verified and read as typed events.

    from webflow_orders import webhooks

    event = webhooks.unwrap(request.body, request.headers, secret)  # the raw bytes, before anything parses them
    match event:
        case webhooks.NewOrder(order=order):
            print(order.order_id, order.customer_paid)
        case webhooks.OrderChanged(order=order):
            print(order.order_id, order.status)

The secret is the app's client secret, or the `secretKey` of a webhook that a site token made. Answer with exactly
200, or Webflow posts it again. Nothing here needs a framework, or does any I/O of its own.
"""

from ._events import BareOrder, Event, NewOrder, OrderChanged, OrderEvent, OtherEvent, WebhookError
from ._signature import parse_unverified, sign, unwrap, verify

__all__ = [
    "BareOrder",
    "Event",
    "NewOrder",
    "OrderChanged",
    "OrderEvent",
    "OtherEvent",
    "WebhookError",
    "parse_unverified",
    "sign",
    "unwrap",
    "verify",
]
