"""The foreign server as somebody wrote it by hand, or with a gateway before it, a class for each slip."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import unquote_plus

from contract_tests.contract.foreign import (
    NOTES,
    SITE,
    V1,
    ForeignServer,
    Json,
    Order,
    Refusal,
    moment,
)


class PutIsPatch(ForeignServer):
    """PUT updates an order as PATCH does."""

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        return super().handle("PATCH" if method == "PUT" else method, target, headers, body)


class PatchIsPut(ForeignServer):
    """A note that an update leaves out is emptied."""

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        if action == "update" and sent:
            order.update(dict.fromkeys(NOTES))
        return super().written_to(order, action, sent)


class EmptyText500(ForeignServer):
    """An empty note is too much."""

    def kept(self, text: str) -> str | None:
        if not text:
            raise Refusal(500, "internal_error")
        return super().kept(text)


class EmptyName500(ForeignServer):
    """So is a field without a name."""

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        if "" in sent:
            raise Refusal(500, "internal_error")
        return super().written_to(order, action, sent)


class DecodesTwice(ForeignServer):
    """A gateway has decoded the path already."""

    def find(self, site: str, order: str, method: str) -> Order:
        return super().find(site, unquote_plus(order), method)


class KnowsConstructor(ForeignServer):
    """What every object of JavaScript has is found among the orders, and is none."""

    def find(self, site: str, order: str, method: str) -> Order:
        if order in ("constructor", "toString", "__proto__", "hasOwnProperty"):
            raise Refusal(500, "internal_error")
        return super().find(site, order, method)


class RevivesDates(ForeignServer):
    """A note that looks like a date is taken for one."""

    def kept(self, text: str) -> str | None:
        found = re.fullmatch(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)", text)
        return moment(datetime.fromisoformat(text).timestamp()) if found else super().kept(text)


class DisarmsFormulas(ForeignServer):
    """A note that a spreadsheet could take for a formula gets an apostrophe."""

    def kept(self, text: str) -> str | None:
        return super().kept(f"'{text}" if text[:1] in ("=", "+", "@") else text)


class Firewall(ForeignServer):
    """A gateway takes some notes for an attack, and answers by itself."""

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if b"<script" in body or b"/etc/passwd" in body:
            return 403, {"Content-Type": "text/html"}, b"<html><title>Request blocked</title></html>"
        return super().handle(method, target, headers, body)


class VersionInV2(ForeignServer):
    """v2 refuses whoever names a version of v1, as clients do that came from there."""

    def answer(
        self, asked: tuple[str, str | None, bool], site: str, order: str | None, token: str, query: str,
        headers: Mapping[str, str], body: bytes,
    ) -> Json:  # fmt: skip
        if not asked[2] and "accept-version" in headers:
            raise Refusal(400, "unsupported_version")
        return super().answer(asked, site, order, token, query, headers, body)


class VersionIsInvalid(ForeignServer):
    """v1 says of a version that it does not have what it says of a wrong number."""

    def complaint(self, refusal: Refusal, v1: bool, path: str) -> Json:
        told = super().complaint(refusal, v1, path)
        if refusal.code != "unsupported_version":
            return told
        return told | {
            "name": "ValidationError",
            "err": f"ValidationError: {told['msg']}",
            "problems": ["version"],
        }


class OneNoteForAll(ForeignServer):
    """Orders without notes share them: what is noted of one is noted of all."""

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        after = super().written_to(order, action, sent)
        for other in self.sites[SITE].values() if action == "update" and "comment" in sent else ():
            other["comment"] = other["comment"] or order["comment"]
        return after


class SnakeCase(ForeignServer):
    """Some of the names are written as in Python."""

    def shown(self, order: Order, v1: bool, *, alone: bool) -> Order:
        told = super().shown(order, v1, alone=alone)
        told["stripe_card"], told["order_comment"] = told.pop("stripeCard"), told.pop("orderComment")
        return told


class CodeInCapitals(ForeignServer):
    """The words of errors are written as constants."""

    def complaint(self, refusal: Refusal, v1: bool, path: str) -> Json:
        told = super().complaint(refusal, v1, path)
        return told if v1 else told | {"code": refusal.code.upper()}


class BritishCode(ForeignServer):
    """One of them is misspelt."""

    def complaint(self, refusal: Refusal, v1: bool, path: str) -> Json:
        told = super().complaint(refusal, v1, path)
        return told | {"code": "not_authorised"} if told["code"] == "not_authorized" else told


class AllowsNothing(ForeignServer):
    """Who came with another method is not told which there are."""

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        status, told, answer = super().handle(method, target, headers, body)
        return status, {name: value for name, value in told.items() if name != "Allow"}, answer


class CachesByPath(ForeignServer):
    """A gateway keeps what v1 was answered for as long as nothing is written, whatever version is asked for."""

    def again(self) -> None:
        super().again()
        self.cached: dict[str, tuple[int, dict[str, str], bytes]] = {}

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if method != "GET" or not V1.fullmatch(target):
            self.cached.clear()
            return super().handle(method, target, headers, body)
        if target not in self.cached:
            answered = super().handle(method, target, headers, body)
            if answered[0] != 200:
                return answered
            self.cached[target] = answered
        return self.cached[target]


class OffsetOf32Bits(ForeignServer):
    """A number that its database cannot hold breaks it."""

    def number(self, text: str) -> int:
        if (number := super().number(text)) == 2**31:
            raise Refusal(500, "internal_error")
        return number


class ListsWithoutCard(ForeignServer):
    """Of an order at PayPal a list leaves the payment out."""

    def shown(self, order: Order, v1: bool, *, alone: bool) -> Order:
        told = super().shown(order, v1, alone=alone)
        if not alone and told["paypalDetails"]:
            del told["paypalDetails"]
        return told


class OffsetOf32BitsWraps(ForeignServer):
    """Or keeps the lower half of."""

    def cut(self, found: list[Order], limit: int, offset: int) -> list[Order]:
        return super().cut(found, limit, offset % 2**32)


class MasksCards(ForeignServer):
    """A gateway takes what looks like a card out of each note."""

    def kept(self, text: str) -> str | None:
        return super().kept(re.sub(r"\b[0-9]{4}( [0-9]{4}){3}\b", "****", text))


class DashesDoNotCount(ForeignServer):
    """An id is found without its dashes, as that of a UUID would be."""

    def find(self, site: str, order: str, method: str) -> Order:
        known = {each.replace("-", ""): each for each in self.sites[site]}
        return super().find(site, known.get(order.replace("-", ""), order), method)


class FulfillsTwice(ForeignServer):
    """And not a third time."""

    def again(self) -> None:
        super().again()
        self.times: dict[str, int] = {}

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        written = super().written_to(order, action, sent)
        if action == "fulfill":
            self.times[order["orderId"]] = self.times.get(order["orderId"], 0) + 1
            if self.times[order["orderId"]] > 2:
                order.update(status="unfulfilled", fulfilledOn=None)
                raise Refusal(409, "conflict")
        return written


class TakesNotesBackToo(ForeignServer):
    """To take a fulfilment back takes back what was noted after it."""

    def again(self) -> None:
        super().again()
        self.before: dict[str, Order] = {}

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        notes = {name: order[name] for name in NOTES}
        written = super().written_to(order, action, sent)
        if action == "fulfill":
            self.before[order["orderId"]] = notes
        if action == "unfulfill":
            written.update(self.before.pop(order["orderId"], {}))
        return written


class NotesOnce(ForeignServer):
    """What was noted before is taken for the same request, sent again."""

    def again(self) -> None:
        super().again()
        self.seen: set[tuple[str, str]] = set()

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        request = order["orderId"], repr(sent)
        if action == "update" and request in self.seen:
            return order
        self.seen.add(request)
        return super().written_to(order, action, sent)


class LastReason(ForeignServer):
    """Whoever gives no reason is told the one that was given before."""

    last: str | None = None

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        if action == "refund":
            self.last = sent.get("reason", self.last)
            sent = {**sent, "reason": self.last} if self.last else sent
        return super().written_to(order, action, sent)


class DownloadsAreDone(ForeignServer):
    """What is downloaded can not be fulfilled."""

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        if action == "fulfill" and not order["isShippingRequired"]:
            raise Refusal(409, "conflict")
        return super().written_to(order, action, sent)


class NoteTakesTheReason(ForeignServer):
    """Whoever notes something on an order that was refunded wipes out why."""

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        written = super().written_to(order, action, sent)
        if action == "update":
            (written["paypalDetails"] or written["stripeDetails"])["refundReason"] = None
        return written


class EscapesAreTwo(ForeignServer):
    """A character that JSON escapes as two becomes two."""

    def sent(self, what: str, headers: Mapping[str, str], body: bytes) -> Json:
        return super().sent(
            what, headers, re.sub(rb"(\\ud[89a-f][0-9a-f]{2}){2}", b"??", body, flags=re.IGNORECASE)
        )


class OneVersion(ForeignServer):
    """Of v1 it knows 1.0.0, not 1."""

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if headers.get("accept-version") == "1":
            headers = {**headers, "accept-version": "2"}
        return super().handle(method, target, headers, body)


class StatusTakesTheOffset(ForeignServer):
    """With a status and no limit, the offset gets lost."""

    def page(self, query: str, v1: bool) -> Json:
        lost = "status=" in query and "limit=" not in query
        return super().page(re.sub("offset=[0-9]+", "offset=0", query) if lost else query, v1)


class ZeroIsNothing(ForeignServer):
    def kept(self, text: str) -> str | None:
        return super().kept("" if text == "0" else text)


WRONG = {each.__name__: each for each in ForeignServer.__subclasses__() if each.__module__ == __name__}
