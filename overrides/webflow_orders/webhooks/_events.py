"""What a delivery says: its body as a typed event."""

from __future__ import annotations

import codecs
import contextlib
from datetime import datetime
from typing import Any, Literal

import attrs
import msgspec
from webflow_orders_generated.client import models
from webflow_orders_generated.client.errors import UnexpectedBody
from webflow_orders_generated.client.types import REFUSED, format_json, parse_json

from ..errors import one_line

Reason = Literal[
    "header missing",
    "header malformed",
    "wrong signature",
    "too old",
    "too far ahead",
    "not JSON",
    "no event",
]


class WebhookError(Exception):
    """A delivery that must not be acted upon: answer it with 400.

    It holds neither the body nor the secret, and no frame of its traceback that is ours does.

    Attributes:
        reason: what is wrong with it, for a program.
        message: the same in words, for a log.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(reason, message)
        self.reason: Reason = reason
        self.message = message

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


@attrs.frozen(kw_only=True, repr=False)
class Event:
    """What happened in a shop.

    Attributes:
        trigger: Webflow's name for it, such as `ecomm_new_order`; None if the body does not say.
        raw: the body as it came, byte for byte.
        sent_at: when it was signed, an aware datetime; None if nobody verified that.
    """

    trigger: str | None
    raw: bytes
    sent_at: datetime | None = None

    def __repr__(self) -> str:
        # Neither the body nor a payload of another trigger: both are about customers.
        return f"{type(self).__name__}(trigger={one_line(str(self.trigger), 60)!r})"


@attrs.frozen(kw_only=True, repr=False)
class OrderEvent(Event):
    """Something happened to an order: `order` is how it stood then, of the class `OrderV1` if it has the v1 shape."""

    order: models.Order | models.OrderV1

    def __repr__(self) -> str:
        return f"{type(self).__name__}(order={self.order!r})"


@attrs.frozen(kw_only=True, repr=False)
class NewOrder(OrderEvent):
    """An order was placed (`ecomm_new_order`).

    Attributes:
        late: whether a receiver handled a change of the order before this came: then take from it that the order was
            placed, and not how it stands.
    """

    late: bool = False


class OrderChanged(OrderEvent):
    """An order changed (`ecomm_order_changed`)."""


class BareOrder(OrderEvent):
    """An order without an envelope, as in v1, and in v2 until 2024-12: only the address that it came to says why."""


@attrs.frozen(kw_only=True, repr=False)
class OtherEvent(Event):
    """An event of another trigger, such as `ecomm_inventory_changed`: `payload` is its JSON, or None without one."""

    payload: Any


_KINDS: dict[str, type[OrderEvent]] = {"ecomm_new_order": NewOrder, "ecomm_order_changed": OrderChanged}
# Documented for v2 alone.
_V2_ONLY = frozenset({"isShippingRequired", "isCustomerDeleted"})


def read(body: bytes, sent_at: datetime | None) -> Event | WebhookError:
    """The event. An error is returned, not raised: this frame, which has the body, would be in its traceback."""
    try:
        content = parse_json(body.removeprefix(codecs.BOM_UTF8))
    except UnexpectedBody:
        return WebhookError("not JSON", "the body cannot be read as JSON")
    if not isinstance(content, dict):
        return WebhookError("no event", f"the body is no object, but {type(content).__name__}")
    trigger = content.get("triggerType")
    if trigger is not None and (not isinstance(trigger, str) or not trigger):
        return WebhookError("no event", "its triggerType is no name")
    if trigger is not None and trigger not in _KINDS:
        return OtherEvent(trigger=trigger, payload=content.get("payload"), raw=body, sent_at=sent_at)
    kind = BareOrder if trigger is None else _KINDS[trigger]
    fields = content if trigger is None else content.get("payload")
    order: models.Order | models.OrderV1 | None = None
    if isinstance(fields, dict):
        # One word of v1 does not make it v1: v2 bodies were seen with it.
        is_v1 = "requiresShipping" in fields and _V2_ONLY.isdisjoint(fields)
        with contextlib.suppress(UnexpectedBody, RecursionError):
            written = body if trigger is None else _payload(body, fields)
            order = (models.OrderV1 if is_v1 else models.Order).from_json(written)
    if order is None or not order.order_id or not order.status:
        return WebhookError("no event", "it has no order with an id and a status")
    return kind(trigger=trigger, order=order, raw=body, sent_at=sent_at)


def _payload(body: bytes, fields: dict[str, Any]) -> bytes:
    """The bytes of the payload as they came; written anew if only the standard library takes the body for JSON."""
    with contextlib.suppress(*REFUSED):
        members = msgspec.json.decode(body.removeprefix(codecs.BOM_UTF8), type=dict[str, msgspec.Raw])
        return bytes(members["payload"])
    return format_json(fields)
