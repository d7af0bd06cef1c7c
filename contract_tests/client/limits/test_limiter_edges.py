"""Does the limiter alone, without a client, keep to what it says at the edges: pauses, turns, places given back?"""

from __future__ import annotations

import heapq
import itertools
import os
import threading
from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st
from webflow_orders.limits import PERIOD, RateLimiter, Reservation

from contract_tests.client.interrupting import at_line


def test_a_pause_holds_for_who_asks_after_it_and_a_shorter_one_does_not_end_it() -> None:
    limiter = RateLimiter(60)
    limiter.backoff(30, 100.0)
    limiter.backoff(5, 101.0)
    assert [limiter.acquire(Reservation(), now) for now in (110.0, 129.0, 131.0)] == [20, 1, 0]


def test_nobody_overtakes_when_the_limit_is_raised() -> None:
    limiter = RateLimiter()
    limiter.update({"x-ratelimit-limit": "1"}, 0.0)
    assert [limiter.acquire(Reservation(), 0.0) for _ in range(2)] == [0, PERIOD]
    limiter.update({"x-ratelimit-limit": "9"}, 0.0)
    assert limiter.acquire(Reservation(), 1.0) == PERIOD - 1


def test_one_request_of_somebody_else_is_counted_too() -> None:
    limiter = RateLimiter(60)
    assert limiter.acquire(Reservation(), 0.0) == 0
    limiter.update({"x-ratelimit-remaining": "58"}, 0.0)
    waits = [limiter.acquire(Reservation(), 1.0) for _ in range(59)]
    assert waits == [0] * 58 + [pytest.approx(PERIOD - 1)]


def test_a_place_is_given_back_once_and_one_that_is_over_not_at_all() -> None:
    limiter, reservation = RateLimiter(1), Reservation()
    limiter.cancel(reservation)
    assert limiter.acquire(reservation, 0.0) == 0
    limiter.cancel(reservation)
    limiter.cancel(reservation)
    assert limiter.acquire(Reservation(), 0.0) == 0


@pytest.mark.parametrize(
    ("told", "known"), [("10000", 10_000), ("10001", 10_000), ("9" * 9, 10_000), ("9" * 10, 60)]
)
def test_a_limit_that_no_server_could_mean_is_not_believed(told: str, known: int) -> None:
    limiter = RateLimiter()
    limiter.update({"x-ratelimit-limit": told}, 0.0)
    assert limiter.limit == known


@pytest.mark.parametrize("told", ["10000", "100000000", "900000000"])
def test_what_a_header_says_is_counted_not_listed(told: str) -> None:
    limiter = RateLimiter()
    for remaining in ("9000", "1", "0", "5000", "0", told):
        limiter.update({"x-ratelimit-limit": told, "x-ratelimit-remaining": remaining}, 0.0)
    assert sum(each.count for each in limiter._gone) == limiter._used == limiter.limit
    assert len(limiter._gone) <= 3
    assert limiter.acquire(Reservation(), 1.0) == pytest.approx(PERIOD - 1)
    limiter.update({"x-ratelimit-limit": "60", "x-ratelimit-remaining": "59"}, 2.0)
    assert limiter.acquire(Reservation(), 70.0) == 0


@pytest.mark.parametrize("seconds", [1e300, float("inf"), 2.0**31, 3601.0])
def test_no_answer_stops_a_token_for_longer_than_an_hour(seconds: float) -> None:
    limiter = RateLimiter()
    limiter.backoff(seconds, 100.0)
    assert limiter.acquire(Reservation(), 100.0) == 3600.0
    assert limiter.acquire(Reservation(), 3700.0) == 0


def test_a_backoff_of_nonsense_stops_nobody() -> None:
    limiter = RateLimiter()
    for seconds in (float("nan"), -5.0, float("-inf")):
        limiter.backoff(seconds, 100.0)
        assert limiter.acquire(Reservation(), 100.0) == 0


def test_a_pause_moves_those_who_queue_in_their_order() -> None:
    limiter = RateLimiter(2)
    queue = [Reservation() for _ in range(7)]
    assert [limiter.acquire(each, 0.0) for each in queue] == [
        0, 0, *[pytest.approx(n * PERIOD) for n in (1, 1, 2, 2, 3)],
    ]  # fmt: skip
    limiter.backoff(100.0, 1.0)
    # The second pair has waited its time, and waits on; the third comes after the pause, but is behind them.
    assert [limiter.acquire(each, PERIOD) for each in queue[2:4]] == [pytest.approx(101 - PERIOD)] * 2
    assert [limiter.acquire(each, 101.0) for each in queue[2:4]] == [0, 0]
    assert [limiter.acquire(each, 2 * PERIOD) for each in queue[4:6]] == [pytest.approx(101 - PERIOD)] * 2
    assert limiter.acquire(queue[6], 3 * PERIOD) == pytest.approx(101 - PERIOD)


@given(
    limit=st.integers(1, 4),
    steps=st.lists(
        st.tuples(
            st.floats(0, 50),
            st.sampled_from(["come", "come", "come", "come", "pause", "others", "leave", "oversleep"]),
            st.integers(0, 200),
        ),
        max_size=60,
    ),
)
def test_whatever_happens_to_a_queue_it_keeps_its_order_its_pauses_and_the_limit(
    limit: int, steps: list[tuple[float, str, int]]
) -> None:
    limiter, now, paused = RateLimiter(limit), 0.0, -1.0
    sleeping: list[tuple[float, int, Reservation]] = []
    # Who went, and after how many the server counted from nought.
    went: list[tuple[float, int]] = []
    anew = [0]
    count, late = itertools.count(), set()

    def ask(number: int, reservation: Reservation) -> None:
        wait = limiter.acquire(reservation, now)
        if wait:
            heapq.heappush(sleeping, (now + wait, number, reservation))
        else:
            assert now >= paused - 0.001
            went.append((now, number))

    def until(end: float) -> None:
        nonlocal now
        while sleeping and sleeping[0][0] <= end:
            due, number, reservation = heapq.heappop(sleeping)
            now = max(now, due)
            ask(number, reservation)
        now = max(now, end)

    for gap, step, size in steps:
        until(now + gap)
        if step == "come":
            ask(next(count), Reservation())
        elif step == "pause":
            limiter.backoff(size, now)
            paused = max(paused, now + size)
            anew.append(len(went))
        elif step == "others":
            limiter.update({"x-ratelimit-remaining": str(size % (limit + 1))}, now)
        elif sleeping and step == "leave":
            limiter.cancel(sleeping[0][2])
            heapq.heappop(sleeping)
        elif sleeping:
            due, number, reservation = heapq.heappop(sleeping)
            late.add(number)
            heapq.heappush(sleeping, (due + size / 4, number, reservation))
    until(now + 100_000)
    assert not sleeping
    if not late:
        # Those of the same instant are told apart by no clock.
        for (first, number), (last, other) in itertools.combinations(went, 2):
            assert number < other or last - first < 0.001
    for since, end in itertools.pairwise([*anew, len(went)]):
        times = [at for at, _ in went[since:end]]
        for first, last in zip(times, times[limit:], strict=False):
            assert last - first >= 60


def test_a_pause_starts_the_count_anew() -> None:
    limiter = RateLimiter(2)
    assert [limiter.acquire(Reservation(), 0.0) for _ in range(2)] == [0, 0]
    limiter.backoff(1.0, 5.0)
    limiter.update({"x-ratelimit-limit": "2", "x-ratelimit-remaining": "0"}, 5.0)
    assert [limiter.acquire(Reservation(), 5.5) for _ in range(3)] == pytest.approx([0.5, 0.5, 0.5 + PERIOD])


def test_others_who_use_the_token_move_those_who_queue() -> None:
    limiter, waiting = RateLimiter(2), Reservation()
    assert [limiter.acquire(each, 0.0) for each in (Reservation(), Reservation(), waiting)] == [0, 0, PERIOD]
    limiter.update({"x-ratelimit-remaining": "0"}, 30.0)
    assert limiter.acquire(waiting, PERIOD) == 0
    limiter.update({"x-ratelimit-remaining": "0"}, PERIOD)
    assert limiter.acquire(Reservation(), PERIOD + 1) == pytest.approx(PERIOD - 1)


def test_who_wakes_late_is_counted_when_it_goes() -> None:
    limiter, second, third = RateLimiter(1), Reservation(), Reservation()
    assert limiter.acquire(Reservation(), 0.0) == 0
    assert [limiter.acquire(each, 0.0) for each in (second, third)] == [PERIOD, 2 * PERIOD]
    assert limiter.acquire(second, 100.0) == 0
    assert limiter.acquire(third, 2 * PERIOD) == pytest.approx(100 - PERIOD)


def test_who_never_comes_back_keeps_its_place_for_a_minute_only() -> None:
    limiter, lost = RateLimiter(2), Reservation()
    assert [limiter.acquire(each, 0.0) for each in (Reservation(), Reservation(), lost)] == [0, 0, PERIOD]
    assert [limiter.acquire(Reservation(), 3 * PERIOD) for _ in range(2)] == [0, 0]
    # Should it come all the same, it queues anew.
    assert limiter.acquire(lost, 3 * PERIOD + 1) == pytest.approx(PERIOD - 1)


def test_a_sleep_that_ended_a_hair_early_is_long_enough() -> None:
    limiter, waiting = RateLimiter(1), Reservation()
    assert limiter.acquire(Reservation(), 0.0) == 0
    assert limiter.acquire(waiting, 0.0) == PERIOD
    assert limiter.acquire(waiting, PERIOD - 0.0009) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_those_who_queue_in_a_parent_do_not_queue_in_its_child() -> None:
    limiter = RateLimiter(2)
    assert limiter.acquire(Reservation(), 0.0) == 0
    assert limiter.acquire(Reservation(), 0.0) == 0
    for _ in range(5):
        limiter.acquire(Reservation(), 0.0)
    child = os.fork()
    if not child:
        waits = [limiter.acquire(Reservation(), 1.0) for _ in range(2)]
        os._exit(0 if waits == pytest.approx([PERIOD - 1] * 2) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_what_can_be_no_limit_is_refused_in_plain_words() -> None:
    with pytest.raises(ValueError, match=r"^limit must be a positive number of requests a minute$"):
        RateLimiter(0)


def test_a_handler_of_signals_may_ask_at_any_line_of_the_limiter() -> None:
    for line in itertools.count(1):
        limiter = RateLimiter(2)
        waits: list[float] = []
        handled: list[float] = []

        def handler(limiter: RateLimiter = limiter, handled: list[float] = handled) -> None:
            handled.append(limiter.acquire(Reservation(), 0.0))

        def course(
            limiter: RateLimiter = limiter,
            waits: list[float] = waits,
            line: int = line,
            handler: Callable[[], None] = handler,
        ) -> None:
            with at_line(line, handler):
                waits.append(limiter.acquire(Reservation(), 0.0))

        thread = threading.Thread(target=course, daemon=True)
        thread.start()
        thread.join(60)
        assert not thread.is_alive(), "it waits for itself"
        if not handled:
            break
        assert (waits, handled) == ([0.0], [0.0])
        assert limiter.acquire(Reservation(), 0.0) > 0
    assert line > 10
