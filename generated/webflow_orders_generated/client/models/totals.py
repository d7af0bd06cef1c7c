# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING

from ..types import Model, model

if TYPE_CHECKING:
    from ..models.extra import Extra
    from ..models.price import Price


@model({})
class Totals(Model):
    """How the price came about. Its total need not equal what the customer paid."""

    subtotal: Price | None = None
    """The sum of the items."""
    extras: tuple[Extra, ...] = ()
    """Taxes, shipping and discounts."""
    total: Price | None = None
    """The subtotal and the extras."""
