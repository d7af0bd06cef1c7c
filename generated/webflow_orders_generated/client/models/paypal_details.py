# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from ..types import Model, model


@model(
    {
        "order_id": "orderId",
        "payer_id": "payerId",
        "capture_id": "captureId",
        "refund_id": "refundId",
        "refund_reason": "refundReason",
        "dispute_id": "disputeId",
    }
)
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
