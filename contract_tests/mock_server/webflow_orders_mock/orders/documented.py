"""The documented dialect, as tables: every key that a docs page lists, and no other.

Null stands only where the page says "or null" (for v1: where its text or its sample does). What does not
apply and cannot be null is empty: `{}`, `[]` or `""`; an enumeration that does not apply is left out. That is
assumed: a page does not say what becomes of a card that there is not. Prices are strings of digits. The v1
pages put purchasedItemsCount into each item, their samples beside the items: here it stands in neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from .money import displayed

Serializer = Callable[[Any], Any]
LEFT_OUT: Any = object()


def shape(fields: Mapping[str, Serializer], *, always: bool = False) -> Serializer:
    def serialize(value: Any) -> dict[str, Any]:
        if not value and not always:
            return {}
        known = value or {}
        serialized = {name: field(known.get(name)) for name, field in fields.items()}
        return {name: each for name, each in serialized.items() if each is not LEFT_OUT}

    return serialize


def each(item: Serializer) -> Serializer:
    return lambda value: [item(one) for one in value or ()]


def text(value: Any) -> str:
    return "" if value is None else str(value)


def as_is(value: Any) -> Any:
    """For what is "or null", where absent and null are one."""
    return value


def word(value: Any) -> Any:
    return LEFT_OUT if value is None else value


def number(value: Any) -> Any:
    return 0 if value is None else value


def measure(value: Any) -> Any:
    return value or None


def price(value: Any) -> dict[str, Any]:
    if not value:
        return {}
    amount, unit = int(value.get("value", 0)), text(value.get("unit"))
    return {"unit": unit, "value": str(amount), "string": value.get("string", displayed(amount, unit))}


def custom_data(value: Any) -> dict[str, Any]:
    known = ("name", "textInput", "textArea", "checkbox")
    return {name: value[name] for name in known if name in value}


def _texts(*names: str) -> dict[str, Serializer]:
    return dict.fromkeys(names, text)


_PICTURE: Mapping[str, Serializer] = {"size": number, "width": number, "height": number}
_FILE = shape({
    **_PICTURE,
    **_texts("originalFileName", "contentType"),
    "createdOn": word,
    "variants": each(shape({"url": text, "originalFileName": text, **_PICTURE})),
})  # fmt: skip


def image(value: Any) -> dict[str, Any]:
    """The page has a full `file`, which no order seen ever had: it is made up, the same for a URL always."""
    if not value:
        return {}
    url = value.get("url") or "https://uploads.example/missing.jpg"
    return {"url": url, "file": _FILE(value.get("file") or _invented_file(url))}


def _invented_file(url: str) -> dict[str, Any]:
    size = 20_000 + int(hashlib.sha256(url.encode()).hexdigest()[:4], 16)
    named = {"originalFileName": url.rpartition("/")[2]}
    small = {**named, "url": f"{url}?width=320", "size": size // 4, "width": 320, "height": 240}
    about = {"createdOn": "2024-01-15T09:30:00.000Z", "contentType": "image/jpeg"}
    return {**named, **about, "size": size, "width": 640, "height": 480, "variants": [small]}


# fmt: off
_ADDRESS_V1 = {
    "type": word, **_texts("addressee", "line1", "line2", "city", "state", "country", "postalCode"),
}
_ADDRESS = shape({"japanType": as_is, **_ADDRESS_V1})
_CUSTOMER = shape(_texts("fullName", "email"))
_EXPIRES = shape({"year": number, "month": number})
_CARD = shape({"brand": word, **_texts("last4", "ownerName"), "expires": _EXPIRES})
_EXTRA = shape({"type": word, **_texts("name", "description"), "price": price})
_TOTALS = shape({"subtotal": price, "extras": each(_EXTRA), "total": price})
_SIZES = ("weight", "width", "height", "length")
_PRODUCT = {
    "count": number, "rowTotal": price, "variantPrice": price,
    **_texts("productId", "productName", "productSlug", "variantId", "variantName", "variantSlug"),
}
_ITEM = shape({**_PRODUCT, "variantSKU": text, "variantImage": image, **dict.fromkeys(_SIZES, measure)})
_IMAGE_V1 = shape(_texts("fileId", "url"))
_ITEM_V1 = shape({**_PRODUCT, "variantImage": _IMAGE_V1, **dict.fromkeys(_SIZES, number)})
_STRIPE_V1 = ("customerId", "chargeId", "disputeId", "refundId", "refundReason")
_STRIPE = (*_STRIPE_V1, "subscriptionId", "paymentMethod", "paymentIntentId")
_PAYPAL = ("orderId", "payerId", "captureId", "refundId", "refundReason", "disputeId")
_DATES = ("acceptedOn", "fulfilledOn", "refundedOn", "disputedOn", "disputeUpdatedOn")
_FILES = each(shape(_texts("id", "name", "url")))

_BOTH = {
    "orderId": text, "status": text, **_texts("comment", "orderComment"),
    **dict.fromkeys((*_DATES, "disputeLastStatus", "shippingProvider", "shippingTracking"), as_is),
    **dict.fromkeys(("customerPaid", "netAmount"), price),
    "customerInfo": _CUSTOMER, "stripeCard": _CARD, "totals": _TOTALS,
    "customData": each(custom_data), "downloadFiles": _FILES,
}
V2 = shape({
    **_BOTH, "shippingTrackingURL": as_is, "applicationFee": price, "purchasedItemsCount": number,
    "allAddresses": each(_ADDRESS), "shippingAddress": _ADDRESS, "billingAddress": _ADDRESS,
    "purchasedItems": each(_ITEM),
    "stripeDetails": shape(dict.fromkeys(_STRIPE, as_is), always=True),
    "paypalDetails": shape(_texts(*_PAYPAL)),
    "metadata": shape({"isBuyNow": bool}, always=True), "paymentProcessor": text,
    **dict.fromkeys(("isCustomerDeleted", "isShippingRequired", "hasDownloads"), bool),
}, always=True)
V1 = shape({
    **_BOTH, "acceptedOn": word, "requiresShipping": bool,
    "allAddresses": each(shape(_ADDRESS_V1)),
    **dict.fromkeys(("shippingAddress", "billingAddress"), shape(_ADDRESS_V1)),
    "purchasedItems": each(_ITEM_V1),
    "stripeDetails": shape(dict.fromkeys(_STRIPE_V1, as_is), always=True),
}, always=True)
