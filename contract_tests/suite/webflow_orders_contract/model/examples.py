"""What is not left to luck: asked once, before the random sequences, and the same each time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from ..description.writes import ACTIONS, NOTES, STATUSES, WRITES
from . import strategies
from .bodies import IS_JSON, NOTHING, Body, published, refused
from .checker import ModelChecker
from .state import OPERATIONS
from .strategies import GETS_OF_ONE, GOOD_BODIES, OF_AN_ORDER

LISTS = ("list-orders", "list-orders-v1")
# Taken back and fulfilled, again and again, refunded; and what is not allowed any more. What is noted meanwhile, also
# if it was noted before, stays; and what was refused once is allowed when its time has come.
LIFE = (
    "unfulfill-order", "fulfill-order", "fulfill-order", "update-order", "unfulfill-order", "unfulfill-order",
    "update-order", "fulfill-order", "unfulfill-order", "fulfill-order", "refund-order", "refund-order",
    "update-order", "fulfill-order", "unfulfill-order",
)  # fmt: skip
# Of an order that allows nothing: what is refused is refused again.
STILL = ("unfulfill-order", "fulfill-order", "update-order", "refund-order") * 2
NOTED = [
    Body.of(dict.fromkeys(NOTES, text)) for text in ("at first", "in between", "at first", "when refunded")
]
# A database that cuts a text without a word does so at 65,535 bytes at the latest.
LONG = Body.of({"comment": "d" * 65_535 + "end"})
PAGES, FULL_PAGE = 8, 100
# Fields of an order that are not its API user's to change, and some that are, in another spelling.
NOT_NOTES = {
    "shipping_provider": "changed", "ShippingTracking": "changed", "shippingTrackingUrl": "changed",
    "status": "refunded", "orderId": "000-000", "acceptedOn": "2001-01-01T00:00:00.000Z", "orderComment": "changed",
    "isCustomerDeleted": True, "customerPaid": {"unit": "USD", "value": 1, "string": "$ 0.01 USD"},
    **dict.fromkeys(("fulfilledOn", "refundedOn", "disputedOn"), "2001-01-01T00:00:00.000Z"),
    "customerInfo": {"fullName": "changed", "email": "changed@example.com"}, "metadata": {"isBuyNow": "changed"},
    "totals": {}, "purchasedItems": [],
}  # fmt: skip
# All that an update may name, then each note alone and each two: the others stay.
SOME_NOTES = (NOTES, *combinations(NOTES, 1), *combinations(NOTES, 2))


def ask_by_example(checker: ModelChecker) -> None:
    for ask in EXAMPLES:
        ask(checker)


def queries(checker: ModelChecker) -> None:
    for operation in LISTS:
        _queries(checker, operation)


def addresses(checker: ModelChecker) -> None:
    some = _some(checker)
    for wrong in strategies.misspelt(some):
        if wrong not in checker.ids:
            for operation in OF_AN_ORDER:
                checker.ask(operation, wrong, body=_fitting(operation))
    site = checker.site
    for wrong in (site.upper(), f"{site}0", site[:-1], f"{site} ", f"{site}\n", "g" * 24, "0" * 24):
        if wrong != site:
            for operation in OPERATIONS:
                checker.ask(operation, some, site=wrong, body=_fitting(operation))


def methods(checker: ModelChecker) -> None:
    for operation in OPERATIONS:
        order = _for_it(checker, operation)
        checker.ask(operation, order, tail="/nothing", body=_fitting(operation))
        for method in ("PUT", "DELETE"):
            checker.ask(operation, order, method=method, body=_fitting(operation))
        look_at(checker, order)


def tokens(checker: ModelChecker) -> None:
    token = checker.token
    wrong = [None, "", "Bearer", "Bearer nobody", token, f"Basic {token}", f"Token {token}", f"Bearer {token}x",
             f"Bearer {token[:-1]}"]  # fmt: skip
    if token.swapcase() != token:
        wrong.append(f"Bearer {token.swapcase()}")
    for operation in OPERATIONS:
        order = _for_it(checker, operation)
        for authorization in wrong:
            if operation not in WRITES:
                checker.ask(operation, order)
            checker.ask(operation, order, authorization=authorization, body=_fitting(operation))
        for name in ("access_token", "token", "api_key"):
            named = ((name, token),)
            checker.ask(operation, order, authorization=None, query=named, body=_fitting(operation))


def odd_queries(checker: ModelChecker) -> None:
    for operation in (*LISTS, *GETS_OF_ONE):
        for query in strategies.ODD_QUERIES:
            checker.glance((operation, _some(checker), query))


def versions(checker: ModelChecker) -> None:
    some = _some(checker)
    for operation in ("list-orders-v1", "get-order-v1"):
        for version in strategies.UNSUPPORTED:
            checker.ask(operation, some)  # Whoever keeps answers could give this one again.
            checker.ask(operation, some, accept_version=version)
    for operation in OPERATIONS:
        if OPERATIONS[operation].method == "GET":
            for version in ("1", "1.0", "1.0.0"):
                checker.ask(operation, some, accept_version=version)


def texts(checker: ModelChecker) -> None:
    some = _some(checker)
    for text in strategies.COMMENTS:
        checker.ask("update-order", some, body=Body.of(dict.fromkeys(NOTES, text)))
        look_at(checker, some)
    checker.ask("update-order", some, body=LONG)
    look_at(checker, some)


def notes(checker: ModelChecker) -> None:
    """In words that say which note it is, and have what is written otherwise in HTML: also what stays must not be."""
    some = _some(checker)
    for number, names in enumerate(SOME_NOTES):
        sent = Body.of({name: f"{name} <{number}> &amp; 'more'" for name in names})
        checker.ask("update-order", some, body=sent)
        look_at(checker, some)
    # The same, word for word, is for another order something new.
    checker.ask("update-order", checker.ids[-1], body=sent)
    look_at(checker, checker.ids[-1])


def bodies(checker: ModelChecker) -> None:
    """What must be refused, where nothing else stands in its way; and fields that are not to be written."""
    some = _some(checker)
    for action in WRITES:
        order = None
        for body in published():
            # Another one, if what may be refused was done.
            order = next(_that_allow(checker, action), None)
            # What is taken is done, and that can be asked of an update again and again.
            if order is not None and (refused(action, body) or action == "update-order"):
                checker.ask(action, order, body=body)
        if order is not None:
            look_at(checker, order)
    for media_type in (f"{IS_JSON}; charset=utf-8", IS_JSON.title()):
        checker.ask("update-order", some, body=Body.of({"comment": media_type}, media_type))
    # An escape of one character that takes two, as whoever writes JSON in ASCII has it.
    checker.ask("update-order", some, body=Body(json.dumps({"comment": "🦊"}).encode(), IS_JSON))
    checker.ask("update-order", some, body=Body.of({}))
    checker.ask("update-order", some, body=Body.of({"comment": "and more", **NOT_NOTES}))
    look_at(checker, some)


def lives(checker: ModelChecker) -> None:
    for number, order in enumerate(_others(checker)):
        _as_it_is(checker, order, NOTES[number % len(NOTES)])
    for number, kind in enumerate(checker.kinds):
        _life(checker, kind[-1], number)
    for body, order in zip(
        GOOD_BODIES["refund-order"], list(_that_allow(checker, "refund-order")), strict=False
    ):
        checker.ask("refund-order", order, body=body)
        look_at(checker, order)


def second_pages(checker: ModelChecker) -> None:
    for operation in LISTS:
        _filters(checker, operation)
        _second_pages(checker, operation)


EXAMPLES = (
    queries, addresses, methods, tokens, odd_queries, versions, texts, notes, bodies, lives, second_pages,
)  # fmt: skip


def look_at(checker: ModelChecker, order: str) -> None:
    for operation in GETS_OF_ONE:
        checker.ask(operation, order)


def page_by_page(checker: ModelChecker, operation: str, size: int, status: str | None = None) -> None:
    wanted = () if status is None else (("status", status),)
    for offset in range(0, len(checker.ids) + size, size):
        checker.ask(operation, query=(("limit", str(size)), ("offset", str(offset)), *wanted))


def _queries(checker: ModelChecker, operation: str) -> None:
    _filters(checker, operation)
    for name, values in strategies.ODD_VALUES.items():
        for value in values:
            checker.ask(operation, query=((name, value),))
    for value in strategies.OFFSETS:
        checker.ask(operation, query=(("offset", value),))
    for name, value in (("limit", "5"), ("offset", "1"), ("status", "fulfilled")):
        checker.ask(operation, query=((name, value), (name, value)))
    for wanted in STATUSES[:2]:
        checker.ask(operation, query=(("status", wanted), ("offset", "1")))
    size = max(5, -(-len(checker.ids) // PAGES))
    for status in (None, *STATUSES[1:3]):
        page_by_page(checker, operation, size, status)
    if len(checker.ids) > FULL_PAGE:
        page_by_page(checker, operation, FULL_PAGE)
        checker.ask(operation, query=(("offset", str(FULL_PAGE - 1)),))
    _ends(checker, operation)


def _ends(checker: ModelChecker, operation: str) -> None:
    """Pages that end where the list ends, to the order; and the first that is empty."""
    for wanted in (None, *STATUSES[1:3]):
        count = _count(checker, wanted)
        asked = () if wanted is None else (("status", wanted),)
        for last in sorted({min(last, count) for last in (0, 1, FULL_PAGE)}):
            limit = last or FULL_PAGE
            checker.ask(operation, query=(*asked, ("limit", str(limit)), ("offset", str(count - last))))


def _second_pages(checker: ModelChecker, operation: str) -> None:
    """What comes after the first page: what was kept of it may be older than the first."""
    for wanted in (None, *STATUSES):
        count = _count(checker, wanted)
        size = FULL_PAGE if count > FULL_PAGE else max(1, -(-count // 2))
        asked = () if wanted is None else (("status", wanted),)
        for offset in range(size, count, size):
            checker.ask(operation, query=(*asked, ("limit", str(size)), ("offset", str(offset))))


def _count(checker: ModelChecker, status: str | None) -> int:
    orders = checker.state.sites[checker.site] or {}
    return sum(status in (None, order["status"]) for order in orders.values())


def _filters(checker: ModelChecker, operation: str) -> None:
    for status in (None, *STATUSES):
        checker.ask(operation, query=() if status is None else (("status", status),))


def _others(checker: ModelChecker) -> list[str]:
    """Beside those that tell most of their kind, the last order of each sort: where it stands, whether it was ever
    fulfilled, whether its customer is there and something was paid."""
    orders = checker.state.sites[checker.site] or {}
    found: dict[tuple[object, ...], str] = {}
    for order_id, order in orders.items():
        paid, gone = order.get("paymentProcessor") is not None, order.get("isCustomerDeleted") is True
        found[order["status"], bool(order.get("fulfilledOn")), gone, paid] = order_id
    return [each for each in found.values() if each not in {kind[-1] for kind in checker.kinds}]


def _as_it_is(checker: ModelChecker, order: str, note: str) -> None:
    """Fulfilled, with a mail, and taken back before anything was noted; or neither, if it allows neither."""
    allowed = checker.allows("fulfill-order", order)
    for action in ("fulfill-order", "unfulfill-order") if allowed else ("unfulfill-order", "fulfill-order"):
        checker.ask(action, order, body=GOOD_BODIES[action][-1])
        look_at(checker, order)
    if not checker.allows("refund-order", order):
        checker.ask("refund-order", order)
    # What was not noted stays so.
    checker.ask("update-order", order, body=Body.of({note: "alone"}))
    look_at(checker, order)


def _life(checker: ModelChecker, order: str, number: int) -> None:
    """From where it stands to its end. Whenever it is fulfilled, it is with another body."""
    notes, done = iter(NOTED), Counter({action: number for action in GOOD_BODIES})
    checker.ask("update-order", order, body=next(notes))
    for action in LIFE if any(checker.allows(each, order) for each in ACTIONS) else STILL:
        bodies = GOOD_BODIES.get(action, ())
        body = bodies[done[action] % len(bodies)] if bodies else next(notes)
        done[action] += action in ACTIONS and checker.allows(action, order)
        checker.ask(action, order, body=body)
        look_at(checker, order)


def _that_allow(checker: ModelChecker, action: str) -> Iterator[str]:
    """The orders for which this is due to be done."""
    return (order for order in checker.ids if checker.allows(action, order))


def _some(checker: ModelChecker) -> str:
    """What tells most can lose most."""
    return checker.kinds[0][-1]


def _for_it(checker: ModelChecker, operation: str) -> str:
    """An order that could be written to so, or nobody would see that it was."""
    some = _some(checker)
    return next(_that_allow(checker, operation), some) if operation in WRITES else some


def _fitting(operation: str) -> Body:
    return Body.of({"comment": "x"}) if operation == "update-order" else NOTHING
