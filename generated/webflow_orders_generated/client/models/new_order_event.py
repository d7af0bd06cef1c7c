# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, Nested, OneOf, Required

if TYPE_CHECKING:
    from ..models.new_order_event_trigger_type import NewOrderEventTriggerType
    from ..models.order import Order


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class NewOrderEvent(Model):
    """The body of ecomm_new_order."""

    trigger_type: NewOrderEventTriggerType
    """Which event it is."""
    payload: Order
    """An order. Only its id and status are sure to be there; the lists below say what else was seen, or missed."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
NewOrderEvent.FIELDS = {
    "trigger_type": Field("triggerType", Required(OneOf("NewOrderEventTriggerType"), "")),
    "payload": Field("payload", Required(Nested("Order"), {})),
}
