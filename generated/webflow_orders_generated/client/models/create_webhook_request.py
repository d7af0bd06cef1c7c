# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING

from ..types import Model, model

if TYPE_CHECKING:
    from ..models.order_trigger import OrderTrigger


@model({"trigger_type": "triggerType"})
class CreateWebhookRequest(Model):
    """What to post, and where."""

    trigger_type: OrderTrigger
    """What a webhook of orders is about."""
    url: str
    """Where to post, an absolute address in ASCII."""
