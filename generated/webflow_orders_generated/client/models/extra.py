# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, Nested, OneOf, text

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
Extra.FIELDS = {
    "type_": Field("type", OneOf("ExtraType")),
    "name": Field("name", text),
    "description": Field("description", text),
    "price": Field("price", Nested("Price")),
}
