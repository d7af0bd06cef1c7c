# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING

from ..types import Model, model

if TYPE_CHECKING:
    from ..models.price import Price
    from ..models.variant_image import VariantImage


@model(
    {
        "row_total": "rowTotal",
        "product_id": "productId",
        "product_name": "productName",
        "product_slug": "productSlug",
        "variant_id": "variantId",
        "variant_name": "variantName",
        "variant_slug": "variantSlug",
        "variant_sku": "variantSKU",
        "variant_image": "variantImage",
        "variant_price": "variantPrice",
    }
)
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
