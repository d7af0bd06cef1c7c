"""The amounts of an order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..exchange import Exchange

JSON = Any


def sums_add_up(exchange: Exchange) -> Iterator[str]:
    for order in exchange.orders():
        for complaint in _sums(order):
            yield f"order {order.get('orderId')}: {complaint}"


def _sums(order: Mapping[str, JSON]) -> Iterator[str]:
    items = [each for each in order.get("purchasedItems") or () if isinstance(each, dict)]
    counts: list[JSON] = [each.get("count") for each in items]
    rows = [_amount(each.get("rowTotal")) for each in items]
    for count, row, price in zip(
        counts, rows, (_amount(each.get("variantPrice")) for each in items), strict=True
    ):
        if _known(count, row, price) and row != count * price:
            yield f"rowTotal {row} is not {count} times {price}"
    if (
        items
        and _known(*counts, order.get("purchasedItemsCount"))
        and sum(counts) != order["purchasedItemsCount"]
    ):
        yield f"purchasedItemsCount is {order['purchasedItemsCount']}, but {sum(counts)} were bought"
    totals: JSON = order.get("totals") if isinstance(order.get("totals"), dict) else {}
    subtotal, total = _amount(totals.get("subtotal")), _amount(totals.get("total"))
    if items and _known(subtotal, *rows) and subtotal != sum(rows):
        yield f"subtotal is {subtotal}, but the items make {sum(rows)}"
    extras = [each for each in totals.get("extras") or () if isinstance(each, dict)]
    prices = [_amount(each.get("price")) for each in extras]
    if _known(subtotal, total, *prices) and total != subtotal + sum(prices):
        yield f"total is {total}, but subtotal and extras make {subtotal + sum(prices)}"
    for extra, price in zip(extras, prices, strict=True):
        if _known(price) and price > 0 and str(extra.get("type")).startswith("discount"):
            yield f"a discount of {price} is not negative"
    yield from _shares(
        *(_amount(order.get(name)) for name in ("customerPaid", "netAmount", "applicationFee"))
    )


def _shares(paid: JSON, net: JSON, fee: JSON) -> Iterator[str]:
    """What is left and what Webflow keeps are parts of what was paid. After a refund even less may be left."""
    for name, amount in (("customerPaid", paid), ("applicationFee", fee)):
        if _known(amount) and amount < 0:
            yield f"{name} {amount} is negative, and no discount"
        if _known(paid, amount) and amount > paid >= 0:
            yield f"{name} {amount} is more than customerPaid {paid}"
    if _known(paid, net) and net > paid >= 0:
        yield f"netAmount {net} is more than customerPaid {paid}"
    elif _known(paid, net, fee) and 0 <= fee <= paid < net + fee:
        yield f"netAmount {net} and applicationFee {fee} are more than customerPaid {paid}"


def _amount(price: JSON) -> Any:
    value = price.get("value") if isinstance(price, dict) else None
    return int(value) if isinstance(value, str) and re.fullmatch("-?[0-9]{1,18}", value, re.ASCII) else value


def _known(*numbers: JSON) -> bool:
    return all(isinstance(each, int) and not isinstance(each, bool) for each in numbers)


def order_has_one_currency(exchange: Exchange) -> Iterator[str]:
    for order in exchange.orders():
        priced = (price for _, price in _prices(order) if "value" in price and isinstance(price["unit"], str))
        units = sorted({price["unit"] for price in priced})
        if len(units) > 1:
            yield f"order {order.get('orderId')} mixes {', '.join(units)}"
        for unit in units:
            if not re.fullmatch("[A-Z]{3}", unit):
                yield f"order {order.get('orderId')}: {unit!r} is not a currency code in capitals"


def a_price_has_an_amount(exchange: Exchange) -> Iterator[str]:
    for order in exchange.orders():
        for where, price in _prices(order):
            if price["unit"] and "value" not in price:
                yield f"{where}: it names a currency, and no amount"


def _prices(order: Mapping[str, JSON]) -> Iterator[tuple[str, Mapping[str, JSON]]]:
    """Whatever names a unit, and where it is."""
    nodes: list[tuple[str, JSON]] = [("", order)]
    for where, node in nodes:  # It grows meanwhile.
        if isinstance(node, dict) and "unit" in node:
            yield where, node
        inner = node.items() if isinstance(node, dict) else enumerate(node)
        nodes += [(f"{where}/{name}", child) for name, child in inner if isinstance(child, dict | list)]
