"""The life of an order, as one table.

Each row says what an action does to an order in a status, and how we know: `documented` (Webflow says so),
`observed` (seen in a payload) or `assumed` (our reading). The sources are named as in openapi.yaml. A row
without a new status is refused with 409 `conflict`; no published text says what an illegal change answers, so
each of these is assumed. What happens elsewhere (a payment, a dispute) has no operation, and so no row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webflow_orders_generated.schemas import OrderStatus

Json = dict[str, Any]


class IllegalTransition(Exception):
    """The order is in a status, or was paid in a way, that does not allow the action."""


@dataclass(frozen=True, slots=True)
class Row:
    action: str
    status: str
    to: str | None
    sets: tuple[str, ...]
    clears: tuple[str, ...]
    grade: str
    source: str


FULFILLED, REFUNDED = ("fulfilledOn",), ("refundedOn",)

# fmt: off
ROWS: tuple[Row, ...] = (
    #    action       in             becomes        sets       clears     grade         source
    Row("fulfill",   "unfulfilled",  "fulfilled",   FULFILLED, (),        "documented", "docs-v2"),
    Row("fulfill",   "pending",      None,          (),        (),        "assumed",    "not paid yet"),
    Row("fulfill",   "fulfilled",    None,          (),        (),        "assumed",    "it is already"),
    Row("fulfill",   "disputed",     None,          (),        (),        "assumed",    "hides the dispute"),
    Row("fulfill",   "dispute-lost", None,          (),        (),        "assumed",    "the money is gone"),
    Row("fulfill",   "refunded",     None,          (),        (),        "assumed",    "money given back"),
    Row("unfulfill", "fulfilled",    "unfulfilled", (),        FULFILLED, "documented", "docs-v2"),
    Row("unfulfill", "pending",      None,          (),        (),        "assumed",    "never fulfilled"),
    Row("unfulfill", "unfulfilled",  None,          (),        (),        "assumed",    "never fulfilled"),
    Row("unfulfill", "disputed",     None,          (),        (),        "assumed",    "hides the dispute"),
    Row("unfulfill", "dispute-lost", None,          (),        (),        "assumed",    "hides the dispute"),
    Row("unfulfill", "refunded",     None,          (),        (),        "assumed",    "hides the refund"),
    Row("refund",    "unfulfilled",  "refunded",    REFUNDED,  (),        "documented", "docs-v2"),
    Row("refund",    "fulfilled",    "refunded",    REFUNDED,  (),        "assumed",    "excluded nowhere"),
    Row("refund",    "pending",      None,          (),        (),        "assumed",    "nothing paid yet"),
    Row("refund",    "disputed",     None,          (),        (),        "assumed",    "bank has the money"),
    Row("refund",    "dispute-lost", None,          (),        (),        "assumed",    "bank gave it back"),
    Row("refund",    "refunded",     None,          (),        (),        "assumed",    "given back already"),
    Row("update",    "pending",      "pending",     (),        (),        "assumed",    "excluded nowhere"),
    Row("update",    "unfulfilled",  "unfulfilled", (),        (),        "assumed",    "excluded nowhere"),
    Row("update",    "fulfilled",    "fulfilled",   (),        (),        "assumed",    "excluded nowhere"),
    Row("update",    "disputed",     "disputed",    (),        (),        "assumed",    "excluded nowhere"),
    Row("update",    "dispute-lost", "dispute-lost", (),       (),        "assumed",    "excluded nowhere"),
    Row("update",    "refunded",     "refunded",    (),        (),        "assumed",    "excluded nowhere"),
)

# How an order was paid: where its refund is written down (None: there is nothing to give back).
PAYMENTS: Mapping[str, tuple[str | None, str, str]] = {
    "stripe": ("stripeDetails", "documented", "docs-v2: a refund reverses a Stripe charge"),
    "paypal": ("paypalDetails", "assumed",    "no page says that a refund fills them"),
    "free":   (None,            "assumed",    "no charge to reverse"),
}

# The word of a request: the word an order then shows. `fraudulent` is observed, the others are assumed.
REASONS = {"duplicate": "duplicate", "fraudulent": "fraudulent", "requested": "requested_by_customer"}
# fmt: on

STATUSES = tuple(str(status.value) for status in OrderStatus)
TRANSITIONS: dict[tuple[str, str], Row] = {(row.action, row.status): row for row in ROWS}
ACTIONS = tuple(dict.fromkeys(row.action for row in ROWS))


def paid_with(order: Mapping[str, Any]) -> str:
    """`paypal`, `free` or `stripe`; the last also when an order does not say."""
    paypal: Mapping[str, Any] = order.get("paypalDetails") or {}
    if str(order.get("paymentProcessor")).lower() == "paypal" or any(paypal.values()):
        return "paypal"
    paid = (order.get("customerPaid") or {}).get("value")
    return "free" if paid is not None and int(paid) == 0 else "stripe"


def advance(order: Json, action: str, *, now: str, reason: str | None = None) -> Json:
    """The order after the action, as a new dict; `now` is the time stamp that is set.

    Raises IllegalTransition.
    """
    row = TRANSITIONS[action, order["status"]]
    if row.to is None:
        raise IllegalTransition(f"Cannot {action} an order that is {row.status}")
    changed = {**order, "status": row.to}
    changed.update(dict.fromkeys(row.sets, now) | dict.fromkeys(row.clears))
    if action == "refund":
        changed.update(_refund(order, now, reason))
    return changed


def made_up(kind: str, order: Json, now: str) -> str:
    return f"{kind}_Mock{hashlib.sha256((order['orderId'] + now).encode()).hexdigest()[:16]}"


def _refund(order: Json, now: str, reason: str | None) -> Json:
    where = PAYMENTS[paid_with(order)][0]
    if where is None:
        raise IllegalTransition("An order that cost nothing cannot be refunded")
    refund_id = made_up("re", order, now)
    if where == "paypalDetails":
        refund_id = refund_id[7:].upper()
    note = {"refundId": refund_id, "refundReason": REASONS[reason] if reason else None}
    return {where: {**(order.get(where) or {}), **note}}
