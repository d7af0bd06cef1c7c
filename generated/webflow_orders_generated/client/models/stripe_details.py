# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, text


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
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
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
StripeDetails.FIELDS = {
    "subscription_id": Field("subscriptionId", text),
    "payment_method": Field("paymentMethod", text),
    "payment_intent_id": Field("paymentIntentId", text),
    "customer_id": Field("customerId", text),
    "charge_id": Field("chargeId", text),
    "dispute_id": Field("disputeId", text),
    "refund_id": Field("refundId", text),
    "refund_reason": Field("refundReason", text),
}
