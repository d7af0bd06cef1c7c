# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, text


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
