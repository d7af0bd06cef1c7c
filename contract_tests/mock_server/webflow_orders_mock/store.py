"""Orders by site, in memory, and in a file if there is one. Not thread-safe: the mock holds the lock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from webflow_orders_generated.schemas import Order

from . import spec
from .database import Database
from .dialects import VERSIONS, Dialect, Entry
from .ledger import Ledger, LedgerEntry
from .messages import InvalidAnswer
from .synthetic import SyntheticOrders

Json = dict[str, Any]


class InvalidOrder(ValueError):
    """A seed that the spec does not allow. The message names the fields, never their values."""


@dataclass(slots=True)
class Site:
    site_id: str
    shop: bool
    orders: dict[str, Entry] | SyntheticOrders = field(default_factory=dict)

    def select(self, status: str | None, offset: int, limit: int) -> tuple[list[Entry], int]:
        """A page, in order of insertion, and how many orders there are in all."""
        if isinstance(self.orders, SyntheticOrders):
            return self.orders.select(status, offset, limit)
        found: Iterable[Entry] = self.orders.values()
        total = len(self.orders)
        if status is not None:
            found = [entry for entry in found if entry.order["status"] == status]
            total = len(found)
        return list(islice(found, offset, offset + limit)), total

    def ids(self) -> Iterable[str]:
        """Of all orders, as they are now or, if there are too many to copy, as they come."""
        return self.orders if isinstance(self.orders, SyntheticOrders) else tuple(self.orders)


class Store:
    def __init__(self, database: Database | None = None) -> None:
        self._database = database
        self.sites: dict[str, Site] = {}
        self.ledger = Ledger()
        if database is not None:
            self._load(database)

    def _load(self, database: Database) -> None:
        self.sites = {site_id: Site(site_id, shop) for site_id, shop in database.sites()}
        for site_id, order in database.orders():
            self.sites[site_id].orders[order["orderId"]] = Entry(order)
        self.ledger = Ledger(database.ledger())

    def add_site(self, site_id: str, *, shop: bool = True, synthetic: int = 0) -> Site:
        """`synthetic`: so many orders to begin with. They are not kept in the file."""
        self.sites[site_id] = site = Site(site_id, shop)
        if synthetic:
            site.orders = SyntheticOrders(synthetic)
        if self._database is not None:
            self._database.put_site(site_id, shop)
        return site

    def put(self, site_id: str, entry: Entry) -> None:
        """Add an order, or replace it where it stands. The file has it after `note` or `commit`."""
        self.sites[site_id].orders[entry.order["orderId"]] = entry
        if self._database is not None:
            self._database.put_order(site_id, entry.order)

    def note(self, entry: LedgerEntry) -> None:
        self.ledger.append(entry)
        if self._database is not None:
            self._database.note(entry)

    def clear(self) -> None:
        self.sites.clear()
        self.ledger.clear()
        if self._database is not None:
            self._database.clear()

    def commit(self) -> None:
        if self._database is not None:
            self._database.commit()

    def close(self) -> None:
        if self._database is not None:
            self._database.close()


class Orders(Mapping[tuple[str, str], Order]):
    """Read access by (site id, order id), to what the order is now, as the spec's v2 model (snake_case)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getitem__(self, key: tuple[str, str]) -> Order:
        site_id, order_id = key
        entry = self._store.sites[site_id].orders[order_id]
        return Order.model_validate_json(entry.rendered("v2", "observed"))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for site in tuple(self._store.sites.values()):
            for order_id in site.ids():
                yield site.site_id, order_id

    def __len__(self) -> int:
        return sum(len(site.orders) for site in self._store.sites.values())


def entry_of(seed: Mapping[str, Any], dialect: Dialect) -> Entry:
    """A seed, copied and checked in every shape it will be sent in. Raises InvalidOrder."""
    try:
        entry = Entry(json.loads(json.dumps(dict(seed), allow_nan=False)))
        for version in VERSIONS:
            for each in dict.fromkeys(("observed", dialect)):
                entry.rendered(version, each)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidOrder(f"an order is JSON: {error}") from None
    except InvalidAnswer as error:
        raise InvalidOrder(str(error)) from None
    if not spec.fits("order_id", entry.order["orderId"]):
        raise InvalidOrder(f"orderId: must match {spec.pattern('order_id')}, to be found by a path")
    return entry
