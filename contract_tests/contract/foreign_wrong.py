"""The foreign server, got wrong: each class does one thing otherwise, and its docstring says which."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote_plus

from contract_tests.contract.foreign import (
    NOTES,
    OTHER_SITE,
    PER_MINUTE,
    READER,
    SITE,
    ForeignServer,
    Json,
    Order,
    Refusal,
    Sent,
    moment,
)


class CountsLines(ForeignServer):
    """purchasedItemsCount counts the lines, not the pieces."""

    def shown(self, order: Order, v1: bool, *, alone: bool) -> Order:
        told = super().shown(order, v1, alone=alone)
        return told | {"purchasedItemsCount": len(told["purchasedItems"])}


class FulfillMovesTheOrder(ForeignServer):
    """Fulfilling sets acceptedOn as well."""

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        after = super().written_to(order, action, sent)
        if action == "fulfill":
            after["acceptedOn"] = after["fulfilledOn"]
        return after


class RefundsAnother(ForeignServer):
    """A refund refunds another order of that customer, too."""

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        after, who = super().written_to(order, action, sent), order["customerInfo"]["email"]
        for other in self.sites[SITE].values() if action == "refund" else ():
            if other["customerInfo"]["email"] == who and other["status"] == "unfulfilled":
                other.update(status="refunded", refundedOn=after["refundedOn"])
                break
        return after


class TakesAnyField(ForeignServer):
    """An update takes whatever it is sent, status and price included."""

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        after = super().written_to(order, action, sent)
        if action == "update":
            known = order.keys() - {"orderId", *NOTES}
            order.update({name: value for name, value in sent.items() if name in known})
        return after


class EmptyUpdateWipes(ForeignServer):
    """An update without fields empties the notes."""

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        after = super().written_to(order, action, sent)
        if action == "update" and not sent:
            order.update(dict.fromkeys(NOTES))
        return after


class EscapesMarkup(ForeignServer):
    """An ampersand in a note comes back as &amp;."""

    def kept(self, text: str) -> str | None:
        return super().kept(text.replace("&", "&amp;"))


class CutsAt2048(ForeignServer):
    """A note is cut after 2,048 bytes."""

    def kept(self, text: str) -> str | None:
        return super().kept(text.encode()[:2048].decode(errors="ignore"))


class DecodesForms(ForeignServer):
    """A note is read as a form is: a plus becomes a space, and %41 an A."""

    def kept(self, text: str) -> str | None:
        return super().kept(unquote_plus(text))


class RefusedRefundMovesTheDate(ForeignServer):
    """A second refund is refused, and moves the date of the first."""

    def refused(self, order: Order, action: str) -> None:
        if action == "refund" and order["status"] == "refunded":
            order["refundedOn"] = moment(self.now())


class V1ByPart(ForeignServer):
    """v1 looks for a part of a status: `fulfilled` also finds `unfulfilled`."""

    def fits(self, order: Order, status: str | None, v1: bool) -> bool:
        return super().fits(order, status, v1) or (v1 and (status or "") in order["status"])


class PastTheEndIsNotFound(ForeignServer):
    """A page behind the last is a 404."""

    def cut(self, found: list[Order], limit: int, offset: int) -> list[Order]:
        if offset > len(found):
            raise Refusal(404, "resource_not_found")
        return super().cut(found, limit, offset)


class SecondHundredBeginsEarly(ForeignServer):
    """From the hundredth order on a page begins one too early."""

    def cut(self, found: list[Order], limit: int, offset: int) -> list[Order]:
        return super().cut(found, limit, offset - (offset >= 100))


class OffsetBeforeFilter(ForeignServer):
    """Orders are skipped before it is looked at which status they have."""

    def page(self, query: str, v1: bool) -> Json:
        self.status = dict(parse_qsl(query)).get("status")
        return super().page(query, v1)

    def cut(self, found: list[Order], limit: int, offset: int) -> list[Order]:
        skipped = list(self.sites[SITE].values())[offset:]
        return [each for each in skipped if self.status in (None, each["status"])][:limit]


class StaleTotal(ForeignServer):
    """How many orders have a status is counted once, and never again."""

    def again(self) -> None:
        super().again()
        self.counts: dict[str | None, int] = {}

    def pagination(self, asked: Mapping[str, str], limit: int, offset: int, found: list[Order]) -> Json:
        told = super().pagination(asked, limit, offset, found)
        return told | {"total": self.counts.setdefault(asked.get("status"), told["total"])}


class OneTooMany(ForeignServer):
    """One request more than the limit is let through before anybody is refused."""

    def counted(self, token: str) -> dict[str, str]:
        made = self.minutes.get(token, [])
        if len(made) == PER_MINUTE[token] and made[-1] > 0:
            made[-1] = -1.0
            return {"X-RateLimit-Limit": str(PER_MINUTE[token]), "X-RateLimit-Remaining": "0"}
        return super().counted(token)


class ByteOrderMark(ForeignServer):
    """A page begins with a byte order mark."""

    def written(self, answer: Json) -> bytes:
        return b"\xef\xbb\xbf" * ("pagination" in answer) + super().written(answer)


class BreaksOnNul(ForeignServer):
    """A NUL in a query is too much."""

    def page(self, query: str, v1: bool) -> Json:
        if "%00" in query:
            raise Refusal(500, "internal_error")
        return super().page(query, v1)


class BreaksOnHalfAnEscape(ForeignServer):
    """So is a percent sign that escapes nothing."""

    def page(self, query: str, v1: bool) -> Json:
        if re.search("%(?![0-9A-Fa-f]{2})", query):
            raise Refusal(500, "internal_error")
        return super().page(query, v1)


class V1CapsAt50(ForeignServer):
    """v1 has fifty orders on a page at the most."""

    def page(self, query: str, v1: bool) -> Json:
        self.most = 50 if v1 else 100
        return super().page(query, v1)

    def cut(self, found: list[Order], limit: int, offset: int) -> list[Order]:
        return super().cut(found, min(limit, self.most), offset)


class NinetyNine(ForeignServer):
    """Of a hundred orders the last one is forgotten."""

    def cut(self, found: list[Order], limit: int, offset: int) -> list[Order]:
        return super().cut(found, min(limit, 99), offset)


class ListsAnotherSite(ForeignServer):
    """An order of another site is listed, too."""

    def page(self, query: str, v1: bool) -> Json:
        mine = self.sites[SITE]
        self.sites[SITE] = {**mine, **self.sites[OTHER_SITE]}
        try:
            return super().page(query, v1)
        finally:
            self.sites[SITE] = mine


class NoCharset(ForeignServer):
    """A body that says in which characters it is, is refused."""

    def sent(self, what: str, headers: Mapping[str, str], body: bytes) -> Json:
        if ";" in headers.get("content-type", ""):
            raise Refusal(400, "validation_error")
        return super().sent(what, headers, body)


class ShippingWipesTheWish(ForeignServer):
    """Who is told that an order is on its way, loses what he wished for with it."""

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        after = super().written_to(order, action, sent)
        if action == "update" and "shippingProvider" in sent:
            order["orderComment"] = None
        return after


class TokenInTheQuery(ForeignServer):
    """A token may stand in the address."""

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        named = dict(parse_qsl(target.partition("?")[2])).get("token")
        return super().handle(
            method, target, {**headers, "authorization": f"Bearer {named}"} if named else headers, body
        )


class BreaksOff(ForeignServer):
    """Of a refusal the end is missing."""

    def sent_as(self, asked: str, answer: Sent) -> Sent:
        if answer.status != 404:
            return answer
        return Sent(answer.status, answer.headers | {"Connection": "close"}, answer.body[:-1])


class UnderscoredNumber(ForeignServer):
    """A number may have underscores, as in Python."""

    def number(self, text: str) -> int:
        return super().number(text.replace("_", "") if re.fullmatch("[0-9]+(_[0-9]+)+", text) else text)


class AnyCharacter(ForeignServer):
    """An underscore in an id stands for any character, as in SQL."""

    def find(self, site: str, order: str, method: str) -> Order:
        pattern = re.escape(order).replace("_", ".")
        known = next((each for each in self.sites[site] if re.fullmatch(pattern, each)), order)
        return super().find(site, known, method)


class EmptyBearer(ForeignServer):
    """Who sends an empty token may read."""

    def token(self, authorization: str) -> str:
        return READER if re.fullmatch("(?i)bearer *", authorization) else super().token(authorization)


class RefundIsAllThereIs(ForeignServer):
    """A refund takes the place of the charge that it pays back."""

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        after = super().written_to(order, action, sent)
        if action == "refund" and not order["paypalDetails"]:
            kept = ("refundId", "refundReason")
            order["stripeDetails"] = {name: order["stripeDetails"][name] for name in kept}
        return after


class OneReason(ForeignServer):
    """A refund of a duplicate is shown as one that the customer has requested."""

    def reason(self, asked: str) -> str:
        return "requested_by_customer" if asked == "duplicate" else super().reason(asked)


class ListRoundsDates(ForeignServer):
    """A list tells dates to the second."""

    def shown(self, order: Order, v1: bool, *, alone: bool) -> Order:
        told = super().shown(order, v1, alone=alone)
        dates = [name for name in ("acceptedOn", "fulfilledOn", "refundedOn") if told[name] and not alone]
        return told | {name: told[name][:19] + ".000Z" for name in dates}


class ShippingIsNoAddress(ForeignServer):
    """allAddresses lacks where the order goes."""

    def shown(self, order: Order, v1: bool, *, alone: bool) -> Order:
        told = super().shown(order, v1, alone=alone)
        return told | {"allAddresses": [each for each in told["allAddresses"] if each["type"] == "billing"]}


class NoDownloads(ForeignServer):
    """hasDownloads is false, whatever there is to download."""

    def shown(self, order: Order, v1: bool, *, alone: bool) -> Order:
        return super().shown(order, v1, alone=alone) | {"hasDownloads": False}


class PaypalCharge(ForeignServer):
    """An order at PayPal has a charge at Stripe."""

    def shown(self, order: Order, v1: bool, *, alone: bool) -> Order:
        told = super().shown(order, v1, alone=alone)
        told["stripeDetails"]["chargeId"] = "ch_1"
        return told


class DisputeWithoutDate(ForeignServer):
    """Orders that were never disputed have a dispute that was won."""

    def shown(self, order: Order, v1: bool, *, alone: bool) -> Order:
        told = super().shown(order, v1, alone=alone)
        return told | {"disputeLastStatus": told["disputeLastStatus"] or "won"}


class MonthFromZero(ForeignServer):
    """January is month 0."""

    def shown(self, order: Order, v1: bool, *, alone: bool) -> Order:
        told = super().shown(order, v1, alone=alone)
        if told["stripeCard"]:
            told["stripeCard"]["expires"]["month"] -= 1
        return told


class ReaderMayNote(ForeignServer):
    """A token that may only read may change notes."""

    def may(self, token: str, method: str, action: str | None) -> None:
        if action:
            super().may(token, method, action)


class WritesAcrossSites(ForeignServer):
    """An order of another site can be written to, by way of one's own."""

    def find(self, site: str, order: str, method: str) -> Order:
        theirs = self.sites[OTHER_SITE]
        return theirs[order] if method != "GET" and order in theirs else super().find(site, order, method)


WRONG = {each.__name__: each for each in ForeignServer.__subclasses__() if each.__module__ == __name__}
