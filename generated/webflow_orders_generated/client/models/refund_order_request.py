# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, OneOf, unfrozen

if TYPE_CHECKING:
    from ..models.refund_reason import RefundReason


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class RefundOrderRequest(Model):
    """How to refund."""

    reason: RefundReason | None = None
    """Why. The order then shows it in Stripe's words, `requested` as requested_by_customer."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
_reason = OneOf("RefundReason")

RefundOrderRequest.FIELDS = {"reason": Field("reason", _reason)}

_new = unfrozen(RefundOrderRequest)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.reason = _reason(get("reason"))
    self.__class__ = RefundOrderRequest
    return self


RefundOrderRequest._read = _read
