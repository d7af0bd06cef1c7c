"""A stateful mock of Webflow's Ecommerce Orders API: in process, as a pytest fixture, or over HTTP.

    with httpx.Client(transport=MockWebflow().transport()) as client: ...

Its README.md begins with what it does not do.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api.routes import OPERATIONS
    from .app import MockWebflow
    from .living import LivingShop
    from .messages import InvalidAnswer, Request, Response
    from .orders.database import DatabaseError
    from .orders.ledger import LedgerEntry
    from .orders.lifecycle import TRANSITIONS
    from .orders.store import InvalidOrder
    from .seed.builder import extra, item, order
    from .server import MockServer
    from .webhooks.deliveries import Delivery
    from .webhooks.registry import Webhook

__all__ = [
    "OPERATIONS", "TRANSITIONS", "DatabaseError", "Delivery", "InvalidAnswer", "InvalidOrder", "LedgerEntry",
    "LivingShop", "MockServer", "MockWebflow", "Request", "Response", "Webhook", "extra", "item", "order",
]  # fmt: skip

_HOMES = {
    "api.routes": "OPERATIONS", "app": "MockWebflow", "living": "LivingShop", "server": "MockServer",
    "messages": "InvalidAnswer Request Response", "orders.database": "DatabaseError", "orders.ledger": "LedgerEntry",
    "orders.lifecycle": "TRANSITIONS", "orders.store": "InvalidOrder", "seed.builder": "extra item order",
    "webhooks.deliveries": "Delivery", "webhooks.registry": "Webhook",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    # pytest imports this package at every start-up to find the fixtures, also where the `testing` extra is
    # not installed. So pydantic and uvicorn are imported with the first name that is asked for.
    for home, names in _HOMES.items():
        if name in names.split():
            return getattr(import_module(f".{home}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
