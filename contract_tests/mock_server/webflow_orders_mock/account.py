"""One Webflow account: its sites, orders and tokens, its clock and its troubles. What tests set up and look at."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from . import spec
from .api.auth import DEFAULT_TOKEN, OTHER_TOKEN, SCOPES, Grant, Grants, texts
from .api.faults import Faults
from .api.limits import RateLimits, requests_per_minute
from .checks import bounded
from .orders import elsewhere
from .orders.database import Database
from .orders.dialects import DIALECTS, Dialect, StoredOrder
from .orders.ledger import Ledger, timestamp
from .orders.store import Orders, Site, Store, checked
from .seed import shop as seeded
from .seed.builder import named_as_in_the_api
from .seed.synthetic import SyntheticOrders
from .webhooks.deliveries import Deliveries
from .webhooks.dispatch import Webhooks
from .webhooks.registry import NEW_ORDER, ORDER_CHANGED


@dataclass(kw_only=True, repr=False, eq=False)
class Account:
    """The state of a MockWebflow, which documents the arguments."""

    site_id: ClassVar[str] = seeded.SITE
    site_id_without_shop: ClassVar[str] = seeded.SITE_WITHOUT_SHOP
    site_id_of_another: ClassVar[str] = seeded.SITE_OF_ANOTHER
    token_of_another: ClassVar[str] = OTHER_TOKEN

    dialect: Dialect = "observed"
    plan: str = "enterprise"
    path: str | Path | None = None
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], object] | None = None
    shop: bool = True
    token: str = DEFAULT_TOKEN
    defect: str | None = None
    synthetic: int = 0
    deliver_anywhere: bool = False

    def __post_init__(self) -> None:
        if self.dialect not in DIALECTS:
            raise ValueError(f"there is no dialect {self.dialect!r}; known are {', '.join(DIALECTS)}")
        if self.synthetic and (self.path is not None or self.defect is not None):
            raise ValueError("synthetic orders go with neither a file nor a defect")
        self.faults: Faults = Faults()
        self.stopping: Callable[[], bool] = lambda: False
        """Whether its server stops, so that whoever listens to events is let go."""
        self.ahead: float = 0.0
        """How many seconds the clock was put forward."""
        self._lock = threading.RLock()
        self._limits, self._grants = RateLimits(), Grants()
        self.add_token(self.token, hidden=[self.site_id_of_another])
        self.add_token(self.token_of_another, sites=[self.site_id_of_another])
        database = Database(Path(self.path)) if self.path is not None else None
        self.store: Store = Store(database)
        self.orders: Orders = Orders(self.store)
        self.webhooks: Webhooks = Webhooks(
            database, self.now, self._lock,
            site_id=self.site_id, dialect=self.dialect, anywhere=self.deliver_anywhere,
        )  # fmt: skip
        if database is None or database.fresh:
            self.reset()

    @property
    def ledger(self) -> Ledger:
        """Every API request in order; see LedgerEntry."""
        return self.store.ledger

    @property
    def deliveries(self) -> Deliveries:
        """What webhooks were told, in the order of the changes; see Delivery."""
        return self.webhooks.deliveries

    def add_token(
        self,
        token: str,
        *,
        scopes: Iterable[str] = SCOPES,
        sites: Iterable[str] | None = None,
        plan: str | None = None,
        hidden: Iterable[str] = (),
    ) -> str:
        """Let one more token in, or change one. `sites` None: all. `reset` keeps it. Raises ValueError."""
        limit = requests_per_minute(self.plan if plan is None else plan)
        only = None if sites is None else texts("sites", sites)
        self._grants[token] = Grant(token, texts("scopes", scopes), only, limit, texts("hidden", hidden))
        return token

    def add_site(self, site_id: str, *, shop: bool = True) -> None:
        """Make a site, or empty it. Without a shop it answers 409. Raises ValueError for a malformed id."""
        if not spec.fits("site_id", site_id):
            raise ValueError(f"a site id must match {spec.pattern('site_id')}")
        with self._lock:
            self.store.add_site(site_id, shop=shop)
            self.store.commit()

    def seed(self, site_id: str, *orders: Mapping[str, Any]) -> None:
        """Add orders, or replace those with the same id; a site that has no shop yet gets one.

        An order is what `order(...)` returns, or any dict that the spec's `Order` allows. All are stored or
        none. Raises InvalidOrder (a ValueError).
        """
        seeds = [checked(order, self.dialect) for order in orders]
        with self._lock:
            if site_id not in self.store.sites or not self.store.sites[site_id].shop:
                self.add_site(site_id)
            for each in seeds:
                self.store.put(site_id, each)
            self.store.commit()

    def place(self, order: Mapping[str, Any], *, site_id: str | None = None) -> None:
        """What a customer does: a new order, kept as it is given, of which webhooks for new orders are told.

        Raises InvalidOrder for what the spec does not allow, ValueError for an id that there is, or a site without
        a shop.
        """
        stored, at = checked(order, self.dialect), site_id or self.site_id
        with self._lock:
            if stored.order["orderId"] in self._shop(at).orders:
                raise ValueError(f"there is an order {stored.order['orderId']!r:.20} already")
            self._keep(at, stored, NEW_ORDER)
        self.webhooks.run()

    def act(
        self,
        action: str,
        order_id: str,
        *,
        site_id: str | None = None,
        reason: str | None = None,
        **fields: Any,
    ) -> None:
        """Have something happen to an order without a request, and the webhooks for changed orders told of it.

        action: one of `elsewhere.ACTIONS`: what the API does too, and `pay`, `dispute`, `win` and `lose`, which
            customers and banks do.
        reason: of a refund. fields: of the order, such as `comment`, that are set as well.

        Raises IllegalTransition where its status does not allow it; ValueError for an unknown action or order,
        TypeError for an unknown field, and InvalidOrder, a ValueError, for what the spec does not allow in one.
        """
        at, wanted = site_id or self.site_id, named_as_in_the_api(fields)
        if "orderId" in wanted:
            raise ValueError("an order keeps its orderId")
        with self._lock:
            found = self._shop(at).orders.get(order_id)
            if found is None:
                raise ValueError(f"there is no order {order_id!r:.20}")
            order = elsewhere.act(found.order, action, now=timestamp(self.now()), reason=reason)
            self._keep(at, checked({**order, **wanted}, self.dialect), ORDER_CHANGED)
        self.webhooks.run()

    def _shop(self, site_id: str) -> Site:
        site = self.store.sites.get(site_id)
        if site is None or not site.shop:
            raise ValueError(f"there is no shop {site_id!r:.50}")
        return site

    def _keep(self, site_id: str, stored: StoredOrder, trigger: str) -> None:
        self.store.put(site_id, stored)
        self.store.commit()
        self.webhooks.tell(trigger, site_id, stored)

    def reset(self) -> None:
        """Back to the beginning: the seeded orders, an empty ledger, no webhooks, no faults, fresh rate limits."""
        with self._lock:
            self.faults.clear()
            self._limits.clear()
            self.ahead = 0.0
            self.webhooks.clear()
            # Last: who watches is told by it that all of this is done.
            self.store.clear()
            synthetic = SyntheticOrders(self.synthetic) if self.synthetic else None
            self.store.add_site(self.site_id, orders=synthetic)
            self.store.add_site(self.site_id_without_shop, shop=False)
            self.store.add_site(self.site_id_of_another)
            for each in seeded.orders() if self.shop and not self.synthetic else ():
                self.store.put(self.site_id, each)
            self.store.commit()

    def now(self) -> float:
        """What the clock says, and what it was put forward."""
        return self.clock() + self.ahead

    def forward(self, seconds: float) -> None:
        """Let time pass at once, a day at the most, and make the deliveries that fall due. `reset` takes it back.

        Raises ValueError for a step back."""
        left = bounded("forward", seconds, 0, 86_400, float)
        while True:
            with self._lock:
                # On the way, each attempt of a delivery is made at its time.
                due = self.webhooks.due()
                step = left if due is None else min(left, max(0, due - self.now()))
                self.ahead += step
                left -= step
            if not self.webhooks.run() and not left:
                return

    def close(self) -> None:
        """End deliveries, and write what is left to the file and close it."""
        self.webhooks.stop()
        with self._lock:
            self.store.close()
