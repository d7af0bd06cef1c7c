# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING

from ..types import Model, model

if TYPE_CHECKING:
    from ..models.order import Order
    from ..models.order_changed_event_trigger_type import OrderChangedEventTriggerType


@model({"trigger_type": "triggerType"})
class OrderChangedEvent(Model):
    """The body of ecomm_order_changed."""

    trigger_type: OrderChangedEventTriggerType
    """Which event it is."""
    payload: Order
    """An order. Only its id and status are sure to be there; the lists below say what else was seen, or missed."""
