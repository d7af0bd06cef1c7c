# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, Nested, integer, number, text

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
PurchasedItem.FIELDS = {
    "count": Field("count", integer),
    "row_total": Field("rowTotal", Nested("Price")),
    "product_id": Field("productId", text),
    "product_name": Field("productName", text),
    "product_slug": Field("productSlug", text),
    "variant_id": Field("variantId", text),
    "variant_name": Field("variantName", text),
    "variant_slug": Field("variantSlug", text),
    "variant_sku": Field("variantSKU", text),
    "variant_image": Field("variantImage", Nested("VariantImage")),
    "variant_price": Field("variantPrice", Nested("Price")),
    "weight": Field("weight", number),
    "width": Field("width", number),
    "height": Field("height", number),
    "length": Field("length", number),
}
