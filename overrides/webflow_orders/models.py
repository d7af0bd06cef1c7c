"""The models of requests and answers, under their public name. Each is imported when it is first used."""

from typing import TYPE_CHECKING, Any

from webflow_orders_generated.client import models as _generated

if TYPE_CHECKING:
    from webflow_orders_generated.client.models import (
        Address as Address,
        AddressType as AddressType,
        CardBrand as CardBrand,
        CardExpiry as CardExpiry,
        CustomDataItem as CustomDataItem,
        CustomerInfo as CustomerInfo,
        DisputeStatus as DisputeStatus,
        DownloadFile as DownloadFile,
        Extra as Extra,
        ExtraType as ExtraType,
        ImageFile as ImageFile,
        ImageFileVariant as ImageFileVariant,
        JapanType as JapanType,
        NewOrderEvent as NewOrderEvent,
        Order as Order,
        OrderChangedEvent as OrderChangedEvent,
        OrderList as OrderList,
        OrderMetadata as OrderMetadata,
        OrderStatus as OrderStatus,
        OrderTrigger as OrderTrigger,
        OrderV1 as OrderV1,
        Pagination as Pagination,
        PaypalDetails as PaypalDetails,
        Price as Price,
        PurchasedItem as PurchasedItem,
        RefundReason as RefundReason,
        StripeCard as StripeCard,
        StripeDetails as StripeDetails,
        Totals as Totals,
        VariantImage as VariantImage,
        Webhook as Webhook,
        WebhookFilter as WebhookFilter,
        WebhookList as WebhookList,
        WebhookTrigger as WebhookTrigger,
    )
    from webflow_orders_generated.client.models.order_status import OrderStatusWord as OrderStatusWord
    from webflow_orders_generated.client.models.order_trigger import OrderTriggerWord as OrderTriggerWord
    from webflow_orders_generated.client.models.refund_reason import RefundReasonWord as RefundReasonWord

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
