# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, ClassVar

from ..types import Charges, Model, model

if TYPE_CHECKING:
    from ..models.address import Address
    from ..models.custom_data_item import CustomDataItem
    from ..models.customer_info import CustomerInfo
    from ..models.dispute_status import DisputeStatus
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
        "fulfilled_on": "fulfilledOn",
        "refunded_on": "refundedOn",
        "disputed_on": "disputedOn",
        "dispute_updated_on": "disputeUpdatedOn",
        "dispute_last_status": "disputeLastStatus",
        "customer_paid": "customerPaid",
        "net_amount": "netAmount",
        "application_fee": "applicationFee",
        "all_addresses": "allAddresses",
        "shipping_address": "shippingAddress",
        "billing_address": "billingAddress",
        "shipping_provider": "shippingProvider",
        "shipping_tracking": "shippingTracking",
        "shipping_tracking_url": "shippingTrackingURL",
        "customer_info": "customerInfo",
        "purchased_items": "purchasedItems",
        "purchased_items_count": "purchasedItemsCount",
        "stripe_details": "stripeDetails",
        "stripe_card": "stripeCard",
        "paypal_details": "paypalDetails",
        "custom_data": "customData",
        "is_customer_deleted": "isCustomerDeleted",
        "is_shipping_required": "isShippingRequired",
        "has_downloads": "hasDownloads",
        "payment_processor": "paymentProcessor",
        "download_files": "downloadFiles",
        "requires_shipping": "requiresShipping",
    }
)
class Order(Charges, Model):
    """An order. Only its id and status are sure to be there; the lists below say what else was seen, or missed."""

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
    fulfilled_on: datetime.datetime | None = None
    """When the order was fulfilled; null while it is not."""
    refunded_on: datetime.datetime | None = None
    """When the order was refunded; null while it is not."""
    disputed_on: datetime.datetime | None = None
    """When the customer disputed the payment; null if never."""
    dispute_updated_on: datetime.datetime | None = None
    """When the dispute last changed; null if there is none."""
    dispute_last_status: DisputeStatus | None = None
    """How the dispute stands; null if there is none. An open list."""
    customer_paid: Price | None = None
    """What the customer paid."""
    net_amount: Price | None = None
    """What is left after the fees."""
    application_fee: Price | None = None
    """What Webflow keeps. Its `string` is often missing."""
    all_addresses: tuple[Address, ...] = ()
    """Every address the customer gave."""
    shipping_address: Address | None = None
    """Where the order goes."""
    billing_address: Address | None = None
    """Who pays."""
    shipping_provider: str | None = None
    """A note of the API user; who carries the parcel."""
    shipping_tracking: str | None = None
    """A note of the API user; the tracking number."""
    shipping_tracking_url: str | None = None
    """A note of the API user; where the parcel can be tracked."""
    customer_info: CustomerInfo | None = None
    """Who ordered."""
    purchased_items: tuple[PurchasedItem, ...] = ()
    """What was bought."""
    purchased_items_count: int | None = None
    """The sum of the items' `count`."""
    stripe_details: StripeDetails | None = None
    """The ids under which Stripe keeps the payment. All null in an order that Stripe has no part in."""
    stripe_card: StripeCard | None = None
    """The card, if Stripe took the payment."""
    paypal_details: PaypalDetails | None = None
    """The payment at PayPal, if there is one."""
    custom_data: tuple[CustomDataItem, ...] = ()
    """What the customer entered in additional inputs of the checkout form."""
    metadata: OrderMetadata | None = None
    """Facts about how the order came about."""
    is_customer_deleted: bool | None = None
    """Whether the customer's account was deleted."""
    is_shipping_required: bool | None = None
    """Whether something of it must be shipped."""
    has_downloads: bool | None = None
    """Whether something of it is downloaded."""
    payment_processor: str | None = None
    """Who took the payment, such as stripe."""
    totals: Totals | None = None
    """How the price came about. Its total need not equal what the customer paid."""
    download_files: tuple[DownloadFile, ...] = ()
    """What can be downloaded."""
    requires_shipping: bool | None = None
    """The v1 name of `isShippingRequired`."""
