# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from ..types import Model, model


@model({"full_name": "fullName"})
class CustomerInfo(Model):
    """Who ordered."""

    full_name: str | None = None
    """The customer's name."""
    email: str | None = None
    """The customer's e-mail address."""
