"""What a call does with a limiter that fails, says nonsense or blocks for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import pytest
from webflow_orders import AsyncOrdersClient, errors, limits
from webflow_orders.limits import Reservation

from contract_tests.client.conftest import ORDERS, SITE, TOKEN, Script, answer
from contract_tests.client.faulty import patiently

BROKEN = [RuntimeError("boom"), ConnectionError("gone"), MemoryError(), KeyError("x")]


class BrokenLimiter:
    """Fails as it is told to; a place is always free."""

    blocking = False

    def __init__(self, failure: Exception, *, working: int = 0, only: str = "") -> None:
        self._failure, self._working, self._only = failure, working, only

    def _step(self, name: str) -> None:
        if self._only in ("", name):
            self._working -= 1
            if self._working < 0:
                raise self._failure

    def acquire(self, reservation: Reservation, now: float) -> float:
        self._step("acquire")
        return 0.0

    def update(self, headers: Any, now: float) -> None:
        self._step("update")

    def backoff(self, seconds: float, now: float) -> None:
        self._step("backoff")

    def cancel(self, reservation: Reservation) -> None:
        self._step("cancel")


@pytest.mark.parametrize("failure", BROKEN, ids=repr)
@pytest.mark.parametrize("blocking", [True, False])
@pytest.mark.parametrize("method", ["get", "refund"])
def test_a_limiter_that_fails_before_anything_is_sent_is_an_error_of_ours(
    connect: Callable[..., Any], method: str, blocking: bool, failure: Exception
) -> None:
    limiter, script = BrokenLimiter(failure), Script(answer(200, ORDERS[method]))
    limiter.blocking = blocking
    assert isinstance(limiter, limits.Limiter)
    with pytest.raises(errors.LimiterUnavailableError) as caught:
        getattr(connect(script, rate_limit=limiter), method)("dfa-3f1")
    assert caught.value.__cause__ is failure
    assert "boom" not in str(caught.value)
    assert script.requests == []


@pytest.mark.parametrize(
    "wait", [float("nan"), -0.5, float("-inf"), None, "soon", 10**400], ids=lambda wait: repr(wait)[:9]
)
def test_a_wait_that_is_none_is_an_error_of_ours_and_not_waited(
    connect: Callable[..., Any], wait: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    limiter, script = BrokenLimiter(RuntimeError()), Script(answer(200, ORDERS["refund"]))
    monkeypatch.setattr(limiter, "acquire", lambda reservation, now: wait)
    with pytest.raises(errors.LimiterUnavailableError):
        connect(script, rate_limit=limiter).refund("dfa-3f1")
    assert script.requests == []


@pytest.mark.parametrize("failure", BROKEN, ids=repr)
def test_a_limiter_that_fails_before_the_look_leaves_the_outcome_unknown(
    connect: Callable[..., Any], failure: Exception
) -> None:
    limiter = BrokenLimiter(failure, working=1, only="acquire")
    script = Script(answer(502), answer(200, ORDERS["refund"]))
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        connect(script, rate_limit=limiter).refund("dfa-3f1")
    assert caught.value.cause.status_code == 502
    assert len(script.requests) == 1


@pytest.mark.parametrize("told", ["update", "backoff", "cancel"])
def test_a_limiter_that_fails_after_an_answer_decides_nothing(
    connect: Callable[..., Any], caplog: pytest.LogCaptureFixture, told: str
) -> None:
    limiter = BrokenLimiter(RuntimeError("boom"), only=told)
    script = Script(answer(429, Retry_After="0"), answer(200, ORDERS["refund"]))
    assert connect(script, rate_limit=limiter).refund("dfa-3f1").status == "refunded"
    assert ("rate limiter failed" in caplog.text) == (told != "cancel")


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_limiter_that_blocks_for_ever_is_left_behind_when_the_caller_has_waited(backend: str) -> None:
    script = Script(answer(200, ORDERS["refund"]))

    class Stuck(BrokenLimiter):
        blocking = True

        def __init__(self) -> None:
            super().__init__(RuntimeError())
            self.asked, self.released = threading.Event(), threading.Event()

        def acquire(self, reservation: Reservation, now: float) -> float:
            self.asked.set()
            self.released.wait()
            return 0.0

    async def main(deadline: float) -> None:
        stuck = Stuck()
        async with AsyncOrdersClient(
            token=TOKEN,
            site_id=SITE,
            transport=httpx.MockTransport(script),
            rate_limit=stuck,
            deadline=deadline,
        ) as orders:
            try:
                with pytest.raises(errors.LimiterUnavailableError):
                    await orders.refund("dfa-3f1")
            finally:
                stuck.released.set()
        assert stuck.asked.is_set()

    patiently(lambda deadline: anyio.run(main, deadline, backend=backend))
    assert script.requests == []
