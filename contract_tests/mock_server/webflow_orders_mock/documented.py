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

Render = Callable[[Any], Any]
LEFT_OUT: Any = object()


def shape(fields: Mapping[str, Render], *, always: bool = False) -> Render:
    def render(value: Any) -> dict[str, Any]:
        if not value and not always:
            return {}
        known = value or {}
        rendered = {name: field(known.get(name)) for name, field in fields.items()}
        return {name: each for name, each in rendered.items() if each is not LEFT_OUT}

    return render


def each(item: Render) -> Render:
    return lambda value: [item(one) for one in value or ()]


def text(value: Any) -> str:
    return "" if value is None else str(value)


def as_is(value: Any) -> Any:
    """For what is "or null", where absent and null are one."""
    return value


def word(value: Any) -> Any:
    return LEFT_OUT if value is None else value


def flag(value: Any) -> bool:
    return bool(value)


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


_FILE_VARIANT = shape(
    {"url": text, "originalFileName": text, "size": number, "width": number, "height": number}
)
_FILE = shape(
    {
        "size": number,
        "originalFileName": text,
        "createdOn": word,
        "contentType": text,
        "width": number,
        "height": number,
        "variants": each(_FILE_VARIANT),
    }
)


def image(value: Any) -> dict[str, Any]:
    """The page has a full `file`, which no order seen ever had: it is made up, the same for a URL always."""
    if not value:
        return {}
    url = value.get("url") or "https://uploads.example/missing.jpg"
    return {"url": url, "file": _FILE(value.get("file") or _invented_file(url))}


def _invented_file(url: str) -> dict[str, Any]:
    name = url.rpartition("/")[2]
    size = 20_000 + int(hashlib.sha256(url.encode()).hexdigest()[:4], 16)
    small = {
        "url": f"{url}?width=320",
        "originalFileName": name,
        "size": size // 4,
        "width": 320,
        "height": 240,
    }
    about = {
        "createdOn": "2024-01-15T09:30:00.000Z",
        "contentType": "image/jpeg",
        "width": 640,
        "height": 480,
    }
    return {"size": size, "originalFileName": name, **about, "variants": [small]}


def _texts(*names: str) -> dict[str, Render]:
    return dict.fromkeys(names, text)


_ADDRESS_V1 = {
    "type": word,
    **_texts("addressee", "line1", "line2", "city", "state", "country", "postalCode"),
}
_ADDRESS = shape({"type": word, "japanType": as_is, **_ADDRESS_V1})
_CUSTOMER = shape(_texts("fullName", "email"))
_CARD = shape(
    {
        "last4": text,
        "brand": word,
        "ownerName": text,
        "expires": shape({"year": number, "month": number}),
    }
)
_TOTALS = shape(
    {
        "subtotal": price,
        "extras": each(shape({"type": word, "name": text, "description": text, "price": price})),
        "total": price,
    }
)
_PRODUCT = {"count": number, "rowTotal": price, **_texts("productId", "productName", "productSlug")}
_VARIANT = _texts("variantId", "variantName", "variantSlug")
_SIZES = ("weight", "width", "height", "length")
_ITEM = shape(
    {
        **_PRODUCT,
        **_VARIANT,
        "variantSKU": text,
        "variantImage": image,
        "variantPrice": price,
        **dict.fromkeys(_SIZES, measure),
    }
)
_ITEM_V1 = shape(
    {
        **_PRODUCT,
        **_VARIANT,
        "variantImage": shape(_texts("fileId", "url")),
        "variantPrice": price,
        **dict.fromkeys(_SIZES, number),
    }
)
_STRIPE_V1 = ("customerId", "chargeId", "disputeId", "refundId", "refundReason")
_STRIPE = (*_STRIPE_V1, "subscriptionId", "paymentMethod", "paymentIntentId")
_PAYPAL = ("orderId", "payerId", "captureId", "refundId", "refundReason", "disputeId")
_DATES = ("acceptedOn", "fulfilledOn", "refundedOn", "disputedOn", "disputeUpdatedOn")
_FILES = each(shape(_texts("id", "name", "url")))

V2 = shape(
    {
        "orderId": text,
        "status": text,
        **_texts("comment", "orderComment"),
        **dict.fromkeys(_DATES, as_is),
        "disputeLastStatus": as_is,
        **dict.fromkeys(("customerPaid", "netAmount", "applicationFee"), price),
        "allAddresses": each(_ADDRESS),
        **dict.fromkeys(("shippingAddress", "billingAddress"), _ADDRESS),
        **dict.fromkeys(("shippingProvider", "shippingTracking", "shippingTrackingURL"), as_is),
        "customerInfo": _CUSTOMER,
        "purchasedItems": each(_ITEM),
        "purchasedItemsCount": number,
        "stripeDetails": shape(dict.fromkeys(_STRIPE, as_is), always=True),
        "stripeCard": _CARD,
        "paypalDetails": shape(_texts(*_PAYPAL)),
        "customData": each(custom_data),
        "metadata": shape({"isBuyNow": flag}, always=True),
        **dict.fromkeys(("isCustomerDeleted", "isShippingRequired", "hasDownloads"), flag),
        "paymentProcessor": text,
        "totals": _TOTALS,
        "downloadFiles": _FILES,
    },
    always=True,
)

V1 = shape(
    {
        "orderId": text,
        "status": text,
        **_texts("comment", "orderComment"),
        **dict.fromkeys(_DATES, as_is),
        "acceptedOn": word,
        "disputeLastStatus": as_is,
        **dict.fromkeys(("customerPaid", "netAmount"), price),
        "requiresShipping": flag,
        **dict.fromkeys(("shippingProvider", "shippingTracking"), as_is),
        "customerInfo": _CUSTOMER,
        "allAddresses": each(shape(_ADDRESS_V1)),
        **dict.fromkeys(("shippingAddress", "billingAddress"), shape(_ADDRESS_V1)),
        "purchasedItems": each(_ITEM_V1),
        "stripeDetails": shape(dict.fromkeys(_STRIPE_V1, as_is), always=True),
        "stripeCard": _CARD,
        "totals": _TOTALS,
        "customData": each(custom_data),
        "downloadFiles": _FILES,
    },
    always=True,
)
