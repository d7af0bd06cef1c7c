# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, ListOf, Model, Nested, OneOf, Required, boolean, integer, text, timestamp, unfrozen

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
_order_id = Required(text, "")
_status = Required(OneOf("OrderStatus"), "")
_dispute_last_status = OneOf("DisputeStatus")
_customer_paid = Nested("Price")
_net_amount = Nested("Price")
_application_fee = Nested("Price")
_all_addresses = ListOf(Nested("Address"))
_shipping_address = Nested("Address")
_billing_address = Nested("Address")
_customer_info = Nested("CustomerInfo")
_purchased_items = ListOf(Nested("PurchasedItem"))
_stripe_details = Nested("StripeDetails")
_stripe_card = Nested("StripeCard")
_paypal_details = Nested("PaypalDetails")
_custom_data = ListOf(Nested("CustomDataItem"))
_metadata = Nested("OrderMetadata")
_totals = Nested("Totals")
_download_files = ListOf(Nested("DownloadFile"))

Order.FIELDS = {
    "order_id": Field("orderId", _order_id),
    "status": Field("status", _status),
    "comment": Field("comment", text),
    "order_comment": Field("orderComment", text),
    "accepted_on": Field("acceptedOn", timestamp),
    "fulfilled_on": Field("fulfilledOn", timestamp),
    "refunded_on": Field("refundedOn", timestamp),
    "disputed_on": Field("disputedOn", timestamp),
    "dispute_updated_on": Field("disputeUpdatedOn", timestamp),
    "dispute_last_status": Field("disputeLastStatus", _dispute_last_status),
    "customer_paid": Field("customerPaid", _customer_paid),
    "net_amount": Field("netAmount", _net_amount),
    "application_fee": Field("applicationFee", _application_fee),
    "all_addresses": Field("allAddresses", _all_addresses),
    "shipping_address": Field("shippingAddress", _shipping_address),
    "billing_address": Field("billingAddress", _billing_address),
    "shipping_provider": Field("shippingProvider", text),
    "shipping_tracking": Field("shippingTracking", text),
    "shipping_tracking_url": Field("shippingTrackingURL", text),
    "customer_info": Field("customerInfo", _customer_info),
    "purchased_items": Field("purchasedItems", _purchased_items),
    "purchased_items_count": Field("purchasedItemsCount", integer),
    "stripe_details": Field("stripeDetails", _stripe_details),
    "stripe_card": Field("stripeCard", _stripe_card),
    "paypal_details": Field("paypalDetails", _paypal_details),
    "custom_data": Field("customData", _custom_data),
    "metadata": Field("metadata", _metadata),
    "is_customer_deleted": Field("isCustomerDeleted", boolean),
    "is_shipping_required": Field("isShippingRequired", boolean),
    "has_downloads": Field("hasDownloads", boolean),
    "payment_processor": Field("paymentProcessor", text),
    "totals": Field("totals", _totals),
    "download_files": Field("downloadFiles", _download_files),
    "requires_shipping": Field("requiresShipping", boolean),
}

_new = unfrozen(Order)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.order_id = _order_id(get("orderId"))
    self.status = _status(get("status"))
    self.comment = value if type(value := get("comment")) is str or value is None else text(value)
    self.order_comment = value if type(value := get("orderComment")) is str or value is None else text(value)
    self.accepted_on = timestamp(get("acceptedOn"))
    self.fulfilled_on = timestamp(get("fulfilledOn"))
    self.refunded_on = timestamp(get("refundedOn"))
    self.disputed_on = timestamp(get("disputedOn"))
    self.dispute_updated_on = timestamp(get("disputeUpdatedOn"))
    self.dispute_last_status = _dispute_last_status(get("disputeLastStatus"))
    self.customer_paid = _customer_paid(get("customerPaid"))
    self.net_amount = _net_amount(get("netAmount"))
    self.application_fee = _application_fee(get("applicationFee"))
    self.all_addresses = _all_addresses(get("allAddresses"))
    self.shipping_address = _shipping_address(get("shippingAddress"))
    self.billing_address = _billing_address(get("billingAddress"))
    self.shipping_provider = (
        value if type(value := get("shippingProvider")) is str or value is None else text(value)
    )
    self.shipping_tracking = (
        value if type(value := get("shippingTracking")) is str or value is None else text(value)
    )
    self.shipping_tracking_url = (
        value if type(value := get("shippingTrackingURL")) is str or value is None else text(value)
    )
    self.customer_info = _customer_info(get("customerInfo"))
    self.purchased_items = _purchased_items(get("purchasedItems"))
    self.purchased_items_count = (
        value if type(value := get("purchasedItemsCount")) is int or value is None else integer(value)
    )
    self.stripe_details = _stripe_details(get("stripeDetails"))
    self.stripe_card = _stripe_card(get("stripeCard"))
    self.paypal_details = _paypal_details(get("paypalDetails"))
    self.custom_data = _custom_data(get("customData"))
    self.metadata = _metadata(get("metadata"))
    self.is_customer_deleted = (
        value if type(value := get("isCustomerDeleted")) is bool or value is None else boolean(value)
    )
    self.is_shipping_required = (
        value if type(value := get("isShippingRequired")) is bool or value is None else boolean(value)
    )
    self.has_downloads = (
        value if type(value := get("hasDownloads")) is bool or value is None else boolean(value)
    )
    self.payment_processor = (
        value if type(value := get("paymentProcessor")) is str or value is None else text(value)
    )
    self.totals = _totals(get("totals"))
    self.download_files = _download_files(get("downloadFiles"))
    self.requires_shipping = (
        value if type(value := get("requiresShipping")) is bool or value is None else boolean(value)
    )
    self.__class__ = Order
    return self


Order._read = _read
