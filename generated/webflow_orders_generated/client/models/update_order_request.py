# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, text, unfrozen


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class UpdateOrderRequest(Model):
    """The notes to change. Whether null or an empty string clears a note is not known."""

    comment: str | None = None
    """Anything."""
    shipping_provider: str | None = None
    """Who carries the parcel."""
    shipping_tracking: str | None = None
    """The tracking number."""
    shipping_tracking_url: str | None = None
    """Where the parcel can be tracked."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.

UpdateOrderRequest.FIELDS = {
    "comment": Field("comment", text),
    "shipping_provider": Field("shippingProvider", text),
    "shipping_tracking": Field("shippingTracking", text),
    "shipping_tracking_url": Field("shippingTrackingURL", text),
}

_new = unfrozen(UpdateOrderRequest)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.comment = value if type(value := get("comment")) is str or value is None else text(value)
    self.shipping_provider = (
        value if type(value := get("shippingProvider")) is str or value is None else text(value)
    )
    self.shipping_tracking = (
        value if type(value := get("shippingTracking")) is str or value is None else text(value)
    )
    self.shipping_tracking_url = (
        value if type(value := get("shippingTrackingURL")) is str or value is None else text(value)
    )
    self.__class__ = UpdateOrderRequest
    return self


UpdateOrderRequest._read = _read
