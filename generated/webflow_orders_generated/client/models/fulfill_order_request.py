# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from ..types import Model, model


@model({"send_order_fulfilled_email": "sendOrderFulfilledEmail"})
class FulfillOrderRequest(Model):
    """How to fulfill."""

    send_order_fulfilled_email: bool | None = None
    """Whether Webflow tells the customer."""
