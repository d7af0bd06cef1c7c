"""Orders by site, in memory, and in a file if there is one. Not thread-safe: the mock holds the lock."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from webflow_orders_generated.schemas import Order

from .. import spec
from ..messages import InvalidAnswer
from .database import Database
from .dialects import VERSIONS, Dialect, StoredOrder
from .ledger import Ledger, LedgerEntry

Json = dict[str, Any]


class InvalidOrder(ValueError):
    """A seed that the spec does not allow. The message names the fields, never their values."""


class OrderMap(Mapping[str, StoredOrder]):
    """The orders of a site by id, in order of insertion."""

    @abstractmethod
    def __setitem__(self, order_id: str, order: StoredOrder, /) -> None: ...

    @abstractmethod
    def select(self, status: str | None, offset: int, limit: int) -> tuple[list[StoredOrder], int]:
        """A page, and how many orders there are in all."""


class PlainOrders(dict[str, StoredOrder], OrderMap):
    def select(self, status: str | None, offset: int, limit: int) -> tuple[list[StoredOrder], int]:
        if status is None:
            return list(islice(self.values(), offset, offset + limit)), len(self)
        found = [each for each in self.values() if each.order["status"] == status]
        return found[offset : offset + limit], len(found)


@dataclass(slots=True)
class Site:
    site_id: str
    shop: bool
    orders: OrderMap = field(default_factory=PlainOrders)


class Store:
    def __init__(self, database: Database | None = None) -> None:
        self._database = database
        self.sites: dict[str, Site] = {}
        self.ledger: Ledger = Ledger()
        self.resets: int = 0
        self.changes: int = 0
        """How often it was emptied, and how often an order was put, so that one who watches knows when to look."""
        if database is not None:
            self._load(database)

    def _load(self, database: Database) -> None:
        self.sites = {site_id: Site(site_id, shop) for site_id, shop in database.sites()}
        for site_id, order in database.orders():
            self.sites[site_id].orders[order["orderId"]] = StoredOrder(order)
        self.ledger = Ledger(database.ledger())

    def add_site(self, site_id: str, *, shop: bool = True, orders: OrderMap | None = None) -> None:
        """`orders`: those to begin with. They are not kept in the file."""
        self.sites[site_id] = Site(site_id, shop, PlainOrders() if orders is None else orders)
        if self._database is not None:
            self._database.put_site(site_id, shop)

    def put(self, site_id: str, stored: StoredOrder) -> None:
        """Add an order, or replace it where it stands. The file has it after `note` or `commit`."""
        self.sites[site_id].orders[stored.order["orderId"]] = stored
        self.changes += 1
        if self._database is not None:
            self._database.put_order(site_id, stored.order)

    def note(self, entry: LedgerEntry) -> None:
        self.ledger.append(entry)
        if self._database is not None:
            self._database.note(entry)

    def clear(self) -> None:
        self.sites.clear()
        self.ledger.clear()
        self.resets += 1
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
        stored = self._store.sites[site_id].orders[order_id]
        return Order.model_validate_json(stored.serialized("v2", "observed"))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for site in tuple(self._store.sites.values()):
            # A copy, for another thread may add one meanwhile; unless there are too many to copy.
            for order_id in tuple(site.orders) if isinstance(site.orders, dict) else site.orders:
                yield site.site_id, order_id

    def __len__(self) -> int:
        return sum(len(site.orders) for site in self._store.sites.values())


def checked(seed: Mapping[str, Any], dialect: Dialect) -> StoredOrder:
    """A seed, copied and checked in every shape it will be sent in. Raises InvalidOrder."""
    try:
        stored = StoredOrder(json.loads(json.dumps(dict(seed), allow_nan=False)))
        for version in VERSIONS:
            for each in dict.fromkeys(("observed", dialect)):
                stored.serialized(version, each)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidOrder(f"an order is JSON: {error}") from None
    except InvalidAnswer as error:
        raise InvalidOrder(str(error)) from None
    if not spec.fits("order_id", stored.order["orderId"]):
        raise InvalidOrder(f"orderId: must match {spec.pattern('order_id')}, to be found by a path")
    return stored
