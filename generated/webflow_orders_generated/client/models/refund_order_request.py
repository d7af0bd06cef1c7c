# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING

from ..types import Model, model

if TYPE_CHECKING:
    from ..models.refund_reason import RefundReason


@model({})
class RefundOrderRequest(Model):
    """How to refund."""

    reason: RefundReason | None = None
    """Why. The order then shows it in Stripe's words, `requested` as requested_by_customer."""
