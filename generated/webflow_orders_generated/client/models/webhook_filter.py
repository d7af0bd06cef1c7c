# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from ..types import Model, model


@model({})
class WebhookFilter(Model):
    """Which form a webhook is about."""

    name: str | None = None
    """The form's name."""
