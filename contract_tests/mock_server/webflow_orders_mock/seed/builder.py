"""`order("dfa-3f1", status="refunded")`: a complete, realistic order whose sums are right."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from ..orders.money import price

Json = dict[str, Any]

CUSTOMER = ("Wilhelmina Quandt", "wilhelmina.quandt@example.com")
ADDRESS: Mapping[str, str] = {
    "line1": "12 Example Road", "line2": "",
    "city": "Springfield", "state": "Oregon", "country": "US", "postalCode": "97477",
}  # fmt: skip
ACCEPTED, FULFILLED = "2025-03-29T21:29:21.555Z", "2025-03-31T08:12:40.102Z"
REFUNDED = "2025-04-02T10:30:00.250Z"
DISPUTED, DISPUTE_UPDATED = "2025-04-03T06:15:30.007Z", "2025-04-09T16:45:12.900Z"


def object_id(*parts: object) -> str:
    """24 hexadecimal digits, always the same for the same parts."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:24]


def item(
    name: str, amount: int, count: int = 1, *, option: str = "", image: bool = True, **fields: object
) -> Json:
    """One purchased item without its currency: `amount` for one of it, in the smallest unit."""
    slug = (
        "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in name.lower()).split()) or "item"
    )
    variant, file_id = object_id("variant", name, option), object_id("file", name, option)
    # Observed: the file's id, but never the file.
    picture = {
        "fileId": file_id,
        "url": f"https://uploads.example/{file_id}_{slug}.jpg",
        "alt": None,
        "file": None,
    }
    return {
        "count": count,
        "rowTotal": amount * count,
        "productId": object_id("product", name),
        "productName": name,
        "productSlug": slug,
        "variantId": variant,
        "variantName": f"{name} {option}".strip(),
        "variantSlug": slug,
        "variantSKU": f"{slug}-{variant[:4]}",
        "variantImage": picture if image else None,
        "variantPrice": amount,
        **dict.fromkeys(("weight", "width", "height", "length"), 0),
        **fields,
    }


def extra(kind: str, name: str, amount: int, description: str = "") -> Json:
    """A tax, shipping or discount without its currency; a discount's amount is negative."""
    return {"type": kind, "name": name, "description": description, "price": amount}


def order(
    order_id: str = "dfa-3f1",
    *,
    status: str = "unfulfilled",
    currency: str = "USD",
    payment: str | None = "stripe",
    digital: bool = False,
    customer: tuple[str, str] = CUSTOMER,
    address: Mapping[str, Any] = ADDRESS,
    items: Sequence[Mapping[str, Any]] | None = None,
    extras: Sequence[Mapping[str, Any]] = (),
    **fields: object,
) -> Json:
    """A v2 order as real ones are, ready for `MockWebflow.seed`.

    `payment` is "stripe", "paypal" or None (free); `items` and `extras` come from `item()` and `extra()`.
    Other `fields` replace what was built (`orderComment` or `order_comment`). TypeError if unknown.
    """
    bought = [
        {**one, **{name: price(one[name], currency) for name in ("rowTotal", "variantPrice")}}
        for one in items or (MUGS,)
    ]
    added = [{**one, "price": price(one["price"], currency)} for one in extras]
    built = {
        **{"orderId": order_id, "status": status, **_NOTES},
        **_dates(status),
        **_sums(bought, added, currency),
        **_who(customer, address, digital),
        **_payment(order_id, status, payment, customer[0]),
        **_downloads(bought, digital),
    }
    return copy.deepcopy({**built, **named_as_in_the_api(fields)})


MUGS = item("Enamel Mug", 2950, 2, weight=11, width=82)
_NOTES: Json = {
    **dict.fromkeys(("comment", "orderComment"), ""),
    **dict.fromkeys(("shippingProvider", "shippingTracking", "shippingTrackingURL")),
    **{"customData": [], "metadata": {"isBuyNow": False}, "isCustomerDeleted": False},
}


def _dates(status: str) -> Json:
    disputed = status.startswith("dispute")
    return {
        "acceptedOn": ACCEPTED,
        "fulfilledOn": FULFILLED if status == "fulfilled" or disputed else None,
        "refundedOn": REFUNDED if status == "refunded" else None,
        "disputedOn": DISPUTED if disputed else None,
        "disputeUpdatedOn": DISPUTE_UPDATED if disputed else None,
        "disputeLastStatus": {"disputed": "needs_response", "dispute-lost": "lost"}.get(status),
    }


def _sums(bought: Sequence[Json], added: Sequence[Json], currency: str) -> Json:
    """Observed: Webflow keeps 2 %, Stripe 2.9 % and 30 cents. The fee comes without its `string`."""
    subtotal = sum(one["rowTotal"]["value"] for one in bought)
    total = subtotal + sum(one["price"]["value"] for one in added)
    fee = total * 2 // 100
    processing = total * 29 // 1000 + 30 if total else 0
    return {
        "customerPaid": price(total, currency),
        "netAmount": price(total - fee - processing, currency),
        "applicationFee": {"unit": currency, "value": fee},
        "purchasedItems": list(bought),
        "purchasedItemsCount": sum(one["count"] for one in bought),
        "totals": {"subtotal": price(subtotal, currency), "extras": added, "total": price(total, currency)},
    }


def _who(customer: tuple[str, str], address: Mapping[str, Any], digital: bool) -> Json:
    billing = {"type": "billing", "addressee": customer[0], **address}
    shipping = {**billing, "type": "shipping"}
    who: Json = {"allAddresses": [billing] if digital else [billing, shipping]}
    if not digital:
        who["shippingAddress"] = shipping
    return {**who, "billingAddress": billing, "customerInfo": {"fullName": customer[0], "email": customer[1]}}


def _downloads(bought: Sequence[Json], digital: bool) -> Json:
    files = [
        {
            "id": object_id("download", one["productId"]),
            "name": name,
            "url": f"https://downloads.example/{name}",
        }
        for one in bought
        for name in (f"{one['productSlug']}.pdf",)
    ]
    return {
        "isShippingRequired": not digital,
        "hasDownloads": digital,
        "downloadFiles": files if digital else [],
    }


_STRIPE = ("subscriptionId", "paymentMethod", "paymentIntentId", "customerId", "chargeId", "disputeId")
_PAYPAL = ("orderId", "payerId", "captureId", "refundId", "refundReason", "disputeId")


def _payment(order_id: str, status: str, payment: str | None, owner: str) -> Json:
    tail = object_id("payment", order_id)[:14]
    refund = {"refundReason": "requested_by_customer"} if status == "refunded" else {}
    stripe: Json = dict.fromkeys((*_STRIPE, "refundId", "refundReason"))
    paypal: Json = dict.fromkeys(_PAYPAL)
    if payment == "paypal":
        paypal.update(refund, orderId=tail.upper(), payerId=tail[::-1].upper())
        paypal["captureId"] = None if status == "pending" else object_id(tail)[:17].upper()
        paypal["refundId"] = object_id("refund", tail)[:17].upper() if refund else None
        return {"stripeDetails": stripe, "paypalDetails": paypal, "paymentProcessor": "paypal"}
    if payment is None:
        return {"stripeDetails": stripe, "paypalDetails": paypal, "paymentProcessor": None}
    stripe.update(refund, paymentMethod=f"pm_{tail}", paymentIntentId=f"pi_{tail}", customerId=f"cus_{tail}")
    stripe["chargeId"] = None if status == "pending" else f"ch_{tail}"
    stripe["disputeId"] = f"dp_{tail}" if status.startswith("dispute") else None
    stripe["refundId"] = f"re_{tail}" if refund else None
    card = {"last4": "0042", "brand": "Visa", "ownerName": owner, "expires": {"year": 2031, "month": 12}}
    return {"stripeDetails": stripe, "stripeCard": card, "paypalDetails": None, "paymentProcessor": "stripe"}


def named_as_in_the_api(fields: Mapping[str, object]) -> Json:
    from ..orders.dialects import fields as known_fields

    known = known_fields()
    named = {known.get(name, name): value for name, value in fields.items()}
    unknown = sorted(set(named) - set(known.values()))
    if unknown:
        raise TypeError(f"an order has no field {unknown[0]!r}")
    return named
