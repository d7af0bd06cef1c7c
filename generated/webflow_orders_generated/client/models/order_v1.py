# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, ClassVar

from ..types import Charges, Model, model

if TYPE_CHECKING:
    from ..models.address import Address
    from ..models.custom_data_item import CustomDataItem
    from ..models.customer_info import CustomerInfo
    from ..models.download_file import DownloadFile
    from ..models.order_metadata import OrderMetadata
    from ..models.order_status import OrderStatus
    from ..models.paypal_details import PaypalDetails
    from ..models.price import Price
    from ..models.purchased_item import PurchasedItem
    from ..models.stripe_card import StripeCard
    from ..models.stripe_details import StripeDetails
    from ..models.totals import Totals


@model(
    {
        "order_id": "orderId",
        "order_comment": "orderComment",
        "accepted_on": "acceptedOn",
        "disputed_on": "disputedOn",
        "dispute_updated_on": "disputeUpdatedOn",
        "dispute_last_status": "disputeLastStatus",
        "fulfilled_on": "fulfilledOn",
        "refunded_on": "refundedOn",
        "customer_paid": "customerPaid",
        "net_amount": "netAmount",
        "requires_shipping": "requiresShipping",
        "shipping_provider": "shippingProvider",
        "shipping_tracking": "shippingTracking",
        "customer_info": "customerInfo",
        "all_addresses": "allAddresses",
        "shipping_address": "shippingAddress",
        "billing_address": "billingAddress",
        "purchased_items": "purchasedItems",
        "purchased_items_count": "purchasedItemsCount",
        "stripe_details": "stripeDetails",
        "stripe_card": "stripeCard",
        "custom_data": "customData",
        "download_files": "downloadFiles",
        "shipping_tracking_url": "shippingTrackingURL",
        "application_fee": "applicationFee",
        "paypal_details": "paypalDetails",
        "has_downloads": "hasDownloads",
        "payment_processor": "paymentProcessor",
    }
)
class OrderV1(Charges, Model):
    """An order in the v1 shape. Only its id and status are sure to be there."""

    DOCUMENT: ClassVar[bool] = True
    order_id: str
    """Two groups of three hexadecimal digits, or three in a shop with very many orders. Random."""
    status: OrderStatus
    """Where the order stands. `pending` waits for its payment."""
    comment: str | None = None
    """A note of the API user. Webflow does not use it. Empty when unset."""
    order_comment: str | None = None
    """What the customer wrote while ordering. Empty when unset."""
    accepted_on: datetime.datetime | None = None
    """When the order was placed."""
    disputed_on: datetime.datetime | None = None
    """When the customer disputed the payment; null if never."""
    dispute_updated_on: str | None = None
    """When the dispute last changed, as an ISO 8601 timestamp; null if there is none."""
    dispute_last_status: str | None = None
    """How the dispute stands; null if there is none. Here the words are not listed."""
    fulfilled_on: datetime.datetime | None = None
    """When the order was fulfilled; null while it is not."""
    refunded_on: datetime.datetime | None = None
    """When the order was refunded; null while it is not."""
    customer_paid: Price | None = None
    """What the customer paid."""
    net_amount: Price | None = None
    """What the shop receives after all fees."""
    requires_shipping: bool | None = None
    """Whether something of it must be shipped."""
    shipping_provider: str | None = None
    """A note of the API user; who carries the parcel."""
    shipping_tracking: str | None = None
    """A note of the API user; the tracking number."""
    customer_info: CustomerInfo | None = None
    """Who ordered."""
    all_addresses: tuple[Address, ...] = ()
    """Every address the customer gave."""
    shipping_address: Address | None = None
    """Where the order goes."""
    billing_address: Address | None = None
    """Who pays."""
    purchased_items: tuple[PurchasedItem, ...] = ()
    """What was bought."""
    purchased_items_count: int | None = None
    """The sum of the items' `count`."""
    stripe_details: StripeDetails | None = None
    """The ids under which Stripe keeps the payment. All null in an order that Stripe has no part in."""
    stripe_card: StripeCard | None = None
    """The card, if Stripe took the payment."""
    totals: Totals | None = None
    """How the price came about. Its total need not equal what the customer paid."""
    custom_data: tuple[CustomDataItem, ...] = ()
    """What the customer entered in additional inputs of the checkout form."""
    download_files: tuple[DownloadFile, ...] = ()
    """What can be downloaded."""
    shipping_tracking_url: str | None = None
    """A note of the API user; where the parcel can be tracked."""
    application_fee: Price | None = None
    """What Webflow keeps."""
    paypal_details: PaypalDetails | None = None
    """The payment at PayPal, if there is one."""
    has_downloads: bool | None = None
    """Whether something of it is downloaded."""
    metadata: OrderMetadata | None = None
    """Facts about how the order came about."""
    payment_processor: str | None = None
    """Who took the payment, such as stripe."""
