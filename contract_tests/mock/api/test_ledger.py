"""Does the ledger say what happened, in order, and nothing that is nobody's business?"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest
from webflow_orders_mock import MockWebflow

Connect = Callable[..., httpx.Client]


def test_every_request_has_a_line_and_only_writes_that_were_carried_out_are_applied(
    mock: MockWebflow, client: httpx.Client, orders_url: str
) -> None:
    client.get(orders_url)
    client.post(f"{orders_url}/dfa-3f1/fulfill")
    client.post(f"{orders_url}/dfa-3f1/fulfill")
    client.patch(f"{orders_url}/dfa-3f1", json={"comment": "x"})
    client.patch(f"{orders_url}/dfa-3f1", json={"comment": 1})
    client.delete(f"{orders_url}/dfa-3f1")
    client.get("/nowhere")
    told = [(e.seq, e.method, e.operation_id, e.status, e.applied, e.order_id) for e in mock.ledger]
    assert told == [
        (1, "GET", "list-orders", 200, False, None),
        (2, "POST", "fulfill-order", 200, True, "dfa-3f1"),
        (3, "POST", "fulfill-order", 409, False, "dfa-3f1"),
        (4, "PATCH", "update-order", 200, True, "dfa-3f1"),
        (5, "PATCH", "update-order", 400, False, "dfa-3f1"),
        (6, "DELETE", None, 405, False, "dfa-3f1"),
        (7, "GET", None, 404, False, None),
    ]


def test_a_line_as_json(mock: MockWebflow, client: httpx.Client, orders_url: str) -> None:
    client.post(f"{orders_url}/dfa-3f1/fulfill")
    assert mock.ledger[0].as_json() == {
        "seq": 1,
        "time": "2025-03-21T12:00:00.000Z",
        "method": "POST",
        "path": f"{orders_url}/dfa-3f1/fulfill",
        "operationId": "fulfill-order",
        "status": 200,
        "applied": True,
        "siteId": mock.site_id,
        "orderId": "dfa-3f1",
    }


def test_no_token_query_or_body_is_kept(mock: MockWebflow, client: httpx.Client, orders_url: str) -> None:
    client.get(f"{orders_url}?access_token=hush-hush")
    client.patch(f"{orders_url}/dfa-3f1", json={"comment": "hush-hush"})
    kept = repr(list(mock.ledger)) + repr([entry.as_json() for entry in mock.ledger])
    assert "hush-hush" not in kept
    assert mock.token not in kept
    assert mock.token not in repr(mock)


def test_a_reset_begins_a_new_ledger(mock: MockWebflow, client: httpx.Client, orders_url: str) -> None:
    client.post(f"{orders_url}/dfa-3f1/fulfill")
    mock.reset()
    assert len(mock.ledger) == 0
    assert client.get(f"{orders_url}/dfa-3f1").json()["status"] == "unfulfilled"
    assert [entry.seq for entry in mock.ledger] == [1]


def test_a_request_holds_the_lock_from_its_first_moment(connect: Connect, orders_url: str) -> None:
    could_enter: list[bool] = []

    def clock() -> float:
        other = threading.Thread(target=lambda: could_enter.append(mock._lock.acquire(blocking=False)))
        other.start()
        other.join()
        return 0.0

    mock = MockWebflow(clock=clock)
    connect(mock).get(orders_url)
    assert could_enter == [False]


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("restless")
def test_many_threads_one_order_exactly_one_refund(
    mock: MockWebflow, connect: Connect, orders_url: str
) -> None:
    """The lock: without it two requests read the same status, or take the same number."""
    barrier = threading.Barrier(8)
    answers: list[int] = []

    def refund(client: httpx.Client) -> None:
        barrier.wait()
        answers.extend(client.post(f"{orders_url}/dfa-3f1/refund").status_code for _ in range(20))

    threads = [threading.Thread(target=refund, args=(connect(mock),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [409] * 159
    assert [entry.applied for entry in mock.ledger].count(True) == 1
    assert [entry.seq for entry in mock.ledger] == list(range(1, 161))
