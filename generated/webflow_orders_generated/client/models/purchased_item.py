# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, Nested, integer, number, text, unfrozen

if TYPE_CHECKING:
    from ..models.price import Price
    from ..models.variant_image import VariantImage


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class PurchasedItem(Model):
    """A product variant, and how many of it were bought."""

    count: int | None = None
    """How many."""
    row_total: Price | None = None
    """Count times price."""
    product_id: str | None = None
    """The product, 24 hexadecimal digits."""
    product_name: str | None = None
    """The product's name."""
    product_slug: str | None = None
    """The product's name in URLs."""
    variant_id: str | None = None
    """The variant, 24 hexadecimal digits."""
    variant_name: str | None = None
    """The variant's name; often carries its options."""
    variant_slug: str | None = None
    """The variant's name in URLs."""
    variant_sku: str | None = None
    """The shop's own number for it."""
    variant_image: VariantImage | None = None
    """Its picture."""
    variant_price: Price | None = None
    """The price of one."""
    weight: float | None = None
    """Its weight; 0 or null when unset."""
    width: float | None = None
    """Its width; 0 or null when unset."""
    height: float | None = None
    """Its height; 0 or null when unset."""
    length: float | None = None
    """Its length; 0 or null when unset."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
_row_total = Nested("Price")
_variant_image = Nested("VariantImage")
_variant_price = Nested("Price")

PurchasedItem.FIELDS = {
    "count": Field("count", integer),
    "row_total": Field("rowTotal", _row_total),
    "product_id": Field("productId", text),
    "product_name": Field("productName", text),
    "product_slug": Field("productSlug", text),
    "variant_id": Field("variantId", text),
    "variant_name": Field("variantName", text),
    "variant_slug": Field("variantSlug", text),
    "variant_sku": Field("variantSKU", text),
    "variant_image": Field("variantImage", _variant_image),
    "variant_price": Field("variantPrice", _variant_price),
    "weight": Field("weight", number),
    "width": Field("width", number),
    "height": Field("height", number),
    "length": Field("length", number),
}

_new = unfrozen(PurchasedItem)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.count = value if type(value := get("count")) is int or value is None else integer(value)
    self.row_total = _row_total(get("rowTotal"))
    self.product_id = value if type(value := get("productId")) is str or value is None else text(value)
    self.product_name = value if type(value := get("productName")) is str or value is None else text(value)
    self.product_slug = value if type(value := get("productSlug")) is str or value is None else text(value)
    self.variant_id = value if type(value := get("variantId")) is str or value is None else text(value)
    self.variant_name = value if type(value := get("variantName")) is str or value is None else text(value)
    self.variant_slug = value if type(value := get("variantSlug")) is str or value is None else text(value)
    self.variant_sku = value if type(value := get("variantSKU")) is str or value is None else text(value)
    self.variant_image = _variant_image(get("variantImage"))
    self.variant_price = _variant_price(get("variantPrice"))
    self.weight = (
        value
        if type(value := get("weight")) is float or type(value) is int or value is None
        else number(value)
    )
    self.width = (
        value
        if type(value := get("width")) is float or type(value) is int or value is None
        else number(value)
    )
    self.height = (
        value
        if type(value := get("height")) is float or type(value) is int or value is None
        else number(value)
    )
    self.length = (
        value
        if type(value := get("length")) is float or type(value) is int or value is None
        else number(value)
    )
    self.__class__ = PurchasedItem
    return self


PurchasedItem._read = _read
