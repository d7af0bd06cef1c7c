"""Writes that do too little, too much, or something else; and reads that tell of another time."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ..dialects import Entry
from ..messages import Response
from .tools import GETS, WRITES, Effect, Json, Row, Turn, with_body

Order = dict[str, Json]
Becoming = Callable[[Order, Order], Order]
NOTES = ("comment", "shippingProvider", "shippingTracking", "shippingTrackingURL")


def _becoming(change: Becoming, *operations: str) -> Effect:
    """`change(before, after)` is what a write leaves and tells, instead of `after`."""

    def effect(turn: Turn) -> Response:
        before = turn.order()
        answer = turn.answer()
        if turn.operation not in operations or answer.status != 200:
            return answer
        return dataclasses.replace(answer, body=turn.keep(change(before, turn.order())))

    return effect


def _allowing(operation: str, *statuses: str, becomes: str, date: str) -> Effect:
    """Make a change that the table forbids."""

    def effect(turn: Turn) -> Response:
        answer = turn.answer()
        order = turn.order()
        if turn.operation != operation or answer.status != 409 or order.get("status") not in statuses:
            return answer
        body = turn.keep({**order, "status": becomes, date: turn.now})
        return dataclasses.replace(answer, status=200, body=body)

    return effect


def _keeping(*keys: str) -> Becoming:
    """These are as they were before the write."""
    return lambda before, after: {**after, **{key: before[key] for key in keys if key in before}}


def _setting(**fields: Json) -> Becoming:
    return lambda before, after: {**after, **fields}


def _in_the_past(before: Order, after: Order) -> Order:
    moment = datetime.fromisoformat(after["acceptedOn"]) + timedelta(hours=1)
    return {**after, "fulfilledOn": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")}


def _in_local_time(before: Order, after: Order) -> Order:
    moment = datetime.fromisoformat(after["refundedOn"]) + timedelta(hours=2)
    return {**after, "refundedOn": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")}


def _wrong_date(before: Order, after: Order) -> Order:
    return {**after, "refundedOn": None, "fulfilledOn": after["refundedOn"]}


def _refunded(before: Order, after: Order) -> Order:
    return {**after, "status": "refunded", "refundedOn": after["acceptedOn"]}


def _without_refund_id(before: Order, after: Order) -> Order:
    return _with_details(after, refundId=None)


def _reason_as_asked(before: Order, after: Order) -> Order:
    reason = (after.get("stripeDetails") or {}).get("refundReason")
    return _with_details(after, refundReason="requested") if reason == "requested_by_customer" else after


def _with_details(order: Order, **fields: Json) -> Order:
    details = order.get("stripeDetails") or {}
    return {**order, "stripeDetails": {**details, **fields}} if details.get("refundId") else order


def _shortened(before: Order, after: Order) -> Order:
    return {**after, "comment": (after.get("comment") or "")[:100]}


def _stripped(before: Order, after: Order) -> Order:
    return {**after, "comment": (after.get("comment") or "").strip()}


def _not_stored(turn: Turn) -> Response:
    before = turn.order()
    answer = turn.answer()
    if turn.operation == "update-order" and answer.status == 200:
        turn.keep(before)
    return answer


def _stale_answer(turn: Turn) -> Response:
    before = turn.order()
    answer = turn.answer()
    if turn.operation not in WRITES or answer.status != 200:
        return answer
    return dataclasses.replace(answer, body=Entry(before).rendered("v2", turn.mock.dialect))


def _stale_read(turn: Turn) -> Response:
    """The first look after a write shows what was there before it."""
    before = turn.order()
    answer = turn.answer()
    key = turn.ids.get("order_id")
    if turn.operation in WRITES and answer.status == 200:
        turn.memory[key] = before
    elif turn.operation == "get-order" and answer.status == 200 and key in turn.memory:
        body = Entry(turn.memory.pop(key)).rendered("v2", turn.mock.dialect)
        return dataclasses.replace(answer, body=body)
    return answer


def _list_as_it_was(turn: Turn) -> Response:
    """The list shows a changed order as it was when it was first changed."""
    before = turn.order()
    answer = turn.answer()
    if turn.operation in WRITES and answer.status == 200:
        turn.memory.setdefault(before["orderId"], before)
    if turn.operation != "list-orders" or answer.status != 200 or not turn.memory:
        return answer
    page = json.loads(answer.body)
    page["orders"] = [_remembered(turn, order) for order in page["orders"]]
    return with_body(answer, page)


def _remembered(turn: Turn, order: Any) -> Any:
    old = turn.memory.get(order["orderId"])
    if old is None or old["status"] != order["status"]:
        return order
    return json.loads(Entry(old).rendered("v2", turn.mock.dialect))


def _without_notes_in_get(turn: Turn) -> Response:
    answer = turn.answer()
    if turn.operation not in GETS or answer.status != 200:
        return answer
    return with_body(answer, {**json.loads(answer.body), "orderComment": None, "customData": []})


def _neighbour_too(turn: Turn) -> Response:
    answer = turn.answer()
    if turn.operation == "fulfill-order" and answer.status == 200:
        orders = turn.mock.store.sites[turn.ids["site_id"]].orders
        ids = list(orders)
        near = ids[(ids.index(turn.ids["order_id"]) + 1) % len(ids)]
        changed = Entry({**orders[near].order, "comment": "fulfilled"})
        turn.mock.store.put(turn.ids["site_id"], changed)
    return answer


def _refused_yet_made(turn: Turn) -> Response:
    answer = turn.answer()
    if turn.operation == "fulfill-order" and answer.status == 409 and turn.order():
        turn.keep({**turn.order(), "fulfilledOn": turn.now})
    return answer


def _notes_of_a_refused_update(turn: Turn) -> Response:
    """A body is stored field by field, until one is wrong."""
    answer = turn.answer()
    if turn.operation == "update-order" and answer.status == 400 and turn.order():
        turn.keep({**turn.order(), "shippingProvider": None, "comment": "half"})
    return answer


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
     _becoming(_in_the_past, "fulfill-order")),
    ("refunded-in-local-time", "model", "`refundedOn` is two hours ahead, and says it is UTC.",
     _becoming(_in_local_time, "refund-order")),
    ("refund-sets-fulfilled-on", "rule", "A refund sets the other date.", _becoming(_wrong_date, "refund-order")),
    ("refund-clears-fulfilled-on", "model", "A refund forgets that the order was fulfilled.",
     _becoming(_setting(fulfilledOn=None), "refund-order")),
    ("unfulfill-refunds", "rule", "Unfulfill refunds.", _becoming(_refunded, "unfulfill-order")),
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
     _becoming(_shortened, "update-order")),
    ("update-strips", "model", "A comment loses the spaces around it.", _becoming(_stripped, "update-order")),
    ("update-is-not-stored", "drive", "An update is answered as if it was made, and is not.", _not_stored),
    ("write-answers-what-was", "rule", "A write is made, but its answer shows the order before it.",
     _stale_answer),
    ("read-lags-behind", "drive", "The first look after a write shows the order before it.", _stale_read),
    ("list-lags-behind", "model", "A list shows the notes of an order before they were changed.",
     _list_as_it_was),
    ("get-shows-less-than-list", "model", "A single order lacks the customer's comment and inputs.",
     _without_notes_in_get),
    ("write-hits-its-neighbour", "model", "Fulfill writes into the next order too.", _neighbour_too),
    ("refused-yet-made", "model", "A fulfill that is refused still sets the date.", _refused_yet_made),
    ("refused-yet-half-made", "model", "An update that is refused still changes two notes.",
     _notes_of_a_refused_update),
    ("refund-has-no-id", "model", "A refund has no id at the processor.",
     _becoming(_without_refund_id, "refund-order")),
    ("refund-reason-as-asked", "model", "The reason of a refund is told in the words of the request.",
     _becoming(_reason_as_asked, "refund-order")),
)
