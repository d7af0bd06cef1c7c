"""An unofficial client for the orders of a Webflow shop. Each name is imported when it is first used."""

import importlib
from typing import TYPE_CHECKING, Any

from ._common.version import __version__

if TYPE_CHECKING:
    from . import errors, limits, v1, webhooks
    from ._call.retry import RetryPolicy
    from ._clients.awaiting import AsyncOrdersClient
    from ._clients.blocking import OrdersClient
    from .models import Order, OrderList, OrderStatus, Price
    from .outcomes import Outcome, outcome_of

__all__ = [
    "AsyncOrdersClient",
    "Order",
    "OrderList",
    "OrderStatus",
    "OrdersClient",
    "Outcome",
    "Price",
    "RetryPolicy",
    "__version__",
    "errors",
    "limits",
    "outcome_of",
    "v1",
    "webhooks",
]

_HOME = {
    "AsyncOrdersClient": "_clients.awaiting",
    "Order": "models",
    "OrderList": "models",
    "OrderStatus": "models",
    "OrdersClient": "_clients.blocking",
    "Outcome": "outcomes",
    "Price": "models",
    "RetryPolicy": "_call.retry",
    "outcome_of": "outcomes",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = importlib.import_module(f".{_HOME.get(name, name)}", __name__)
    # Kept, so that this is asked for once.
    found = globals()[name] = getattr(home, name) if name in _HOME else home
    return found


def __dir__() -> list[str]:
    return __all__
