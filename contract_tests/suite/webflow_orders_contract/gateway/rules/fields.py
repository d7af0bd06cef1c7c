"""Fields of an order that belong together.

These rules see the order as it came, also a customer's: what they say names fields, and never a value. What is empty
is not set: some servers send an empty text, or an empty object, where others send null.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...description import read
from ..exchange import Exchange

JSON = Any
Order = Mapping[str, JSON]
DISPUTED = ("disputed", "dispute-lost")


def dispute_is_told_whole(exchange: Exchange) -> Iterator[str]:
    for order in exchange.orders():
        if "disputedOn" in order and order["disputedOn"] is None:
            for name in ("disputeUpdatedOn", "disputeLastStatus"):
                if order.get(name):
                    yield f"/{name}: is set, but disputedOn is null"
        if (
            order.get("status") in DISPUTED
            and "disputeLastStatus" in order
            and not order["disputeLastStatus"]
        ):
            yield "/disputeLastStatus: is not set, but there is a dispute"


def payment_is_where_it_was_made(exchange: Exchange) -> Iterator[str]:
    for order in exchange.orders():
        if "paymentProcessor" not in order:
            continue
        by = order["paymentProcessor"]
        if by in (None, "paypal"):
            what = "nobody took a payment" if by is None else "PayPal took the payment"
            for name in _set(order.get("stripeDetails")):
                yield f"/stripeDetails/{name}: is set, but {what}"
            if order.get("stripeCard"):
                yield f"/stripeCard: is there, but {what}"
        if by in (None, "stripe"):
            what = "nobody took a payment" if by is None else "Stripe took the payment"
            for name in _set(order.get("paypalDetails")):
                yield f"/paypalDetails/{name}: is set, but {what}"


# The description's names, for a key that is none of them may be anybody's text.
IDS = (
    "subscriptionId", "paymentMethod", "paymentIntentId", "customerId", "chargeId", "disputeId", "refundId",
    "refundReason", "orderId", "payerId", "captureId",
)  # fmt: skip


def _set(details: JSON) -> list[str]:
    return [name for name in IDS if isinstance(details, dict) and details.get(name)]


def _prefixes() -> Mapping[str, str]:
    """What the ids of Stripe's begin with, as their descriptions show it: `The charge, ch_….`"""
    fields = read().at("/components/schemas/StripeDetails").schema["properties"]
    shown = {
        name: re.search(r", ([a-z]+_)…", schema.get("description", "")) for name, schema in fields.items()
    }
    return {name: found[1] for name, found in shown.items() if found is not None}


PREFIXES = _prefixes()


def ids_are_of_what_they_say(exchange: Exchange) -> Iterator[str]:
    """One may begin otherwise than is shown, but not as the id of something else does."""
    for order in exchange.orders():
        details = _object(order, "stripeDetails")
        for name, mine in PREFIXES.items():
            got = str(details.get(name) or "")
            other = next(
                (each for each, prefix in PREFIXES.items() if prefix != mine and got.startswith(prefix)), ""
            )
            if other:
                yield f"/stripeDetails/{name}: it begins as a {other} does"


def card_has_its_digits(exchange: Exchange) -> Iterator[str]:
    for order in exchange.orders():
        card = _object(order, "stripeCard")
        if card.get("last4") and not re.fullmatch("[0-9]{4}", str(card["last4"]), re.ASCII):
            yield "/stripeCard/last4: these are not four digits"
        for name, least, most in (("month", 1, 12), ("year", 1000, 9999)):
            number = _object(card, "expires").get(name)
            if isinstance(number, int) and not least <= number <= most:
                yield f"/stripeCard/expires/{name}: it is not between {least} and {most}"


def addresses_are_all_there(exchange: Exchange) -> Iterator[str]:
    for order in exchange.orders():
        listed = order.get("allAddresses")
        every = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        for kind in ("shipping", "billing"):
            address = _object(order, f"{kind}Address")
            if address.get("type", kind) != kind:
                yield f"/{kind}Address/type: it is not {kind}"
            if address and every and not any(_same(address, each) for each in every):
                yield f"/{kind}Address: it is not among allAddresses"


def japanese_addresses_are_in_japan(exchange: Exchange) -> Iterator[str]:
    for order in exchange.orders():
        listed = order.get("allAddresses")
        every = listed if isinstance(listed, list) else []
        for address in (*every, order.get("shippingAddress"), order.get("billingAddress")):
            if (
                isinstance(address, dict)
                and address.get("japanType")
                and address.get("country", "JP") != "JP"
            ):
                yield "/allAddresses/japanType: is set, but the country is another"


def inputs_have_one_answer(exchange: Exchange) -> Iterator[str]:
    for order in exchange.orders():
        inputs = order.get("customData")
        for each in inputs if isinstance(inputs, list) else ():
            if isinstance(each, dict) and len(each.keys() & {"textInput", "textArea", "checkbox"}) > 1:
                yield "/customData: an input has several answers"


def _same(one: Order, other: Order) -> bool:
    return all(one[name] == other[name] for name in one.keys() & other.keys())


def flags_agree(exchange: Exchange) -> Iterator[str]:
    for order in exchange.orders():
        metadata = _object(order, "metadata")
        if order.get("downloadFiles") and order.get("hasDownloads") is False:
            yield "/hasDownloads: is false, but there are downloadFiles"
        for node, name, other, where in (
            (order, "hasDownloads", metadata.get("hasDownloads"), "metadata"),
            (order, "paymentProcessor", metadata.get("paymentProcessor"), "metadata"),
            (order, "isShippingRequired", order.get("requiresShipping"), "requiresShipping"),
            (metadata, "isBuyNow", metadata.get("buyNow"), "buyNow"),
        ):
            if node.get(name) is not None and other not in (None, node[name]):
                yield f"/{name}: it is not what {where} says"


def v1_has_names_of_its_own(exchange: Exchange) -> Iterator[str]:
    for order in exchange.orders() if exchange.is_v1 else ():
        for node, new, old in (
            (order, "isShippingRequired", "requiresShipping"),
            (_object(order, "metadata"), "isBuyNow", "buyNow"),
        ):
            if new in node and old not in node:
                yield f"/{new}: in v1 it is called {old}"


def _object(node: Order, name: str) -> Order:
    child = node.get(name)
    return child if isinstance(child, dict) else {}
