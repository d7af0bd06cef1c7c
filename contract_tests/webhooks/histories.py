"""Random histories of a shop, its deliveries with every fault, and a receiver that is killed and started anew.

What each version of an order is, its comment says; so what a handler was handed can be told from everything else.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio
from webflow_orders import webhooks
from webflow_orders.testing import async_client, client
from webflow_orders_mock import MockWebflow, order as order_of_mock
from webflow_orders_mock.orders.lifecycle import IllegalTransition
from webflow_orders_mock.webhooks.faults import KINDS

from contract_tests.client.interrupting import at_line
from contract_tests.webhooks.deliveries import SECRET, Clock

SITE = "a" * 24
URL = "http://receiver.test/hook"
TRIGGERS = ("ecomm_new_order", "ecomm_order_changed")
OPEN = ("pending", "unfulfilled", "disputed")


class Killed(BaseException):
    """The process is gone. It passes everything, as a kill does, and nothing that it was at goes on."""


class Mortal:
    """A process of the receiver: its store, in which it may die before or after each thing that it does."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.inner = webhooks.SQLiteStore(history.path, now=history.mock.now)
        self.is_dead = False

    def may_die(self) -> None:
        if self.is_dead or self.history.rng.random() < self.history.mortality:
            self.is_dead = True
            raise Killed

    def begin(self, change: webhooks.Change) -> webhooks.Verdict:
        self.may_die()
        verdict = self.inner.begin(change)
        if verdict in ("new", "late"):
            self.history.owed.add(change.order_id)
            self.history.handed.append((change.order_id, None))
        self.may_die()
        return verdict

    def end(self, change: webhooks.Change, handled: bool) -> None:
        self.may_die()
        self.inner.end(change, handled)
        if handled:
            self.history.owed.discard(change.order_id)
            self.history.noted()
        self.may_die()

    def open_orders(self) -> Any:
        self.may_die()
        return self.inner.open_orders()


class History:
    """`rereads`: whether the receiver asks the API how an order stands before it calls a handler."""

    def __init__(
        self, seed: int, path: Path, *, awaits: bool = False, rereads: bool = True, mortality: float = 0.03
    ) -> None:
        self.rng = random.Random(seed)
        self.path, self.awaits, self.rereads = path, awaits, rereads
        self.mortality = mortality
        self.mock = MockWebflow(clock=Clock())
        self.mock.add_site(SITE)
        self.mock.webhooks.deliver_to(self.take if not awaits else self.take_async, url=URL)
        self.orders = client(self.mock, site_id=SITE, rate_limit=None)
        self.version = 0
        # What the receiver has, kept outside of its process.
        self.copy: dict[str, dict[str, Any]] = {}
        self.placed: Counter[str] = Counter()
        # Of each order: None where something was begun, and the version where it was handed and noted as handled.
        self.handed: list[tuple[str, int | None]] = []
        self.placings: list[str] = []
        self.unnoted: list[Callable[[], None]] = []
        # Orders of which something was begun, and is not noted as handled.
        self.owed: set[str] = set()
        self.seen: Counter[str] = Counter()
        self.start()

    # ---------------------------------------------------------------- the receiver

    def start(self) -> None:
        self.process = Mortal(self)
        kind: Any = webhooks.AsyncReceiver if self.awaits else webhooks.Receiver
        # A client of its own, which dies with it.
        reread = client(self.mock, site_id=SITE, rate_limit=None) if self.rereads else None
        self.unnoted.clear()
        self.receiver = kind(SECRET, self.handle, store=self.process, reread=reread, now=self.mock.now)

    def take(self, environ: Any, start_response: Any) -> list[bytes]:
        """The server before it: a process that has died is started anew for the next delivery, or not yet."""
        if self.process.is_dead:
            if self.rng.random() < 0.5:
                raise ConnectionError
            self.start()
        try:
            with at_line(self.rng.randrange(1, 400) if self.rng.random() < self.mortality else 0, self.die):
                return self.receiver(environ, start_response)  # type: ignore[no-any-return]
        except Killed:
            self.seen["killed"] += 1
            raise ConnectionError from None

    async def take_async(self, scope: Any, receive: Any, send: Any) -> None:
        if self.process.is_dead:
            if self.rng.random() < 0.5:
                raise ConnectionError
            self.start()
        try:
            await self.receiver(scope, receive, send)
        except Killed:
            self.seen["killed"] += 1
            raise ConnectionError from None

    def die(self) -> None:
        self.process.is_dead = True
        raise Killed

    def handle(self, event: webhooks.Event) -> None:
        if not isinstance(event, webhooks.OrderEvent):
            self.seen["other"] += 1
            return
        fate = self.rng.random() if self.mortality else 0.5
        if fate < 0.08:
            self.seen["failed"] += 1
            raise RuntimeError
        self.process.may_die()
        order_id, content = event.order.order_id, json.loads(event.order.to_json())
        version = int(content["comment"])
        if isinstance(event, webhooks.NewOrder):
            self.placed[order_id] += 1
            self.unnoted.append(lambda: self.placings.append(order_id))
        if not (isinstance(event, webhooks.NewOrder) and event.late):
            self.copy[order_id] = content
            self.unnoted.append(lambda: self.handed.append((order_id, version)))
        self.seen[type(event).__name__] += 1
        if fate > 0.95:  # It has its effect, and fails all the same.
            self.unnoted.clear()
            raise RuntimeError
        self.process.may_die()

    def noted(self) -> None:
        for note in self.unnoted:
            note()
        self.unnoted.clear()

    def reconcile(self, *, everything: bool) -> int:
        """How many orders were left."""
        if self.process.is_dead:
            self.start()
        try:
            if self.awaits:
                return anyio.run(self._reconcile, everything).left
            return self.receiver.reconcile(self.orders, everything=everything).left  # type: ignore[no-any-return]
        except Killed:
            self.seen["killed"] += 1
            return 1

    async def _reconcile(self, everything: bool) -> webhooks.Reconciliation:
        async with async_client(self.mock, site_id=SITE, rate_limit=None) as orders:
            return await self.receiver.reconcile(orders, everything=everything)  # type: ignore[no-any-return]

    # ---------------------------------------------------------------- the shop

    def run(self) -> None:
        for _ in range(self.rng.randrange(5, 30)):
            self.step()
        self.settle()

    def step(self) -> None:
        fate = self.rng.random()
        if fate < 0.15 or not self.ids():
            self.place()
        elif fate < 0.6:
            self.change()
        elif fate < 0.75:
            self.spoil()
        elif fate < 0.92:
            self.mock.forward(self.rng.choice([1, 61, 299, 301, 601, 1801]))
        elif fate < 0.97:
            self.reconcile(everything=self.rng.random() < 0.3)
        self.register()
        self.mock.forward(0.01)

    def ids(self) -> list[str]:
        return [order_id for site, order_id in self.mock.orders if site == SITE]

    def register(self) -> None:
        """Whoever is told that his webhook was switched off makes another."""
        for trigger in TRIGGERS:
            if not any(each.active for each in self.mock.webhooks.of_site(SITE, trigger)):
                self.mock.webhooks.create(SITE, trigger, URL, secret=SECRET)
                self.seen["registered"] += 1

    def place(self) -> None:
        self.version += 1
        order_id = f"{self.version:03x}-000"
        status = self.rng.choice(["pending", "unfulfilled"])
        self.mock.place(order_of_mock(order_id, status=status, comment=str(self.version)), site_id=SITE)

    def change(self) -> None:
        order_id = self.rng.choice(self.ids())
        action = self.rng.choice(
            ["update", "pay", "fulfill", "unfulfill", "refund", "dispute", "win", "lose"]
        )
        self.version += 1
        try:
            self.mock.act(action, order_id, site_id=SITE, comment=str(self.version))
        except IllegalTransition:
            self.mock.act("update", order_id, site_id=SITE, comment=str(self.version))

    def spoil(self) -> None:
        kind = self.rng.choice(KINDS)
        self.seen[kind] += 1
        more: dict[str, Any] = {}
        if kind in ("wrong_secret", "old_timestamp", "future_timestamp", "truncated"):
            more["attempts"] = self.rng.choice([1, 1, 2, 4])
        if kind in ("late", "swapped"):
            more["seconds"] = self.rng.choice([30, 90, 1000])
        self.mock.webhooks.fault(kind, times=self.rng.choice([1, 1, 2]), **more)

    def settle(self) -> None:
        """No more changes, deliveries or deaths; what is left is reconciled."""
        self.mortality = 0.0
        self.mock.forward(7200)
        for everything in (False, True):
            # What the receiver has for open, or owes; the list has all that the shop has for open.
            due = self.owed | {order_id for order_id, order in self.copy.items() if order["status"] in OPEN}
            # Whoever died at an order keeps others from it for five minutes.
            if self.reconcile(everything=everything):
                self.mock.forward(301)
                assert self.reconcile(everything=everything) == 0
            self.check(everything, due)

    # ---------------------------------------------------------------- what must be so

    def check(self, everything: bool, due: set[str]) -> None:
        truth = {order_id: json.loads(self.orders.get(order_id).to_json()) for order_id in self.ids()}
        for order_id, order in truth.items():
            if everything or order["status"] in OPEN or order_id in due:
                assert self.copy.get(order_id) == order, order_id
                assert self.placed[order_id] >= 1, order_id
        assert len(self.placings) == len(set(self.placings))
        for order_id in truth:
            trail = [version for its, version in self.handed if its == order_id]
            versions = [version for version in trail if version is not None]
            if self.rereads:
                # Each once, and none after a newer one.
                assert versions == sorted(set(versions)), (order_id, versions)
                continue
            # One that came again came after another had failed.
            at = [number for number, version in enumerate(trail) if version is not None]
            for before, after in pairwise(at):
                assert trail[before] != trail[after] or after - before > 2, (order_id, trail)
