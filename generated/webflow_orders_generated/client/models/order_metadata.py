# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, boolean, text, unfrozen


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class OrderMetadata(Model):
    """Facts about how the order came about."""

    is_buy_now: bool | None = None
    """Whether it was bought with one click, past the cart."""
    buy_now: bool | None = None
    """The v1 name of `isBuyNow`."""
    has_downloads: bool | None = None
    """As at the top of the order."""
    payment_processor: str | None = None
    """As at the top of the order."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.

OrderMetadata.FIELDS = {
    "is_buy_now": Field("isBuyNow", boolean),
    "buy_now": Field("buyNow", boolean),
    "has_downloads": Field("hasDownloads", boolean),
    "payment_processor": Field("paymentProcessor", text),
}

_new = unfrozen(OrderMetadata)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.is_buy_now = value if type(value := get("isBuyNow")) is bool or value is None else boolean(value)
    self.buy_now = value if type(value := get("buyNow")) is bool or value is None else boolean(value)
    self.has_downloads = (
        value if type(value := get("hasDownloads")) is bool or value is None else boolean(value)
    )
    self.payment_processor = (
        value if type(value := get("paymentProcessor")) is str or value is None else text(value)
    )
    self.__class__ = OrderMetadata
    return self


OrderMetadata._read = _read
