"""What a schema cannot say about an answer. Each rule yields the complaints it has, and none when it holds.

The rules are pure: they see one exchange and do not know the network.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from .exchange import Exchange

JSON = Any


Rule = Callable[[Exchange], Iterator[str]]

# The write that sets a date.
DATE_OF = {"fulfill-order": "fulfilledOn", "refund-order": "refundedOn"}
# Two clocks may differ, and a mock's may be put forward by minutes; a time zone is at least an hour.
CLOCKS_DIFFER = timedelta(minutes=50)
RESULT_OF = {"fulfill-order": "fulfilled", "unfulfill-order": "unfulfilled", "refund-order": "refunded"}
NOTES = ("comment", "shippingProvider", "shippingTracking", "shippingTrackingURL")


def order_is_the_one_asked_for(exchange: Exchange) -> Iterator[str]:
    if not exchange.ok or exchange.order_id is None or not isinstance(exchange.answer, dict):
        return
    if exchange.answer.get("orderId") != exchange.order_id:
        yield f"asked for order {exchange.order_id}, got {exchange.answer.get('orderId')!r}"


def action_has_its_effect(exchange: Exchange) -> Iterator[str]:
    if not exchange.ok or not isinstance(exchange.answer, dict):
        return
    wanted = RESULT_OF.get(exchange.operation)
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
    accepted = _moment(order.get("acceptedOn"))
    for key in ("fulfilledOn", "refundedOn", "disputedOn"):
        moment = _moment(order.get(key))
        if accepted is not None and moment is not None and moment < accepted:
            yield f"{key} is before acceptedOn"


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
        moment = _moment(order.get(DATE_OF.get(exchange.operation, "")))
        if moment is not None and now - moment > CLOCKS_DIFFER:
            yield f"order {order.get('orderId')}: {DATE_OF[exchange.operation]} is long ago"
        disputed, changed = _moment(order.get("disputedOn")), _moment(order.get("disputeUpdatedOn"))
        if disputed is not None and changed is not None and changed < disputed:
            yield f"order {order.get('orderId')}: disputeUpdatedOn is before disputedOn"


def sums_add_up(exchange: Exchange) -> Iterator[str]:
    for order in exchange.orders():
        for complaint in _sums(order):
            yield f"order {order.get('orderId')}: {complaint}"


def _sums(order: Mapping[str, JSON]) -> Iterator[str]:
    items = [each for each in order.get("purchasedItems") or () if isinstance(each, dict)]
    counts: list[JSON] = [each.get("count") for each in items]
    rows = [_amount(each.get("rowTotal")) for each in items]
    for count, row, price in zip(
        counts, rows, (_amount(each.get("variantPrice")) for each in items), strict=True
    ):
        if _known(count, row, price) and row != count * price:
            yield f"rowTotal {row} is not {count} times {price}"
    if (
        items
        and _known(*counts, order.get("purchasedItemsCount"))
        and sum(counts) != order["purchasedItemsCount"]
    ):
        yield f"purchasedItemsCount is {order['purchasedItemsCount']}, but {sum(counts)} were bought"
    totals: JSON = order.get("totals") if isinstance(order.get("totals"), dict) else {}
    subtotal, total = _amount(totals.get("subtotal")), _amount(totals.get("total"))
    if items and _known(subtotal, *rows) and subtotal != sum(rows):
        yield f"subtotal is {subtotal}, but the items make {sum(rows)}"
    extras = [each for each in totals.get("extras") or () if isinstance(each, dict)]
    prices = [_amount(each.get("price")) for each in extras]
    if _known(subtotal, total, *prices) and total != subtotal + sum(prices):
        yield f"total is {total}, but subtotal and extras make {subtotal + sum(prices)}"
    for extra, price in zip(extras, prices, strict=True):
        if _known(price) and price > 0 and str(extra.get("type")).startswith("discount"):
            yield f"a discount of {price} is not negative"
    paid, net = _amount(order.get("customerPaid")), _amount(order.get("netAmount"))
    if _known(paid, net) and net > paid >= 0:
        yield f"netAmount {net} is more than customerPaid {paid}"


def _amount(price: JSON) -> Any:
    value = price.get("value") if isinstance(price, dict) else None
    return int(value) if isinstance(value, str) and re.fullmatch("-?[0-9]{1,18}", value, re.ASCII) else value


def _known(*numbers: JSON) -> bool:
    return all(isinstance(each, int) and not isinstance(each, bool) for each in numbers)


# What a refund is asked for with, in the words in which the order then shows it.
REASONS = {"duplicate": "duplicate", "fraudulent": "fraudulent", "requested": "requested_by_customer"}


def refund_shows_its_reason(exchange: Exchange) -> Iterator[str]:
    if exchange.operation != "refund-order" or not exchange.ok or not isinstance(exchange.sent, dict):
        return
    wanted = REASONS.get(str(exchange.sent.get("reason")))
    details = exchange.answer.get("stripeDetails") if isinstance(exchange.answer, dict) else None
    shown = details.get("refundReason") if isinstance(details, dict) else None
    if wanted and shown is not None and shown != wanted:
        yield f"the reason is {exchange.sent['reason']!r}, but refundReason is {shown!r}"


def page_adds_up(exchange: Exchange) -> Iterator[str]:
    if not exchange.ok or exchange.operation not in ("list-orders", "list-orders-v1"):
        return
    limit, offset = _number(exchange, "limit", 100), _number(exchange, "offset", 0)
    if limit is None or offset is None or ("status" in exchange.query and len(exchange.query["status"]) > 1):
        return  # not a valid question; whether it may be answered at all is another check's business
    orders = exchange.orders()
    yield from _filtered(exchange, orders)
    if len(orders) > limit:
        yield f"limit is {limit}, but {len(orders)} orders came"
    if isinstance(exchange.answer, dict):
        yield from _pagination(exchange.answer.get("pagination"), limit, offset, len(orders))


def _filtered(exchange: Exchange, orders: Sequence[Mapping[str, JSON]]) -> Iterator[str]:
    wanted = exchange.query.get("status", [None])[0]
    strangers = sorted({str(order.get("status")) for order in orders} - {wanted})
    if wanted and strangers:
        yield f"only {wanted} orders were asked for, but some are {', '.join(strangers)}"
    ids = [order.get("orderId") for order in orders]
    if len(set(ids)) < len(ids):
        yield "an order is on the page twice"


def _pagination(pagination: JSON, limit: int, offset: int, count: int) -> Iterator[str]:
    if not isinstance(pagination, dict) or not isinstance(pagination.get("total"), int):
        return  # the schema check complains about that
    for key, asked in (("limit", limit), ("offset", offset)):
        if pagination.get(key) != asked:
            yield f"{key} {asked} was asked for, pagination says {pagination.get(key)!r}"
    expected = min(limit, max(0, pagination["total"] - offset))
    if count != expected:
        yield f"total {pagination['total']}, offset {offset}, limit {limit}: {expected} orders are due, {count} came"


def _number(exchange: Exchange, name: str, default: int) -> int | None:
    values = exchange.query.get(name, [str(default)])
    text = values[0]
    return int(text) if len(values) == 1 and re.fullmatch(r"[0-9]{1,16}", text, re.ASCII) else None


def order_has_one_currency(exchange: Exchange) -> Iterator[str]:
    for order in exchange.orders():
        units = sorted(set(_units(order)))
        if len(units) > 1:
            yield f"order {order.get('orderId')} mixes {', '.join(units)}"
        for unit in units:
            if not re.fullmatch("[A-Z]{3}", unit):
                yield f"order {order.get('orderId')}: {unit!r} is not a currency code in capitals"


def _units(node: JSON) -> Iterator[str]:
    if isinstance(node, dict):
        if "value" in node and isinstance(node.get("unit"), str):
            yield node["unit"]
        for child in node.values():
            yield from _units(child)
    elif isinstance(node, list):
        for child in node:
            yield from _units(child)


def error_has_the_shape_of_its_version(exchange: Exchange) -> Iterator[str]:
    if exchange.status < 400 or not isinstance(exchange.answer, dict):
        return
    body = exchange.answer
    # Webflow documents both bodies for a v1 call that came too often.
    if exchange.is_v1 and not (exchange.status == 429 and "message" in body):
        if not isinstance(body.get("msg"), str):
            yield "an error of v1 has its sentence in `msg`"
        if body.get("code") != exchange.status:
            yield f"an error of v1 repeats the status {exchange.status} in `code`; here it is {body.get('code')!r}"
    if not exchange.is_v1 and ("msg" in body or not isinstance(body.get("code"), str)):
        yield "an error of v2 has a word in `code` and its sentence in `message`"


def counted(exchange: Exchange) -> tuple[int | None, int | None]:
    """The limit, and what remains of it; None for what is absent or no number."""
    return _header(exchange, "x-ratelimit-limit"), _header(exchange, "x-ratelimit-remaining")


def rate_limit_adds_up(exchange: Exchange) -> Iterator[str]:
    limit, remaining = counted(exchange)
    if limit is None or remaining is None:
        return  # absent where it must be present, or no number: the header check complains
    # This very request has been counted already.
    most = limit - 1 if exchange.ok else limit
    if not 0 <= remaining <= most:
        yield f"{remaining} requests remain of {limit}"
    if exchange.status == 429 and remaining:
        yield f"429, yet {remaining} requests remain"


def _header(exchange: Exchange, name: str) -> int | None:
    text = exchange.headers.get(name, "")
    return int(text) if re.fullmatch("-?[0-9]{1,9}", text, re.ASCII) else None


# Of whatever it is that is answered.
COMMON: tuple[Rule, ...] = (error_has_the_shape_of_its_version, rate_limit_adds_up)
RULES: tuple[Rule, ...] = (
    order_is_the_one_asked_for,
    action_has_its_effect,
    dates_agree_with_the_status,
    dates_lie_before_the_answer,
    sums_add_up,
    refund_shows_its_reason,
    page_adds_up,
    order_has_one_currency,
    *COMMON,
)
