"""Is the promise kept, whatever happens to a shop, its list and the runs? And what does a run cost?"""

from __future__ import annotations

import math
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
        ready = [key for key in opened if chance.random() > 0.04][: self.daily]
        for order_id in ready:
            was = shop.order(order_id)["status"]
            shop.become(order_id, "unfulfilled" if was == "pending" else "fulfilled")
        # As many of the old ones as keep the shares of the statuses what they are.
        old = chance.sample([key for key in shop.alive() if shop.order(key)["status"] == "fulfilled"], 2)
        for order_id, status in zip(
            old, ["refunded", chance.choice(["disputed", "unfulfilled"])], strict=True
        ):
            shop.become(order_id, status)
        ended = [key for key in shop.alive() if shop.order(key)["status"] == "disputed"][
            : chance.randrange(2)
        ]
        for order_id in ended:
            shop.become(order_id, chance.choice(["fulfilled", "dispute-lost"]))
        return changed + len(ready) + len(old) + len(ended)


def trade(seed: int, listed: str, days: int, orders: int = 10_000, **options: Any) -> list[float]:
    """The calls of each day's run, as a part of those of a full read then; every status is held to the shop's."""
    trade = Trade(orders, seed, listed)
    shop = trade.shop
    client: Any = Shortcut(shop)
    table: dict[str, str] = {}
    state, parts, changed = None, [], 0
    for day in range(days + 1):
        run = changes(client, state, now=lambda: shop.now, **options)
        for change in run:
            table[change.order_id] = str(change.order.status) if change.order else "deleted"
        state = run.state
        assert table == {key: shop.order(key)["status"] for key in shop.alive()}
        if day:
            parts.append(run.calls / math.ceil(len(table) / 100))
        changed += trade.day()
    assert 0.0095 < changed / (days + 1) / orders < 0.0105
    return parts


def test_a_day_of_ten_thousand_orders_takes_a_tenth_of_a_full_read() -> None:
    is_long = HISTORIES >= 1000
    for listed in ("newest", "oldest") if is_long else ("newest",):
        for sweep_days, most in ((None, 0.1), (30.0, 0.14)):
            parts = trade(0, listed, 30 if is_long else 2, sweep_days=sweep_days)
            mean = sum(parts) / len(parts)
            print(
                f"\n{listed} first, sweep {sweep_days}: {mean:.1%} of a full read, {max(parts):.1%} at most"
            )
            assert mean <= most
