"""Answers of another shape than the spec has: at the top, and further down."""

from __future__ import annotations

from typing import Any

from .tools import ALL, V1, V2, Row, changing_body, drop, each_order, mapped, put, rename

Json = Any


def _with_problem_objects(error: Json) -> Json:
    return {**error, "problems": [{"problem": each} for each in error.get("problems", ["unknown"])]}


# fmt: off
TABLE: tuple[Row, ...] = (
    ("status-is-missing", "schemathesis", "A single order comes without its status.",
     each_order(drop("status"), "get-order")),
    ("id-is-renamed", "schemathesis", "The orders of a list have `id` instead of `orderId`.",
     each_order(rename("orderId", "id"), "list-orders")),
    ("paid-is-a-number", "schemathesis", "`customerPaid` is a bare number.",
     each_order(mapped("customerPaid", lambda price: price["value"]), *V2)),
    ("paid-is-null", "schemathesis", "`netAmount` is null, which it must not be.",
     each_order(put("netAmount", None), *V2)),
    ("flag-is-text", "schemathesis", "`hasDownloads` is \"true\" or \"false\", in quotes.",
     each_order(mapped("hasDownloads", lambda flag: str(flag).lower()), "get-order")),
    ("status-is-unknown", "schemathesis", "A fulfilled order has the status `shipped`.",
     each_order(mapped("status", lambda status: "shipped" if status == "fulfilled" else status), *V2)),
    ("date-is-not-iso", "schemathesis", "`acceptedOn` is written 29/03/2025.",
     each_order(mapped("acceptedOn", lambda date: f"{date[8:10]}/{date[5:7]}/{date[:4]}"), *V2)),
    ("date-has-no-zone", "schemathesis", "Dates lack their `Z`.",
     each_order(mapped("acceptedOn", lambda date: date.rstrip("Z")), *ALL)),
    ("items-are-an-object", "schemathesis", "`purchasedItems` is an object when there is one item only.",
     each_order(mapped("purchasedItems", lambda items: items if len(items) > 1 else items[0]), *V2)),
    ("email-is-no-address", "schemathesis", "The e-mail address has lost its @.",
     each_order(mapped("customerInfo.email", lambda email: email.replace("@", " at ")), *V2)),
    ("product-id-is-null", "schemathesis", "Items have no product: `purchasedItems[].productId` is null.",
     each_order(put("purchasedItems.*.productId", None), *V2)),
    ("count-is-text", "schemathesis", "Items are counted in words: `purchasedItems[].count` is a string.",
     each_order(mapped("purchasedItems.*.count", str), *V2)),
    ("price-is-a-fraction", "schemathesis", "`totals.total.value` is in dollars: 58.92.",
     each_order(mapped("totals.total.value", lambda value: value / 100 + 0.001), *V2)),
    ("month-is-text", "schemathesis", "`stripeCard.expires.month` is a string.",
     each_order(mapped("stripeCard.expires.month", str), *V2)),
    ("image-is-no-url", "schemathesis", "`purchasedItems[].variantImage.url` has spaces and no scheme.",
     each_order(put("purchasedItems.*.variantImage.url", "a picture of it"), *V2)),
    ("unit-is-null", "schemathesis", "`purchasedItems[].variantPrice.unit` is null.",
     each_order(put("purchasedItems.*.variantPrice.unit", None), *V2)),
    ("address-is-of-no-kind", "schemathesis", "`allAddresses[].type` is `home`.",
     each_order(put("allAddresses.*.type", "home"), *V2)),
    ("value-is-renamed", "model", "Prices of items have `amount` instead of `value`; no schema requires it.",
     each_order(rename("purchasedItems.*.variantPrice.value", "amount"), *V2)),
    ("address-is-missing", "model", "`shippingAddress` is left out where something is shipped.",
     each_order(drop("shippingAddress"), "get-order")),
    ("extras-are-missing", "model", "Taxes and shipping are left out of `totals.extras`.",
     each_order(put("totals.extras", []), *V2)),
    ("two-currencies", "rule", "The net amount of an order is told in another currency than the rest.",
     each_order(put("netAmount.unit", "XTS"), *V2)),
    ("list-is-bare", "schemathesis", "A list is an array, without pagination.",
     changing_body(lambda page: page["orders"], "list-orders")),
    ("total-is-missing", "schemathesis", "`pagination` has no total.",
     changing_body(drop("pagination.total"), "list-orders")),
    ("empty-page-is-null", "schemathesis", "A page without orders has null instead of [].",
     changing_body(lambda page: {**page, "orders": page["orders"] or None}, "list-orders")),
    ("error-has-no-code", "model", "A 404 of v2 does not say its code.",
     changing_body(drop("code"), *V2, status=404)),
    ("problems-are-objects", "schemathesis", "The problems of a v1 error are objects.",
     changing_body(_with_problem_objects, *V1, status=400)),
    ("v1-paid-is-text", "schemathesis", "The prices of v1 are the text that people read.",
     each_order(mapped("customerPaid", lambda price: price["string"]), *V1)),
)
