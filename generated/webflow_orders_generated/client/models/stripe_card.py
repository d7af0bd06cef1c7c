# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING

from ..types import Model, model

if TYPE_CHECKING:
    from ..models.card_brand import CardBrand
    from ..models.card_expiry import CardExpiry


@model({"owner_name": "ownerName"})
class StripeCard(Model):
    """The card that paid."""

    last4: str | None = None
    """Its last four digits; leading zeros count."""
    brand: CardBrand | None = None
    """Who issued the card. An open list."""
    owner_name: str | None = None
    """Whose it is."""
    expires: CardExpiry | None = None
    """When a card expires."""
