"""A shop that lives, at random from a seed."""

from __future__ import annotations

import threading

import pytest
from webflow_orders_mock import LivingShop, MockWebflow
from webflow_orders_mock.orders.elsewhere import ACTIONS
from webflow_orders_mock.orders.lifecycle import STATUSES

from ..conftest import NOON, Clock
from .inbox import SECRET, Inbox


def _lived(seed: int, steps: int = 200) -> tuple[list[tuple[str, str]], list[bytes], MockWebflow]:
    mock, inbox = MockWebflow(clock=Clock()), Inbox()
    mock.webhooks.deliver_to(inbox, secret=SECRET)
    shop = LivingShop(mock, seed=seed)
    return [shop.step() for _ in range(steps)], [letter.body for letter in inbox.letters], mock


def test_everything_happens_and_is_told() -> None:
    happened, told, mock = _lived(seed=1)
    assert {action for action, _ in happened} == {"place", *ACTIONS}
    assert len(told) == len(happened)
    found = [mock.orders[mock.site_id, order_id] for action, order_id in happened if action == "place"]
    assert {str(order.status.value) for order in found} == set(STATUSES)
    assert all(order.accepted_on is not None for order in found)
    assert [delivery.order_id for delivery in mock.deliveries] == [order_id for _, order_id in happened]


def test_the_same_seed_is_the_same_shop() -> None:
    assert _lived(seed=7, steps=60)[:2] == _lived(seed=7, steps=60)[:2]
    assert _lived(seed=7, steps=60)[:2] != _lived(seed=8, steps=60)[:2]


def test_the_orders_that_it_found_stay_as_they_are() -> None:
    *_, lived = _lived(seed=2)
    fresh = MockWebflow()
    assert all(lived.orders[key] == fresh.orders[key] for key in fresh.orders)


def test_it_goes_on_after_a_reset() -> None:
    mock = MockWebflow()
    shop = LivingShop(mock)
    before = [shop.step() for _ in range(20)]
    mock.reset()
    assert len(mock.orders) == 27
    assert [shop.step() for _ in range(20)] != before
    assert len(mock.orders) > 27


@pytest.mark.parametrize("options", [{"synthetic": 1000}, {"shop": False}])
def test_it_lives_in_any_shop(options: dict[str, int]) -> None:
    mock = MockWebflow(**options)  # type: ignore[arg-type]
    shop = LivingShop(mock)
    placed = [shop.step()[0] for _ in range(100)].count("place")
    assert len(mock.orders) == options.get("synthetic", 0) + placed


def test_it_lives_by_itself_until_it_is_stopped() -> None:
    mock = MockWebflow(clock=lambda: NOON)
    happened = threading.Event()
    mock.webhooks.deliver_to(Inbox(on_letter=lambda letter: happened.set()), secret=SECRET)
    shop = LivingShop(mock)
    shop.live(every=0.001)
    assert happened.wait(30)
    shop.stop()
    assert not [thread for thread in threading.enumerate() if "lives" in thread.name]
    mock.close()
