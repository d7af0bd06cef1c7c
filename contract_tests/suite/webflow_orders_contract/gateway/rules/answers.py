"""Pages, errors, and the headers of the rate limit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import unquote

from ...description import read
from ..exchange import Exchange

JSON = Any
# A request that came too often waits for a new minute, and not for an hour.
LONGEST_WAIT = 600


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
    if body.get("name") == "ValidationError" and not body.get("problems"):
        yield "/problems: a ValidationError says what in particular, and there is nothing"
    details = body.get("details")
    for each in details if isinstance(details, list) else ():
        if isinstance(each, dict) and len(str(each.get("field")).split()) > 1:
            yield "/details/field: it is a sentence, and not the name of a field"


def error_is_of_its_status(exchange: Exchange) -> Iterator[str]:
    """The words are an open list; but one that the description shows with one status is not another's."""
    if exchange.status < 400 or not isinstance(exchange.answer, dict):
        return
    for key in ("code", "name"):
        statuses = _words().get(str(exchange.answer.get(key)), ())
        if statuses and exchange.status not in statuses:
            due = " or ".join(map(str, statuses))
            yield f"/{key}: {exchange.answer[key]} comes with {due}, not with {exchange.status}"


@cache
def _words() -> Mapping[str, set[int]]:
    """The `code`s of v2 and the `name`s of v1 in the examples of errors, and with which status each is there."""
    known, found = read(), defaultdict[str, set[int]](set)
    for operation in known.operations:
        for status in map(int, known.at(operation.pointer).schema["responses"]):
            response = known.response(operation.id, status)
            content = response.schema.get("content", {}) if response is not None and status >= 400 else {}
            for example in content.get("application/json", {}).get("examples", {}).values():
                found[example["value"].get("name", example["value"]["code"])].add(status)
    return found


def v1_error_repeats_itself(exchange: Exchange) -> Iterator[str]:
    if exchange.status < 400 or not exchange.is_v1 or not isinstance(exchange.answer, dict):
        return
    body = exchange.answer
    parts = [str(body[key]) for key in ("name", "msg") if key in body]
    if isinstance(body.get("err"), str) and not all(part in body["err"] for part in parts):
        yield "/err: it is not the name and the sentence"
    # As it was sent or decoded, with a query or without.
    told = str(body.get("path", ""))
    path = told.partition("?")[0]
    sent, spellings = (exchange.path, unquote(exchange.path)), (told, path, unquote(path))
    if path and not any(each.endswith(spelling) for each in sent for spelling in spellings):
        yield "/path: it is not the path of the request"


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
    return int(text) if re.fullmatch("-?[0-9]{1,20}", text, re.ASCII) else None


def retry_after_is_no_longer_than_it_takes(exchange: Exchange) -> Iterator[str]:
    seconds = _header(exchange, "retry-after")
    if exchange.status == 429 and seconds is not None and seconds > LONGEST_WAIT:
        yield f"Retry-After is {seconds} seconds, and the limit is one of a minute"
