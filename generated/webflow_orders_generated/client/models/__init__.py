# @generated from openapi.yaml. Do not edit; run `make generate`.
"""The models of every request and answer."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .address import Address
    from .address_type import AddressType
    from .card_brand import CardBrand
    from .card_expiry import CardExpiry
    from .create_webhook_request import CreateWebhookRequest
    from .custom_data_item import CustomDataItem
    from .customer_info import CustomerInfo
    from .dispute_status import DisputeStatus
    from .download_file import DownloadFile
    from .error import Error
    from .error_detail import ErrorDetail
    from .error_v1 import ErrorV1
    from .extra import Extra
    from .extra_type import ExtraType
    from .fulfill_order_request import FulfillOrderRequest
    from .image_file import ImageFile
    from .image_file_variant import ImageFileVariant
    from .japan_type import JapanType
    from .new_order_event import NewOrderEvent
    from .new_order_event_trigger_type import NewOrderEventTriggerType
    from .order import Order
    from .order_changed_event import OrderChangedEvent
    from .order_changed_event_trigger_type import OrderChangedEventTriggerType
    from .order_list import OrderList
    from .order_metadata import OrderMetadata
    from .order_status import OrderStatus
    from .order_trigger import OrderTrigger
    from .order_v1 import OrderV1
    from .pagination import Pagination
    from .paypal_details import PaypalDetails
    from .price import Price
    from .purchased_item import PurchasedItem
    from .refund_order_request import RefundOrderRequest
    from .refund_reason import RefundReason
    from .stripe_card import StripeCard
    from .stripe_details import StripeDetails
    from .totals import Totals
    from .update_order_request import UpdateOrderRequest
    from .variant_image import VariantImage
    from .webhook import Webhook
    from .webhook_filter import WebhookFilter
    from .webhook_list import WebhookList
    from .webhook_trigger import WebhookTrigger

_MODULES = {
    "Address": ".address",
    "AddressType": ".address_type",
    "CardBrand": ".card_brand",
    "CardExpiry": ".card_expiry",
    "CreateWebhookRequest": ".create_webhook_request",
    "CustomDataItem": ".custom_data_item",
    "CustomerInfo": ".customer_info",
    "DisputeStatus": ".dispute_status",
    "DownloadFile": ".download_file",
    "Error": ".error",
    "ErrorDetail": ".error_detail",
    "ErrorV1": ".error_v1",
    "Extra": ".extra",
    "ExtraType": ".extra_type",
    "FulfillOrderRequest": ".fulfill_order_request",
    "ImageFile": ".image_file",
    "ImageFileVariant": ".image_file_variant",
    "JapanType": ".japan_type",
    "NewOrderEvent": ".new_order_event",
    "NewOrderEventTriggerType": ".new_order_event_trigger_type",
    "Order": ".order",
    "OrderChangedEvent": ".order_changed_event",
    "OrderChangedEventTriggerType": ".order_changed_event_trigger_type",
    "OrderList": ".order_list",
    "OrderMetadata": ".order_metadata",
    "OrderStatus": ".order_status",
    "OrderTrigger": ".order_trigger",
    "OrderV1": ".order_v1",
    "Pagination": ".pagination",
    "PaypalDetails": ".paypal_details",
    "Price": ".price",
    "PurchasedItem": ".purchased_item",
    "RefundOrderRequest": ".refund_order_request",
    "RefundReason": ".refund_reason",
    "StripeCard": ".stripe_card",
    "StripeDetails": ".stripe_details",
    "Totals": ".totals",
    "UpdateOrderRequest": ".update_order_request",
    "VariantImage": ".variant_image",
    "Webhook": ".webhook",
    "WebhookFilter": ".webhook_filter",
    "WebhookList": ".webhook_list",
    "WebhookTrigger": ".webhook_trigger",
}

__all__ = (
    "Address",
    "AddressType",
    "CardBrand",
    "CardExpiry",
    "CreateWebhookRequest",
    "CustomDataItem",
    "CustomerInfo",
    "DisputeStatus",
    "DownloadFile",
    "Error",
    "ErrorDetail",
    "ErrorV1",
    "Extra",
    "ExtraType",
    "FulfillOrderRequest",
    "ImageFile",
    "ImageFileVariant",
    "JapanType",
    "NewOrderEvent",
    "NewOrderEventTriggerType",
    "Order",
    "OrderChangedEvent",
    "OrderChangedEventTriggerType",
    "OrderList",
    "OrderMetadata",
    "OrderStatus",
    "OrderTrigger",
    "OrderV1",
    "Pagination",
    "PaypalDetails",
    "Price",
    "PurchasedItem",
    "RefundOrderRequest",
    "RefundReason",
    "StripeCard",
    "StripeDetails",
    "Totals",
    "UpdateOrderRequest",
    "VariantImage",
    "Webhook",
    "WebhookFilter",
    "WebhookList",
    "WebhookTrigger",
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(name)
    found = globals()[name] = getattr(importlib.import_module(_MODULES[name], __name__), name)
    return found
