# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, text, unfrozen


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class PaypalDetails(Model):
    """The ids under which PayPal keeps the payment."""

    order_id: str | None = None
    """The order at PayPal."""
    payer_id: str | None = None
    """Who paid."""
    capture_id: str | None = None
    """The capture."""
    refund_id: str | None = None
    """The refund."""
    refund_reason: str | None = None
    """Why it was refunded."""
    dispute_id: str | None = None
    """The dispute."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.

PaypalDetails.FIELDS = {
    "order_id": Field("orderId", text),
    "payer_id": Field("payerId", text),
    "capture_id": Field("captureId", text),
    "refund_id": Field("refundId", text),
    "refund_reason": Field("refundReason", text),
    "dispute_id": Field("disputeId", text),
}

_new = unfrozen(PaypalDetails)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.order_id = value if type(value := get("orderId")) is str or value is None else text(value)
    self.payer_id = value if type(value := get("payerId")) is str or value is None else text(value)
    self.capture_id = value if type(value := get("captureId")) is str or value is None else text(value)
    self.refund_id = value if type(value := get("refundId")) is str or value is None else text(value)
    self.refund_reason = value if type(value := get("refundReason")) is str or value is None else text(value)
    self.dispute_id = value if type(value := get("disputeId")) is str or value is None else text(value)
    self.__class__ = PaypalDetails
    return self


PaypalDetails._read = _read
