"""Webhooks of a shop: deliveries that are verified and read as typed events.

    from webflow_orders import webhooks

    event = webhooks.unwrap(request.body, request.headers, secret)  # the raw bytes, before anything parses them
    match event:
        case webhooks.NewOrder(order=order):
            print(order.order_id, order.customer_paid)
        case webhooks.OrderChanged(order=order):
            print(order.order_id, order.status)

The secret is the app's client secret, or the `secretKey` of a webhook that a site token made. Answer with exactly
200, or Webflow posts it again. Deliveries repeat and overtake each other: a `Receiver` (WSGI) or an `AsyncReceiver`
(ASGI) answers rightly, and calls the handler of each change once:

    receiver = webhooks.AsyncReceiver(secret, fallback=print, store=webhooks.SQLiteStore("deliveries.sqlite"))

    @receiver.on(webhooks.NewOrder)
    async def placed(event: webhooks.NewOrder) -> None:
        print(event.order.order_id)

What is lost on the way, `receiver.reconcile(orders)` reads through the API and hands to the same handlers. Nothing
here needs a framework, or sends anything by itself.
"""

import importlib
from typing import TYPE_CHECKING, Any

from ._events import BareOrder, Event, NewOrder, OrderChanged, OrderEvent, OtherEvent, WebhookError
from ._signature import parse_unverified, sign, unwrap, verify

if TYPE_CHECKING:
    from ._bodies import Answer
    from ._receiver import AsyncReceiver, Receiver
    from ._reconcile import Reconciliation
    from ._store import Change, MemoryStore, SQLiteStore, Store, Verdict

__all__ = [
    "Answer",
    "AsyncReceiver",
    "BareOrder",
    "Change",
    "Event",
    "MemoryStore",
    "NewOrder",
    "OrderChanged",
    "OrderEvent",
    "OtherEvent",
    "Receiver",
    "Reconciliation",
    "SQLiteStore",
    "Store",
    "Verdict",
    "WebhookError",
    "parse_unverified",
    "sign",
    "unwrap",
    "verify",
]

# Imported when they are first used: whoever only verifies needs neither threads nor a database.
_HOME = {
    "Answer": "_bodies",
    "Reconciliation": "_reconcile",
    **dict.fromkeys(("AsyncReceiver", "Receiver"), "_receiver"),
    **dict.fromkeys(("Change", "MemoryStore", "SQLiteStore", "Store", "Verdict"), "_store"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return __all__
