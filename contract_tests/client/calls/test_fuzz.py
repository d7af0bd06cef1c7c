"""Text at every parameter, bytes at every answer: only our exceptions come out, and nothing else is requested."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import example, given, strategies as st
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, errors, v1

from contract_tests.client.calls.test_reading import JSON
from contract_tests.client.conftest import ORDERS, SITE, TOKEN, Script

METHODS = ["list", "get", "update", "fulfill", "unfulfill", "refund"]
STATUSES = st.sampled_from([200, 201, 204, 206, 301, 400, 401, 403, 404, 408, 409, 429, 500, 503, 599])
# What json.dumps makes of a body, with a few bytes replaced, or cut short.
DAMAGED = st.builds(
    lambda body, at, bytes_: (text := json.dumps(body).encode())[: at % (len(text) + 1)] + bytes_,
    st.sampled_from([*ORDERS.values(), {"orders": [ORDERS["get"]] * 3, "pagination": {"total": 3}}]),
    st.integers(0, 400),
    st.binary(max_size=6),
)
BODIES = st.binary(max_size=60) | DAMAGED | JSON.map(lambda body: json.dumps(body).encode())
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "Location", "Content-Type", "Date"]
    ),
    st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=12),
)
CODING = st.sampled_from([None, "gzip", "br", "identity", "x" * 50])
ARGUMENTS: dict[str, Any] = {
    "token": TOKEN, "site_id": SITE, "rate_limit": None, "retry": RetryPolicy(max_retries=1, draw=lambda: 0.0),
}  # fmt: skip


class Piecewise(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that is not decoded yet, as one from a socket is."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __iter__(self) -> Any:
        yield from (self.body[at : at + 7] for at in range(0, len(self.body), 7))

    async def __aiter__(self) -> Any:
        for piece in self:
            yield piece


def reply(status: int, headers: dict[str, str], coding: str | None, body: bytes) -> Any:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    if coding is not None:
        raw.append((b"Content-Encoding", coding.encode()))
    return lambda request: httpx.Response(status, headers=raw, stream=Piecewise(body))


def what_is_said(call: Callable[[], object]) -> str:
    """The text of our exception, if the call raises one. Any other passes through, and fails the test."""
    try:
        call()
    except errors.WebflowOrdersError as error:
        return str(error) + repr(str(error))
    return ""


async def no_sleep(seconds: float) -> None:
    """The fuzzer asks for many waits."""


@pytest.mark.parametrize("method", METHODS)
@given(status=STATUSES, headers=HEADERS, coding=CODING, body=BODIES)
@example(status=200, headers={}, coding="gzip", body=b"\x1f\x8b\x08\x00")
@example(status=200, headers={"Retry-After": "9" * 400}, coding=None, body=b"[" * 50_000)
@example(status=429, headers={"Retry-After": "1e400", "X-RateLimit-Limit": "²"}, coding=None, body=b"")
def test_whatever_is_answered_only_our_exceptions_come_out(
    method: str, status: int, headers: dict[str, str], coding: str | None, body: bytes
) -> None:
    arguments = [] if method == "list" else ["dfa-3f1"]
    keywords = {"comment": "x"} if method == "update" else {}
    transport = httpx.MockTransport(reply(status, headers, coding, body))
    with OrdersClient(transport=transport, sleep=lambda _: None, **ARGUMENTS) as orders:
        said = what_is_said(lambda: getattr(orders, method)(*arguments, **keywords))
        assert said.isprintable()
        assert TOKEN not in said

    async def awaiting() -> None:
        async with AsyncOrdersClient(transport=transport, sleep=no_sleep, **ARGUMENTS) as orders:
            with contextlib.suppress(errors.WebflowOrdersError):
                await getattr(orders, method)(*arguments, **keywords)

    asyncio.run(awaiting())


@given(body=BODIES, status=STATUSES)
def test_whatever_v1_answers_only_our_exceptions_come_out(body: bytes, status: int) -> None:
    transport = httpx.MockTransport(reply(status, {}, None, body))
    with v1.OrdersClient(transport=transport, sleep=lambda _: None, **ARGUMENTS) as orders:
        for call in (orders.list, lambda: orders.get("dfa-3f1")):
            assert what_is_said(call).isprintable()


ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=8)


@given(values=st.lists(ANYTHING, min_size=7, max_size=7), data=st.data())
def test_whatever_is_passed_nothing_but_the_addressed_path_is_requested(
    values: list[Any], data: st.DataObject
) -> None:
    script = Script(httpx.Response(404))
    site, order_id, status, offset, limit, note, reason = values
    with OrdersClient(transport=httpx.MockTransport(script), sleep=lambda _: None, **ARGUMENTS) as orders:
        call = data.draw(
            st.sampled_from(
                [
                    lambda: orders.for_site(site).get("dfa-3f1"),
                    lambda: orders.get(order_id),
                    lambda: orders.list(status=status, offset=offset, limit=limit),
                    lambda: next(orders.iter(status=status, page_size=limit)),
                    lambda: orders.update("dfa-3f1", comment=note, shipping_tracking_url=reason),
                    lambda: orders.fulfill("dfa-3f1", send_email=note),
                    lambda: orders.refund("dfa-3f1", reason=reason),
                    lambda: orders.with_options(timeout=offset, deadline=limit, max_body=status).get(
                        "dfa-3f1"
                    ),
                ]
            )
        )
        with contextlib.suppress(ValueError, TypeError, errors.WebflowOrdersError):
            call()
    for request in script.requests:
        path = request.url.raw_path.decode().partition("?")[0]
        assert path.startswith(f"/v2/sites/{SITE}/orders") or path.startswith(f"/v2/sites/{site}/orders")
        assert ".." not in path
        assert "%" not in path
        assert request.url.host == "api.webflow.com"
