# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from ..types import Model, model


@model(
    {
        "is_buy_now": "isBuyNow",
        "buy_now": "buyNow",
        "has_downloads": "hasDownloads",
        "payment_processor": "paymentProcessor",
    }
)
class OrderMetadata(Model):
    """Facts about how the order came about."""

    is_buy_now: bool | None = None
    """Whether it was bought with one click, past the cart."""
    buy_now: bool | None = None
    """The v1 name of `isBuyNow`."""
    has_downloads: bool | None = None
    """As at the top of the order."""
    payment_processor: str | None = None
    """As at the top of the order."""
