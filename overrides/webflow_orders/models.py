"""The models of requests and answers, under their public name. Each is imported when it is first used."""

# ruff: noqa: F403, F405 - `__all__` says which of them are public.

from typing import TYPE_CHECKING, Any

from webflow_orders_generated.client import models as _generated
from webflow_orders_generated.client.models.order_status import OrderStatusWord as OrderStatusWord
from webflow_orders_generated.client.models.order_trigger import OrderTriggerWord as OrderTriggerWord
from webflow_orders_generated.client.models.refund_reason import RefundReasonWord as RefundReasonWord

if TYPE_CHECKING:
    from webflow_orders_generated.client.models import *

__all__ = [
    "Address",
    "AddressType",
    "CardBrand",
    "CardExpiry",
    "CustomDataItem",
    "CustomerInfo",
    "DisputeStatus",
    "DownloadFile",
    "Extra",
    "ExtraType",
    "ImageFile",
    "ImageFileVariant",
    "JapanType",
    "NewOrderEvent",
    "Order",
    "OrderChangedEvent",
    "OrderList",
    "OrderMetadata",
    "OrderStatus",
    "OrderTrigger",
    "OrderV1",
    "Pagination",
    "PaypalDetails",
    "Price",
    "PurchasedItem",
    "RefundReason",
    "StripeCard",
    "StripeDetails",
    "Totals",
    "VariantImage",
    "Webhook",
    "WebhookFilter",
    "WebhookList",
    "WebhookTrigger",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(_generated, name)
    return found


def __dir__() -> list[str]:
    return __all__
