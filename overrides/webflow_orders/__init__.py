"""An unofficial client for the orders of a Webflow shop."""

from . import errors, limits, v1
from ._async_client import AsyncOrdersClient
from ._client import OrdersClient
from ._version import __version__
from .models import Order, OrderList, OrderStatus, Price
from .outcomes import Outcome, outcome_of
from .retry import RetryPolicy

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
]
