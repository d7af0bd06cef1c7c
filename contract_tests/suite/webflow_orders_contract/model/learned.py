"""Our model beside a server that is not our mock: it learns the orders by reading them, and foretells from there.

Judged is what holds for every server of this API: an order that is read is the order that is stored, a write has its
effect and no other, one that the table of an order's life forbids is refused and changes nothing, the pages of a list
add up, and both versions tell of the same orders. Not judged is what nobody has published: in which order a list
comes, which of two complaints comes first, what is noted of a refund beside the status and the date; nor other
tokens, other sites and rate limits, for which the server would have to be told of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NoReturn

from ..description import read
from ..description.writes import NOTES, WRITES, kinds_of
from ..gateway.exchange import Answer, parsed
from ..gateway.proxy import Gateway, NoAnswer
from ..gateway.validator import Validator
from .bodies import NOTHING, needs_body
from .checker import Disagreement, ModelChecker, has_its_own_name
from .diff import JSON, NonEmpty, core, differences
from .state import ORDER_ID, SITE_ID, Expected, ModelState, Order, Request, Token

PAGE = 100
# A server that has more orders than this is not learned, and no more often than this is it asked.
MOST_ORDERS, MOST_REQUESTS = 1000, 5000
NUMBERS = ("limit", "offset")
# The fields of an order.
FIELDS = frozenset(read().at("/components/schemas/Order").schema["properties"])
# And those that a body may have.
KNOWN = {*NOTES, "sendOrderFulfilledEmail", "reason"}


class TooMuch(Exception):
    """More orders than the model learns."""


class LearnedChecker(ModelChecker):
    """`limited`: it answered 429, and is left in peace.

    `unbelieved`: what it would learn from is wrong, which has been said, and nothing is foretold from that.
    """

    def __init__(self, gateway: Gateway, validator: Validator, *, with_v1: bool = True) -> None:
        super().__init__(gateway, exact=False, with_v1=with_v1)
        self.limited, self.unbelieved, self.keeps_answers = False, False, True
        self._validator = validator
        # At which place of which list an order was seen since the last write.
        self.places: dict[tuple[str, str | None], dict[int, str]] = {}
        # Names that were sent and are no field of an order: one that has it now has stored what it should not.
        self.strays: set[str] = set()

    def begin(self) -> None:
        """From the start again, if the server can; otherwise from where it is. Raises Enough instead."""
        # Asked between two sequences, and never within one: Hypothesis expects the same steps of the same choices.
        if self.requests >= MOST_REQUESTS or self.unbelieved or self.limited:
            self.end()
        self.gateway.start_over()
        if self.gateway.reset is not None or not self.sequences:
            complaints = self._validator.complaints
            try:
                found = {order["orderId"]: order for order in self._read_all()}
            except (ValueError, KeyError, TypeError):
                self._disagree("what came is no page of orders")
            if self._validator.complaints > complaints:
                self.unbelieved = True
                self.end()
            if not self.sequences:
                self._read_again(found)
            tokens = {self.token: Token(sites=frozenset({self.site}))}
            self.state = ModelState(sites={self.site: found}, tokens=tokens)
        self.places.clear()
        self.begun(self.orders)

    def _disagree(self, complaint: str) -> NoReturn:
        self._remember(complaint)
        raise Disagreement(complaint)

    def _read_again(self, found: dict[str, Order]) -> None:
        """One order of each kind by itself: what list and get tell otherwise can not both be believed."""
        for kind in kinds_of(found):
            answer = self._told(Request(operation="get-order", site=self.site, order=kind[0]))
            if answer.status != 200:
                self._disagree(f"order {kind[0]} is listed, and {answer.status} came when it was asked for")
            wrong = list(self._unlike(found[kind[0]], answer.json))
            if wrong:
                self._disagree(
                    f"order {kind[0]} is listed otherwise than it is told by itself: {'; '.join(wrong[:4])}"
                )

    @property
    def orders(self) -> dict[str, Order]:
        return self.state.sites[self.site] or {}

    def _read_all(self) -> Iterator[Order]:
        offset, total = 0, 1
        while offset < total:
            query = (("limit", str(PAGE)), ("offset", str(offset)))
            answer = self._told(Request(operation="list-orders", site=self.site, query=query))
            if answer.status != 200:
                self._disagree(f"the orders can not be read: {answer.status} came")
            page = answer.json
            total = page["pagination"]["total"]
            if total > MOST_ORDERS:
                raise TooMuch(f"there are {total} orders, and it learns {MOST_ORDERS} at the most")
            yield from page["orders"]
            offset += PAGE

    def _told(self, request: Request) -> Answer:
        try:
            answer = self._send(replace(request, authorization=f"Bearer {self.token}"))
        except NoAnswer as error:
            self._disagree(f"{self._asked}: no answer: {error}")
        self._heed(answer)
        return answer

    def _heed(self, answer: Answer) -> None:
        if answer.status == 429:
            self.limited = True
            self.end()

    def put(self, request: Request) -> None:
        """Ask, unless nowhere is said what is due: for a number with zeros before it, or the refund of what
        nobody took a payment for, and something was paid."""
        numbers = [value for name, value in request.query if name in NUMBERS and _digits(value)]
        if all(value == str(int(value)) for value in numbers):
            order = self.orders.get(request.order, {})
            if request.operation != "refund-order" or not order or _is_paid_or_free(order):
                super().put(request)

    def _judged(self, request: Request, answer: Answer, sent: float) -> tuple[Expected, list[str]]:
        judged, lenient = super()._judged(request, answer, sent), _leniently(request)
        if not judged[1] or lenient == request:
            return judged
        otherwise = super()._judged(lenient, answer, sent)
        # What it has taken, it has to answer as if it had been asked so.
        return otherwise if answer.status == 200 or not otherwise[1] else judged

    def wrong(self, request: Request, expected: Expected, answer: Answer) -> Iterable[str]:
        self._heed(answer)
        sent = parsed(request.body.content)
        self.strays |= sent.keys() - FIELDS - KNOWN if isinstance(sent, dict) else set()
        if answer.status not in _due(request, expected):
            yield f"{expected.status} is due, {answer.status} came"
        elif expected.status == answer.status == 200:
            yield from self._compared(request, expected, answer.json)
        else:
            yield from has_its_own_name(expected, answer.json)

    def _compared(self, request: Request, expected: Expected, got: JSON) -> Iterator[str]:
        if request.operation.startswith("list-"):
            yield from self._listed(request, got)
        elif request.is_v1:
            yield from differences(core(expected.body), core(got))
        elif expected.after is None:
            yield from self._unlike(expected.body, got)
        else:
            yield from self._changed(request, expected.after, got)
            self.places.clear()

    def _changed(self, request: Request, after: Order, got: JSON) -> Iterator[str]:
        if not isinstance(got, dict):
            yield "this is no order"
            return
        before = self.orders[request.order]
        write = WRITES[request.operation]
        may = write.may_change
        yield from self._unlike(_without(before, may), _without(got, may))
        for name in may & {"status", "fulfilledOn", *NOTES}:
            due = NonEmpty() if name == write.sets else after.get(name) or None
            yield from differences(due, got.get(name) or None, f"/{name}")
        if request.operation == "refund-order":
            yield from differences(NonEmpty(), got.get("refundedOn"), "/refundedOn")

    def _listed(self, request: Request, got: JSON) -> Iterator[str]:
        orders, query = self.orders, dict(request.query)
        status, limit, offset = (
            query.get("status"),
            int(query.get("limit", PAGE)),
            int(query.get("offset", 0)),
        )
        known = {name: order for name, order in orders.items() if status in (None, order["status"])}
        page = got if request.is_v1 else got.get("orders") if isinstance(got, dict) else None
        if not isinstance(page, list) or not all(isinstance(each, dict) for each in page):
            yield "this is no list of orders"
            return
        if not request.is_v1:
            pagination = {"limit": limit, "offset": offset, "total": len(known)}
            yield from differences(pagination, got.get("pagination"), "/pagination")
        count = min(limit, max(0, len(known) - offset))
        if len(page) != count:
            yield f"{count} orders are due, {len(page)} came"
        places = self.places.setdefault((request.operation, status), {})
        for place, order in enumerate(page, start=offset):
            yield from self._placed(request, place, order, known, places)

    def _placed(
        self, request: Request, place: int, order: Order, known: dict[str, Order], places: dict[int, str]
    ) -> Iterator[str]:
        order_id = str(order.get("orderId"))
        if order_id not in known:
            yield f"order {order_id} is not due here"
        elif places.setdefault(place, order_id) != order_id:
            yield f"order {order_id} is in the place of order {places[place]}, and nothing was written"
        elif any(other == order_id and at != place for at, other in places.items()):
            yield f"order {order_id} is in two places"
        elif request.is_v1:
            yield from differences(core(known[order_id]), core(order), f"/{order_id}")
        else:
            yield from self._unlike(known[order_id], order, f"/{order_id}")

    def _unlike(self, due: Order, got: JSON, where: str = "") -> Iterator[str]:
        """In what the description knows: another field may say when it was asked for, say."""
        yield from differences(_described(due), _described(got), where)
        if isinstance(got, dict):
            for name in sorted(self.strays & got.keys() - due.keys()):
                yield f"{where}/{name}: it was sent with a write, and is no field of an order"

    def shorten(self) -> None:
        # What has happened to a server that can not start over stays so.
        if self.gateway.reset is not None:
            self.requests = 0
            super().shorten()

    def curls(self) -> list[str]:
        if self.failed is None:
            return []
        *before, last = self.failed.requests
        return self.gateway.as_curls([*(each for each in before if each.method != "GET"), last])


def _due(request: Request, expected: Expected) -> set[int]:
    """Which of several is said of what can be no id, or leads nowhere, or has another method, and whether unknown
    fields are refused, is their business."""
    known = SITE_ID.fullmatch(request.site) and ORDER_ID.fullmatch(request.order or "-") and not request.tail
    if expected.status in (400, 404) and not known:
        return {400, 404, 405}
    if expected.status == 405:
        return {404, 405}
    if expected.status == 400 and _is_of_another_type(request):
        return {400, 415}
    sent = parsed(request.body.content)
    if expected.status == 200 and isinstance(sent, dict) and sent.keys() - KNOWN:
        return {200, 400}
    return {expected.status}


def _is_paid_or_free(order: Order) -> bool:
    """Whether it is clear if something was paid."""
    return bool(order.get("paymentProcessor")) or order.get("customerPaid", {}).get("value") == 0


def _leniently(request: Request) -> Request:
    """As a server may take it: nothing is said of a parameter that comes twice with the same value, nor of a body of
    another type where none is needed."""
    body = NOTHING if _is_of_another_type(request) else request.body
    return replace(request, query=tuple(dict.fromkeys(request.query)), body=body)


def _is_of_another_type(request: Request) -> bool:
    return (
        request.operation in WRITES
        and not needs_body(request.operation)
        and bool(request.body.content)
        and not request.body.is_json
    )


def _digits(value: str) -> bool:
    return value.removeprefix("-").isdecimal() and value.isascii()


def _described(order: JSON) -> JSON:
    return _without(order, order.keys() - FIELDS) if isinstance(order, dict) else order


def _without(order: Order, names: Iterable[str]) -> Order:
    left_out = set(names)
    return {name: value for name, value in order.items() if name not in left_out}
