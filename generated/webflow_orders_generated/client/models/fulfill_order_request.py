# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, boolean, unfrozen


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class FulfillOrderRequest(Model):
    """How to fulfill."""

    send_order_fulfilled_email: bool | None = None
    """Whether Webflow tells the customer."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.

FulfillOrderRequest.FIELDS = {"send_order_fulfilled_email": Field("sendOrderFulfilledEmail", boolean)}

_new = unfrozen(FulfillOrderRequest)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.send_order_fulfilled_email = (
        value if type(value := get("sendOrderFulfilledEmail")) is bool or value is None else boolean(value)
    )
    self.__class__ = FulfillOrderRequest
    return self


FulfillOrderRequest._read = _read
