# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from ..types import Model, model


@model({})
class CardExpiry(Model):
    """When a card expires."""

    year: int | None = None
    """Four digits."""
    month: int | None = None
    """1 to 12."""
