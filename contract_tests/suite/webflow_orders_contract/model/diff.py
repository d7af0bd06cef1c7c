"""Compare what is due with what came; each difference is named by where it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

JSON = Any
# The server's clock and ours may be read at different times, and a busy machine may stop between the two.
TOLERANCE = 120.0


@dataclass(frozen=True)
class ApproxTime:
    """A time stamp in UTC that is about this moment (seconds since 1970)."""

    moment: float

    def fits(self, got: JSON) -> bool:
        try:
            told = datetime.fromisoformat(got)
        except (TypeError, ValueError):
            return False
        return told.tzinfo is not None and abs(told.timestamp() - self.moment) <= TOLERANCE

    def __str__(self) -> str:
        return "the time of the request"


@dataclass(frozen=True)
class NonEmpty:
    """Some text that is not empty."""

    def fits(self, got: JSON) -> bool:
        return isinstance(got, str) and bool(got.strip())

    def __str__(self) -> str:
        return "some text"


def differences(due: JSON, got: JSON, where: str = "") -> Iterator[str]:
    if isinstance(due, ApproxTime | NonEmpty):
        if not due.fits(got):
            yield f"{where or '/'}: {due} is due, {_short(got)} came"
    elif isinstance(due, Mapping) and isinstance(got, Mapping):
        yield from (f"{where}/{key}: is missing" for key in due.keys() - got.keys())
        yield from (f"{where}/{key}: came, and is not due" for key in got.keys() - due.keys())
        for key in due.keys() & got.keys():
            yield from differences(due[key], got[key], f"{where}/{key}")
    elif isinstance(due, list) and isinstance(got, list):
        if len(due) != len(got):
            yield f"{where or '/'}: {len(due)} are due, {len(got)} came"
        for index, (ours, theirs) in enumerate(zip(due, got, strict=False)):
            yield from differences(ours, theirs, f"{where}/{index}")
    elif type(due) is not type(got) or due != got:
        yield f"{where or '/'}: {_short(due)} is due, {_short(got)} came"


def _short(value: JSON) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


# What each dialect of the mock tells alike, but for how it writes a price and what is empty.
CORE = (
    "orderId", "status", "comment", "orderComment", "acceptedOn", "disputedOn", "fulfilledOn", "refundedOn",
    "customerPaid", "netAmount", "shippingProvider", "shippingTracking",
)  # fmt: skip


def core(order: JSON) -> JSON:
    """An order, or several, reduced to what can be compared whatever the dialect."""
    if isinstance(order, list):
        return [core(each) for each in order]
    if not isinstance(order, Mapping):
        return order
    if "orders" in order:
        return {**order, "orders": core(order["orders"])}
    return {key: _plain(order.get(key)) for key in CORE}


def _plain(value: JSON) -> JSON:
    if isinstance(value, Mapping) and value:
        return {"unit": value.get("unit"), "value": str(value.get("value"))}
    return value or None
