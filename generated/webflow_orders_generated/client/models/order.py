# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, ListOf, Model, Nested, OneOf, Required, boolean, integer, text, timestamp

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


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class Order(Model):
    """An order. Only its id and status are sure to be there; the lists below say what else was seen, or missed."""

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
    """How the dispute stands; null if there is none."""
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
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
Order.FIELDS = {
    "order_id": Field("orderId", Required(text, "")),
    "status": Field("status", Required(OneOf("OrderStatus"), "")),
    "comment": Field("comment", text),
    "order_comment": Field("orderComment", text),
    "accepted_on": Field("acceptedOn", timestamp),
    "fulfilled_on": Field("fulfilledOn", timestamp),
    "refunded_on": Field("refundedOn", timestamp),
    "disputed_on": Field("disputedOn", timestamp),
    "dispute_updated_on": Field("disputeUpdatedOn", timestamp),
    "dispute_last_status": Field("disputeLastStatus", OneOf("DisputeStatus")),
    "customer_paid": Field("customerPaid", Nested("Price")),
    "net_amount": Field("netAmount", Nested("Price")),
    "application_fee": Field("applicationFee", Nested("Price")),
    "all_addresses": Field("allAddresses", ListOf(Nested("Address"))),
    "shipping_address": Field("shippingAddress", Nested("Address")),
    "billing_address": Field("billingAddress", Nested("Address")),
    "shipping_provider": Field("shippingProvider", text),
    "shipping_tracking": Field("shippingTracking", text),
    "shipping_tracking_url": Field("shippingTrackingURL", text),
    "customer_info": Field("customerInfo", Nested("CustomerInfo")),
    "purchased_items": Field("purchasedItems", ListOf(Nested("PurchasedItem"))),
    "purchased_items_count": Field("purchasedItemsCount", integer),
    "stripe_details": Field("stripeDetails", Nested("StripeDetails")),
    "stripe_card": Field("stripeCard", Nested("StripeCard")),
    "paypal_details": Field("paypalDetails", Nested("PaypalDetails")),
    "custom_data": Field("customData", ListOf(Nested("CustomDataItem"))),
    "metadata": Field("metadata", Nested("OrderMetadata")),
    "is_customer_deleted": Field("isCustomerDeleted", boolean),
    "is_shipping_required": Field("isShippingRequired", boolean),
    "has_downloads": Field("hasDownloads", boolean),
    "payment_processor": Field("paymentProcessor", text),
    "totals": Field("totals", Nested("Totals")),
    "download_files": Field("downloadFiles", ListOf(Nested("DownloadFile"))),
    "requires_shipping": Field("requiresShipping", boolean),
}
