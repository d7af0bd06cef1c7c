# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from ..types import Model, model


@model(
    {
        "shipping_provider": "shippingProvider",
        "shipping_tracking": "shippingTracking",
        "shipping_tracking_url": "shippingTrackingURL",
    }
)
class UpdateOrderRequest(Model):
    """The notes to change. Whether null or an empty string clears a note is not known."""

    comment: str | None = None
    """Anything."""
    shipping_provider: str | None = None
    """Who carries the parcel."""
    shipping_tracking: str | None = None
    """The tracking number."""
    shipping_tracking_url: str | None = None
    """Where the parcel can be tracked."""
