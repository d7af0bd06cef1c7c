"""The foreign server, unusual and right: each class does one thing as few do, and its docstring says which."""

from __future__ import annotations

import gzip
import re
from itertools import islice

from contract_tests.contract.foreign import (
    SITE,
    ForeignServer,
    Json,
    Order,
    Sent,
    amount,
    an_order,
)


class OneOrder(ForeignServer):
    """There is a single order."""

    orders_in_shop = 1


class _Some(ForeignServer):
    """Of the orders that there might be, a few."""

    def again(self) -> None:
        super().again()
        made = islice(filter(None, map(self.chosen, map(an_order, range(600)))), 9)
        self.sites[SITE] = {each["orderId"]: each for each in made}

    def chosen(self, order: Order) -> Order | None:
        return order


class AllDisputed(_Some):
    """Nothing can be done with any order."""

    def chosen(self, order: Order) -> Order | None:
        return order if order["status"] == "disputed" else None


class AllFulfilled(_Some):
    """Everything has been sent."""

    def chosen(self, order: Order) -> Order | None:
        return order if order["status"] == "fulfilled" else None


class AllPaypal(_Some):
    """Nobody has paid with a card."""

    def chosen(self, order: Order) -> Order | None:
        return order if order["paymentProcessor"] == "paypal" else None


class WithoutItems(_Some):
    """Nothing is in the orders, and they cost nothing."""

    def chosen(self, order: Order) -> Order | None:
        nothing = amount(0, order["customerPaid"]["unit"])
        totals = {"subtotal": nothing, "extras": [], "total": nothing}
        none = {"purchasedItems": [], "purchasedItemsCount": 0, "customerPaid": nothing, "netAmount": nothing}
        return order | none | {"totals": totals}


class OtherTongues(_Some):
    """What is noted is in Japanese, Arabic and Hebrew, and decomposed."""

    def chosen(self, order: Order) -> Order | None:
        notes = (
            "包装済み。",
            "مرحبا",
            "\u05e9\u05dc\u05d5\u05dd",
            "e\u0301\u0302",
            "\U0001f469\u200d\U0001f4bb",
        )
        note = notes[len(order["orderId"]) % len(notes)]
        return order | {"comment": note, "orderComment": f"{note}\r\n二行目"}


class V1OldestFirst(ForeignServer):
    """v1 lists the oldest order first, and has others on its first page."""

    def page(self, query: str, v1: bool) -> Json:
        self.v1 = v1
        return super().page(query, v1)

    def cut(self, found: list[Order], limit: int, offset: int) -> list[Order]:
        return super().cut(found[::-1] if self.v1 else found, limit, offset)


class LastChangedFirst(_Some):
    """What was written to last is listed first."""

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        after, orders = super().written_to(order, action, sent), self.sites[SITE]
        orders.pop(order["orderId"])
        self.sites[SITE] = {order["orderId"]: order, **orders}
        return after


class ShortIds(_Some):
    """The id of an order is a letter."""

    letters = iter("")

    def again(self) -> None:
        self.letters = iter("abcdefghi")
        super().again()

    def chosen(self, order: Order) -> Order | None:
        return order | {"orderId": next(self.letters, "z")}


class TellsWhen(_Some):
    """An order has a field that no description has, and says when it was asked for."""

    asked_for = 0

    def shown(self, order: Order, v1: bool, *, alone: bool) -> Order:
        self.asked_for += 1
        return super().shown(order, v1, alone=alone) | {"asOf": self.asked_for}


class LowerCase(_Some):
    """The names of headers are in lower case."""

    def sent_as(self, asked: str, answer: Sent) -> Sent:
        return Sent(
            answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.body
        )


class Chunked(_Some):
    """How long an answer is, is said at its end."""

    def sent_as(self, asked: str, answer: Sent) -> Sent:
        if answer.status == 204:
            return answer
        size = 700
        pieces = [answer.body[at : at + size] for at in range(0, len(answer.body), size)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])
        headers = {name: value for name, value in answer.headers.items() if name != "Content-Length"}
        return Sent(answer.status, headers | {"Transfer-Encoding": "chunked"}, body)


class Packed(_Some):
    """Who takes gzip gets it."""

    def sent_as(self, asked: str, answer: Sent) -> Sent:
        if "gzip" not in asked or not answer.body:
            return answer
        body = gzip.compress(answer.body)
        packed = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", "Content-Length": str(len(body))}
        return Sent(answer.status, answer.headers | packed, body)


class Decimals(_Some):
    """A whole number has a decimal point, too."""

    def sent_as(self, asked: str, answer: Sent) -> Sent:
        body = re.sub(rb'(?<!\\)(": ?-?[0-9]+)(?=[,}])', rb"\1.0", answer.body)
        told = {"Content-Length": str(len(body))} if body else {}
        return Sent(answer.status, answer.headers | told, body)


class OldHttp(_Some):
    """It speaks HTTP/1.0, and hangs up after each answer."""

    protocol = "HTTP/1.0"


RIGHT = {
    each.__name__: each
    for each in (OneOrder, V1OldestFirst, *_Some.__subclasses__())
}  # fmt: skip
