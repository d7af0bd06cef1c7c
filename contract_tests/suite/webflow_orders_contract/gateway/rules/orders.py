"""An order: whether it is the one, what was done to it, its dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from ...description.writes import NOTES, write_of
from ..exchange import Exchange

JSON = Any

# Two clocks may differ, and a mock's may be put forward by minutes; a time zone is at least an hour.
CLOCKS_DIFFER = timedelta(minutes=50)


def order_is_the_one_asked_for(exchange: Exchange) -> Iterator[str]:
    if not exchange.ok or exchange.order_id is None or not isinstance(exchange.answer, dict):
        return
    if exchange.answer.get("orderId") != exchange.order_id:
        yield f"asked for order {exchange.order_id}, got {exchange.answer.get('orderId')!r}"


def action_has_its_effect(exchange: Exchange) -> Iterator[str]:
    if not exchange.ok or not isinstance(exchange.answer, dict):
        return
    wanted = write_of(exchange.operation).to
    if wanted is not None and exchange.answer.get("status") != wanted:
        yield f"after {exchange.operation} the status is {exchange.answer.get('status')!r}, not {wanted!r}"
    if exchange.operation != "update-order" or not isinstance(exchange.sent, dict):
        return
    for note in NOTES:
        sent = exchange.sent.get(note)
        # What an empty note becomes is not documented.
        if isinstance(sent, str) and sent and exchange.answer.get(note) != sent:
            yield f"{note} was sent, but the answer does not have it"


def dates_agree_with_the_status(exchange: Exchange) -> Iterator[str]:
    for order in exchange.orders():
        for complaint in _dates(order):
            yield f"order {order.get('orderId')}: {complaint}"


# status -> the dates that must be set, and those that must not
DATES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "pending": ((), ("fulfilledOn", "refundedOn")),
    "unfulfilled": ((), ("fulfilledOn", "refundedOn")),
    "fulfilled": (("fulfilledOn",), ("refundedOn",)),
    "refunded": (("refundedOn",), ()),
    "disputed": (("disputedOn",), ()),
    "dispute-lost": (("disputedOn",), ()),
}

# What is refunded can not be fulfilled any more.
FOLLOW = (
    ("acceptedOn", "fulfilledOn"), ("acceptedOn", "refundedOn"), ("acceptedOn", "disputedOn"),
    ("fulfilledOn", "refundedOn"), ("disputedOn", "disputeUpdatedOn"),
)  # fmt: skip


def _dates(order: Mapping[str, JSON]) -> Iterator[str]:
    status = order.get("status")
    needed, barred = DATES.get(str(status), ((), ()))
    # A key that is absent says nothing: real orders leave keys out.
    for key in needed:
        if key in order and order[key] is None:
            yield f"it is {status}, but {key} is null"
    for key in barred:
        if order.get(key) is not None:
            yield f"it is {status}, but {key} is set"
    for earlier, later in FOLLOW:
        before, after = _moment(order.get(earlier)), _moment(order.get(later))
        if before is not None and after is not None and after < before:
            yield f"{later} is before {earlier}"


def _moment(text: JSON) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None


def dates_lie_before_the_answer(exchange: Exchange) -> Iterator[str]:
    """Nothing has happened that is still to come, and what was just done has just happened."""
    try:
        now = parsedate_to_datetime(exchange.headers.get("date", ""))
    except ValueError:
        return
    for order in exchange.orders():
        for key in ("acceptedOn", "fulfilledOn", "refundedOn", "disputedOn", "disputeUpdatedOn"):
            moment = _moment(order.get(key))
            if moment is not None and moment - now > CLOCKS_DIFFER:
                yield f"order {order.get('orderId')}: {key} is still to come"
        date = write_of(exchange.operation).sets
        moment = _moment(order.get(date)) if date else None
        if moment is not None and now - moment > CLOCKS_DIFFER:
            yield f"order {order.get('orderId')}: {date} is long ago"


# What a refund is asked for with, in the words in which the order then shows it.
REASONS = {"duplicate": "duplicate", "fraudulent": "fraudulent", "requested": "requested_by_customer"}


NOT_REFUNDED = ("pending", "unfulfilled", "fulfilled")


def refund_is_told_as_asked(exchange: Exchange) -> Iterator[str]:
    """There is no partial refund: what is not refunded has no mark of one."""
    for order in exchange.orders():
        for where in ("stripeDetails", "paypalDetails"):
            details = order.get(where)
            if not isinstance(details, dict):
                continue
            for name in ("refundId", "refundReason"):
                if order.get("status") in NOT_REFUNDED and details.get(name):
                    yield f"/{where}/{name}: is set, but it is {order['status']}"
            if exchange.operation == "refund-order":
                yield from _refunded(exchange, where, order, details)


def _refunded(
    exchange: Exchange, where: str, order: Mapping[str, JSON], details: Mapping[str, JSON]
) -> Iterator[str]:
    took_it = (order.get("paymentProcessor") == "paypal") == (where == "paypalDetails")
    if took_it and "refundId" in details and not details["refundId"]:
        yield f"/{where}/refundId: it was refunded, but there is none"
    asked = exchange.sent.get("reason") if isinstance(exchange.sent, dict) else None
    wanted, shown = REASONS.get(str(asked)), details.get("refundReason")
    # What PayPal calls it is not said; but another reason it can not be.
    missing = took_it and where == "stripeDetails" and "refundReason" in details and not shown
    if wanted and (missing or (shown and shown != wanted)):
        yield f"/{where}/refundReason: for {asked!r} there is {wanted!r} due, and {shown!r} is shown"
    if asked is None and shown in (REASONS["duplicate"], REASONS["fraudulent"]):
        yield f"/{where}/refundReason: no reason was given, but {shown!r} is shown"
