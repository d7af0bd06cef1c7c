# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, Money, integer, text, unfrozen


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class Price(Money, Model):
    """An amount of money."""

    unit: str | None = None
    """The currency, an ISO 4217 code in capitals."""
    value: int | None = None
    """The amount in the smallest unit of the currency, such as cents; negative for discounts. Whether a yen counts
    as one or as a hundredth is not known."""
    string: str | None = None
    """The amount as the shop displays it. For people; it cannot be parsed."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.

Price.FIELDS = {
    "unit": Field("unit", text),
    "value": Field("value", integer),
    "string": Field("string", text),
}

_new = unfrozen(Price)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.unit = value if type(value := get("unit")) is str or value is None else text(value)
    self.value = value if type(value := get("value")) is int or value is None else integer(value)
    self.string = value if type(value := get("string")) is str or value is None else text(value)
    self.__class__ = Price
    return self


Price._read = _read
