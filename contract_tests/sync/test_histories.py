"""Is the promise kept, whatever happens to a shop, its list and the runs? And what does a run cost?"""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import Any

import pytest
from webflow_orders.sync import changes

from contract_tests.sync.histories import DAY, live
from contract_tests.sync.modelled import Shop, Shortcut

# How many histories; each is decided by its number. CI does a few on each run, a night does HISTORIES=10000.
HISTORIES = int(os.environ.get("HISTORIES", "36"))
GROUPS = 3


@pytest.mark.parametrize("group", range(GROUPS))
def test_no_change_of_status_is_missed_and_nothing_is_lost_or_older_than_before(group: int) -> None:
    count: Counter[str] = Counter()
    for seed in range(group, HISTORIES, GROUPS):
        try:
            count += live(seed)
        except BaseException as error:
            error.add_note(f"history {seed}")
            raise
    # That it was tried at all.
    assert count["statuses held"] > 1000
    assert count["of them full"] < count["runs"]
    print(f"\n{dict(count)}")


class Trade:
    """A shop of so many orders, of which one in a hundred changes each day; half of those changes are new orders."""

    def __init__(self, orders: int, seed: int, listed: str = "newest") -> None:
        self.shop, self.chance = Shop(random.Random(seed), listed=listed), random.Random(seed + 1)
        self.orders, shop = orders, self.shop
        self.daily = orders // 200
        shop.now -= 200 * DAY
        for at in range(orders):
            shop.now += 200 * DAY / orders
            # Of a hundred: two refunded, and a few in dispute; the last two days are still open.
            word = self.chance.choices(
                ["fulfilled", "refunded", "disputed", "dispute-lost"], [975, 18, 3, 4]
            )[0]
            shop.place("unfulfilled" if at > orders - 2 * self.daily else word)

    def day(self) -> int:
        """How many changes there were. First come, first shipped, on the second day; some wait for longer."""
        shop, chance, changed = self.shop, self.chance, 0
        opened = [key for key in shop.alive() if shop.order(key)["status"] in ("unfulfilled", "pending")]
        for _ in range(self.daily):
            shop.now += DAY / self.daily
            order_id = shop.place("pending" if chance.random() < 0.04 else "unfulfilled")
            changed += 1
        ready = [key for key in opened if chance.random() > 0.04][: self.daily - 3]
        closed = chance.sample([key for key in shop.alive() if shop.order(key)["status"] == "fulfilled"], 5)
        for order_id in ready:
            shop.become(
                order_id, "fulfilled" if shop.order(order_id)["status"] != "pending" else "unfulfilled"
            )
        for order_id, status in zip(
            closed, ["refunded", "refunded", "disputed", "unfulfilled", "refunded"], strict=True
        ):
            shop.become(order_id, status)
        for order_id in [key for key in shop.alive() if shop.order(key)["status"] == "disputed"][:1]:
            shop.become(order_id, chance.choice(["fulfilled", "dispute-lost"]))
        return changed + len(ready) + len(closed) + 1


def trade(seed: int, listed: str, days: int, orders: int = 10_000, **options: Any) -> list[int]:
    """The calls of each day's run; every status is held to the shop's."""
    trade = Trade(orders, seed, listed)
    shop = trade.shop
    client: Any = Shortcut(shop)
    table: dict[str, str] = {}
    state, calls, changed = None, [], 0
    for day in range(days + 1):
        run = changes(client, state, now=lambda: shop.now, **options)
        for change in run:
            table[change.order_id] = str(change.order.status) if change.order else "deleted"
        state = run.state
        assert table == {key: shop.order(key)["status"] for key in shop.alive()}
        if day:
            calls.append(run.calls)
        changed += trade.day()
    assert 0.009 < changed / (days + 1) / orders < 0.011
    return calls


def test_a_day_of_ten_thousand_orders_takes_a_tenth_of_a_full_read() -> None:
    is_long = HISTORIES >= 1000
    for seed in range(5 if is_long else 1):
        for listed in ("newest", "oldest") if is_long else ("newest",):
            for sweep_days, most in ((None, 10), (30.0, 14)):
                calls = trade(seed, listed, 30 if is_long else 2, sweep_days=sweep_days)
                mean = sum(calls) / len(calls)
                print(f"\n{listed} first, sweep {sweep_days}: {mean:.1f} calls a run, {max(calls)} at most")
                assert mean <= most
