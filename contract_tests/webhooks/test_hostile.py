"""Do hostile requests meet only our own error, at each door: unwrap, verify, a receiver under WSGI and under ASGI?"""

from __future__ import annotations

import io
import logging
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import anyio
import pytest
from webflow_orders import webhooks
from webflow_orders.webhooks import WebhookError

from contract_tests.webhooks.deliveries import MOMENT, SECRET, body_of, clock, envelope

# How many requests there are at each door; once in a while a hundred thousand: HOSTILE=100000.
HOSTILE = int(os.environ.get("HOSTILE", "2000"))


def spoiled(rng: random.Random) -> bytes:
    """A body that was cut, mixed up or shot through."""
    body = bytearray(rng.choice(SEEDS))
    for _ in range(rng.randrange(1, 6)):
        at, end = sorted((rng.randrange(len(body) + 1), rng.randrange(len(body) + 1)))
        match rng.randrange(5):
            case 0:
                body[at : at + 1] = rng.randbytes(1)
            case 1:
                del body[at : min(end, at + 8)]
            case 2:
                body[at:at] = rng.choice(SPLINTERS)
            case 3:
                body[at : at + 4] = rng.choice(SPLINTERS)
            case 4:
                body[at:at] = body[at : min(end, at + 30)]
    return bytes(body)


ORDER = {
    "orderId": "dfa-3f1", "status": "unfulfilled", "acceptedOn": "2025-03-29T21:29:21.555Z",
    "customerPaid": {"unit": "USD", "value": 6844, "string": "$68.44"}, "purchasedItems": [{"count": 2}],
}  # fmt: skip
SEEDS = [
    envelope(ORDER), envelope(ORDER, "ecomm_new_order"), envelope(ORDER, "site_publish"), body_of(ORDER),
    envelope({**ORDER, "requiresShipping": True}), b"{}", b"[]", b"null",
]  # fmt: skip
SPLINTERS = [
    b"null", b"[" * 3000, b'{"a":' * 3000, b"\xff", b"\xef\xbb\xbf", b"\\ud800", b"1e999", b"NaN", b"9" * 5000,
    b'"', b"\x00", b"-0", b"{}", b"\\u0000", b'"payload":', b'"triggerType":', b"9999-12-31T23:59:59+00:00",
    b"0001-01-01T00:00:00-23:59", b"\xff\xfe",
]  # fmt: skip


class Hostile(NamedTuple):
    """A request: `headers` as pairs, and whether it is rightly signed."""

    method: str
    body: bytes
    headers: list[tuple[str, bytes]]
    is_signed: bool


VALUES = [
    b"", b"0", b"-1", b"9" * 400, b"1722370035278", b" 1722370035277", b"1e12", b"nan", "é".encode() * 32,
    b"\xff" * 64, b"a" * 64, b"A" * 64, b"f" * 63, b"0" * 64 + b"\n", "１７".encode(), b"\x00",
]  # fmt: skip


def requests(rng: random.Random) -> Iterator[Hostile]:
    for _ in range(HOSTILE):
        body = spoiled(rng)
        moment = rng.choice([MOMENT] * 6 + [MOMENT - 301, MOMENT + 301, 0.0, 1e11])
        secret = rng.choice([SECRET] * 8 + ["another", "é"])
        signed = webhooks.sign(body, secret, now=lambda moment=moment: moment)
        headers = [(name, value.encode()) for name, value in signed.items()]
        is_signed = (moment, secret) == (MOMENT, SECRET)
        if rng.random() < 0.4:
            is_signed = False
            at = rng.randrange(2)
            match rng.randrange(5):
                case 0:
                    del headers[at]
                case 1:
                    headers.append(headers[at])
                case 2:
                    headers[at] = (headers[at][0], rng.choice(VALUES))
                case 3:
                    value = bytearray(headers[at][1])
                    value[rng.randrange(len(value))] ^= 1 << rng.randrange(8)
                    headers[at] = (headers[at][0], bytes(value))
                case 4:
                    headers = [(rng.choice(["x-webflow-signature", "host", "\xff"]), rng.randbytes(20))]
        yield Hostile(rng.choice(["POST"] * 20 + ["GET", "PUT", ""]), body, headers, is_signed)


Door = Callable[[Iterable[Hostile]], Iterator[str]]
REFUSED = re.compile(
    "(header missing|header malformed|wrong signature|too old|too far ahead|not JSON|no event): .*"
    "|a delivery is a POST"
)


def unwrap(requests: Iterable[Hostile]) -> Iterator[str]:
    for request in requests:
        try:
            event = webhooks.unwrap(request.body, request.headers, SECRET, now=clock)
        except WebhookError as error:
            yield str(error)
            continue
        assert event.raw == request.body
        check(event)
        yield "handled"


def check(event: webhooks.Event) -> None:
    """No order is ever empty, and no event without a name."""
    if isinstance(event, webhooks.OrderEvent):
        assert event.order.order_id
        assert event.order.status
    else:
        assert isinstance(event, webhooks.OtherEvent)
        assert event.trigger


def verify(requests: Iterable[Hostile]) -> Iterator[str]:
    for request in requests:
        try:
            webhooks.verify(request.body, request.headers, SECRET, now=clock)
        except WebhookError as error:
            yield str(error)
        else:
            yield "handled"


def under_wsgi(requests: Iterable[Hostile]) -> Iterator[str]:
    receiver = webhooks.Receiver(SECRET, check, now=clock)
    for request in requests:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "CONTENT_LENGTH": str(len(request.body)),
            "wsgi.input": io.BytesIO(request.body),
        }
        for name, value in request.headers:
            # Two of a name are one to WSGI.
            key, text = f"HTTP_{name.upper().replace('-', '_')}", value.decode("latin-1")
            environ[key] = f"{environ[key]},{text}" if key in environ else text
        statuses: list[str] = []
        (content,) = receiver(environ, lambda status, headers, statuses=statuses: statuses.append(status))
        yield answered(int(statuses[0][:3]), content)


def under_asgi(requests: Iterable[Hostile]) -> Iterator[str]:
    receiver, answers = webhooks.AsyncReceiver(SECRET, check, now=clock), list[str]()

    async def post() -> None:
        for request in requests:
            sent: list[Any] = []

            async def receive(request: Hostile = request) -> Any:
                return {"type": "http.request", "body": request.body}

            async def send(message: Any, sent: list[Any] = sent) -> None:
                sent.append(message)

            headers = [(name.encode("latin-1"), value) for name, value in request.headers]
            await receiver({"type": "http", "method": request.method, "headers": headers}, receive, send)
            answers.append(answered(sent[0]["status"], sent[1]["body"]))

    anyio.run(post)
    yield from answers


def answered(status: int, content: bytes) -> str:
    """What was said, where the status goes with it."""
    text = content.decode()
    assert status == (200 if text == "handled" or text.startswith("ignored: ") else 400), (status, text)
    return text


@pytest.mark.parametrize(
    "door", [unwrap, verify, under_wsgi, under_asgi], ids=lambda door: str(door.__name__)
)
def test_hostile_requests_meet_our_error_or_an_event_with_an_order(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    signed: list[bool] = []

    def noted() -> Iterator[Hostile]:
        for request in requests(random.Random(20261126)):
            signed.append(request.is_signed)
            yield request

    reasons: Counter[str] = Counter()
    for number, answer in enumerate(door(noted())):
        fine = answer == "handled" or answer.startswith("ignored: ")
        assert fine or REFUSED.fullmatch(answer), answer
        # A body can show up in no answer.
        assert len(answer) < 120
        assert not fine or signed[number]
        reasons[answer.partition(":")[0]] += 1
    assert sum(reasons.values()) == HOSTILE
    known = {"header missing", "header malformed", "wrong signature", "too old", "too far ahead", "handled"}
    more = set() if door is verify else {"not JSON", "no event"}
    by_http = {"a delivery is a POST", "ignored"} if door in (under_wsgi, under_asgi) else set()
    assert reasons.keys() == known | more | by_http
