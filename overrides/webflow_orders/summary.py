"""What a shop took: exact sums over its orders, for each currency. `OrdersClient.summary` makes one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from .models import Order, Price

SUMS = ("paid", "refunded", "net", "fees", "tax", "shipping", "discount")


@frozen(kw_only=True)
class CurrencySummary:
    """The sums of the orders in one currency; each a price, whose `value` is exact, in minor units.

    Attributes:
        unit: the currency.
        orders: how many orders.
        paid: what customers paid, refunded orders included.
        refunded: what of that was paid for orders that are refunded, whole ones, for there are no others.
        net: what was left of it after fees, before any refund.
        fees: what Webflow kept.
        tax: all taxes, as the orders' totals say.
        shipping: what shipping cost, before any discount.
        discount: all discounts, on items and on shipping; nought or negative.
        codes: discounts by their code; those without one under "".
        missing: how many orders did not say it, for each sum that is too small for that. Empty where all did.
    """

    unit: str
    orders: int
    paid: Price
    refunded: Price
    net: Price
    fees: Price
    tax: Price
    shipping: Price
    discount: Price
    codes: Mapping[str, Price]
    missing: Mapping[str, int]

    @property
    def is_scale_certain(self) -> bool:
        """Whether the `amount` of these prices surely has its point in the right place; see `Price`."""
        return self.paid.is_scale_certain


@frozen(kw_only=True)
class Summary:
    """All that was asked for.

    Attributes:
        orders: how many orders were counted.
        currencies: the sums of each currency, by its code; "" has what names none.
        undated: how many were left out because they do not say when they were placed.
    """

    orders: int
    currencies: tuple[CurrencySummary, ...]
    undated: int = 0


class Tally:
    """Adds orders up: those placed `since` a moment, and before `until`; both aware. Raises ValueError for others."""

    def __init__(self, since: datetime | None = None, until: datetime | None = None) -> None:
        for name, moment in (("since", since), ("until", until)):
            if not isinstance(moment, datetime | None) or (moment is not None and moment.tzinfo is None):
                raise ValueError(f"{name} must be an aware datetime, such as datetime.now(UTC)")
        self._since, self._until = since, until
        self._orders: defaultdict[str, int] = defaultdict(int)
        self._undated = 0
        self._sums: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._codes: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._missing: defaultdict[tuple[str, str], int] = defaultdict(int)

    def add(self, order: Order) -> bool:
        """Count an order; whether it was placed in that time."""
        if self._since is not None or self._until is not None:
            placed = order.accepted_on
            if placed is None:
                self._undated += 1
                return False
            if (self._since and placed < self._since) or (self._until and placed >= self._until):
                return False
        currency = (order.customer_paid and order.customer_paid.unit) or ""
        self._orders[currency] += 1
        for name, price in _prices(order):
            if price is None or price.value is None or not price.unit:
                self._missing[currency, name] += 1
            else:
                self._sums[price.unit, name] += price.value
        for discount in order.discounts:
            if (price := discount.price) is not None and price.value is not None and price.unit:
                self._codes[price.unit, discount.code or ""] += price.value
        return True

    def summary(self) -> Summary:
        """What was added so far."""
        units = {*self._orders, *(unit for unit, _ in (*self._sums, *self._codes))}
        return Summary(
            orders=sum(self._orders.values()),
            currencies=tuple(self._currency(unit) for unit in sorted(units)),
            undated=self._undated,
        )

    def _currency(self, unit: str) -> CurrencySummary:
        from .models import Price

        return CurrencySummary(
            unit=unit,
            orders=self._orders[unit],
            **{name: Price(unit=unit, value=self._sums[unit, name]) for name in SUMS},
            codes={
                code: Price(unit=unit, value=value)
                for (each, code), value in sorted(self._codes.items())
                if each == unit
            },
            missing={name: self._missing[unit, name] for name in SUMS if self._missing[unit, name]},
        )


def _prices(order: Order) -> Iterator[tuple[str, Price | None]]:
    yield "paid", order.customer_paid
    if order.status == "refunded" or order.refunded_on is not None:
        yield "refunded", order.customer_paid
    yield "net", order.net_amount
    yield "fees", order.application_fee
    yield "tax", order.tax
    yield "shipping", order.shipping
    yield "discount", order.discount
