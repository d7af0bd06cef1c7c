# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from ..types import Model, model


@model(
    {
        "subscription_id": "subscriptionId",
        "payment_method": "paymentMethod",
        "payment_intent_id": "paymentIntentId",
        "customer_id": "customerId",
        "charge_id": "chargeId",
        "dispute_id": "disputeId",
        "refund_id": "refundId",
        "refund_reason": "refundReason",
    }
)
class StripeDetails(Model):
    """The ids under which Stripe keeps the payment. All null in an order that Stripe has no part in."""

    subscription_id: str | None = None
    """The subscription, sub_…."""
    payment_method: str | None = None
    """The payment method, pm_…."""
    payment_intent_id: str | None = None
    """The payment intent, pi_…."""
    customer_id: str | None = None
    """The customer, cus_…."""
    charge_id: str | None = None
    """The charge, ch_…."""
    dispute_id: str | None = None
    """The dispute."""
    refund_id: str | None = None
    """The refund, re_…."""
    refund_reason: str | None = None
    """Why it was refunded, in Stripe's words; not the words a refund is asked for with."""
