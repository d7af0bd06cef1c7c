"""A server of the Orders API that somebody else might have written, from openapi.yaml alone; it shares no code with
our mock or with the suite.

Where the description leaves a choice it chooses otherwise than our mock does: the newest order comes first, there are
more orders than a page holds, amounts are digits, an empty note is null, ids have nine digits, another of two
complaints comes first. `foreign_right.py` does single things otherwise still, and `foreign_wrong.py` gets some wrong.
"""

from __future__ import annotations

import copy
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

Json = Any
Order = dict[str, Json]

SITE, OTHER_SITE = "64be7a1c02d5f0e8b91c3a77", "64be7a1c02d5f0e8b91c3a78"
OWNER, READER, HASTY = "own-3f9a71c2e8", "read-77b01d94aa", "haste-5c2e90f1bd"
THEIRS = "fff-000-aaa"
PER_MINUTE = {OWNER: 500_000, READER: 500_000, HASTY: 12}
STATUSES = ("unfulfilled", "fulfilled", "pending", "refunded", "disputed", "dispute-lost")
NOTES = ("comment", "shippingProvider", "shippingTracking", "shippingTrackingURL")
REASON = {"requested": "requested_by_customer", "duplicate": "duplicate", "fraudulent": "fraudulent"}
V1 = re.compile(r"/sites/([^/]+)/(?:orders|order/([^/]+))")
V2 = re.compile(r"/v2/sites/([^/]+)/orders(?:/([^/]+)(?:/(fulfill|unfulfill|refund))?)?")


class Refusal(Exception):
    def __init__(self, status: int, code: str, **headers: str) -> None:
        super().__init__(code)
        self.status, self.code, self.headers = status, code, headers


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def amount(value: int, unit: str) -> Json:
    return {"unit": unit, "value": str(value), "string": f"{value / 100:.2f} {unit}"}


def an_order(number: int) -> Order:
    """Twelve kinds of orders, over and over: of each status, some at PayPal, some downloads, every tenth abroad."""
    status, kind = STATUSES[number % 6 if number % 3 else number % 2], number % 12
    unit, paypal, digital = ("SEK" if number % 10 == 9 else "CAD"), kind in (4, 9), kind in (3, 10)
    rows = [(1 + number % 3, 1250 + 5 * number), (2, 399)][: 1 + number % 2]
    subtotal = sum(count * price for count, price in rows)
    extras = [
        ("tax", "GST", subtotal // 20),
        ("shipping", "Post", 0 if digital else 900),
        ("discount", "Spring (X)", -150),
    ]
    total = subtotal + sum(each[2] for each in extras)
    placed = datetime(2025, 5, 1, 9, tzinfo=UTC) + timedelta(hours=5 * number)
    later = (placed + timedelta(hours=3)).timestamp()
    disputed = status in ("disputed", "dispute-lost")
    home = {"addressee": f"Nemo Nobody {number}", "line1": f"{number} Void Lane", "line2": "", "city": "Nowhere",
            "state": "ON", "country": "CA", "postalCode": "K0K 0K0"}  # fmt: skip
    order: Order = {
        "orderId": f"{number * 7919 % 4096:03x}-{number * 104729 % 4096:03x}-{number:03x}",
        "status": status,
        "comment": None,
        "orderComment": "Grüße, ring twice" if number % 4 == 0 else None,
        "acceptedOn": moment(placed.timestamp()),
        "fulfilledOn": moment(later) if status == "fulfilled" else None,
        "refundedOn": moment(later) if status == "refunded" else None,
        "disputedOn": moment(later) if disputed else None,
        "disputeUpdatedOn": moment(later + 60) if disputed else None,
        "disputeLastStatus": {"disputed": "needs_response", "dispute-lost": "lost"}.get(status),
        "customerPaid": amount(total, unit),
        "netAmount": amount(total - total // 30, unit),
        "allAddresses": [{"type": "billing", **home}, *([] if digital else [{"type": "shipping", **home}])],
        "billingAddress": {"type": "billing", **home},
        "shippingProvider": None,
        "shippingTracking": None,
        "shippingTrackingURL": None,
        "customerInfo": {"fullName": home["addressee"], "email": f"nemo{number % 5}@example.net"},
        "purchasedItems": [
            {"count": count, "rowTotal": amount(count * price, unit), "productId": f"{number:024x}",
             "productName": f"Thing {line}", "variantId": f"{number + 4096:024x}", "variantName": f"Thing {line}",
             "variantSKU": None, "variantPrice": amount(price, unit), "variantImage": None}
            for line, (count, price) in enumerate(rows)
        ],
        "purchasedItemsCount": sum(count for count, _ in rows),
        "stripeDetails": {"chargeId": None if paypal else f"ch_{number}x", "refundId": None, "refundReason": None},
        "stripeCard": None if paypal else {
            "last4": f"{number:04}", "brand": "Visa", "ownerName": home["addressee"],
            "expires": {"year": 2031, "month": 1 + number % 12},
        },
        "paypalDetails": {"orderId": f"PP{number}", "refundId": None, "refundReason": None} if paypal else None,
        "metadata": {"isBuyNow": number % 2 == 0},
        "isCustomerDeleted": False,
        "isShippingRequired": not digital,
        "hasDownloads": digital,
        "paymentProcessor": "paypal" if paypal else "stripe",
        "totals": {
            "subtotal": amount(subtotal, unit),
            "extras": [{"type": t, "name": n, "description": "", "price": amount(v, unit)} for t, n, v in extras],
            "total": amount(total, unit),
        },
        "downloadFiles": [{"id": f"{number:024x}", "name": "it.pdf", "url": "https://files.example/it"}][: digital],
    }  # fmt: skip
    if not digital:
        order["shippingAddress"] = {"type": "shipping", **home}
    if status == "refunded":
        details = order["paypalDetails"] if paypal else order["stripeDetails"]
        details.update(refundId=f"re_{number}x", refundReason="requested_by_customer")
    return order


class Sent(NamedTuple):
    """An answer as it goes out."""

    status: int
    headers: dict[str, str]
    body: bytes


class ForeignServer:
    """What follows is right. One that is wrong overrides a method."""

    orders_in_shop = 130
    protocol = "HTTP/1.1"

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.asked = 0
        self.again()

    def again(self) -> None:
        made = [an_order(number) for number in reversed(range(self.orders_in_shop))]
        theirs = an_order(0) | {"orderId": THEIRS}
        self.sites = {SITE: {each["orderId"]: each for each in made}, OTHER_SITE: {THEIRS: theirs}}
        self.minutes: dict[str, list[float]] = {}

    def now(self) -> float:
        return time.time()

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        path, _, query = target.partition("?")
        if path == "/again":
            self.again()
            return 204, {}, b""
        self.asked += 1
        found, v1 = V2.fullmatch(path), False
        if found is None:
            found, v1 = V1.fullmatch(path), True
        told: dict[str, str] = {}
        try:
            if found is None:
                raise Refusal(404, "route_not_found")
            site, order, *action = (unquote(each) if each else None for each in found.groups())
            known = (
                {"GET", "PATCH"}
                if order and not v1 and not action[0]
                else {"POST"}
                if action and action[0]
                else {"GET"}
            )
            if method not in known:
                raise Refusal(405, "method_not_allowed", Allow=", ".join(sorted(known)))
            token = self.token(headers.get("authorization", ""))
            told = self.counted(token)
            asked = (method, action[0] if action else None, v1)
            status, answer = 200, self.answer(asked, str(site), order, token, query, headers, body)
        except Refusal as refusal:
            status, told = refusal.status, {**told, **refusal.headers}
            answer = self.complaint(refusal, v1, path)
        return status, {"Content-Type": "application/json; charset=utf-8", **told}, self.written(answer)

    def sent_as(self, asked: str, answer: Sent) -> Sent:
        """How the answer is put on the wire; `asked` is which content codings are taken."""
        return answer

    def written(self, answer: Json) -> bytes:
        return json.dumps(answer, ensure_ascii=False).encode()

    def complaint(self, refusal: Refusal, v1: bool, path: str) -> Json:
        if v1:
            return {
                "msg": refusal.code,
                "code": refusal.status,
                "name": "Error",
                "path": path,
                "err": f"Error: {refusal.code}",
            }
        return {
            "code": refusal.code,
            "message": refusal.code.replace("_", " "),
            "externalReference": None,
            "details": [],
        }

    # ------------------------------------------------------------------ who asks, and how often

    def token(self, authorization: str) -> str:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or token not in PER_MINUTE:
            raise Refusal(401, "not_authorized")
        return token

    def counted(self, token: str) -> dict[str, str]:
        limit, now = PER_MINUTE[token], self.now()
        made = self.minutes.setdefault(token, [])
        # The minute begins with its first request.
        if made and now - made[0] >= 60:
            made.clear()
        left = limit - len(made)
        told = {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(max(0, left - 1))}
        if left <= 0:
            wait = str(max(1, round(60 - (now - made[0]))))
            raise Refusal(429, "too_many_requests", **{**told, "Retry-After": wait})
        made.append(now)
        return told

    def may(self, token: str, method: str, action: str | None) -> None:
        if token == READER and method != "GET":
            raise Refusal(403, "missing_scopes")

    # ------------------------------------------------------------------ what is asked

    def answer(
        self, asked: tuple[str, str | None, bool], site: str, order: str | None, token: str, query: str,
        headers: Mapping[str, str], body: bytes,
    ) -> Json:  # fmt: skip
        method, action, v1 = asked
        self.may(token, method, action)
        if not re.fullmatch("[0-9a-f]{24}", site):
            raise Refusal(400, "validation_error")
        if v1 and not re.fullmatch(r"1(\.[0-9]+)*", headers.get("accept-version", "1.0.0")):
            raise Refusal(400, "unsupported_version")
        # Before it is looked at who may see it: that the body is what it must be.
        sent = self.sent(action or method, headers, body) if method != "GET" else {}
        if site != SITE:
            raise Refusal(404, "resource_not_found")
        if order is None:
            return self.page(query, v1)
        found = self.find(site, order, method)
        if method == "GET":
            return self.shown(found, v1, alone=True)
        after = self.written_to(found, action or "update", sent)
        return self.shown(after, v1, alone=True)

    def find(self, site: str, order: str, method: str) -> Order:
        found = self.sites[site].get(order)
        if found is None:
            raise Refusal(404, "order_not_found")
        return found

    def sent(self, what: str, headers: Mapping[str, str], body: bytes) -> Json:
        if what == "unfulfill" or (not body and what != "PATCH"):
            return {}
        try:
            given = json.loads(body.decode(), parse_constant=lambda _: 1 / 0)
        except (ValueError, ZeroDivisionError, RecursionError):
            raise Refusal(400, "bad_request") from None
        media = headers.get("content-type", "").partition(";")[0].strip().lower()
        texts = [given.get(name, "") for name in NOTES] if isinstance(given, dict) and what == "PATCH" else []
        if (
            media != "application/json"
            or not isinstance(given, dict)
            or not all(isinstance(t, str) for t in texts)
        ):
            raise Refusal(400, "validation_error")
        if what == "fulfill" and not isinstance(given.get("sendOrderFulfilledEmail", False), bool):
            raise Refusal(400, "validation_error")
        reason = given.get("reason", "requested")
        if what == "refund" and (not isinstance(reason, str) or reason not in REASON):
            raise Refusal(400, "validation_error")
        return given

    def number(self, text: str) -> int:
        if not re.fullmatch("[0-9]{1,16}", text, re.ASCII):
            raise Refusal(400, "validation_error")
        return int(text)

    def page(self, query: str, v1: bool) -> Json:
        pairs = parse_qsl(query, keep_blank_values=True)
        asked = dict(pairs)
        if any(sum(name == other for other, _ in pairs) > 1 for name in ("limit", "offset", "status")):
            raise Refusal(400, "validation_error")
        limit, offset = self.number(asked.get("limit", "100")), self.number(asked.get("offset", "0"))
        if not 1 <= limit <= 100 or offset > 2**53 - 1 or asked.get("status", "pending") not in STATUSES:
            raise Refusal(400, "validation_error")
        found = [o for o in self.sites[SITE].values() if self.fits(o, asked.get("status"), v1)]
        page = [self.shown(each, v1, alone=False) for each in self.cut(found, limit, offset)]
        return page if v1 else {"orders": page, "pagination": self.pagination(asked, limit, offset, found)}

    def fits(self, order: Order, status: str | None, v1: bool) -> bool:
        return status in (None, order["status"])

    def cut(self, found: list[Order], limit: int, offset: int) -> list[Order]:
        return found[offset : offset + limit]

    def pagination(self, asked: Mapping[str, str], limit: int, offset: int, found: list[Order]) -> Json:
        return {"limit": limit, "offset": offset, "total": len(found)}

    def shown(self, order: Order, v1: bool, *, alone: bool) -> Order:
        told = copy.deepcopy(order)
        if v1:
            told["requiresShipping"] = told.pop("isShippingRequired")
            told["metadata"] = {"buyNow": told["metadata"]["isBuyNow"]}
            del told["isCustomerDeleted"]
        return told

    # ------------------------------------------------------------------ what is done

    def written_to(self, order: Order, action: str, sent: Json) -> Order:
        now = moment(self.now())
        if action == "update":
            order.update({name: self.kept(sent[name]) for name in NOTES if name in sent})
        elif action == "fulfill" and order["status"] == "unfulfilled":
            order.update(status="fulfilled", fulfilledOn=now)
        elif action == "unfulfill" and order["status"] == "fulfilled":
            order.update(status="unfulfilled", fulfilledOn=None)
        elif action == "refund" and order["status"] in ("unfulfilled", "fulfilled"):
            details = order["paypalDetails"] or order["stripeDetails"]
            reason = self.reason(sent["reason"]) if "reason" in sent else None
            details.update(refundId=f"re_{time.monotonic_ns():x}", refundReason=reason)
            order.update(status="refunded", refundedOn=now)
        else:
            self.refused(order, action)
            raise Refusal(409, "conflict")
        return order

    def reason(self, asked: str) -> str:
        return REASON[asked]

    def refused(self, order: Order, action: str) -> None:
        pass

    def kept(self, text: str) -> str | None:
        return text or None

    @contextmanager
    def served(self) -> Iterator[str]:
        """Listens for as long as the block lasts; its address."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        loop = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        loop.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()


def _handler(foreign: ForeignServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version, disable_nagle_algorithm, wbufsize = foreign.protocol, True, -1

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self.relay
            raise AttributeError(name)

        def relay(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with foreign.lock:
                status, told, answer = foreign.handle(self.command, self.path, headers, body)
            told = {"Date": formatdate(usegmt=True), **told}
            if status != 204:
                told["Content-Length"] = str(len(answer))
            status, told, answer = foreign.sent_as(
                headers.get("accept-encoding", ""), Sent(status, told, answer)
            )
            self.send_response_only(status)
            for name, value in told.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD" and status != 204:
                self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
