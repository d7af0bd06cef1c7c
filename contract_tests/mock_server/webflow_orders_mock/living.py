"""A shop that lives: orders are placed, paid, fulfilled, refunded and disputed, at random from a seed."""

from __future__ import annotations

import random
import threading
from collections import deque
from contextlib import suppress

from .account import Account
from .orders.elsewhere import ACTIONS, allowed
from .orders.ledger import timestamp
from .orders.lifecycle import IllegalTransition
from .seed.builder import CUSTOMER, item, order
from .seed.shop import BOGUMILA, OTTOKAR, PRUDENCE

# How likely each thing is to happen next to an order, where it is not as likely as any other that its status allows.
_LIKELY = {"pay": 9, "fulfill": 6, "update": 2}
_WARES = (item("Enamel Mug", 2950), item("Tea Towel", 1900), item("Candle", 990), item("Fox Poster", 1800))
# Of how many orders of its own it thinks; the seeded ones stay as they are.
_REMEMBERED = 200


class LivingShop:
    """What happens in the shop of a mock; the same things, in the same order, for the same seed."""

    def __init__(self, account: Account, *, seed: int | None = 0) -> None:
        self._account, self._random = account, random.Random(seed)
        self._orders: deque[str] = deque(maxlen=_REMEMBERED)
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def step(self) -> tuple[str, str]:
        """Let one thing happen: `("place", "dfa-3f1")`, say."""
        if self._random.random() < 0.6:
            order_id = self._random.choice(self._orders) if self._orders else ""
            found = self._account.orders.get((self._account.site_id, order_id))
            status = str(found.status.value) if found is not None else ""
            chances = {action: _LIKELY.get(action, 1) for action in ACTIONS if status in allowed(action)}
            # One of which only the notes can still be changed has come to its end.
            if chances.keys() > {"update"}:
                action = self._random.choices(list(chances), list(chances.values()))[0]
                fields = {"comment": f"No. {self._random.randint(1, 999)}"} if action == "update" else {}
                self._account.act(action, order_id, **fields)
                return action, order_id
        return "place", self.place()

    def live(self, every: float) -> None:
        """Let something happen every so many seconds, in a thread, until `stop`."""

        def work() -> None:
            while not self._stopped.wait(every):
                # Since it was looked at, somebody may have changed the order, or reset the mock.
                with suppress(IllegalTransition, ValueError):
                    self.step()

        self._thread = threading.Thread(target=work, name="webflow-orders-mock-lives", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def place(self, site_id: str | None = None) -> str:
        """Have somebody order something, and say under which id."""
        site_id = site_id or self._account.site_id
        while True:
            drawn = f"{self._random.getrandbits(24):06x}"
            order_id = f"{drawn[:3]}-{drawn[3:]}"
            if (site_id, order_id) not in self._account.orders:
                break
        bought = self._random.sample(_WARES, self._random.randint(1, 3))
        self._account.place(
            order(
                order_id,
                status=self._random.choice(("pending", "unfulfilled", "unfulfilled")),
                payment=self._random.choice(("stripe", "stripe", "paypal")),
                customer=self._random.choice((CUSTOMER, BOGUMILA, OTTOKAR, PRUDENCE)),
                items=bought,
                acceptedOn=timestamp(self._account.now()),
            ),
            site_id=site_id,
        )
        self._orders.append(order_id)
        return order_id
