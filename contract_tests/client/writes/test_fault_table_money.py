"""The fault table, part one: calls that move money, and what is sent again. One test for each row, in its order."""

from __future__ import annotations

import email.utils
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from webflow_orders import RetryPolicy, errors, outcome_of

from contract_tests.client import faulty
from contract_tests.client.conftest import LIBRARIES, ORDERS, Script, answer
from contract_tests.client.faulty import FaultyServer

dial = faulty.dial
ORDER = answer(200, ORDERS["get"])
REFUNDED = answer(200, ORDERS["refund"])
NOT_REFUNDED = answer(200, {"orderId": "dfa-3f1", "status": "fulfilled"})
ELSEWHERE = "/v2/elsewhere"


def verbs(server: FaultyServer) -> list[str]:
    return [request.method for request in server.requests]


def refund_is_unknown(client: Any) -> errors.OutcomeUnknownError:
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        client.refund("dfa-3f1")
    assert caught.value.order_id == "dfa-3f1"
    return caught.value


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
def test_a_refund_answered_5xx_is_sent_once_and_looked_for(dial: Callable[..., Any], status: int) -> None:
    with FaultyServer(answer(status), REFUNDED) as server:
        assert outcome_of(dial(server).refund("dfa-3f1")).confirmed_by_rereading
        assert verbs(server) == ["POST", "GET"]
    with FaultyServer(answer(status), NOT_REFUNDED) as server:
        error = refund_is_unknown(dial(server))
        assert "may or may not have taken effect" in str(error)
        assert (len(server.writes), error.status_code) == (1, status)


def test_a_refund_answered_409_is_refused_at_once(dial: Callable[..., Any], sleeps: list[float]) -> None:
    with FaultyServer(answer(409, {"code": "conflict", "message": "refunded already"}), REFUNDED) as server:
        with pytest.raises(errors.ConflictError):
            dial(server).refund("dfa-3f1")
        assert (verbs(server), sleeps) == (["POST"], [])


def test_a_refund_answered_408_is_unknown(dial: Callable[..., Any]) -> None:
    with FaultyServer(answer(408), NOT_REFUNDED) as server:
        assert refund_is_unknown(dial(server)).status_code == 408
        assert len(server.writes) == 1


@pytest.mark.parametrize("method", ["get", "refund"])
def test_a_429_is_waited_out_a_little_longer_than_asked(
    dial: Callable[..., Any], sleeps: list[float], method: str
) -> None:
    limited = answer(429, Retry_After="1")
    with FaultyServer(limited, limited, answer(200, ORDERS[method])) as server:
        getattr(dial(server, retry=RetryPolicy()), method)("dfa-3f1")
        assert len(server.requests) == 3
    assert all(1.0 < wait <= 1.1 for wait in sleeps)
    assert sleeps[0] != sleeps[1], "many clients would come back in the same instant"
    with FaultyServer(limited) as server:
        with pytest.raises(errors.RateLimitError) as caught:
            getattr(dial(server), method)("dfa-3f1")
        assert caught.value.retry_after == 1.0


@pytest.mark.parametrize("seconds", [3600, 30])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_wait_beyond_the_budget_is_not_begun(
    dial: Callable[..., Any], sleeps: list[float], form: str, seconds: int
) -> None:
    now = 1_700_000_000
    date = email.utils.formatdate(now + seconds, usegmt=True)
    limited = answer(
        429,
        Date=email.utils.formatdate(now, usegmt=True),
        Retry_After=str(seconds) if form == "seconds" else date,
    )
    for method in ("get", "refund"):
        with FaultyServer(limited, ORDER) as server:
            with pytest.raises(errors.RateLimitError) as caught:
                getattr(dial(server, deadline=20), method)("dfa-3f1")
            assert (caught.value.retry_after, len(server.requests)) == (seconds, 1)
    assert sleeps == []


@pytest.mark.parametrize(("name", "value", "asked"), [
    ("Retry-After", "0", 0.0), ("Retry-After", "1.5", None), ("Retry-After", "abc", None),
    ("Retry-After-Ms", "250", None),
])  # fmt: skip
def test_odd_forms_of_retry_after_are_read(
    dial: Callable[..., Any], sleeps: list[float], name: str, value: str, asked: float | None
) -> None:
    with FaultyServer(httpx.Response(429, headers={name: value}), ORDER) as server:
        dial(server).get("dfa-3f1")
    # What HTTP does not allow is not guessed at: the limit is per minute.
    assert sleeps == [pytest.approx((60 if asked is None else asked) + 0.05)]


def test_an_x_ratelimit_reset_is_not_a_wait(dial: Callable[..., Any], sleeps: list[float]) -> None:
    with FaultyServer(answer(429, X_RateLimit_Reset="4102444800"), ORDER) as server:
        dial(server).get("dfa-3f1")
    assert sleeps == [pytest.approx(60.05)]


def test_a_refund_that_is_never_answered_is_unknown_and_names_its_order(dial: Callable[..., Any]) -> None:
    def scenario(timeout: float) -> None:
        with FaultyServer(faulty.silence, NOT_REFUNDED) as server:
            error = refund_is_unknown(dial(server, timeout=timeout))
            assert isinstance(error.cause, errors.APITimeoutError)
            assert len(server.writes) == 1

    faulty.patiently(scenario)


LOST = [faulty.reset, faulty.close_read, faulty.close_unread, faulty.garbage]


@pytest.mark.parametrize("lose", LOST)
def test_a_get_that_is_lost_is_tried_again_and_has_our_error(
    dial: Callable[..., Any], sleeps: list[float], lose: Callable[..., None]
) -> None:
    with FaultyServer(lose, lose, ORDER) as server:
        assert dial(server).get("dfa-3f1").order_id == "dfa-3f1"
        assert (server.connections, sleeps) == (3, [0.5, 1.0])
    with FaultyServer(lose) as server:
        with pytest.raises(errors.APIConnectionError) as caught:
            dial(server).get("dfa-3f1")
        assert isinstance(caught.value.__cause__, tuple(library.TransportError for library in LIBRARIES))
        assert server.connections == 3


def test_a_get_that_is_never_answered_is_tried_again_and_has_our_error(dial: Callable[..., Any]) -> None:
    def scenario(timeout: float) -> None:
        with FaultyServer(faulty.silence, ORDER) as server:
            assert dial(server, timeout=timeout).get("dfa-3f1").order_id == "dfa-3f1"
        with FaultyServer(faulty.silence) as server:
            with pytest.raises(errors.APITimeoutError) as caught:
                dial(server, timeout=timeout, retry=RetryPolicy(max_retries=1)).get("dfa-3f1")
            assert isinstance(
                caught.value.__cause__, tuple(library.TimeoutException for library in LIBRARIES)
            )
            assert server.connections == 2

    faulty.patiently(scenario)


def test_a_connection_that_was_closed_while_idle_costs_no_call(dial: Callable[..., Any]) -> None:
    with FaultyServer(faulty.reply_and_close(ORDER), REFUNDED) as server:
        client = dial(server)
        client.get("dfa-3f1")
        assert client.refund("dfa-3f1").status == "refunded"
        assert len(server.writes) <= 1


@pytest.mark.parametrize("lose", LOST)
def test_a_refund_that_is_lost_is_sent_once_and_looked_for(dial: Callable[..., Any], lose: Any) -> None:
    with FaultyServer(lose, REFUNDED) as server:
        assert outcome_of(dial(server).refund("dfa-3f1")).confirmed_by_rereading
        assert len(server.writes) == (lose is not faulty.close_unread)
        assert server.connections == 2


@pytest.mark.parametrize("body", [b"", b'{"orderId": "dfa-3f1", "sta'])
def test_a_refund_that_was_accepted_but_cannot_be_read_is_no_failure(
    dial: Callable[..., Any], body: bytes
) -> None:
    with FaultyServer(httpx.Response(200, content=body), REFUNDED) as server:
        assert outcome_of(dial(server).refund("dfa-3f1")).confirmed_by_rereading
    with FaultyServer(httpx.Response(200, content=body), NOT_REFUNDED) as server:
        assert "though the server said it was done" in str(refund_is_unknown(dial(server)))
        assert len(server.writes) == 1


def test_a_refund_whose_order_has_one_odd_field_is_done(dial: Callable[..., Any]) -> None:
    odd = ORDERS["refund"] | {"comment": 5892, "totals": "free", "acceptedOn": 7}
    with FaultyServer(answer(200, odd)) as server:
        assert dial(server).refund("dfa-3f1").to_dict() == odd
        assert verbs(server) == ["POST"]


@pytest.mark.parametrize("body", [{}, {"orderId": "fc7-128", "status": "refunded"}])
def test_a_refund_answered_without_its_order_is_doubted(dial: Callable[..., Any], body: Any) -> None:
    with FaultyServer(answer(200, body), REFUNDED) as server:
        assert outcome_of(dial(server).refund("dfa-3f1")).confirmed_by_rereading
    with FaultyServer(answer(200, body), NOT_REFUNDED) as server:
        refund_is_unknown(dial(server))
        assert len(server.writes) == 1


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirected_refund_is_not_followed(dial: Callable[..., Any], status: int) -> None:
    with FaultyServer(answer(status, Location=ELSEWHERE), NOT_REFUNDED) as server:
        error = refund_is_unknown(dial(server))
        assert isinstance(error.cause, errors.RedirectError)
        assert ELSEWHERE in str(error)
        assert [request for request in server.requests if request.target == ELSEWHERE] == []
        assert len(server.writes) == 1


@pytest.mark.parametrize("status", [307, 308])
def test_a_refund_redirected_to_another_host_does_not_go_there(dial: Callable[..., Any], status: int) -> None:
    with FaultyServer(REFUNDED) as other:
        target = f"{other.url}/v2/sites/x/orders/dfa-3f1/refund"
        with FaultyServer(answer(status, Location=target), NOT_REFUNDED) as server:
            assert target in str(refund_is_unknown(dial(server)))
            assert len(server.writes) == 1
        assert other.connections == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_get_redirected_to_another_origin_does_not_go_there(dial: Callable[..., Any], status: int) -> None:
    with FaultyServer(ORDER) as other, FaultyServer(answer(status, Location=other.url + "/x")) as server:
        with pytest.raises(errors.RedirectError) as caught:
            dial(server).get("dfa-3f1")
        assert caught.value.location == other.url + "/x"
        assert f"redirected to {other.url}/x" in str(caught.value)
        assert (other.connections, len(server.requests)) == (0, 1)


def test_a_redirect_loop_ends_at_once(dial: Callable[..., Any]) -> None:
    with FaultyServer(answer(302, Location="/v2/again")) as server:
        with pytest.raises(errors.RedirectError):
            dial(server).get("dfa-3f1")
        assert len(server.requests) == 1


def test_retries_are_set_by_client_and_by_call_and_are_off_for_writes(dial: Callable[..., Any]) -> None:
    with FaultyServer(answer(502)) as server:
        client = dial(server, retry=RetryPolicy(max_retries=4))
        once = client.with_options(retry=RetryPolicy(max_retries=0))
        for each, count in ((client, 5), (once, 1), (client, 5)):
            server.requests.clear()
            with pytest.raises(errors.ServerError):
                each.get("dfa-3f1")
            assert len(server.requests) == count
        server.requests.clear()
        refund_is_unknown(client)
        assert len(server.writes) == 1


def test_a_deadline_is_of_the_call_with_all_its_attempts(connect: Callable[..., Any]) -> None:
    time = [0.0]

    def slow(request: httpx.Request) -> httpx.Response:
        time[0] += 0.8
        return httpx.Response(503)

    script = Script(slow)
    client = connect(
        script, clock=lambda: time[0], deadline=2, retry=RetryPolicy(max_retries=9, base_delay=0.1)
    )
    with pytest.raises(errors.ServerError):
        client.get("dfa-3f1")
    assert 2 <= len(script.requests) <= 3
    # The last attempt is given no more than what is left.
    assert script.requests[-1].extensions["timeout"]["read"] < 1.2


def test_a_timeout_is_always_on(connect: Callable[..., Any]) -> None:
    script = Script(ORDER)
    connect(script).get("dfa-3f1")
    assert set(script.requests[0].extensions["timeout"].values()) == {30.0}
    with pytest.raises(TypeError, match="timeout"):
        connect(script, timeout=None)
