"""Does the limiter alone, without a client, keep to what it says at the edges: pauses, turns, places given back?"""

from __future__ import annotations

import pytest
from webflow_orders.limits import PERIOD, RateLimiter, Ticket


def test_a_pause_holds_for_who_asks_after_it_and_a_shorter_one_does_not_end_it() -> None:
    limiter = RateLimiter(60)
    limiter.pause(30, 100.0)
    limiter.pause(5, 101.0)
    assert [limiter.ask(Ticket(), now) for now in (110.0, 129.0, 131.0)] == [20, 1, 0]


def test_nobody_overtakes_when_the_limit_is_raised() -> None:
    limiter = RateLimiter()
    limiter.learn({"x-ratelimit-limit": "1"}, 0.0)
    assert [limiter.ask(Ticket(), 0.0) for _ in range(2)] == [0, PERIOD]
    limiter.learn({"x-ratelimit-limit": "9"}, 0.0)
    assert limiter.ask(Ticket(), 1.0) == PERIOD - 1


def test_one_request_of_somebody_else_is_counted_too() -> None:
    limiter = RateLimiter(60)
    assert limiter.ask(Ticket(), 0.0) == 0
    limiter.learn({"x-ratelimit-remaining": "58"}, 0.0)
    waits = [limiter.ask(Ticket(), 1.0) for _ in range(59)]
    assert waits == [0] * 58 + [pytest.approx(PERIOD - 1)]


def test_a_place_is_given_back_once_and_one_that_is_over_not_at_all() -> None:
    limiter, ticket = RateLimiter(1), Ticket()
    limiter.leave(ticket)
    assert limiter.ask(ticket, 0.0) == 0
    limiter.leave(ticket)
    limiter.leave(ticket)
    assert limiter.ask(Ticket(), 0.0) == 0


@pytest.mark.parametrize(("told", "known"), [("9" * 9, 999_999_999), ("9" * 10, 60)])
def test_a_limit_that_no_server_could_mean_is_not_believed(told: str, known: int) -> None:
    limiter = RateLimiter()
    limiter.learn({"x-ratelimit-limit": told}, 0.0)
    assert limiter.limit == known


def test_what_can_be_no_limit_is_refused_in_plain_words() -> None:
    with pytest.raises(ValueError, match=r"^limit must be a positive number of requests a minute$"):
        RateLimiter(0)
