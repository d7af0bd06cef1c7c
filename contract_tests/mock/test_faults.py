"""Trouble to order: is it what was asked for, and is the order what it should be afterwards?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

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


def test_a_reset_forgets_the_faults(mock: MockWebflow, client: httpx.Client, orders_url: str) -> None:
    mock.faults.outage(times=3)
    mock.reset()
    assert client.get(orders_url).status_code == 200
    assert len(mock.faults) == 0
