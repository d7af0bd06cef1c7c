"""What is sent again, when, and above all what is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from webflow_orders import RetryPolicy, errors

from contract_tests.client.conftest import ORDERS, WRITES, Script, answer, perform

ORDER = ORDERS["get"]


@pytest.mark.parametrize("method", ["get", *WRITES])
def test_a_rate_limited_call_waits_as_long_as_the_server_asks(
    connect: Callable[..., Any], sleeps: list[float], method: str
) -> None:
    script = Script(answer(429, Retry_After="7"), answer(200, ORDERS[method]))
    assert perform(connect(script), method).order_id == "dfa-3f1"
    assert len(script.requests) == 2
    assert sleeps == [pytest.approx(7.05)]


@pytest.mark.parametrize("method", ["get", *WRITES])
@pytest.mark.parametrize(
    "cause", [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.PoolTimeout("full")]
)
def test_a_connection_that_was_never_made_is_tried_again(
    connect: Callable[..., Any], sleeps: list[float], method: str, cause: Exception
) -> None:
    script = Script(cause, cause, answer(200, ORDERS[method]))
    assert perform(connect(script), method).order_id == "dfa-3f1"
    assert sleeps == [0.5, 1.0]


OUTCOME_UNKNOWN: list[Any] = [
    *(httpx.Response(status) for status in (408, 499, 500, 502, 503, 504, 520)),
    httpx.ReadTimeout("slow"), httpx.WriteTimeout("slow"), httpx.ReadError("reset"), httpx.WriteError("reset"),
    httpx.RemoteProtocolError("cut"), httpx.DecodingError("not gzip"),
]  # fmt: skip


@pytest.mark.parametrize("outcome", OUTCOME_UNKNOWN, ids=repr)
def test_a_read_is_tried_again(connect: Callable[..., Any], sleeps: list[float], outcome: Any) -> None:
    script = Script(outcome, outcome, answer(200, ORDER))
    assert connect(script).get("dfa-3f1").order_id == "dfa-3f1"
    assert sleeps == [0.5, 1.0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418])
@pytest.mark.parametrize("method", ["get", *WRITES])
def test_a_final_answer_is_final(
    connect: Callable[..., Any], sleeps: list[float], method: str, status: int
) -> None:
    script = Script(httpx.Response(status), answer(200, ORDER))
    with pytest.raises(errors.APIStatusError):
        perform(connect(script), method)
    assert (len(script.requests), sleeps) == (1, [])


def test_it_gives_up_and_raises_the_last_error(connect: Callable[..., Any], sleeps: list[float]) -> None:
    script = Script(httpx.Response(502), httpx.Response(503), httpx.Response(504), answer(200, ORDER))
    with pytest.raises(errors.ServerError) as caught:
        connect(script).get("dfa-3f1")
    assert caught.value.status_code == 504
    assert len(sleeps) == 2


def test_a_server_that_asks_for_too_much_gets_an_error_that_says_how_much(
    connect: Callable[..., Any], sleeps: list[float]
) -> None:
    script = Script(answer(429, Retry_After="3600"), answer(200, ORDER))
    with pytest.raises(errors.RateLimitError) as caught:
        connect(script).get("dfa-3f1")
    assert (caught.value.retry_after, sleeps) == (3600.0, [])


def test_a_wait_that_fits_into_the_deadline_is_waited(
    connect: Callable[..., Any], sleeps: list[float]
) -> None:
    script = Script(answer(429, Retry_After="120"), answer(200, ORDER))
    assert connect(script).get("dfa-3f1").order_id == "dfa-3f1"
    assert sleeps == [pytest.approx(120.05)]
    with pytest.raises(errors.RateLimitError):
        connect(Script(answer(429, Retry_After="120"), answer(200, ORDER)), deadline=100).get("dfa-3f1")


def test_retries_can_be_switched_off(connect: Callable[..., Any]) -> None:
    script = Script(answer(429, Retry_After="0"), answer(200, ORDER))
    with pytest.raises(errors.RateLimitError):
        connect(script, retry=RetryPolicy(max_retries=0)).get("dfa-3f1")


def test_waits_grow_are_drawn_and_have_a_ceiling() -> None:
    error = errors.from_response(
        errors.RawResponse(status_code=503), errors.Call(operation="x", method="GET", path="/")
    )
    policy = RetryPolicy(max_retries=9, max_delay=3.0, draw=lambda: 1.0)
    assert [policy.delay(error, retries=n, safe=True) for n in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert RetryPolicy(draw=lambda: 0.0).delay(error, retries=0, safe=True) == 0.25
    assert RetryPolicy(max_retries=2).delay(error, retries=2, safe=True) is None
    assert policy.delay(error, retries=0, safe=False) is None


@pytest.mark.parametrize("bad", [
    3, None, (2, 0.5, 60.0), RetryPolicy(max_retries=-1), RetryPolicy(max_retries=1.5),  # type: ignore[arg-type]  # Wrong on purpose.
    RetryPolicy(max_retries=1025), RetryPolicy(base_delay=-1), RetryPolicy(base_delay=float("nan")),
    RetryPolicy(max_delay=float("inf")), RetryPolicy(max_delay="1"), RetryPolicy(draw=0.5),  # type: ignore[arg-type]  # Wrong on purpose.
])  # fmt: skip
def test_a_policy_that_cannot_be_right_is_refused_before_a_write_meets_it(
    connect: Callable[..., Any], bad: Any
) -> None:
    with pytest.raises((ValueError, TypeError), match="retry"):
        connect(Script(httpx.Response(429)), retry=bad)


def test_a_policy_of_many_retries_and_a_short_wait_has_no_number_that_is_too_large() -> None:
    policy = RetryPolicy(max_retries=1000, max_delay=0.1, draw=lambda: 1.0).checked()
    call = errors.Call("get-order", "GET", "/")
    error = errors.APIConnectionError("gone", call=call)
    assert policy.delay(error, retries=999, safe=True) == 0.1
