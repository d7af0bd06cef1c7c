"""The minute, by a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import httpx
import pytest
from webflow_orders_mock import MockWebflow

Connect = Callable[..., httpx.Client]
PLANS = {"starter": 60, "basic": 60, "cms": 120, "ecommerce": 120, "business": 120, "enterprise:7": 7}


class Clock(Protocol):
    now: float

    def __call__(self) -> float: ...


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_allows_so_many_requests_and_then_says_when_to_come_back(
    plan: str, clock: Clock, connect: Connect, orders_url: str
) -> None:
    client = connect(MockWebflow(plan=plan, clock=clock))
    for left in reversed(range(PLANS[plan])):
        answer = client.get(orders_url)
        assert answer.status_code == 200
        assert answer.headers["X-RateLimit-Limit"] == str(PLANS[plan])
        assert answer.headers["X-RateLimit-Remaining"] == str(left)
        assert "Retry-After" not in answer.headers
    refused = client.get(orders_url)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert refused.headers["Retry-After"] == "60"


@pytest.mark.parametrize(
    ("later", "retry_after"), [(0.0, "60"), (0.5, "60"), (1.0, "59"), (59.0, "1"), (59.999, "1")]
)
def test_retry_after_counts_whole_seconds_to_the_end_of_the_minute(
    later: float, retry_after: str, clock: Clock, connect: Connect, orders_url: str
) -> None:
    client = connect(MockWebflow(plan="enterprise:1", clock=clock))
    client.get(orders_url)
    clock.now += later
    assert client.get(orders_url).headers["Retry-After"] == retry_after


def test_waiting_as_long_as_retry_after_says_is_enough(
    clock: Clock, connect: Connect, orders_url: str
) -> None:
    client = connect(MockWebflow(plan="enterprise:1", clock=clock))
    client.get(orders_url)
    clock.now += 12.25
    clock.now += int(client.get(orders_url).headers["Retry-After"])
    assert client.get(orders_url).status_code == 200


def test_the_next_minute_begins_when_this_one_is_over_and_not_before(
    clock: Clock, connect: Connect, orders_url: str
) -> None:
    client = connect(MockWebflow(plan="enterprise:1", clock=clock))
    client.get(orders_url)
    clock.now += 59.999
    assert client.get(orders_url).status_code == 429
    clock.now += 0.001
    assert client.get(orders_url).status_code == 200


def test_a_reset_gives_every_token_a_fresh_minute(clock: Clock, connect: Connect, orders_url: str) -> None:
    mock = MockWebflow(plan="enterprise:1", clock=clock)
    client = connect(mock)
    client.get(orders_url)
    mock.reset()
    assert client.get(orders_url).status_code == 200


def test_every_answer_to_a_known_token_counts_and_carries_the_headers(
    clock: Clock, connect: Connect, orders_url: str
) -> None:
    mock = MockWebflow(plan="enterprise:50", clock=clock)
    client = connect(mock)
    answers = [
        client.get(orders_url),
        client.get("/v2/nowhere"),
        client.delete(orders_url),
        client.get(f"{orders_url}?limit=0"),
        client.get(f"{orders_url}/nope"),
        client.post(f"{orders_url}/7c1-9fd/fulfill"),
        client.get(f"/sites/{mock.site_id}/orders"),
    ]
    assert [a.status_code for a in answers] == [200, 404, 405, 400, 404, 409, 200]
    assert [a.headers["X-RateLimit-Remaining"] for a in answers] == ["49", "48", "47", "46", "45", "44", "43"]


def test_tokens_do_not_share_their_minute(clock: Clock, connect: Connect, orders_url: str) -> None:
    mock = MockWebflow(plan="enterprise:1", clock=clock)
    mock.add_token("second")
    assert connect(mock).get(orders_url).status_code == 200
    assert connect(mock).get(orders_url).status_code == 429
    assert connect(mock, "second").get(orders_url).status_code == 200


def test_a_refused_write_is_not_carried_out(clock: Clock, connect: Connect, orders_url: str) -> None:
    mock = MockWebflow(plan="enterprise:1", clock=clock)
    client = connect(mock)
    client.get(orders_url)
    assert client.post(f"{orders_url}/dfa-3f1/fulfill").status_code == 429
    assert mock.orders[mock.site_id, "dfa-3f1"].status == "unfulfilled"
    assert not mock.ledger[-1].applied


def test_v1_is_told_in_its_own_shape(clock: Clock, connect: Connect, v1_url: str) -> None:
    client = connect(MockWebflow(plan="enterprise:1", clock=clock))
    client.get(v1_url + "/orders")
    answer = client.get(v1_url + "/orders")
    assert (answer.status_code, answer.json()["name"], answer.headers["Retry-After"]) == (
        429,
        "RateLimit",
        "60",
    )


def test_by_default_nobody_is_throttled(clock: Clock, connect: Connect, orders_url: str) -> None:
    client = connect(MockWebflow(clock=clock))
    assert {client.get(f"{orders_url}/dfa-3f1").status_code for _ in range(500)} == {200}


@pytest.mark.parametrize("plan", ["gold", "", "enterprise:", "enterprise:0", "enterprise:-1", "starter:5"])
def test_an_unknown_plan_is_refused(plan: str) -> None:
    with pytest.raises(ValueError, match="there is no plan"):
        MockWebflow(plan=plan)
