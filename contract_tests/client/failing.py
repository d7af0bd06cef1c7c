"""A transport between a client and the mock that fails at every point of an exchange, on order."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from enum import StrEnum
from typing import Any

import anyio.lowlevel
import httpx
import pytest
from attrs import define, field, frozen
from webflow_orders_mock import MockWebflow, order

from contract_tests.client.conftest import perform

WRITES = [
    "update-order",
    "fulfill-order",
    "unfulfill-order",
    "refund-order",
    "create-webhook",
    "delete-webhook",
]
TRIGGER, URL = "ecomm_new_order", "https://shop.example/hook"


class Point(StrEnum):
    """Where the exchange fails, and whether the request was carried out."""

    NOWHERE = "it does not"
    CONNECT = "no connection"
    BEFORE = "cut before the request was read"
    AFTER = "cut after the request was carried out"
    LATE = "cut; the request is carried out later"
    HEADERS = "carried out; cut after the headers"
    HALF = "carried out; cut half-way through the body"
    STATUS = "answered with a status, not carried out"
    STATUS_AFTER = "carried out, then answered with a status"
    BODY = "a success with a body of nonsense, not carried out"
    BODY_AFTER = "carried out, then a body of nonsense"
    RAISED = "something foreign is raised, and nothing is carried out"
    RAISED_AFTER = "carried out, then something foreign is raised"
    RAISED_IN_BODY = "carried out; something foreign is raised half-way through the body"


# A server that says 4xx has refused; one that says so of what it did is beyond any client.
REFUSALS = (400, 401, 403, 404, 409, 422, 429)
DOUBTFUL = (301, 302, 303, 307, 308, 408, 499, 500, 501, 502, 503, 504, 520, 599)
NONSENSE = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b"<html></html>",
    b"\xff\xfe",
    b'{"orderId": "fc7-128", "status": "refunded"}',
)


class Mute(Exception):
    """One that cannot even say what happened."""

    def __str__(self) -> str:
        raise RecursionError


# By name, for Hypothesis to show; made anew each time, for what is raised is changed.
FOREIGN: dict[str, Callable[[], BaseException]] = {
    "RuntimeError": lambda: RuntimeError("the answer is lost"),
    "OSError": lambda: OSError(5, "input/output"),
    "MemoryError": MemoryError,
    "TimeoutError": TimeoutError,
    "StopIteration": StopIteration,
    "ExceptionGroup": lambda: ExceptionGroup("two", [ValueError(), KeyError("date")]),
    "Mute": Mute,
}
# What no `except Exception` catches, and what a call must let through.
PASSING: dict[str, Callable[[], BaseException]] = {
    "KeyboardInterrupt": KeyboardInterrupt,
    "SystemExit": SystemExit,
    "BaseExceptionGroup": lambda: BaseExceptionGroup("two", [KeyboardInterrupt(), ValueError()]),
}


@frozen
class Fault:
    point: Point = Point.NOWHERE
    status: int = 503
    body: bytes = b""
    delay: float = 0.0
    """Of a late one: seconds until the request is carried out."""
    raised: str = ""
    """Of FOREIGN or PASSING: what is raised."""


@frozen
class Late:
    due: float
    request: httpx.Request
    tag: int


@define
class Failing(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Passes requests to the mock, with the faults it was given, one for each request.

    `tag` is a number of the call that is under way; `applied` counts the writes that took effect, by tag.
    """

    mock: MockWebflow
    now: float = 0.0
    faults: list[Fault] = field(factory=list)
    tag: int = 0
    applied: dict[int, int] = field(factory=dict)
    sent: dict[int, int] = field(factory=dict)
    late: list[Late] = field(factory=list)
    seen: list[dict[str, Any]] = field(factory=list)
    """All that a look could have seen of any order, or of the webhooks, whenever."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.let_late_ones_through()
        fault = self.faults.pop(0) if self.faults else Fault()
        return self._exchange(request, fault)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await anyio.lowlevel.checkpoint()
        response = self.handle_request(request)
        await anyio.lowlevel.checkpoint()
        return response

    def let_late_ones_through(self, *, everything: bool = False) -> None:
        for late in [each for each in self.late if everything or each.due <= self.now]:
            self.late.remove(late)
            self._carry_out(late.request, late.tag)

    def _carry_out(self, request: httpx.Request, tag: int) -> httpx.Response:
        if request.method != "GET":
            self.sent[tag] = self.sent.get(tag, 0) + 1
        response = self.mock.transport().handle_request(request)
        if self.mock.ledger[-1].applied:
            self.applied[tag] = self.applied.get(tag, 0) + 1
        self.look()
        return response

    def look(self) -> None:
        """Keep what the orders and the webhooks look like now."""
        shown: list[dict[str, Any]] = [
            {"order_id": order_id, "status": now.status, "comment": now.comment}
            for (_, order_id), now in self.mock.orders.items()
        ]
        shown.append({"webhooks": {each.webhook_id: each.url for each in self.mock.webhooks}})
        self.seen += [each for each in shown if each not in self.seen]

    def _exchange(self, request: httpx.Request, fault: Fault) -> httpx.Response:
        if fault.point is Point.CONNECT:
            raise httpx.ConnectError("refused")
        if fault.point is Point.LATE:
            self.late.append(Late(self.now + fault.delay, request, self.tag))
            raise httpx.ReadTimeout("no answer")
        if fault.point is Point.BEFORE:
            raise httpx.WriteError("broken pipe")
        if fault.point is Point.STATUS:
            return httpx.Response(fault.status, content=fault.body)
        if fault.point is Point.BODY:
            return httpx.Response(200, content=fault.body)
        if fault.point is Point.RAISED:
            raise (FOREIGN | PASSING)[fault.raised]()
        response = self._carry_out(request, self.tag)
        if fault.point is Point.RAISED_AFTER:
            raise (FOREIGN | PASSING)[fault.raised]()
        if fault.point is Point.AFTER:
            raise httpx.ReadError("reset")
        if fault.point is Point.STATUS_AFTER:
            return httpx.Response(fault.status, content=fault.body)
        if fault.point is Point.BODY_AFTER:
            return httpx.Response(response.status_code, content=fault.body)
        if fault.point in (Point.HEADERS, Point.HALF, Point.RAISED_IN_BODY):
            body = b"" if fault.point is Point.HEADERS else response.read()
            raised = (FOREIGN | PASSING).get(fault.raised)
            return httpx.Response(
                response.status_code, headers=response.headers, stream=Cut(body[: len(body) // 2], raised)
            )
        return response


@frozen
class Cut(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that breaks off."""

    body: bytes
    raised: Callable[[], BaseException] | None = None

    def __iter__(self) -> Iterator[bytes]:
        yield self.body
        if self.raised is not None:
            raise self.raised()
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


class After:
    """A transport that hands requests to the mock, and after the first write does something else than answer."""

    def __init__(self, mock: MockWebflow, then: Callable[[], Any]) -> None:
        self.inner, self.then, self.writes = mock.transport(), then, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        response = self.inner.handle_request(request)
        if request.method != "GET":
            self.writes += 1
            if self.writes == 1:
                response.read()
                self.then()
        return response


def raising(error: BaseException) -> Callable[[], None]:
    def do() -> None:
        raise error

    return do


@pytest.fixture
def mock() -> MockWebflow:
    """A mock with one order, dfa-3f1, that is unfulfilled."""
    mock = MockWebflow(shop=False)
    mock.seed(mock.site_id, order("dfa-3f1", status="unfulfilled"))
    return mock


def applied(mock: MockWebflow) -> int:
    return sum(entry.applied for entry in mock.ledger)


def aims(url: str) -> str:
    """What a webhook that is still to be made is called in the journal."""
    return f"{TRIGGER} {hashlib.sha256(url.encode()).hexdigest()[:16]}"


def before(mock: MockWebflow, operation: str) -> tuple[str, Callable[[Any], Any]]:
    """Have order dfa-3f1, or a webhook, as it is before that write: what the write is about, and how it is made."""
    method, noun = operation.split("-")
    if noun == "order":
        mock.seed(
            mock.site_id, order("dfa-3f1", status="fulfilled" if method == "unfulfill" else "unfulfilled")
        )
        return "dfa-3f1", lambda client: perform(client, method)
    hook = mock.webhooks.create(mock.site_id, TRIGGER, URL)  # To be removed; or to be told from the one made.
    if method == "create":
        return aims(URL), lambda client: client.webhooks.create(URL, TRIGGER)
    return hook.webhook_id, lambda client: client.webhooks.delete(hook.webhook_id)
