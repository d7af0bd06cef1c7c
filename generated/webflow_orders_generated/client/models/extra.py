# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, Nested, OneOf, text, unfrozen

if TYPE_CHECKING:
    from ..models.extra_type import ExtraType
    from ..models.price import Price


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class Extra(Model):
    """A tax, a shipping charge or a discount."""

    type_: ExtraType | None = None
    """What kind of extra it is."""
    name: str | None = None
    """What it is, in English; a discount's code stands in parentheses."""
    description: str | None = None
    """More about it; often empty."""
    price: Price | None = None
    """How much; negative for a discount."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
_type_ = OneOf("ExtraType")
_price = Nested("Price")

Extra.FIELDS = {
    "type_": Field("type", _type_),
    "name": Field("name", text),
    "description": Field("description", text),
    "price": Field("price", _price),
}

_new = unfrozen(Extra)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.type_ = _type_(get("type"))
    self.name = value if type(value := get("name")) is str or value is None else text(value)
    self.description = value if type(value := get("description")) is str or value is None else text(value)
    self.price = _price(get("price"))
    self.__class__ = Extra
    return self


Extra._read = _read
