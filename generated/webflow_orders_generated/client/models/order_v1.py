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
class OrderV1(Model):
    """An order in the v1 shape. Only its id and status are sure to be there."""

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
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
_order_id = Required(text, "")
_status = Required(OneOf("OrderStatus"), "")
_customer_paid = Nested("Price")
_net_amount = Nested("Price")
_customer_info = Nested("CustomerInfo")
_all_addresses = ListOf(Nested("Address"))
_shipping_address = Nested("Address")
_billing_address = Nested("Address")
_purchased_items = ListOf(Nested("PurchasedItem"))
_stripe_details = Nested("StripeDetails")
_stripe_card = Nested("StripeCard")
_totals = Nested("Totals")
_custom_data = ListOf(Nested("CustomDataItem"))
_download_files = ListOf(Nested("DownloadFile"))
_application_fee = Nested("Price")
_paypal_details = Nested("PaypalDetails")
_metadata = Nested("OrderMetadata")

OrderV1.FIELDS = {
    "order_id": Field("orderId", _order_id),
    "status": Field("status", _status),
    "comment": Field("comment", text),
    "order_comment": Field("orderComment", text),
    "accepted_on": Field("acceptedOn", timestamp),
    "disputed_on": Field("disputedOn", timestamp),
    "dispute_updated_on": Field("disputeUpdatedOn", text),
    "dispute_last_status": Field("disputeLastStatus", text),
    "fulfilled_on": Field("fulfilledOn", timestamp),
    "refunded_on": Field("refundedOn", timestamp),
    "customer_paid": Field("customerPaid", _customer_paid),
    "net_amount": Field("netAmount", _net_amount),
    "requires_shipping": Field("requiresShipping", boolean),
    "shipping_provider": Field("shippingProvider", text),
    "shipping_tracking": Field("shippingTracking", text),
    "customer_info": Field("customerInfo", _customer_info),
    "all_addresses": Field("allAddresses", _all_addresses),
    "shipping_address": Field("shippingAddress", _shipping_address),
    "billing_address": Field("billingAddress", _billing_address),
    "purchased_items": Field("purchasedItems", _purchased_items),
    "purchased_items_count": Field("purchasedItemsCount", integer),
    "stripe_details": Field("stripeDetails", _stripe_details),
    "stripe_card": Field("stripeCard", _stripe_card),
    "totals": Field("totals", _totals),
    "custom_data": Field("customData", _custom_data),
    "download_files": Field("downloadFiles", _download_files),
    "shipping_tracking_url": Field("shippingTrackingURL", text),
    "application_fee": Field("applicationFee", _application_fee),
    "paypal_details": Field("paypalDetails", _paypal_details),
    "has_downloads": Field("hasDownloads", boolean),
    "metadata": Field("metadata", _metadata),
    "payment_processor": Field("paymentProcessor", text),
}

_new = unfrozen(OrderV1)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.order_id = _order_id(get("orderId"))
    self.status = _status(get("status"))
    self.comment = value if type(value := get("comment")) is str or value is None else text(value)
    self.order_comment = value if type(value := get("orderComment")) is str or value is None else text(value)
    self.accepted_on = timestamp(get("acceptedOn"))
    self.disputed_on = timestamp(get("disputedOn"))
    self.dispute_updated_on = (
        value if type(value := get("disputeUpdatedOn")) is str or value is None else text(value)
    )
    self.dispute_last_status = (
        value if type(value := get("disputeLastStatus")) is str or value is None else text(value)
    )
    self.fulfilled_on = timestamp(get("fulfilledOn"))
    self.refunded_on = timestamp(get("refundedOn"))
    self.customer_paid = _customer_paid(get("customerPaid"))
    self.net_amount = _net_amount(get("netAmount"))
    self.requires_shipping = (
        value if type(value := get("requiresShipping")) is bool or value is None else boolean(value)
    )
    self.shipping_provider = (
        value if type(value := get("shippingProvider")) is str or value is None else text(value)
    )
    self.shipping_tracking = (
        value if type(value := get("shippingTracking")) is str or value is None else text(value)
    )
    self.customer_info = _customer_info(get("customerInfo"))
    self.all_addresses = _all_addresses(get("allAddresses"))
    self.shipping_address = _shipping_address(get("shippingAddress"))
    self.billing_address = _billing_address(get("billingAddress"))
    self.purchased_items = _purchased_items(get("purchasedItems"))
    self.purchased_items_count = (
        value if type(value := get("purchasedItemsCount")) is int or value is None else integer(value)
    )
    self.stripe_details = _stripe_details(get("stripeDetails"))
    self.stripe_card = _stripe_card(get("stripeCard"))
    self.totals = _totals(get("totals"))
    self.custom_data = _custom_data(get("customData"))
    self.download_files = _download_files(get("downloadFiles"))
    self.shipping_tracking_url = (
        value if type(value := get("shippingTrackingURL")) is str or value is None else text(value)
    )
    self.application_fee = _application_fee(get("applicationFee"))
    self.paypal_details = _paypal_details(get("paypalDetails"))
    self.has_downloads = (
        value if type(value := get("hasDownloads")) is bool or value is None else boolean(value)
    )
    self.metadata = _metadata(get("metadata"))
    self.payment_processor = (
        value if type(value := get("paymentProcessor")) is str or value is None else text(value)
    )
    self.__class__ = OrderV1
    return self


OrderV1._read = _read
