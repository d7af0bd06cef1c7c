# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from ..types import Model, Money, model


@model({})
class Price(Money, Model):
    """An amount of money."""

    unit: str | None = None
    """The currency, an ISO 4217 code in capitals."""
    value: int | None = None
    """The amount in the smallest unit of the currency, such as cents; negative for discounts. Whether a yen counts
    as one or as a hundredth is not known."""
    string: str | None = None
    """The amount as the shop displays it. For people; it cannot be parsed."""
