"""v1 and v2, asked about the same order, say different things."""

from __future__ import annotations

import dataclasses
import json

from ..messages import Response
from .tools import (
    LISTS,
    V1,
    V2,
    WRITES,
    Context,
    Row,
    answering,
    changing_body,
    drop,
    each_order,
    mapped,
    put,
    with_body,
)


def _as_seeded(context: Context) -> Response:
    """v1 is read from a copy that no write reaches."""
    before = context.order()
    answer = context.answer()
    if context.operation in WRITES and answer.status == 200:
        context.memory.setdefault(before["orderId"], before["status"])
    if context.operation not in V1 or answer.status != 200:
        return answer
    return each_order(
        lambda order: {**order, "status": context.memory.get(order["orderId"], order["status"])}, *V1
    )(dataclasses.replace(context, healthy=lambda request: answer))


def _refunded_is_unknown(context: Context, answer: Response) -> Response:
    if json.loads(answer.body)["status"] != "refunded":
        return answer
    return context.answer(path=context.request.path.rpartition("/")[0] + "/000-000")


def _offset_by_one(context: Context, answer: Response) -> Response:
    """The pages of v1 are numbered, those of v2 are not: an offset is taken for a page."""
    asked = "offset=" in context.request.query
    return with_body(answer, json.loads(answer.body)[1:]) if asked else answer


def _an_hour_later(date: str) -> str:
    return f"{date[:11]}{(int(date[11:13]) + 1) % 24:02}{date[13:]}"


# fmt: off
TABLE: tuple[Row, ...] = (
    ("v1-shows-the-old-status", "drive", "v1 shows the status from before all writes.", _as_seeded),
    ("v1-counts-in-dollars", "drive", "The prices of v1 are in whole dollars.",
     each_order(mapped("customerPaid.value", lambda value: value // 100), *V1)),
    ("v1-has-another-currency", "drive", "v1 tells the net amount in euros.",
     each_order(put("netAmount.unit", "EUR"), *V1)),
    ("v1-is-an-hour-late", "drive", "v1 tells when an order was placed in another zone.",
     each_order(mapped("acceptedOn", _an_hour_later), *V1)),
    ("v1-has-no-comment", "drive", "v1 leaves the comment empty.", each_order(put("comment", ""), *V1)),
    ("v1-lists-no-downloads", "drive", "v1 does not list orders of downloads.",
     changing_body(lambda orders: [
         order for order in orders if order.get("hasDownloads") is not True], "list-orders-v1")),
    ("v1-list-differs-from-get", "drive", "v1 lists orders without their totals.",
     each_order(drop("totals"), "list-orders-v1")),
    ("v1-knows-no-refunded", "model", "v1 does not know an order that is refunded.",
     answering(_refunded_is_unknown, "get-order-v1")),
    ("v1-lists-the-first-item", "model", "v1 tells the first item of an order only.",
     each_order(mapped("purchasedItems", lambda items: items[:1]), *V1)),
    ("v1-pages-are-short", "model", "v1 leaves out the first order of each page but the first.",
     answering(_offset_by_one, "list-orders-v1")),
    ("v1-keeps-v2-names", "model", "v1 calls `requiresShipping` by its name in v2.",
     each_order(lambda order: {
         {"requiresShipping": "isShippingRequired"}.get(k, k): v for k, v in order.items()}, *V1)),
    ("v1-error-of-v2", "model", "An error of v1 has the shape of v2.", changing_body(lambda error: {
         "code": error["name"], "message": error["msg"], "externalReference": None, "details": []}, *V1, status=404)),
    ("v1-error-of-another-status", "model", "The `code` in an error of v1 is not its status.",
     changing_body(lambda error: {**error, "code": error["code"] + 1}, *V1, status=404)),
    ("v2-error-of-both", "rule", "An error of v2 has the words of v1 too.",
     changing_body(lambda error: {**error, "msg": error["message"]}, *V2, status=404)),
    ("v2-totals-differ-in-lists", "model", "Lists tell the total of an order without its extras.",
     each_order(lambda order: {**order, "totals": {
         **order["totals"], "total": order["totals"]["subtotal"]}}, *LISTS)),
)
