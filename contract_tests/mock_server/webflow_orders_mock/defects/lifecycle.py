"""Writes that do too little, too much, or something else; and reads that tell of another time."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ..messages import Response
from ..orders.dialects import StoredOrder
from .tools import GETS, WRITES, Context, Json, Mutation, Row, answering, changing_body, with_body, writing

Order = dict[str, Json]
Becoming = Callable[[Order, Order], Order]
NOTES = ("comment", "shippingProvider", "shippingTracking", "shippingTrackingURL")


def _becoming(change: Becoming, *operations: str) -> Mutation:
    """`change(before, after)` is what a write leaves and tells, instead of `after`."""

    def reply(context: Context, before: Order, answer: Response) -> Response:
        return dataclasses.replace(answer, body=context.keep(change(before, context.order())))

    return writing(reply, *operations)


def _allowing(operation: str, *statuses: str, becomes: str, date: str) -> Mutation:
    """Make a change that the table forbids."""

    def change(context: Context, answer: Response) -> Response:
        order = context.order()
        if order.get("status") not in statuses:
            return answer
        body = context.keep({**order, "status": becomes, date: context.now})
        return dataclasses.replace(answer, status=200, body=body)

    return answering(change, operation, status=409)


def _keeping(*keys: str) -> Becoming:
    """These are as they were before the write."""
    return lambda before, after: {**after, **{key: before[key] for key in keys if key in before}}


def _setting(**fields: Json) -> Becoming:
    return lambda before, after: {**after, **fields}


def _moved(date: str, base: str, hours: int) -> Becoming:
    """The date of a write is so many hours after another one."""

    def change(before: Order, after: Order) -> Order:
        moment = datetime.fromisoformat(after[base]) + timedelta(hours=hours)
        return {**after, date: moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")}

    return change


def _reason_as_asked(before: Order, after: Order) -> Order:
    reason = (after.get("stripeDetails") or {}).get("refundReason")
    return _with_details(after, refundReason="requested") if reason == "requested_by_customer" else after


def _with_details(order: Order, **fields: Json) -> Order:
    details = order.get("stripeDetails") or {}
    return {**order, "stripeDetails": {**details, **fields}} if details.get("refundId") else order


def _comment(change: Callable[[str], str]) -> Becoming:
    return lambda before, after: {**after, "comment": change(after.get("comment") or "")}


def _not_stored(context: Context, before: Order, answer: Response) -> Response:
    context.keep(before)
    return answer


def _stale_answer(context: Context, before: Order, answer: Response) -> Response:
    return dataclasses.replace(answer, body=StoredOrder(before).serialized("v2", context.account.dialect))


def _stale_read(context: Context) -> Response:
    """The first look after a write shows what was there before it."""
    before = context.order()
    answer = context.answer()
    key = context.ids.get("order_id")
    if context.operation in WRITES and answer.status == 200:
        context.memory[key] = before
    elif context.operation == "get-order" and answer.status == 200 and key in context.memory:
        body = StoredOrder(context.memory.pop(key)).serialized("v2", context.account.dialect)
        return dataclasses.replace(answer, body=body)
    return answer


def _list_as_it_was(context: Context) -> Response:
    """The list shows a changed order as it was when it was first changed."""
    before = context.order()
    answer = context.answer()
    if context.operation in WRITES and answer.status == 200:
        context.memory.setdefault(before["orderId"], before)
    if context.operation != "list-orders" or answer.status != 200 or not context.memory:
        return answer
    page = json.loads(answer.body)
    page["orders"] = [_remembered(context, order) for order in page["orders"]]
    return with_body(answer, page)


def _remembered(context: Context, order: Any) -> Any:
    old = context.memory.get(order["orderId"])
    if old is None or old["status"] != order["status"]:
        return order
    return json.loads(StoredOrder(old).serialized("v2", context.account.dialect))


def _neighbour_too(context: Context, answer: Response) -> Response:
    orders = context.account.store.sites[context.ids["site_id"]].orders
    ids = list(orders)
    near = ids[(ids.index(context.ids["order_id"]) + 1) % len(ids)]
    context.account.store.put(
        context.ids["site_id"], StoredOrder({**orders[near].order, "comment": "fulfilled"})
    )
    return answer


def _yet(*, operation: str, status: int, **fields: Json) -> Mutation:
    """What is refused with this status is made by half; `...` stands for the date of now."""

    def change(context: Context, answer: Response) -> Response:
        if context.order():
            made = {name: context.now if value is ... else value for name, value in fields.items()}
            context.keep({**context.order(), **made})
        return answer

    return answering(change, operation, status=status)


# fmt: off
TABLE: tuple[Row, ...] = (
    ("fulfill-does-nothing", "rule", "Fulfill answers 200 and leaves the order as it was.",
     _becoming(lambda before, after: before, "fulfill-order")),
    ("refund-does-nothing", "rule", "Refund answers 200 and leaves the order as it was.",
     _becoming(lambda before, after: before, "refund-order")),
    ("fulfilled-on-is-not-set", "rule", "A fulfilled order has no date of it.",
     _becoming(_keeping("fulfilledOn"), "fulfill-order")),
    ("refunded-on-is-not-set", "rule", "A refunded order has no date of it.",
     _becoming(_setting(refundedOn=None), "refund-order")),
    ("fulfilled-on-is-not-cleared", "rule", "An order that is not fulfilled any more keeps the date.",
     _becoming(_keeping("fulfilledOn"), "unfulfill-order")),
    ("fulfilled-in-the-past", "model", "`fulfilledOn` is an hour after the order was placed, not now.",
     _becoming(_moved("fulfilledOn", "acceptedOn", 1), "fulfill-order")),
    ("refunded-in-local-time", "model", "`refundedOn` is two hours ahead, and says it is UTC.",
     _becoming(_moved("refundedOn", "refundedOn", 2), "refund-order")),
    ("refund-sets-fulfilled-on", "rule", "A refund sets the other date.",
     _becoming(lambda before, after: {
         **after, "refundedOn": None, "fulfilledOn": after["refundedOn"]}, "refund-order")),
    ("refund-clears-fulfilled-on", "model", "A refund forgets that the order was fulfilled.",
     _becoming(_setting(fulfilledOn=None), "refund-order")),
    ("unfulfill-refunds", "rule", "Unfulfill refunds.", _becoming(lambda before, after: {
         **after, "status": "refunded", "refundedOn": after["acceptedOn"]}, "unfulfill-order")),
    ("refund-twice", "model", "An order can be refunded again.",
     _allowing("refund-order", "refunded", becomes="refunded", date="refundedOn")),
    ("refund-of-a-dispute", "model", "An order in dispute can be refunded.",
     _allowing("refund-order", "disputed", "dispute-lost", becomes="refunded", date="refundedOn")),
    ("refund-of-nothing", "model", "An order that cost nothing can be refunded.",
     _allowing("refund-order", "unfulfilled", "fulfilled", becomes="refunded", date="refundedOn")),
    ("fulfill-after-refund", "drive", "A refunded order can be fulfilled.",
     _allowing("fulfill-order", "refunded", becomes="fulfilled", date="fulfilledOn")),
    ("fulfill-before-payment", "model", "An order that is not paid can be fulfilled.",
     _allowing("fulfill-order", "pending", becomes="fulfilled", date="fulfilledOn")),
    ("fulfill-twice", "model", "An order can be fulfilled again, and the date moves.",
     _allowing("fulfill-order", "fulfilled", becomes="fulfilled", date="fulfilledOn")),
    ("unfulfill-a-dispute", "model", "An order in dispute can be unfulfilled, which hides the dispute.",
     _allowing("unfulfill-order", "disputed", becomes="unfulfilled", date="disputeUpdatedOn")),
    ("comment-is-lost-by-fulfill", "drive", "Fulfill clears the comment.",
     _becoming(_setting(comment=""), "fulfill-order")),
    ("tracking-is-lost-by-unfulfill", "model", "Unfulfill clears the tracking number.",
     _becoming(_setting(shippingTracking=None, shippingTrackingURL=None), "unfulfill-order")),
    ("update-clears-the-rest", "model", "An update clears the notes that are not sent.",
     _becoming(lambda before, after: {
         **after, **{note: None for note in NOTES if after.get(note) == before.get(note)}}, "update-order")),
    ("update-changes-the-date", "drive", "An update sets `acceptedOn`.",
     _becoming(_setting(acceptedOn="2025-03-30T00:00:00.000Z"), "update-order")),
    ("update-shortens", "model", "A comment is cut after 100 characters.",
     _becoming(_comment(lambda text: text[:100]), "update-order")),
    ("update-strips", "model", "A comment loses the spaces around it.",
     _becoming(_comment(str.strip), "update-order")),
    ("update-is-not-stored", "drive", "An update is answered as if it was made, and is not.",
     writing(_not_stored, "update-order")),
    ("write-answers-what-was", "rule", "A write is made, but its answer shows the order before it.",
     writing(_stale_answer, *WRITES)),
    ("read-lags-behind", "drive", "The first look after a write shows the order before it.", _stale_read),
    ("list-lags-behind", "model", "A list shows the notes of an order before they were changed.", _list_as_it_was),
    ("get-shows-less-than-list", "model", "A single order lacks the customer's comment and inputs.",
     changing_body(lambda order: {**order, "orderComment": None, "customData": []}, *GETS)),
    ("write-hits-its-neighbour", "model", "Fulfill writes into the next order too.",
     answering(_neighbour_too, "fulfill-order")),
    ("refused-yet-made", "model", "A fulfill that is refused still sets the date.",
     _yet(operation="fulfill-order", status=409, fulfilledOn=...)),
    ("refused-yet-half-made", "model", "An update that is refused still changes two notes.",
     _yet(operation="update-order", status=400, shippingProvider=None, comment="half")),
    ("refund-has-no-id", "model", "A refund has no id at the processor.",
     _becoming(lambda before, after: _with_details(after, refundId=None), "refund-order")),
    ("refund-reason-as-asked", "model", "The reason of a refund is told in the words of the request.",
     _becoming(_reason_as_asked, "refund-order")),
)
