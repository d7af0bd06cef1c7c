"""Pages that do not add up, or do add up and are wrong all the same."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from typing import Any

from ..dialects import Entry
from ..messages import Response
from ..routes import OPERATIONS
from ..validation import Page, read_page
from .tools import LISTS, Effect, Json, Row, Turn, answering

Entries = Sequence[Entry]
Cut = Callable[[Entries, Page], Entries]


def page_of(turn: Turn) -> Page:
    return read_page(turn.request.query)


def _cut(choose: Cut, *operations: str) -> Effect:
    """Another page than was asked for, out of all orders of the site; the pagination stays as it is."""

    def change(turn: Turn, answer: Response) -> Response:
        everything = list(turn.mock.store.sites[turn.ids["site_id"]].orders.values())
        version = OPERATIONS[turn.operation].version
        told = [e.rendered(version, turn.mock.dialect) for e in choose(everything, page_of(turn))]
        return _with_orders(answer, [json.loads(order) for order in told])

    return answering(change, *(operations or LISTS))


def _with_orders(answer: Response, orders: list[Any]) -> Response:
    body = json.loads(answer.body)
    body = orders if isinstance(body, list) else {**body, "orders": orders}
    return dataclasses.replace(answer, body=json.dumps(body, ensure_ascii=False).encode())


def _total(count: Callable[[Turn, Json], int]) -> Effect:
    def change(turn: Turn, answer: Response) -> Response:
        body = json.loads(answer.body)
        body["pagination"]["total"] = count(turn, body)
        return dataclasses.replace(answer, body=json.dumps(body, ensure_ascii=False).encode())

    return answering(change, "list-orders")


def _filtered(entries: Entries, status: str | None) -> Entries:
    return [each for each in entries if status in (None, each.order["status"])]


def _window(entries: Entries, start: int, count: int) -> Entries:
    return entries[max(0, start) : max(0, start) + count]


def _late(entries: Entries, page: Page) -> Entries:
    return _window(_filtered(entries, page.status), page.offset + (page.offset > 0), page.limit)


def _overlapping(entries: Entries, page: Page) -> Entries:
    return _window(_filtered(entries, page.status), page.offset - 1, page.limit)


def _no_last(entries: Entries, page: Page) -> Entries:
    found = _window(_filtered(entries, page.status), page.offset, page.limit)
    return found if len(found) == page.limit or not page.offset else []


def _unlimited(entries: Entries, page: Page) -> Entries:
    return _filtered(entries, page.status)[page.offset :]


def _unfiltered(entries: Entries, page: Page) -> Entries:
    return _window(entries, page.offset, page.limit)


def _filtered_late(entries: Entries, page: Page) -> Entries:
    return _filtered(_unfiltered(entries, page), page.status)


def _contains(entries: Entries, page: Page) -> Entries:
    found = [each for each in entries if (page.status or "") in each.order["status"]]
    return _window(found, page.offset, page.limit)


def _from_the_start(entries: Entries, page: Page) -> Entries:
    return _window(_filtered(entries, page.status), 0, page.limit)


def _ten(entries: Entries, page: Page) -> Entries:
    return _window(_filtered(entries, page.status), page.offset, min(page.limit, 10))


def _repeated(entries: Entries, page: Page) -> Entries:
    found = list(_window(_filtered(entries, page.status), page.offset, page.limit))
    return [*found[:-1], found[0]] if len(found) > 1 else found


def _unstable(turn: Turn, answer: Response) -> Response:
    turn.memory["lists"] = turn.memory.get("lists", 0) + 1
    entries = list(turn.mock.store.sites[turn.ids["site_id"]].orders.values())
    ordered = entries if turn.memory["lists"] % 2 else entries[::-1]
    page = page_of(turn)
    told = _window(_filtered(ordered, page.status), page.offset, page.limit)
    return _with_orders(answer, [json.loads(each.rendered("v2", turn.mock.dialect)) for each in told])


def _changed_last(entries: Entries, page: Page) -> Entries:
    ordered = sorted(entries, key=lambda each: str(each.order.get("fulfilledOn")))
    return _window(_filtered(ordered, page.status), page.offset, page.limit)


def _all_orders(turn: Turn, page: Json) -> int:
    return len(turn.mock.store.sites[turn.ids["site_id"]].orders)


# fmt: off
TABLE: tuple[Row, ...] = (
    ("page-begins-late", "drive", "Each page but the first begins one order too late.", _cut(_late)),
    ("pages-overlap", "drive", "Each page begins with the last order of the one before.", _cut(_overlapping)),
    ("last-page-is-empty", "model", "A last page that is not full is empty.", _cut(_no_last)),
    ("order-comes-twice", "rule", "The last order of a page is the first once more.", _cut(_repeated)),
    ("offset-is-ignored", "drive", "Every page is the first.", _cut(_from_the_start)),
    ("v1-offset-is-ignored", "model", "Every page of v1 is the first.", _cut(_from_the_start, "list-orders-v1")),
    ("limit-is-ignored", "model", "A page holds all orders, whatever the limit.", _cut(_unlimited)),
    ("limit-is-10", "rule", "A page never holds more than ten orders.", _cut(_ten, "list-orders")),
    ("v1-limit-is-10", "model", "A page of v1 never holds more than ten orders.", _cut(_ten, "list-orders-v1")),
    ("filter-is-ignored", "rule", "Orders in any status come, whichever was asked for.", _cut(_unfiltered)),
    ("filter-comes-late", "rule", "The status is looked at after the page was cut.", _cut(_filtered_late)),
    ("v1-filter-comes-late", "model", "In v1 the status is looked at after the page was cut.",
     _cut(_filtered_late, "list-orders-v1")),
    ("filter-by-part", "rule", "`fulfilled` also finds `unfulfilled`.", _cut(_contains)),
    ("order-is-unstable", "model", "Every other list is sorted the other way.",
     answering(_unstable, "list-orders")),
    ("order-moves", "model", "A list is sorted by what changes while one reads it.", _cut(_changed_last)),
    ("total-is-one-too-many", "rule", "The total is one too many.",
     _total(lambda turn, page: int(page["pagination"]["total"]) + 1)),
    ("total-is-of-the-page", "drive", "The total counts the orders of the page.",
     _total(lambda turn, page: len(page["orders"]))),
    ("total-ignores-the-filter", "rule", "The total counts all orders, also those that were filtered out.",
     _total(_all_orders)),
)
