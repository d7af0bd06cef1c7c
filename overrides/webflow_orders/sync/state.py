"""What a run leaves for the next one: for each order its id, its status and a hash. Nothing about a customer."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import attrs
import msgspec
from webflow_orders_generated.client import models
from webflow_orders_generated.client.errors import UnexpectedBody

Direction = Literal["newest first", "oldest first", "none"]

VERSION: int = 1


class StateError(ValueError):
    """A state that cannot be used. The message says why; pass None instead of it to begin anew with a full read."""


class Known(NamedTuple):
    """What is remembered of an order."""

    status: str
    digest: str

    @classmethod
    def of(cls, order: models.Order | models.OrderV1) -> Known:
        """The digest covers the whole order, field by field, unknown fields too: 48 bits of BLAKE2b, not salted.

        Nothing can be read from it. Whoever has an order, to the last of its fields, can tell whether it is this one.
        """
        try:
            content = json.dumps(order.to_dict(), sort_keys=True, separators=(",", ":")).encode()
        except (UnexpectedBody, RecursionError):  # Nested too deeply for where we are called from.
            content = order.to_json()
        digest = hashlib.blake2b(content, digest_size=6).digest()
        return cls(str(order.status), base64.urlsafe_b64encode(digest).decode())


@attrs.define(kw_only=True)
class State:
    """The state, read. Times are seconds since the epoch.

    Attributes:
        site_id: the site; a state serves no other.
        direction: in which order the list was when it was last read in full.
        watermark: when the newest order was accepted that the head of the list has shown.
        began, ended: when the last run did.
        swept: when the last full read, or the last sweep that is complete, began.
        sweep_began: when the sweep began that is under way.
        sweep_at: the order that it came to; "" at its beginning.
        gap: how many entries of the list were no further order: unreadable, or shown twice.
        orders: what is known of each order, in the order of the list.
    """

    site_id: str
    direction: Direction = "none"
    watermark: float | None = None
    began: float = 0.0
    ended: float = 0.0
    swept: float = 0.0
    sweep_began: float = 0.0
    sweep_at: str = ""
    gap: int = 0
    orders: dict[str, Known] = attrs.field(factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Some 20 bytes an order, as JSON."""
        words = list(dict.fromkeys(known.status for known in self.orders.values()))
        number = {word: at for at, word in enumerate(words)}
        said: dict[str, Any] = {
            "version": VERSION,
            **{name: getattr(self, name) for name in _PLAIN},
            "statuses": words,
            "orders": [f"{key} {number[known.status]} {known.digest}" for key, known in self.orders.items()],
        }
        return said | {"check": _check(said)}


_PLAIN = [each.name for each in attrs.fields(State) if each.name != "orders"]


class _Wire(msgspec.Struct, forbid_unknown_fields=True):
    """The shape of the JSON, which msgspec holds it to."""

    version: int
    site_id: str
    direction: Direction
    watermark: float | None
    began: float
    ended: float
    swept: float
    sweep_began: float
    sweep_at: str
    gap: int
    statuses: list[str]
    orders: list[str]
    check: str


def read(given: Mapping[str, Any] | str | bytes, site_id: str | None = None) -> State:
    """The state that a run left, for this site. Raises StateError."""
    try:
        source = json.loads(given) if isinstance(given, str | bytes) else dict(given)
        version = source.get("version")
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise StateError("the state is no JSON object") from None
    if type(version) is int and version > VERSION:
        raise StateError(
            f"the state has version {version}, of a newer webflow-orders; this one reads {VERSION}"
        )
    try:
        wire = msgspec.convert(source, _Wire)
    except msgspec.ValidationError as error:
        raise StateError(f"the state cannot be read: {error}") from None
    if wire.version != VERSION:
        raise StateError(f"there is no state of version {wire.version}")
    if wire.check != _check({name: getattr(wire, name) for name in source if name != "check"}):
        raise StateError("the state was changed or cut since a run left it")
    if site_id not in (None, wire.site_id):
        raise StateError(f"the state is of site {wire.site_id}, not of {site_id}")
    orders = {}
    for line in wire.orders:
        key, word, digest = line.rsplit(" ", 2)
        orders[key] = Known(wire.statuses[int(word)], digest)
    return State(orders=orders, **{name: getattr(wire, name) for name in _PLAIN})


def _check(said: Mapping[str, Any]) -> str:
    """Over what it says, however it was written: some databases sort the names of an object."""
    content = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.blake2b(content, digest_size=8).hexdigest()
