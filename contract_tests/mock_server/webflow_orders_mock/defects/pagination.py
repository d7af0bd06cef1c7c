"""Pages that do not add up, or do add up and are wrong all the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from ..api.routes import OPERATIONS
from ..api.validation import Page, read_page
from ..messages import Response
from ..orders.dialects import StoredOrder
from .tools import LISTS, Context, Json, Mutation, Row, answering, with_body

Stored = Sequence[StoredOrder]
Cut = Callable[[Stored, Page], Stored]


def _cut(choose: Cut, *operations: str) -> Mutation:
    """Another page than was asked for, out of all orders of the site; the pagination stays as it is."""
    return answering(lambda context, answer: _of(context, answer, choose), *(operations or LISTS))


def _of(context: Context, answer: Response, choose: Cut) -> Response:
    everything = list(context.account.store.sites[context.ids["site_id"]].orders.values())
    version = OPERATIONS[context.operation].version
    chosen = choose(everything, read_page(context.request.query))
    orders = [json.loads(each.serialized(version, context.account.dialect)) for each in chosen]
    body = json.loads(answer.body)
    return with_body(answer, orders if isinstance(body, list) else {**body, "orders": orders})


def _total(count: Callable[[Context, Json], int]) -> Mutation:
    def change(context: Context, answer: Response) -> Response:
        body = json.loads(answer.body)
        body["pagination"]["total"] = count(context, body)
        return with_body(answer, body)

    return answering(change, "list-orders")


def _filtered(entries: Stored, status: str | None) -> Stored:
    return [each for each in entries if status in (None, each.order["status"])]


def _window(entries: Stored, start: int, count: int) -> Stored:
    return entries[max(0, start) : max(0, start) + count]


def _page(entries: Stored, page: Page, shift: int = 0) -> Stored:
    return _window(_filtered(entries, page.status), page.offset + shift, page.limit)


def _no_last(entries: Stored, page: Page) -> Stored:
    found = _page(entries, page)
    return found if len(found) == page.limit or not page.offset else []


def _unfiltered(entries: Stored, page: Page) -> Stored:
    return _window(entries, page.offset, page.limit)


def _filtered_late(entries: Stored, page: Page) -> Stored:
    return _filtered(_unfiltered(entries, page), page.status)


def _from_the_start(entries: Stored, page: Page) -> Stored:
    return _filtered(entries, page.status)[: page.limit]


def _ten(entries: Stored, page: Page) -> Stored:
    return _page(entries, page)[:10]


def _repeated(entries: Stored, page: Page) -> Stored:
    found = list(_page(entries, page))
    return [*found[:-1], found[0]] if len(found) > 1 else found


def _unstable(context: Context, answer: Response) -> Response:
    context.memory["lists"] = context.memory.get("lists", 0) + 1
    way = 1 if context.memory["lists"] % 2 else -1
    return _of(context, answer, lambda entries, page: _page(entries[::way], page))


# fmt: off
TABLE: tuple[Row, ...] = (
    ("page-begins-late", "drive", "Each page but the first begins one order too late.",
     _cut(lambda entries, page: _page(entries, page, page.offset > 0))),
    ("pages-overlap", "drive", "Each page begins with the last order of the one before.",
     _cut(lambda entries, page: _page(entries, page, -1))),
    ("last-page-is-empty", "model", "A last page that is not full is empty.", _cut(_no_last)),
    ("order-comes-twice", "rule", "The last order of a page is the first once more.", _cut(_repeated)),
    ("offset-is-ignored", "drive", "Every page is the first.", _cut(_from_the_start)),
    ("v1-offset-is-ignored", "model", "Every page of v1 is the first.", _cut(_from_the_start, "list-orders-v1")),
    ("limit-is-ignored", "model", "A page holds all orders, whatever the limit.",
     _cut(lambda entries, page: _filtered(entries, page.status)[page.offset :])),
    ("limit-is-10", "rule", "A page never holds more than ten orders.", _cut(_ten, "list-orders")),
    ("v1-limit-is-10", "model", "A page of v1 never holds more than ten orders.", _cut(_ten, "list-orders-v1")),
    ("filter-is-ignored", "rule", "Orders in any status come, whichever was asked for.", _cut(_unfiltered)),
    ("filter-comes-late", "rule", "The status is looked at after the page was cut.", _cut(_filtered_late)),
    ("v1-filter-comes-late", "model", "In v1 the status is looked at after the page was cut.",
     _cut(_filtered_late, "list-orders-v1")),
    ("filter-by-part", "rule", "`fulfilled` also finds `unfulfilled`.", _cut(lambda entries, page: _unfiltered(
         [each for each in entries if (page.status or "") in each.order["status"]], page))),
    ("order-is-unstable", "model", "Every other list is sorted the other way.", answering(_unstable, "list-orders")),
    ("order-moves", "model", "A list is sorted by what changes while one reads it.", _cut(
         lambda entries, page: _page(sorted(entries, key=lambda each: str(each.order.get("fulfilledOn"))), page))),
    ("total-is-one-too-many", "rule", "The total is one too many.",
     _total(lambda context, page: int(page["pagination"]["total"]) + 1)),
    ("total-is-of-the-page", "drive", "The total counts the orders of the page.",
     _total(lambda context, page: len(page["orders"]))),
    ("total-ignores-the-filter", "rule", "The total counts all orders, also those that were filtered out.",
     _total(lambda context, page: len(context.account.store.sites[context.ids["site_id"]].orders))),
)
