"""The fault table, parts five and six: concurrency, and what a client offers. One test for each row, in its order."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from webflow_orders import (
    AsyncOrdersClient,
    Order,
    OrdersClient,
    OrderStatus,
    RetryPolicy,
    errors,
    outcome_of,
)
from webflow_orders.limits import RateLimiter

from contract_tests.client import faulty
from contract_tests.client.conftest import ORDERS, SITE, TOKEN, Script, answer
from contract_tests.client.faulty import FaultyServer, Received
from contract_tests.conftest import ROOT

dial = faulty.dial
ORDER = answer(200, ORDERS["get"])


def asked(request: Received) -> httpx.Response:
    return answer(200, {"orderId": request.order_id, "status": "pending"})


# ---------------------------------------------------------------- concurrency


def test_threads_share_one_pool_and_get_their_own_answers() -> None:
    ids = [f"order-{index}" for index in range(96)]
    with (
        FaultyServer(faulty.reply_each(asked)) as server,
        OrdersClient(token=TOKEN, site_id=SITE, base_url=server.url, rate_limit=None) as client,
        ThreadPoolExecutor(32) as threads,
    ):
        assert [order.order_id for order in threads.map(client.get, ids)] == ids
        assert server.connections <= 32


@pytest.mark.parametrize("width", [24, 50])
def test_connections_are_reused_above_twenty_threads(width: int) -> None:
    with (
        FaultyServer(faulty.reply_each(asked)) as server,
        OrdersClient(token=TOKEN, site_id=SITE, base_url=server.url, rate_limit=None) as client,
        ThreadPoolExecutor(width) as threads,
    ):
        for _ in range(4):
            list(threads.map(client.get, [f"order-{index}" for index in range(2 * width)]))
        assert server.connections <= width


def test_both_clients_close_and_are_context_managers() -> None:
    async def awaited(url: str) -> None:
        async with AsyncOrdersClient(token=TOKEN, site_id=SITE, base_url=url, rate_limit=None) as client:
            await client.get("dfa-3f1")
        with pytest.raises(errors.ClientClosedError):
            await client.get("dfa-3f1")

    with FaultyServer(ORDER) as server:
        with OrdersClient(token=TOKEN, site_id=SITE, base_url=server.url, rate_limit=None) as client:
            client.get("dfa-3f1")
        with pytest.raises(errors.ClientClosedError):
            client.get("dfa-3f1")
        asyncio.run(awaited(server.url))
        assert len(server.requests) == 2


# ---------------------------------------------------------------- what it offers


def test_pages_are_walked(connect: Callable[..., Any]) -> None:
    def page(request: httpx.Request) -> httpx.Response:
        offset = int(request.url.params["offset"])
        orders = [{"orderId": f"order-{index}", "status": "pending"} for index in range(250)]
        pagination = {"limit": 100, "offset": offset, "total": 250}
        return answer(200, {"orders": orders[offset : offset + 100], "pagination": pagination})

    script = Script(page)
    assert len({order.order_id for order in connect(script).iter()}) == 250
    assert len(script.requests) == 3


def test_a_limiter_is_shared_by_the_clients_of_a_token(
    connect: Callable[..., Any], sleeps: list[float]
) -> None:
    limiter = RateLimiter(2)
    for _ in range(2):
        client = connect(Script(ORDER), rate_limit=limiter, clock=lambda: 0.0)
        client.get("dfa-3f1")
    assert sleeps == []
    client.get("dfa-3f1")
    assert sleeps == [pytest.approx(60, abs=1)]


@pytest.mark.parametrize("failure", [answer(503), httpx.ReadTimeout("slow"), answer(200, {})])
def test_a_refund_is_guarded_against_a_second_one(connect: Callable[..., Any], failure: Any) -> None:
    script = Script(failure, answer(200, {"orderId": "dfa-3f1", "status": "fulfilled"}))
    with pytest.raises(errors.OutcomeUnknownError):
        connect(script, retry=RetryPolicy(max_retries=9)).refund("dfa-3f1")
    assert [request.method for request in script.requests].count("POST") == 1


KINDS: list[tuple[Any, type[errors.WebflowOrdersError]]] = [
    (400, errors.BadRequestError), (401, errors.AuthenticationError), (402, errors.APIStatusError),
    (403, errors.PermissionDeniedError), (404, errors.NotFoundError), (408, errors.APIStatusError),
    (409, errors.ConflictError), (422, errors.APIStatusError), (429, errors.RateLimitError),
    (500, errors.ServerError), (502, errors.ServerError), (503, errors.ServerError), (504, errors.ServerError),
    (httpx.ReadTimeout("slow"), errors.APITimeoutError), (httpx.ConnectError("refused"), errors.APIConnectionError),
    (httpx.RemoteProtocolError("cut"), errors.APIConnectionError),
    (httpx.ProxyError("no"), errors.APIConnectionError),
]  # fmt: skip


@pytest.mark.parametrize(("failure", "kind"), KINDS)
def test_every_failure_has_its_class_in_one_tree(
    connect: Callable[..., Any], failure: Any, kind: type[errors.WebflowOrdersError]
) -> None:
    failure = failure if isinstance(failure, Exception) else answer(failure, Retry_After="0")
    with pytest.raises(errors.WebflowOrdersError) as caught:
        connect(Script(failure)).get("dfa-3f1")
    assert type(caught.value) is kind


def test_an_exception_says_what_was_asked_and_survives_a_pickle(connect: Callable[..., Any]) -> None:
    client = connect(Script(answer(404, X_Request_Id="req-7")))
    with pytest.raises(errors.NotFoundError) as caught:
        client.get("dfa-3f1")
    error = caught.value
    assert (error.method, error.path, error.request_id) == (
        "GET",
        f"/v2/sites/{SITE}/orders/dfa-3f1",
        "req-7",
    )
    closed = connect(Script(ORDER))
    closed.close()
    queued = connect(Script(ORDER), rate_limit=RateLimiter(1), queue_timeout=1, clock=lambda: 0.0)
    queued.get("dfa-3f1")
    lost = Script(answer(502, X_Request_Id="req-8"), answer(200, {"orderId": "dfa-3f1", "status": "pending"}))
    for each in (client, closed, queued, connect(Script(httpx.ReadTimeout("slow"))), connect(lost)):
        with pytest.raises(errors.WebflowOrdersError) as raised:
            each.refund("dfa-3f1")
        copied = pickle.loads(pickle.dumps(raised.value))
        assert type(copied) is type(raised.value)
        assert (str(copied), copied.method, copied.path) == (str(raised.value), "POST", raised.value.path)
        assert (copied.request_id, copied.raw) == (raised.value.request_id, raised.value.raw)
    # The last of them is the error that somebody will want to look into tomorrow.
    assert isinstance(copied, errors.OutcomeUnknownError)
    assert (copied.last_seen.status, copied.cause.status_code, copied.request_id) == ("pending", 502, "req-8")


def test_the_bytes_and_headers_of_an_answer_are_within_reach(dial: Callable[..., Any]) -> None:
    body = json.dumps(ORDERS["get"], indent=3).encode()
    with FaultyServer(
        httpx.Response(200, content=body, headers={"X-One": "1"}),
        httpx.Response(404, content=b"<nothing>", headers={"X-Two": "2"}),
    ) as server:
        client = dial(server)
        raw = outcome_of(client.get("dfa-3f1")).raw
        assert (raw.status_code, raw.content, raw.headers["x-one"]) == (200, body, "1")
        with pytest.raises(errors.NotFoundError) as caught:
            client.get("dfa-3f1")
        raw = caught.value.raw
        assert (raw.status_code, raw.content, raw.headers["x-two"]) == (404, b"<nothing>", "2")


def test_v1_is_there_and_has_to_be_asked_for(connect: Callable[..., Any]) -> None:
    script = Script(answer(200, {"orderId": "dfa-3f1", "status": "pending"}))
    connect(script, api="v1").get("dfa-3f1")
    connect(script).get("dfa-3f1")
    assert [request.url.path.split("/")[1] for request in script.requests] == ["sites", "v2"]


def test_a_transport_is_an_argument_and_a_timeout_is_one_of_each_call(connect: Callable[..., Any]) -> None:
    script = Script(ORDER)
    client = connect(script)
    client.with_options(timeout=3).get("dfa-3f1")
    client.get("dfa-3f1")
    timeouts = [request.extensions["timeout"]["read"] for request in script.requests]
    assert timeouts == [3.0, 30.0], "the options of a call must not stick to the client"


def test_a_model_can_be_pickled_and_copied(connect: Callable[..., Any], examples: dict[str, Any]) -> None:
    fetched = connect(Script(answer(200, examples["Order"]))).get("dfa-3f1")
    made = Order(order_id="dfa-3f1", status=OrderStatus.PENDING)
    for order in (fetched, Order.from_dict({"orderId": "dfa-3f1"}), made):
        for same in (pickle.loads(pickle.dumps(order)), copy.copy(order), copy.deepcopy(order)):
            assert same == order
            assert json.loads(json.dumps(same.to_dict())) == order.to_dict()


def test_a_date_is_an_aware_datetime(examples: dict[str, Any]) -> None:
    order = Order.from_dict(examples["Order"])
    assert order.accepted_on == datetime(2025, 3, 29, 21, 29, 21, 555000, tzinfo=UTC)
    assert order.accepted_on.utcoffset() is not None


def test_money_is_decimal(examples: dict[str, Any]) -> None:
    paid = Order.from_dict(examples["Order"]).customer_paid
    assert paid is not None
    assert (paid.value, paid.amount) == (6844, Decimal("68.44"))
    assert paid.amount is not None
    assert paid.amount * 3 == Decimal("205.32")


def test_a_count_is_a_whole_number(examples: dict[str, Any]) -> None:
    order = Order.from_dict(examples["Order"])
    counts = [order.purchased_items_count, *(item.count for item in order.purchased_items)]
    assert {type(count) for count in counts} == {int}


def test_the_status_is_typed_and_compares_with_a_string(tmp_path: Any) -> None:
    program = tmp_path / "shop.py"
    program.write_text("""
from webflow_orders import Order, OrderStatus

def is_back(order: Order) -> bool:
    reveal_type(order.status)
    return order.status == "refunded" or order.status is OrderStatus.REFUNDED
""")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(program)],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "OrderStatus" in done.stdout
    assert "Any" not in done.stdout
