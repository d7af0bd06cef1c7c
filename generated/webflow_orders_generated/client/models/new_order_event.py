# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING

from ..types import Model, model

if TYPE_CHECKING:
    from ..models.new_order_event_trigger_type import NewOrderEventTriggerType
    from ..models.order import Order


@model({"trigger_type": "triggerType"})
class NewOrderEvent(Model):
    """The body of ecomm_new_order."""

    trigger_type: NewOrderEventTriggerType
    """Which event it is."""
    payload: Order
    """An order. Only its id and status are sure to be there; the lists below say what else was seen, or missed."""
