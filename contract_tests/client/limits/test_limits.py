"""Does the limiter keep every caller of a token within what the server allows, at the full rate, and fairly?"""

from __future__ import annotations

import asyncio
import gc
import heapq
import itertools
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st
from webflow_orders import AsyncOrdersClient, OrdersClient, errors, limits
from webflow_orders.limits import PERIOD, RateLimiter, Reservation
from webflow_orders_mock import MockWebflow

from contract_tests.client.conftest import ORDERS, SITE, TOKEN, Script, answer


class Time:
    """A clock that goes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Loop:
    """Virtual time for tasks: who sleeps wakes in order, and time jumps to the next who does."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = itertools.count()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._count), wake))
        await wake

    async def run(self, *work: Any) -> None:
        tasks = [asyncio.ensure_future(each) for each in work]
        while not all(task.done() for task in tasks):
            for _ in range(50):  # Let everybody go on who can.
                await asyncio.sleep(0)
            if self._sleepers:
                self.now = self._sleepers[0][0]
            while self._sleepers and self._sleepers[0][0] <= self.now:
                heapq.heappop(self._sleepers)[2].set_result(None)
        for task in tasks:
            task.result()


def statuses(mock: MockWebflow) -> list[int]:
    return [entry.status for entry in mock.ledger]


def test_ten_thousand_calls_go_at_the_full_rate_and_meet_no_429() -> None:
    time = Time()
    mock = MockWebflow(plan="cms", clock=time)
    with OrdersClient(
        token=mock.token, site_id=mock.site_id, transport=mock.transport(), clock=time, sleep=time.sleep
    ) as orders:
        began = time.now
        for _ in range(10_000):
            orders.get("dfa-3f1")
    answered = statuses(mock)
    assert answered.count(200) == 10_000 == len(answered)
    # The first 120 go at once, so the others make up the rate.
    assert pytest.approx(time.now - began, rel=0.02) == (10_000 - 120) / 120 * 60


def test_tasks_of_several_clients_share_one_token_fairly() -> None:
    loop = Loop()
    mock = MockWebflow(plan="starter", clock=loop)
    done: list[tuple[str, int]] = []

    async def caller(client: AsyncOrdersClient, name: str, calls: int) -> None:
        for index in range(calls):
            if name == "writer":
                await client.update("dfa-3f1", comment=str(index))
            else:
                await client.get("dfa-3f1")
            done.append((name, index))
            await asyncio.sleep(0)  # As a network would: a mock in this process answers without a pause.

    async def everybody() -> None:
        common: dict[str, Any] = {
            "token": mock.token,
            "site_id": mock.site_id,
            "clock": loop,
            "sleep": loop.sleep,
        }
        async with (
            AsyncOrdersClient(transport=mock.transport(), **common) as one,
            AsyncOrdersClient(transport=mock.transport(), **common) as other,
        ):
            readers = [caller(one if n % 2 else other, f"reader {n}", 30) for n in range(9)]
            await loop.run(*readers, caller(other, "writer", 30))

    asyncio.run(everybody())
    assert set(statuses(mock)) == {200}
    # The first minute's worth goes as it comes; then ten callers who queue are served by turns, the writer too.
    served = [name for name, _ in done[60:]]
    for start in range(len(served) - 60):
        assert max(served[start : start + 10].count(name) for name in served) <= 2
    assert served.index("writer") < 10


def test_the_limit_is_learned_from_the_server() -> None:
    time = Time()
    script = Script(answer(200, ORDERS["get"], X_RateLimit_Limit="120", X_RateLimit_Remaining="119"))
    limiter = RateLimiter()
    assert limiter.limit == 60
    with OrdersClient(
        token=TOKEN,
        site_id=SITE,
        transport=httpx.MockTransport(script),
        rate_limit=limiter,
        clock=time,
        sleep=time.sleep,
    ) as orders:
        for _ in range(120):
            orders.get("dfa-3f1")
        assert (limiter.limit, time.now) == (120, 1_000_000.0)
        orders.get("dfa-3f1")
        assert time.now == pytest.approx(1_000_000.0 + PERIOD)


def test_what_others_use_of_the_token_is_counted() -> None:
    limiter = RateLimiter(60)
    assert limiter.acquire(Reservation(), 0.0) == 0
    limiter.update({"x-ratelimit-limit": "60", "x-ratelimit-remaining": "2"}, 0.0)
    assert [limiter.acquire(Reservation(), 1.0) for _ in range(3)] == [0, 0, pytest.approx(PERIOD - 1)]


@pytest.mark.parametrize("headers", [
    {}, {"x-ratelimit-limit": "many"}, {"x-ratelimit-limit": "-5"}, {"x-ratelimit-limit": "0"},
    {"x-ratelimit-remaining": ""}, {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "600"},
    {"x-ratelimit-limit": "9" * 40},
])  # fmt: skip
def test_nonsense_about_limits_is_not_believed(headers: dict[str, str]) -> None:
    limiter = RateLimiter()
    limiter.update(headers, 0.0)
    assert limiter.limit == 60
    assert limiter.acquire(Reservation(), 0.0) == 0


def test_a_limit_that_was_given_is_kept() -> None:
    limiter = RateLimiter(10)
    limiter.update({"x-ratelimit-limit": "120"}, 0.0)
    assert limiter.limit == 10
    for bad in (0, -1, True, 1.5):
        with pytest.raises(ValueError, match="positive"):
            RateLimiter(bad)  # type: ignore[arg-type]


def test_a_429_stops_everybody_for_as_long_as_the_server_asks() -> None:
    time = Time()
    script = Script(answer(429, Retry_After="30"), answer(200, ORDERS["get"]))
    limiter = RateLimiter(60)
    with OrdersClient(
        token=TOKEN,
        site_id=SITE,
        transport=httpx.MockTransport(script),
        rate_limit=limiter,
        clock=time,
        sleep=time.sleep,
    ) as orders:
        orders.get("dfa-3f1")
    assert time.now >= 1_000_030.0
    assert limiter.acquire(Reservation(), 1_000_000.0) >= 30


def test_a_queue_that_is_too_long_is_said_before_anything_is_sent(connect: Callable[..., Any]) -> None:
    script = Script(answer(200, ORDERS["get"]))
    limiter = RateLimiter(1)
    client = connect(script, rate_limit=limiter, queue_timeout=30, clock=lambda: 100.0)
    client.get("dfa-3f1")
    for method in ("get", "refund"):
        with pytest.raises(errors.QueueTimeoutError, match="no place in the queue within 30 s") as caught:
            getattr(client, method)("dfa-3f1")
        assert caught.value.retry_after == pytest.approx(PERIOD)
    assert len(script.requests) == 1
    # A place that was not taken is given back: the next one waits no longer for it.
    assert limiter.acquire(Reservation(), 101.0) == pytest.approx(PERIOD - 1)


@pytest.mark.parametrize("method", ["get", "refund", "list"])
def test_a_hurried_call_does_not_wait_for_the_next_minute(method: str) -> None:
    time = Time()
    mock = MockWebflow(plan="starter", clock=time)
    with OrdersClient(
        token=mock.token, site_id=mock.site_id, transport=mock.transport(), clock=time, sleep=time.sleep
    ) as orders:
        for _ in range(60):
            orders.get("dfa-3f1")
        with pytest.raises(errors.QueueTimeoutError) as caught:
            getattr(orders.with_options(deadline=5), method)(*[] if method == "list" else ["dfa-3f1"])
        assert time.now <= 1_000_005.0
        assert caught.value.retry_after == pytest.approx(PERIOD)
        assert len(mock.ledger) == 60
        # One that is not hurried waits, and so does one that says how long it will queue.
        orders.get("dfa-3f1")
        assert time.now == pytest.approx(1_000_000.0 + PERIOD)
        for _ in range(59):
            orders.get("dfa-3f1")
        orders.with_options(deadline=5, queue_timeout=600).get("dfa-3f1")
        assert time.now == pytest.approx(1_000_000.0 + 2 * PERIOD)


def test_those_who_queue_wait_a_429_out_and_keep_their_order() -> None:
    loop, sent, refused = Loop(), [], []

    def server(request: httpx.Request) -> httpx.Response:
        sent.append((loop.now, int(request.url.path.rpartition("-")[2])))
        if len(sent) == 60:
            refused.append(loop.now)
            return answer(429, Retry_After="300")
        return answer(200, ORDERS["get"] | {"orderId": request.url.path.rpartition("/")[2]})

    async def everybody() -> None:
        async with AsyncOrdersClient(
            token=TOKEN, site_id=SITE, transport=httpx.MockTransport(server), rate_limit=RateLimiter(60), clock=loop,
            sleep=loop.sleep, deadline=3600,
        ) as orders:  # fmt: skip
            await loop.run(*(orders.get(f"order-{n}") for n in range(261)))

    asyncio.run(everybody())
    later = sent[60:]
    assert len(later) == 202
    assert all(at >= refused[0] + 300 for at, _ in later)
    assert [number for _, number in later if number != 59] == list(range(60, 261))
    for (first, _), (last, _) in zip(later, later[60:], strict=False):
        assert last - first >= 60


def test_what_is_no_limiter_is_refused_with_what_may_stand_there() -> None:
    for wrong in (object(), "fast", 1.5):
        with pytest.raises(TypeError, match=r"a limiter as `limits\.Limiter` describes it"):
            OrdersClient(token=TOKEN, rate_limit=wrong)  # type: ignore[arg-type]  # It is wrong on purpose.


def test_clients_of_one_token_share_and_others_do_not() -> None:
    def limiter(**arguments: Any) -> Any:
        given = {
            "token": "sekret-1",
            "base_url": "https://a.example.com",
            "transport": httpx.MockTransport(Script(answer())),
        }
        client = OrdersClient(**given | arguments)
        opened.append(client)
        return client._engine.limiter

    opened: list[OrdersClient] = []
    try:
        first = limiter()
        assert limiter() is first
        assert limiter(token="sekret-2") is not first
        assert limiter(base_url="https://b.example.com") is not first
        assert limiter(rate_limit=60) is limiter(rate_limit=60)
        assert limiter(rate_limit=60) is not first
        assert limiter(rate_limit=None) is None
        own = RateLimiter(5)
        assert limiter(rate_limit=own) is own
        assert "sekret" not in repr(dict(limits._shared))
    finally:
        for client in opened:
            client.close()
    del first, own
    opened.clear()
    gc.collect()
    assert not [key for key in limits._shared if key.origin == "https://a.example.com"]


@given(
    limit=st.integers(1, 7),
    gaps=st.lists(st.floats(0, 40), min_size=1, max_size=60),
)
def test_no_minute_ever_holds_more_than_the_limit(limit: int, gaps: list[float]) -> None:
    limiter, now, times = RateLimiter(limit), 0.0, []
    for gap in gaps:
        now += gap
        times.append(
            round(now + limiter.acquire(Reservation(), now), 6)
        )  # Adding what was subtracted can be off by a bit.
    assert times == sorted(times), "first come, first served"
    for first, later in zip(times, times[limit:], strict=False):
        assert later - first >= 60
