# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING

from ..types import Coupon, Model, model

if TYPE_CHECKING:
    from ..models.extra_type import ExtraType
    from ..models.price import Price


@model({"type_": "type"})
class Extra(Coupon, Model):
    """A tax, a shipping charge or a discount."""

    type_: ExtraType | None = None
    """What kind of extra it is."""
    name: str | None = None
    """What it is, in English; a discount's code stands in parentheses."""
    description: str | None = None
    """More about it; often empty."""
    price: Price | None = None
    """How much; negative for a discount."""
