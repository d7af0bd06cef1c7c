# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, text, unfrozen


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

_new = unfrozen(StripeDetails)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.subscription_id = (
        value if type(value := get("subscriptionId")) is str or value is None else text(value)
    )
    self.payment_method = (
        value if type(value := get("paymentMethod")) is str or value is None else text(value)
    )
    self.payment_intent_id = (
        value if type(value := get("paymentIntentId")) is str or value is None else text(value)
    )
    self.customer_id = value if type(value := get("customerId")) is str or value is None else text(value)
    self.charge_id = value if type(value := get("chargeId")) is str or value is None else text(value)
    self.dispute_id = value if type(value := get("disputeId")) is str or value is None else text(value)
    self.refund_id = value if type(value := get("refundId")) is str or value is None else text(value)
    self.refund_reason = value if type(value := get("refundReason")) is str or value is None else text(value)
    self.__class__ = StripeDetails
    return self


StripeDetails._read = _read
