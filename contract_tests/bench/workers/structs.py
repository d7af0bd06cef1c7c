"""(d) httpx and msgspec Structs: the least that typed objects cost. It checks types, and drops unknown fields."""

from datetime import datetime
from typing import Any

import httpx
import msgspec
from plain import PATH, async_client as async_client, client as client, close_async as close_async


class Base(msgspec.Struct, rename="camel"):
    pass


class Price(Base):
    unit: str
    value: int | str
    string: str | None = None


class Address(Base):
    type: str
    addressee: str
    line1: str
    line2: str
    city: str
    state: str
    country: str
    postal_code: str
    japan_type: str | None = None


class Customer(Base):
    full_name: str
    email: str


class FileVariant(Base):
    url: str
    original_file_name: str
    size: float
    width: int
    height: int


class File(Base):
    size: float
    original_file_name: str
    created_on: datetime
    content_type: str
    width: int
    height: int
    variants: list[FileVariant]


class Image(Base):
    url: str
    file: File | None = None
    file_id: str | None = None
    alt: str | None = None


class Item(Base):
    count: int
    row_total: Price
    product_id: str
    product_name: str
    product_slug: str
    variant_id: str
    variant_name: str
    variant_slug: str
    variant_price: Price
    variant_sku: str | None = msgspec.field(name="variantSKU", default=None)
    variant_image: Image | None = None
    weight: float | None = None
    width: float | None = None
    height: float | None = None
    length: float | None = None


class Stripe(Base):
    subscription_id: str | None = None
    payment_method: str | None = None
    payment_intent_id: str | None = None
    customer_id: str | None = None
    charge_id: str | None = None
    dispute_id: str | None = None
    refund_id: str | None = None
    refund_reason: str | None = None


class Expiry(Base):
    year: int
    month: int


class Card(Base):
    last4: str
    brand: str
    owner_name: str
    expires: Expiry


class Paypal(Base):
    order_id: str | None = None
    payer_id: str | None = None
    capture_id: str | None = None
    refund_id: str | None = None
    refund_reason: str | None = None
    dispute_id: str | None = None


class CustomData(Base):
    name: str | None = None
    text_input: str | None = None
    text_area: str | None = None
    checkbox: bool | None = None


class Metadata(Base):
    is_buy_now: bool


class Extra(Base):
    type: str
    name: str
    description: str
    price: Price


class Totals(Base):
    subtotal: Price
    extras: list[Extra]
    total: Price


class Download(Base):
    id: str
    name: str
    url: str


class Order(Base):
    order_id: str
    status: str
    comment: str | None = None
    order_comment: str | None = None
    accepted_on: datetime | None = None
    fulfilled_on: datetime | None = None
    refunded_on: datetime | None = None
    disputed_on: datetime | None = None
    dispute_updated_on: datetime | None = None
    dispute_last_status: str | None = None
    customer_paid: Price | None = None
    net_amount: Price | None = None
    application_fee: Price | None = None
    all_addresses: list[Address] = []
    shipping_address: Address | None = None
    billing_address: Address | None = None
    shipping_provider: str | None = None
    shipping_tracking: str | None = None
    shipping_tracking_url: str | None = msgspec.field(name="shippingTrackingURL", default=None)
    customer_info: Customer | None = None
    purchased_items: list[Item] = []
    purchased_items_count: int | None = None
    stripe_details: Stripe | None = None
    stripe_card: Card | None = None
    paypal_details: Paypal | None = None
    custom_data: list[CustomData] = []
    metadata: Metadata | None = None
    is_customer_deleted: bool | None = None
    is_shipping_required: bool | None = None
    has_downloads: bool | None = None
    payment_processor: str | None = None
    totals: Totals | None = None
    download_files: list[Download] = []


class Pagination(Base):
    limit: int
    offset: int
    total: int


class OrderList(Base):
    orders: list[Order]
    pagination: Pagination


decode_order = msgspec.json.Decoder(Order).decode
decode_page = msgspec.json.Decoder(OrderList).decode
encode = msgspec.json.Encoder().encode


def orders(page: OrderList) -> list[Order]:
    return page.orders


def get(client: httpx.Client, order_id: str) -> Order:
    return decode_order(client.get(f"{PATH}/{order_id}").raise_for_status().content)


def page(client: httpx.Client, offset: int) -> OrderList:
    answer = client.get(PATH, params={"offset": offset, "limit": 100})
    return decode_page(answer.raise_for_status().content)


async def get_async(client: Any, order_id: str) -> Order:
    return decode_order((await client.get(f"{PATH}/{order_id}")).raise_for_status().content)
