"""How long can a call take? Two bounds are always on: one for an attempt, one for the call with all its waits.

The tests of the first wait for real, a few tenths of a second each, for it is a socket that must not wait longer.
The others have a clock that goes only when somebody sleeps, or when the server takes its time.
"""

from __future__ import annotations

import email.utils
import inspect
import time
from collections.abc import Callable
from contextvars import Context
from typing import Any

import httpx
import pytest
from webflow_orders import OrdersClient, RetryPolicy, errors, outcome_of
from webflow_orders._http.attempt import Attempt, Watch
from webflow_orders.limits import RateLimiter, Reservation

from contract_tests.client import faulty
from contract_tests.client.conftest import ORDERS, SITE, TOKEN, Script, answer
from contract_tests.client.faulty import FaultyServer

dial = faulty.dial
ORDER = answer(200, ORDERS["get"])
REFUNDED = answer(200, ORDERS["refund"])
NOT_REFUNDED = answer(200, {"orderId": "dfa-3f1", "status": "fulfilled"})
NO_RETRY = RetryPolicy(max_retries=0)
# What sums of seconds lose in binary.
A_HAIR = 1e-6


class World:
    """A clock, a server that takes its time, and a client that sleeps by that clock."""

    def __init__(self, connect: Callable[..., Any], sleeps: list[float]) -> None:
        self._connect = connect
        self._sleeps = sleeps
        self._served = 0.0

    def __call__(self) -> float:
        return self._served + sum(self._sleeps)

    def slow(self, seconds: float, outcome: Any) -> Callable[[httpx.Request], httpx.Response]:
        """An answer, or a failure, that comes after so many seconds; or when the client's patience ends."""

        def respond(request: httpx.Request) -> httpx.Response:
            patience = request.extensions["timeout"]["read"]
            self._served += min(seconds, patience)
            if seconds > patience:
                raise httpx.ReadTimeout("timed out")
            if isinstance(outcome, Exception):
                raise outcome
            return httpx.Response(outcome.status_code, headers=outcome.headers, content=outcome.content)

        return respond

    def client(self, script: Script, **arguments: Any) -> Any:
        return self._connect(script, clock=self, **arguments)


@pytest.fixture
def world(connect: Callable[..., Any], sleeps: list[float]) -> World:
    return World(connect, sleeps)


# ---------------------------------------------------------------- an attempt, on a real socket

STRETCHED = {
    "a body that drips": faulty.drip_body(ORDER),
    "headers that drip": faulty.drip_headers,
    "interim answers for ever": faulty.interim_for_ever,
    "no answer": faulty.silence,
}


@pytest.mark.parametrize("stretch", STRETCHED.values(), ids=STRETCHED)
@pytest.mark.parametrize("method", ["get", "refund"])
def test_nothing_can_stretch_an_attempt(dial: Callable[..., Any], method: str, stretch: Any) -> None:
    def scenario(timeout: float) -> None:
        with FaultyServer(stretch) as server:
            client = dial(server, retry=NO_RETRY, confirm=False, timeout=timeout)
            began = time.monotonic()
            with pytest.raises(errors.WebflowOrdersError) as caught:
                getattr(client, method)("dfa-3f1")
            # Each byte came soon enough to start the wait anew: without a bound, this would never end.
            assert time.monotonic() - began > timeout * 0.6
            assert len(server.requests) == 1
        cause = caught.value if method == "get" else caught.value.__cause__
        # A 200 that was begun says that the write was accepted, so of a refund's body only the rest is missing.
        if method == "refund" and stretch is STRETCHED["a body that drips"]:
            assert isinstance(cause, errors.ResponseDecodeError)
            assert cause.raw is not None
            assert cause.raw.incomplete == "too late"
        else:
            assert isinstance(cause, errors.APITimeoutError)

    faulty.patiently(scenario)


def test_a_get_whose_body_dripped_is_tried_again(dial: Callable[..., Any]) -> None:
    def scenario(timeout: float) -> None:
        with FaultyServer(faulty.drip_body(ORDER), ORDER) as server:
            assert dial(server, timeout=timeout).get("dfa-3f1").order_id == "dfa-3f1"
            assert len(server.requests) == 2

    faulty.patiently(scenario)


def test_a_refund_whose_answer_dripped_is_looked_for(dial: Callable[..., Any]) -> None:
    def scenario(timeout: float) -> None:
        with FaultyServer(faulty.drip_body(REFUNDED), REFUNDED) as server:
            assert outcome_of(dial(server, timeout=timeout).refund("dfa-3f1")).confirmed_by_rereading
            assert len(server.writes) == 1

    faulty.patiently(scenario)


def test_a_deadline_shorter_than_the_timeout_bounds_the_attempt(dial: Callable[..., Any]) -> None:
    with FaultyServer(faulty.drip_body(ORDER)) as server:
        began = time.monotonic()
        with pytest.raises(errors.APITimeoutError):
            dial(server, deadline=0.3, timeout=120).get("dfa-3f1")
        assert time.monotonic() - began < 120


def test_each_wait_of_a_socket_is_given_what_is_left() -> None:
    # In a context of its own: an interrupt within the last line of a call leaves its attempt behind in the thread's.
    Context().run(waits_of_a_socket)


def waits_of_a_socket() -> None:
    class Inner:
        def __init__(self) -> None:
            self.waits: list[float | None] = []
            self.write = self.get_extra_info = lambda *_: None

        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            self.waits.append(timeout)
            return b""

    inner: Any = Inner()
    Watch(inner, ZeroDivisionError)
    line: Any = None
    with Attempt(20, line) as attempt:
        inner.read(1, 30)
        inner.read(1, None)
        inner.read(1, 2)
        later = [attempt.timeouts.get("connect"), attempt.timeouts.get("read")]
    assert 10 < inner.waits[1] <= inner.waits[0] <= 20
    assert inner.waits[2] == 2
    # A phase that begins later has less.
    assert 10 < later[1] <= later[0] <= inner.waits[1]
    with Attempt(1e-9, line) as attempt, pytest.raises(ZeroDivisionError):
        inner.read(1, 30)
    assert attempt.timeouts.get("read") == 0.001, "zero would mean not to wait at all"
    # Out of an attempt of ours, a connection is as it was.
    inner.read(1, 30)
    assert inner.waits[-1] == 30


# ---------------------------------------------------------------- a call


def test_the_bounds_are_on_by_default() -> None:
    defaults = {name: each.default for name, each in inspect.signature(OrdersClient).parameters.items()}
    assert (defaults["timeout"], defaults["deadline"]) == (30.0, 150.0)
    assert RetryPolicy().max_delay >= 60, "the wait that Webflow documents has to fit"


@pytest.mark.parametrize("outcome", [answer(503), answer(429, Retry_After="9"), httpx.ReadError("reset")])
@pytest.mark.parametrize("seconds", [0.1, 3.0, 7.0, 40.0])
@pytest.mark.parametrize("deadline", [1, 20, 100])
def test_no_call_outlasts_its_deadline(world: World, outcome: Any, seconds: float, deadline: int) -> None:
    script = Script(world.slow(seconds, outcome))
    client = world.client(script, deadline=deadline, retry=RetryPolicy(max_retries=50))
    with pytest.raises(errors.WebflowOrdersError):
        client.get("dfa-3f1")
    assert world() <= deadline + A_HAIR
    for request in script.requests:
        assert request.extensions["timeout"]["read"] <= min(30, deadline)


def test_the_last_attempt_has_what_is_left(world: World) -> None:
    script = Script(world.slow(6, answer(503)))
    with pytest.raises(errors.APITimeoutError):
        world.client(script, deadline=10).get("dfa-3f1")
    assert [request.extensions["timeout"]["read"] for request in script.requests] == [10, pytest.approx(3.5)]
    assert world() == pytest.approx(10)


@pytest.mark.parametrize("method", ["get", "refund"])
def test_a_wait_longer_than_what_is_left_raises_at_once_and_says_how_long(
    world: World, sleeps: list[float], method: str
) -> None:
    script = Script(world.slow(5, answer(429, Retry_After="6")), answer(200, ORDERS[method]))
    with pytest.raises(errors.RateLimitError) as caught:
        getattr(world.client(script, deadline=10), method)("dfa-3f1")
    assert (caught.value.retry_after, sleeps, world()) == (6.0, [], 5.0)
    patient = Script(world.slow(5, answer(429, Retry_After="6")), answer(200, ORDERS[method]))
    assert getattr(world.client(patient, deadline=12), method)("dfa-3f1").order_id == "dfa-3f1"


def test_the_documented_minute_fits_twice(world: World, sleeps: list[float]) -> None:
    limited = answer(429, Retry_After="60")
    assert world.client(Script(limited, limited, ORDER)).get("dfa-3f1").order_id == "dfa-3f1"
    assert sum(sleeps) == pytest.approx(120, abs=1)


def test_the_queue_is_part_of_the_deadline_unless_it_has_its_own_bound(
    world: World, sleeps: list[float]
) -> None:
    client = world.client(Script(ORDER), rate_limit=RateLimiter(1), deadline=5)
    client.get("dfa-3f1")
    apart = client.with_options(queue_timeout=61)
    for bounded in (client, client.with_options(queue_timeout=10), apart.with_options(queue_timeout=None)):
        with pytest.raises(errors.QueueTimeoutError) as caught:
            bounded.get("dfa-3f1")
        assert (caught.value.retry_after, sleeps) == (pytest.approx(60, abs=1), [])
    client.with_options(deadline=61).get("dfa-3f1")
    apart.with_options(timeout=30).get("dfa-3f1")
    assert sleeps == [pytest.approx(60, abs=1)] * 2


def test_all_the_turns_of_a_call_share_the_bound_of_the_queue(world: World, sleeps: list[float]) -> None:
    client = world.client(Script(ORDER, answer(503), ORDER), rate_limit=RateLimiter(1), deadline=5)
    client.get("dfa-3f1")
    with pytest.raises(errors.QueueTimeoutError):
        client.with_options(queue_timeout=100).get("dfa-3f1")
    assert sum(sleeps) <= 105
    assert sum(sleeps) == pytest.approx(60.9, abs=1)


def test_a_429_that_does_not_say_how_long_stops_everybody_for_a_minute(world: World) -> None:
    limiter = RateLimiter(60)
    with pytest.raises(errors.RateLimitError):
        world.client(Script(answer(429)), rate_limit=limiter, retry=NO_RETRY).get("dfa-3f1")
    assert limiter.acquire(Reservation(), world()) == 60


@pytest.mark.parametrize(("told", "waited"), [
    ("1", 1), ("0", 0), ("7", 7), (None, 60), ("1e300", 60), ("2.5", 60), ("soon", 60),
])  # fmt: skip
@pytest.mark.parametrize("limited", [True, False])
@pytest.mark.parametrize("method", ["get", "refund"])
def test_what_the_server_says_outweighs_what_is_inferred(
    world: World, sleeps: list[float], limited: bool, told: str | None, waited: float, method: str
) -> None:
    said = {"X_RateLimit_Limit": "60", "X_RateLimit_Remaining": "0"} | ({"Retry_After": told} if told else {})
    done = answer(200, ORDERS[method])
    client = world.client(
        Script(ORDER, answer(429, **said), done), rate_limit=RateLimiter(2) if limited else None
    )
    client.get("dfa-3f1")
    assert getattr(client, method)("dfa-3f1").order_id == "dfa-3f1"
    assert sum(sleeps) == pytest.approx(waited, abs=0.1)


def test_a_429_that_does_not_say_how_long_ends_a_call_that_has_no_minute(
    world: World, sleeps: list[float]
) -> None:
    with pytest.raises(errors.RateLimitError) as caught:
        world.client(Script(answer(429), ORDER), deadline=50).get("dfa-3f1")
    assert (caught.value.retry_after, sleeps) == (None, [])
    short = RetryPolicy(max_delay=5, draw=lambda: 1.0)
    world.client(Script(answer(429), ORDER), deadline=50, retry=short).get("dfa-3f1")
    assert sleeps == [pytest.approx(5.05)]


def test_a_wait_of_more_than_a_second_is_logged(
    world: World, caplog: pytest.LogCaptureFixture, sleeps: list[float]
) -> None:
    caplog.set_level("INFO", "webflow_orders")
    world.client(Script(answer(503), ORDER)).get("dfa-3f1")
    assert [record for record in caplog.messages if "waits" in record] == []
    client = world.client(Script(ORDER, answer(502), NOT_REFUNDED), rate_limit=RateLimiter(2))
    client.get("dfa-3f1")
    with pytest.raises(errors.OutcomeUnknownError):
        client.refund("dfa-3f1")
    path = f"/v2/sites/{SITE}/orders/dfa-3f1"
    said = [record for record in caplog.messages if "waits" in record]
    assert said[0] == f"GET {path} waits {sleeps[1]:.1f} s until its turn at the rate limiter"
    assert f"POST {path}/refund waits 2.0 s before the next look" in said
    assert TOKEN not in caplog.text


# ---------------------------------------------------------------- Retry-After


NOW = 1_700_000_000


def date(seconds: float) -> str:
    return email.utils.formatdate(NOW + seconds, usegmt=True)


@pytest.mark.parametrize(("told", "asked"), [
    ("7", 7), ("0", 0), (date(9), 9), (date(-9), 0),
], ids=["seconds", "zero", "date", "date that has passed"])  # fmt: skip
@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_is_what_the_server_asks_and_a_little_more(
    connect: Callable[..., Any], sleeps: list[float], status: int, told: str, asked: float
) -> None:
    # The date is held against the server's own clock, which says that it is long ago.
    script = Script(answer(status, Date=date(0), Retry_After=told), ORDER)
    connect(script).get("dfa-3f1")
    assert sleeps == [pytest.approx(asked + 0.05)]


def test_a_date_from_a_server_without_a_clock_is_held_against_ours(
    connect: Callable[..., Any], sleeps: list[float]
) -> None:
    told = email.utils.formatdate(time.time() + 3000, usegmt=True)
    connect(Script(answer(429, Retry_After=told), ORDER), deadline=6000).get("dfa-3f1")
    assert sleeps == [pytest.approx(2800, abs=201)]


def test_jitter_is_drawn_within_its_bounds(connect: Callable[..., Any], sleeps: list[float]) -> None:
    for _ in range(50):
        limited = answer(429, Retry_After="1")
        connect(Script(answer(503), limited, ORDER), retry=RetryPolicy()).get("dfa-3f1")
    backoffs, asked = sleeps[::2], sleeps[1::2]
    assert all(0.25 <= wait <= 0.5 for wait in backoffs)
    assert all(1.0 < wait <= 1.1 for wait in asked)
    assert len(set(backoffs)) > 40
    assert len(set(asked)) > 40


# ---------------------------------------------------------------- per client and per call


def test_bounds_are_set_for_a_client_and_for_a_call(world: World) -> None:
    script = Script(world.slow(1, ORDER))
    client = world.client(script, timeout=20, deadline=40)
    for each, bound in ((client, 20), (client.with_options(timeout=5), 5), (client.with_options(deadline=4), 4),
                        (client, 20)):  # fmt: skip
        script.requests.clear()
        each.get("dfa-3f1")
        assert script.requests[0].extensions["timeout"] == dict.fromkeys(
            ["connect", "read", "write", "pool"], bound
        )
    short = client.with_options(deadline=2.5)
    script.answers = [world.slow(1, answer(503))]
    began = world()
    with pytest.raises(errors.WebflowOrdersError):
        short.get("dfa-3f1")
    assert world() - began <= 2.5 + A_HAIR
    for name in ("timeout", "deadline"):
        for bad in (0, -1, float("inf"), float("nan")):
            with pytest.raises(ValueError, match=name):
                client.with_options(**{name: bad})


# ---------------------------------------------------------------- a look


@pytest.mark.parametrize("seconds", [0.5, 3.0, 8.0, 40.0])
@pytest.mark.parametrize(
    "look", [NOT_REFUNDED, answer(503), answer(429, Retry_After="5"), httpx.ReadError("x")]
)
def test_looking_stays_within_the_deadline_of_the_write(world: World, look: Any, seconds: float) -> None:
    script = Script(world.slow(2, answer(502)), world.slow(seconds, look))
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        world.client(script, deadline=10).refund("dfa-3f1")
    assert world() <= 10 + A_HAIR
    assert len(script.requests) > 1
    assert [request.method for request in script.requests].count("POST") == 1
    assert caught.value.cause.status_code == 502


def test_a_write_that_used_up_the_deadline_is_not_looked_for(world: World) -> None:
    script = Script(world.slow(60, REFUNDED))
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        world.client(script, deadline=10).refund("dfa-3f1")
    assert isinstance(caught.value.cause, errors.APITimeoutError)
    assert (len(script.requests), caught.value.last_seen, world()) == (1, None, pytest.approx(10))


def test_a_look_that_finds_no_place_in_the_queue_in_time_leaves_the_outcome_unknown(
    world: World, sleeps: list[float]
) -> None:
    for own_bound in (None, 600):
        script, began = Script(world.slow(1, answer(502)), REFUNDED), world()
        client = world.client(script, rate_limit=RateLimiter(1), deadline=10, queue_timeout=own_bound)
        with pytest.raises(errors.OutcomeUnknownError):
            client.refund("dfa-3f1")
        assert world() - began <= 10 + A_HAIR
        assert len(script.requests) == 1
