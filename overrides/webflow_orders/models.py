"""The models of requests and answers, under their public name. Each is imported when it is first used."""

from typing import TYPE_CHECKING, Any

from webflow_orders_generated.client import models as _generated

if TYPE_CHECKING:
    from webflow_orders_generated.client.models import (
        Address as Address,
    )
    from webflow_orders_generated.client.models import (
        AddressType as AddressType,
    )
    from webflow_orders_generated.client.models import (
        CardBrand as CardBrand,
    )
    from webflow_orders_generated.client.models import (
        CardExpiry as CardExpiry,
    )
    from webflow_orders_generated.client.models import (
        CustomDataItem as CustomDataItem,
    )
    from webflow_orders_generated.client.models import (
        CustomerInfo as CustomerInfo,
    )
    from webflow_orders_generated.client.models import (
        DisputeStatus as DisputeStatus,
    )
    from webflow_orders_generated.client.models import (
        DownloadFile as DownloadFile,
    )
    from webflow_orders_generated.client.models import (
        Extra as Extra,
    )
    from webflow_orders_generated.client.models import (
        ExtraType as ExtraType,
    )
    from webflow_orders_generated.client.models import (
        ImageFile as ImageFile,
    )
    from webflow_orders_generated.client.models import (
        ImageFileVariant as ImageFileVariant,
    )
    from webflow_orders_generated.client.models import (
        JapanType as JapanType,
    )
    from webflow_orders_generated.client.models import (
        NewOrderEvent as NewOrderEvent,
    )
    from webflow_orders_generated.client.models import (
        Order as Order,
    )
    from webflow_orders_generated.client.models import (
        OrderChangedEvent as OrderChangedEvent,
    )
    from webflow_orders_generated.client.models import (
        OrderList as OrderList,
    )
    from webflow_orders_generated.client.models import (
        OrderMetadata as OrderMetadata,
    )
    from webflow_orders_generated.client.models import (
        OrderStatus as OrderStatus,
    )
    from webflow_orders_generated.client.models import (
        OrderV1 as OrderV1,
    )
    from webflow_orders_generated.client.models import (
        Pagination as Pagination,
    )
    from webflow_orders_generated.client.models import (
        PaypalDetails as PaypalDetails,
    )
    from webflow_orders_generated.client.models import (
        Price as Price,
    )
    from webflow_orders_generated.client.models import (
        PurchasedItem as PurchasedItem,
    )
    from webflow_orders_generated.client.models import (
        RefundReason as RefundReason,
    )
    from webflow_orders_generated.client.models import (
        StripeCard as StripeCard,
    )
    from webflow_orders_generated.client.models import (
        StripeDetails as StripeDetails,
    )
    from webflow_orders_generated.client.models import (
        Totals as Totals,
    )
    from webflow_orders_generated.client.models import (
        VariantImage as VariantImage,
    )
    from webflow_orders_generated.client.models.order_status import OrderStatusWord as OrderStatusWord
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
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(_generated, name)


def __dir__() -> list[str]:
    return __all__
