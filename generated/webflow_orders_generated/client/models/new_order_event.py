# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, Nested, OneOf, Required, unfrozen

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
_trigger_type = Required(OneOf("NewOrderEventTriggerType"), "")
_payload = Required(Nested("Order"), {})

NewOrderEvent.FIELDS = {
    "trigger_type": Field("triggerType", _trigger_type),
    "payload": Field("payload", _payload),
}

_new = unfrozen(NewOrderEvent)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.trigger_type = _trigger_type(get("triggerType"))
    self.payload = _payload(get("payload"))
    self.__class__ = NewOrderEvent
    return self


NewOrderEvent._read = _read
