"""Trouble to order: is it what was asked for, and is the order what it should be afterwards?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from webflow_orders_mock import MockWebflow

Connect = Callable[..., httpx.Client]


def test_faults_strike_in_order_one_request_each(
    mock: MockWebflow, client: httpx.Client, orders_url: str
) -> None:
    mock.faults.outage(times=2, status=503)
    mock.faults.rate_limit(retry_after=7)
    assert [client.get(orders_url).status_code for _ in range(4)] == [503, 503, 429, 200]


def test_an_ordered_rate_limit_says_how_long_and_carries_the_headers(
    mock: MockWebflow, connect: Connect, orders_url: str
) -> None:
    mock.faults.rate_limit(times=2, retry_after=7)
    for token in (mock.token, None):
        answer = connect(mock, token).get(orders_url)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
        assert answer.headers["X-RateLimit-Remaining"] == "0"
        assert answer.headers["X-RateLimit-Limit"] == "1000000"


@pytest.mark.parametrize(("status", "code"), [(500, "internal_error"), (503, "service_unavailable")])
def test_an_outage_changes_nothing(
    status: int, code: str, mock: MockWebflow, client: httpx.Client, orders_url: str
) -> None:
    mock.faults.outage(status=status)
    answer = client.post(f"{orders_url}/dfa-3f1/fulfill")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert mock.orders[mock.site_id, "dfa-3f1"].status == "unfulfilled"
    assert (mock.ledger[-1].status, mock.ledger[-1].applied) == (status, False)


def test_a_failure_says_what_is_left_of_the_minute_if_it_knows_the_token(
    mock: MockWebflow, connect: Connect, orders_url: str
) -> None:
    mock.faults.outage(times=2)
    known, unknown = (connect(mock, token).get(orders_url) for token in (mock.token, None))
    assert (known.status_code, known.headers["X-RateLimit-Remaining"]) == (500, "999999")
    assert (unknown.status_code, [name for name in unknown.headers if name.startswith("x-")]) == (500, [])


def test_an_outage_is_a_5xx(mock: MockWebflow) -> None:
    with pytest.raises(ValueError, match="not 404"):
        mock.faults.outage(status=404)


def test_a_malformed_answer_hides_a_write_that_was_carried_out(
    mock: MockWebflow, client: httpx.Client, orders_url: str
) -> None:
    mock.faults.malformed()
    answer = client.post(f"{orders_url}/dfa-3f1/fulfill")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert mock.orders[mock.site_id, "dfa-3f1"].status == "fulfilled"


def test_latency_is_slept_by_the_door_with_the_sleep_it_was_given(connect: Connect, orders_url: str) -> None:
    slept: list[float] = []
    mock = MockWebflow(sleep=slept.append)
    mock.faults.latency(2.5, times=2)
    assert connect(mock).get(orders_url).status_code == 200

    async def get() -> int:
        headers = {"Authorization": f"Bearer {mock.token}"}
        async with httpx.AsyncClient(
            transport=mock.transport(), base_url="http://m", headers=headers
        ) as client:
            return (await client.get(orders_url)).status_code

    assert asyncio.run(get()) == 200
    assert connect(mock).get(orders_url).status_code == 200
    assert slept == [2.5, 2.5]


@pytest.mark.parametrize(
    ("timeout", "waited"), [(0.3, 0.3), (httpx.Timeout(9, read=2), 2), (3.5, 3), (None, 3)]
)
@pytest.mark.parametrize("is_async", [False, True])
def test_who_does_not_wait_so_long_times_out_as_over_a_socket(
    timeout: Any, waited: float, is_async: bool, mock: MockWebflow, orders_url: str
) -> None:
    """On the mock's clock, which is not the machine's here: nobody sleeps."""
    mock.faults.latency(3)
    before = mock.now()
    options: Any = {"headers": {"Authorization": f"Bearer {mock.token}"}, "timeout": timeout}

    def fulfil() -> httpx.Response:
        with httpx.Client(transport=mock.transport(), base_url="http://m", **options) as client:
            return client.post(f"{orders_url}/dfa-3f1/fulfill")

    async def fulfil_async() -> httpx.Response:
        async with httpx.AsyncClient(transport=mock.transport(), base_url="http://m", **options) as client:
            return await client.post(f"{orders_url}/dfa-3f1/fulfill")

    def made() -> httpx.Response:
        return asyncio.run(fulfil_async()) if is_async else fulfil()

    if waited < 3:
        with pytest.raises(httpx.ReadTimeout, match="timed out") as caught:
            made()
        assert caught.value.request.url.path.endswith("/fulfill")
    else:
        assert made().json()["status"] == "fulfilled"
    assert mock.now() == pytest.approx(before + waited, abs=1e-3, rel=0)
    assert mock.orders[mock.site_id, "dfa-3f1"].status == "fulfilled", "it was carried out all the same"


def test_a_reset_forgets_the_faults(mock: MockWebflow, client: httpx.Client, orders_url: str) -> None:
    mock.faults.outage(times=3)
    mock.reset()
    assert client.get(orders_url).status_code == 200
    assert len(mock.faults) == 0


KINDS: dict[str, dict[str, Any]] = {
    "rate_limit": {"retry_after": 7},
    "outage": {"status": 502},
    "malformed": {},
    "latency": {"seconds": 2},
}
STATUSES = {"rate_limit": 429, "outage": 502, "malformed": 200, "latency": 200}
Order = Callable[[str, dict[str, Any]], None]


@pytest.fixture(params=["in process", "over the control API"])
def order(request: pytest.FixtureRequest, mock: MockWebflow, client: httpx.Client) -> Order:
    """order(kind, options): a fault, by either way."""

    def by_control(kind: str, options: dict[str, Any]) -> None:
        client.post("/_mock/faults", json={"kind": kind, **options}).raise_for_status()

    def by_method(kind: str, options: dict[str, Any]) -> None:
        getattr(mock.faults, kind)(**options)

    return by_method if request.param == "in process" else by_control


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_waits_for_the_operation_and_the_order_that_it_is_aimed_at(
    kind: str, order: Order, mock: MockWebflow, client: httpx.Client, orders_url: str
) -> None:
    order(kind, {**KINDS[kind], "operation": "fulfill-order", "order_id": "dfa-3f1"})
    others = [
        client.get(f"{orders_url}/dfa-3f1"),
        client.post(f"{orders_url}/8fe-d22/fulfill"),
        client.patch(f"{orders_url}/dfa-3f1", json={"comment": "x"}),
    ]
    assert [each.status_code for each in others] == [200] * 3
    assert all(each.json() for each in others)
    assert len(mock.faults) == 1
    struck = client.post(f"{orders_url}/dfa-3f1/fulfill")
    assert (struck.status_code, len(mock.faults)) == (STATUSES[kind], 0)
    carried_out = kind in ("malformed", "latency")
    assert mock.ledger[-1].applied == carried_out
    assert mock.orders[mock.site_id, "dfa-3f1"].status == ("fulfilled" if carried_out else "unfulfilled")


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_says_whether_the_request_is_carried_out(
    kind: str, applied: bool, order: Order, mock: MockWebflow, client: httpx.Client, orders_url: str
) -> None:
    order(kind, {**KINDS[kind], "operation": "refund-order", "applied": applied})
    answer = client.post(f"{orders_url}/dfa-3f1/refund")
    assert (answer.status_code, mock.ledger[-1].applied) == (STATUSES[kind], applied)
    assert mock.orders[mock.site_id, "dfa-3f1"].status == ("refunded" if applied else "unfulfilled")


@pytest.mark.parametrize(
    ("kind", "options"), [("outage", {}), ("malformed", {}), ("latency", {"seconds": 1})]
)
def test_carried_out_and_then_a_status(
    kind: str, options: dict[str, Any], order: Order, mock: MockWebflow, client: httpx.Client, orders_url: str
) -> None:
    order(kind, {**options, "order_id": "dfa-3f1", "applied": True, "status": 504})
    assert client.get(f"{orders_url}/8fe-d22").status_code == 200
    assert client.post(f"{orders_url}/dfa-3f1/fulfill").status_code == 504
    assert (mock.ledger[-1].status, mock.ledger[-1].applied) == (504, True)
    assert mock.orders[mock.site_id, "dfa-3f1"].status == "fulfilled"


def test_faults_for_different_requests_do_not_wait_for_each_other(
    mock: MockWebflow, client: httpx.Client, orders_url: str
) -> None:
    mock.faults.outage(operation="refund-order", status=503)
    mock.faults.rate_limit(operation="list-orders")
    mock.faults.outage()
    assert [client.get(orders_url).status_code for _ in range(3)] == [429, 500, 200]
    assert client.post(f"{orders_url}/dfa-3f1/refund").status_code == 503


def test_a_request_that_is_refused_anyway_answers_as_the_fault_says_and_changes_nothing(
    mock: MockWebflow, client: httpx.Client, orders_url: str
) -> None:
    mock.faults.outage(applied=True)
    assert client.post(f"{orders_url}/7c1-9fd/fulfill").status_code == 500
    assert not mock.ledger[-1].applied


SENSELESS: list[tuple[str, dict[str, Any], str]] = [
    ("outage", {"times": 1_000_000_000}, "times must be an integer from 1 to 1000000"),
    ("outage", {"times": 0}, "times must be"),
    ("outage", {"times": -1}, "times must be"),
    ("outage", {"times": True}, "times must be"),
    ("malformed", {"times": 1.5}, "times must be"),
    ("latency", {"seconds": 1, "times": "2"}, "times must be"),
    ("latency", {"seconds": "1"}, "seconds must be a number from 0 to 3600"),
    ("latency", {"seconds": -0.1}, "seconds must be"),
    ("latency", {"seconds": 1e300}, "seconds must be"),
    ("latency", {}, "missing a required argument: 'seconds'"),
    ("latency", {"seconds": 1, "status": 200}, "5xx"),
    ("rate_limit", {"retry_after": -1}, "retry_after must be"),
    ("rate_limit", {"retry_after": 1.5}, "retry_after must be an integer"),
    ("rate_limit", {"retry_after": 10**30}, "retry_after must be"),
    ("outage", {"status": "503"}, "5xx"),
    ("outage", {"status": 503.0}, "5xx"),
    ("outage", {"operation": "refund"}, "operation must be one of list-orders, "),
    ("outage", {"operation": ["refund-order"]}, "operation must be one of"),
    ("outage", {"order_id": "a/b"}, "order_id must match"),
    ("outage", {"order_id": 5}, "order_id must match"),
    ("outage", {"applied": "yes"}, "applied must be true or false"),
    ("outage", {"colour": 1}, "not 'colour'"),
]


@pytest.mark.parametrize(("kind", "options", "said"), SENSELESS)
def test_what_makes_no_sense_is_refused_by_a_sentence_and_not_queued(
    kind: str, options: dict[str, Any], said: str, mock: MockWebflow, client: httpx.Client
) -> None:
    answer = client.post("/_mock/faults", json={"kind": kind, **options})
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    if options:
        with pytest.raises((ValueError, TypeError), match=r"must|5xx|takes"):
            getattr(mock.faults, kind)(**options)
    assert len(mock.faults) == 0


def test_very_many_cost_nothing(mock: MockWebflow, client: httpx.Client, orders_url: str) -> None:
    mock.faults.outage(times=1_000_000)
    assert client.get(orders_url).status_code == 500
    assert len(mock.faults) == 999_999
