"""A shop of very many orders that holds none of them: order number n is worked out from n.

It is the seeded order n % 27 over again, under an id, at a time and with payment ids of its own. What is written
lies over that. So a page costs the same wherever it begins, filtered or not, before and after writes.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import accumulate
from typing import Any

from ..orders.dialects import Dialect, StoredOrder
from ..orders.ledger import timestamp
from ..orders.lifecycle import STATUSES
from ..orders.store import OrderMap
from ..spec import Version
from . import shop

MOST = 10**9
BEGIN, SPAN = 1_704_067_200.0, 2 * 365 * 86_400.0
"""The orders were accepted in the two years from 2024, evenly."""

# An id is the number, scattered over 36 bits by an odd factor, which can be undone.
_FACTOR, _FIRST, _BITS = 0x9E3779B97, 0x382B8B0C4, 1 << 36
_BACK = pow(_FACTOR, -1, _BITS)
_ID = re.compile(r"([0-9a-f]{3})-([0-9a-f]{3})-([0-9a-f]{3})", re.ASCII)

_MARKED_ID, _MARKED_TAG = "fff-fff-fff", "ZZZZZZZZZ"
_NEAR = 64  # Most often the next order of a status is so near.
_DATES = ("acceptedOn", "fulfilledOn", "refundedOn", "disputedOn", "disputeUpdatedOn")
_PAYMENTS = ("stripeDetails", "paypalDetails")


def digits_of(number: int) -> str:
    return f"{(number * _FACTOR + _FIRST) % _BITS:09x}"


def id_of(number: int) -> str:
    """Three groups of three hexadecimal digits, as shops with very many orders have."""
    digits = digits_of(number)
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"


def number_of(order_id: str) -> int | None:
    """Which number has this id; None if it is no id of ours, whatever the number of orders."""
    found = _ID.fullmatch(order_id)
    return (int("".join(found.groups()), 16) - _FIRST) * _BACK % _BITS if found else None


@dataclass(frozen=True)
class Pattern:
    """A seeded order with marks where each of its copies has something of its own."""

    stored: StoredOrder
    status: str
    dates: tuple[tuple[bytes, bytes, float], ...]
    """The mark, its name, and how many seconds after the acceptance."""

    @cache  # noqa: B019 - There are 27, and they stay.
    def text(self, version: Version, dialect: Dialect) -> bytes:
        """For `%`; checked against the spec as any answer is."""
        text = self.stored.serialized(version, dialect).replace(b"%", b"%%")
        text = text.replace(_MARKED_ID.encode(), b"%(id)b").replace(_MARKED_TAG.encode(), b"%(tag)b")
        for mark, name, _ in self.dates:
            text = text.replace(mark, b"%(" + name + b")b")
        return text


@cache
def patterns() -> tuple[Pattern, ...]:
    return tuple(_pattern(stored.order) for stored in shop.orders())


def _pattern(order: Mapping[str, Any]) -> Pattern:
    marked = {**order, "orderId": _MARKED_ID}
    accepted, dates = _seconds(order["acceptedOn"]), []
    for at, name in enumerate(_DATES):
        if order[name] is not None:
            marked[name] = f"2001-01-01T00:00:00.00{at}Z"
            dates.append((marked[name].encode(), name.encode(), _seconds(order[name]) - accepted))
    for name in _PAYMENTS:
        if order.get(name):
            marked[name] = {key: _marked_payment(key, value) for key, value in order[name].items()}
    return Pattern(StoredOrder(marked), order["status"], tuple(dates))


def _marked_payment(key: str, value: Any) -> Any:
    is_id = isinstance(value, str) and (key.endswith("Id") or key == "paymentMethod")
    return value[: -len(_MARKED_TAG)] + _MARKED_TAG if is_id else value


def _seconds(date: str) -> float:
    return datetime.fromisoformat(date).timestamp()


class Numbered(StoredOrder):
    """An order that was not written since. It is made anew each time it is asked for."""

    __slots__ = ("_accepted", "_number")

    def __init__(self, number: int, accepted: float) -> None:
        self._number, self._accepted = number, accepted

    @property
    def order(self) -> dict[str, Any]:
        order: dict[str, Any] = json.loads(self.serialized("v2", "observed"))
        return order

    def serialized(self, version: Version, dialect: Dialect) -> bytes:
        known = patterns()
        pattern = known[self._number % len(known)]
        own = {b"id": id_of(self._number).encode(), b"tag": digits_of(self._number).upper().encode()}
        for _, name, after in pattern.dates:
            own[name] = timestamp(self._accepted + after).encode()
        return pattern.text(version, dialect) % own


class SyntheticOrders(OrderMap):
    """By id, as a dict of entries would be; those that were added come last. ValueError for a senseless count."""

    def __init__(self, count: int) -> None:
        if not 0 < count <= MOST:
            raise ValueError(f"there can be 1 to {MOST} synthetic orders")
        self._count = count
        self._statuses = [pattern.status for pattern in patterns()]
        # For each status, how many of the patterns before each pattern have it.
        self._before = {
            status: list(accumulate((each == status for each in self._statuses), initial=0))
            for status in STATUSES
        }
        self._written: dict[str, StoredOrder] = {}
        self._added: list[str] = []
        self._places: dict[str, int] = {}
        # For each status the places, in order, that have lost it or got it since.
        self._lost: dict[str, list[int]] = defaultdict(list)
        self._got: dict[str, list[int]] = defaultdict(list)

    def __len__(self) -> int:
        return self._count + len(self._added)

    def __iter__(self) -> Iterator[str]:
        yield from map(id_of, range(self._count))
        yield from self._added

    def __getitem__(self, order_id: str) -> StoredOrder:
        place = self._place(order_id)
        if place is None:
            raise KeyError(order_id)
        return self._at(place)

    def __setitem__(self, order_id: str, stored: StoredOrder, /) -> None:
        place, status = self._place(order_id), stored.order["status"]
        if place is None:
            place = self._places[order_id] = len(self)
            self._added.append(order_id)
        else:
            self._note(self._at(place).order["status"], place, is_so=False)
        self._written[order_id] = stored
        self._note(status, place, is_so=True)

    def select(self, status: str | None, offset: int, limit: int) -> tuple[list[StoredOrder], int]:
        total = len(self) if status is None else self._rank(status, len(self))
        wanted = range(offset, min(offset + limit, total))
        places = wanted if status is None else self._found(status, wanted)
        return [self._at(place) for place in places], total

    # ------------------------------------------------------------------ places

    def _place(self, order_id: str) -> int | None:
        number = number_of(order_id)
        return number if number is not None and number < self._count else self._places.get(order_id)

    def _at(self, place: int) -> StoredOrder:
        if place >= self._count:
            return self._written[self._added[place - self._count]]
        written = self._written.get(id_of(place)) if self._written else None
        return written or Numbered(place, BEGIN + place * SPAN / self._count)

    def _was(self, place: int) -> str | None:
        """The status before anything was written."""
        return self._statuses[place % len(self._statuses)] if place < self._count else None

    def _note(self, status: str, place: int, *, is_so: bool) -> None:
        has_come = status != self._was(place)
        changed = (self._got if has_come else self._lost)[status]
        if is_so == has_come:
            insort(changed, place)
        else:
            del changed[bisect_left(changed, place)]

    def _rank(self, status: str, place: int) -> int:
        """How many orders of this status come before a place."""
        rounds, rest = divmod(min(place, self._count), len(self._statuses))
        before = self._before[status]
        found = rounds * before[-1] + before[rest]
        return found - bisect_left(self._lost[status], place) + bisect_left(self._got[status], place)

    def _found(self, status: str, wanted: range) -> Iterator[int]:
        """The places of the orders that come at these ranks among those of the status."""
        places, place = range(len(self)), -1
        for rank in wanted:
            near = min(place + _NEAR, len(places))
            end = near if self._rank(status, near) > rank else len(places)
            place = bisect_left(places, rank + 1, place + 1, end, key=lambda at: self._rank(status, at + 1))
            yield place
