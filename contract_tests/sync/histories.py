"""Histories of shops, and what a consumer of the changes must find in his table after each run."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

from webflow_orders import errors
from webflow_orders.sync import Change, Run, changes

from contract_tests.sync.modelled import Shop, Shortcut

DAY = 86_400.0
LAG = 30.0


class Killed(BaseException):
    """The end of the program that runs."""


class History:
    """A shop, and runs over it; each run is held to the promise. `chance` decides everything.

    One in three histories is still while it is read: there, statuses that nobody lists, deleted orders and such as
    are entered with a date of long ago must be found by the next run, too.
    """

    def __init__(self, seed: int) -> None:
        self.chance = chance = random.Random(seed)
        self.still = chance.random() < 0.34
        self.behind = 0.0 if self.still else chance.choice([0.0, 0.0, LAG - 3])
        # One order that is deleted hides another that is entered with an old date, until the next sweep.
        self.backdates = self.still and chance.random() < 0.5
        listed = chance.choices(["newest", "oldest", "by id"], [8, 6, 1])[0]
        self.shop = Shop(chance, listed=listed, behind=self.behind)
        self.busy = 0.0 if self.still else chance.choice([0.0, 0.05, 0.3])
        self.options: dict[str, Any] = {
            "lag": LAG,
            "page_size": chance.choice([4, 6, 8]),
            "sweep_days": chance.choice([5.0, 9.0]),
            "sliced": chance.random() < 0.7,
        }
        self.state: dict[str, Any] | None = None
        self.table: dict[str, tuple[int, str]] = {}
        # The consumer has table and state in one transaction, for the whole run or for each change.
        self.keeps_each = chance.random() < 0.3
        self.last = self.told = 0.0
        self.count: Counter[str] = Counter()
        self.shop.now -= 60 * DAY
        for _ in range(chance.choice([15, 90, 140])):
            self.shop.now += chance.uniform(0, DAY)
            order_id = self.shop.place("fulfilled")
            if chance.random() < 0.08:
                self.shop.become(order_id, chance.choice(["pending", "unfulfilled", "disputed", "refunded"]))
        self.shop.now = max(self.shop.now, 1_790_000_000.0) + 100 * LAG

    def live(self) -> None:
        """Some days of the shop; or no more than a little longer than its lists are behind; or not even that."""
        shorter = 3 if self.behind else 1
        length = self.chance.choices([self.chance.uniform(0.3, 2) * DAY, 2 * LAG, 5.0], [8, 1, shorter])[0]
        end, shop = self.shop.now + length, self.shop
        for _ in range(self.chance.choice([0, 1, 3, 10])):
            shop.now += length / 12
            shop.something(unlisted=self.still)
            self.maybe_delete(0.0 if self.backdates else 0.03)
            if self.backdates and self.chance.random() < 0.03:
                shop.place(self.chance.choice(["fulfilled", "on hold"]), accepted=shop.now - 20 * DAY)
        if self.chance.random() < 0.02:
            shop.listed = self.chance.choice(["newest", "oldest", "by id"])
        shop.now = max(shop.now, end)

    def maybe_delete(self, often: float) -> None:
        if self.chance.random() < often and (alive := self.shop.alive()):
            self.shop.delete(self.chance.choice(alive))

    def happen(self) -> None:
        """What happens while a run reads."""
        if self.chance.random() < self.busy:
            self.shop.something()
            self.maybe_delete(0.05)

    def run(self, client: Any) -> None:
        shop, chance, began = self.shop, self.chance, self.shop.now
        dies_after = chance.randrange(30) if chance.random() < 0.15 else None

        def meanwhile() -> None:
            if dies_after is not None and shop.asked - asked > dies_after:
                raise Killed
            self.happen()

        shop.while_read, asked = meanwhile, shop.asked
        told = [
            document for past in shop.past.values() for at, document in past
            if document and at > self.told and chance.random() < 0.3
        ]  # fmt: skip
        events = _events(told) if chance.random() < 0.3 else []
        run = changes(client, self.state, events=events, now=lambda: shop.now, **self.options)
        shown: set[str] = set()
        before, kept = dict(self.table), self.state
        try:
            for change in run:
                assert change.order_id not in shown, "an order is shown once in a run"
                shown.add(change.order_id)
                self.take(change)
                kept = run.state if self.keeps_each else kept
                if dies_after is not None and chance.random() < 0.1:
                    raise Killed
        except (Killed, errors.ResponseDecodeError):  # The latter: too much has shifted between two pages.
            self.count["killed"] += 1
            shop.while_read = lambda: None
            if self.keeps_each:
                self.state = kept
            else:
                self.table = before
            shop.now += 2 * LAG  # As documented.
            return
        shop.while_read = lambda: None
        self.state = run.state
        self.judge(run, began)
        # Some deliveries are late, and were overtaken by a run.
        self.told, self.last = self.last, began

    def take(self, change: Change) -> None:
        """Into the table, as a merge by the id would."""
        if change.kind == "deleted":
            assert self.shop.past[change.order_id][-1][1] is None, "an order that is there was called deleted"
            self.table.pop(change.order_id, None)
            return
        order = change.order
        assert order is not None
        version = int((order.comment or "")[1:])
        assert version >= self.table.get(change.order_id, (0, ""))[0], "an order was shown older than before"
        self.table[change.order_id] = version, str(order.status)

    def judge(self, run: Run, began: float) -> None:
        shop, since = self.shop, began - self.behind
        read = {step.what for step in run.steps}
        self.count["runs"] += 1
        self.count["of them full"] += "every order" in read
        self.count.update(f"full: {step.why}" for step in run.steps if step.what == "every order")
        self.count["calls"] += run.calls
        for order_id, past in shop.past.items():
            there, is_at_rest = shop.at(order_id, since), past[-1][0] <= since
            known = self.table.get(order_id)
            if there is None:
                if is_at_rest and known is not None:  # Deleted.
                    self.count["deleted, not seen yet"] += 1
                    assert known[1] not in read, "a deleted order was in a status that is read"
                    assert not self.still, "an order that was deleted in a shop that is still"
                    assert since - past[-1][0] < self.overdue, "a sweep missed a deleted order"
                continue
            if known is None and past[-1][1] is None:  # Deleted during the run, which saw that.
                continue
            assert known is not None, "an order was lost"
            if is_at_rest:
                self.count["statuses held"] += 1
                assert known[1] == there["status"], f"{order_id}: {known[1]}, and not {there['status']}"
                is_read = there["status"] in read or "every order" in read
                if is_read or since - past[-1][0] > self.overdue:
                    assert f"v{known[0]}" == there["comment"], "an edit was missed"

    @property
    def overdue(self) -> float:
        """After what time a sweep must have seen an edit: one sweep, and the longest time between two runs."""
        return float(self.options["sweep_days"]) * DAY + 2.2 * DAY * 3


def _events(documents: list[dict[str, Any]]) -> list[Any]:
    from webflow_orders.models import Order

    return [
        Order.from_dict(document) for document in sorted(documents, key=lambda each: int(each["comment"][1:]))
    ]


def live(seed: int, runs: int = 8) -> Counter[str]:
    """A history; one in a hundred through a client. Raises AssertionError where the promise is broken."""
    history = History(seed)
    with history.shop.client() as client:
        for _ in range(runs):
            history.run(client if seed % 100 == 0 else Shortcut(history.shop))
            history.live()
    return history.count
