"""An unofficial client for the orders of a Webflow shop."""

from . import errors, v1
from ._async_client import AsyncOrdersClient
from ._client import OrdersClient
from ._version import __version__
from .models import Order, OrderList, OrderStatus, Price
from .retry import RetryPolicy

__all__ = [
    "AsyncOrdersClient",
    "Order",
    "OrderList",
    "OrderStatus",
    "OrdersClient",
    "Price",
    "RetryPolicy",
    "__version__",
    "errors",
    "v1",
]
