"""Is it noticed that what remains of a minute does not become less, and is every right way of counting left alone?"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from webflow_orders_contract.description import read
from webflow_orders_contract.gateway.budget import FALLS, BudgetMemory
from webflow_orders_contract.gateway.exchange import Answer, Request, Server
from webflow_orders_contract.gateway.proxy import Gateway
from webflow_orders_contract.gateway.validator import Validator

SITE = "580e63e98c9a982ac9b8b741"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def _told(
    remaining: Sequence[object], *, seconds: float = 1.0, crowded: bool = False, tokens: int = 1
) -> list[str]:
    clock, validator = Clock(), Validator(read())
    memory = BudgetMemory(read(), validator, clock)
    with Gateway(Server(base_url="http://127.0.0.1:1", site=SITE, token="t")) as gateway:
        for number, each in enumerate(remaining):
            if each == "reset":
                memory.began()
                continue
            limit, left = each if isinstance(each, tuple) else (60, each)
            headers = [("Authorization", f"Bearer t{number % tokens}")]
            request = Request("GET", f"http://127.0.0.1:1/v2/sites/{SITE}/orders/a-b", headers)
            told = [("X-RateLimit-Limit", str(limit)), ("X-RateLimit-Remaining", str(left))]
            answer = Answer(200, "OK", told, b"{}")
            gateway.crowded = crowded
            memory.saw(gateway, request, answer, answer)
            clock.now += seconds
    assert all(each.what == FALLS for each in validator.failures)
    return [each.message for each in validator.failures]


@pytest.mark.parametrize(
    "remaining",
    [[59, 59, 59, 59], [59, 58, 59, 58, 59], [10, 9, 30, 29, 40], [(60, 59), (61, 58)], [59, 58, 58, 57, 57]],
)
def test_what_does_not_fall_is_named(remaining):
    assert _told(remaining)


@pytest.mark.parametrize(
    "remaining",
    [
        [59, 58, 57, 40, 39],  # others ask as well
        [3, 2, 1, 0, 0, 0],  # none is left, and none comes back
        [2, 1, 59, 58, 57],  # a new minute
        [59, 59, 58],  # a new one that began with this very request
        [59, "reset", 59, "reset", 59, 58],
    ],
)
def test_a_minute_that_falls_and_a_new_one_are_right(remaining):
    assert _told(remaining) == []


def test_a_new_minute_may_begin_each_minute_and_a_window_that_slides_gives_back_after_the_first():
    assert _told([59, 58, 59, 58, 59, 58], seconds=31.0) == []
    assert _told([*range(60, 0, -1), *[30, 30, 31, 30, 31, 31]]) == []


def test_what_is_asked_at_the_same_time_and_with_other_tokens_may_come_in_any_order():
    assert _told([59, 59, 59, 59], crowded=True) == []
    assert _told([59, 59, 58, 58, 57, 57], tokens=2) == []
