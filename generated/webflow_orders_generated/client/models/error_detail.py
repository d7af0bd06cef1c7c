# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from ..types import Model, model


@model({})
class ErrorDetail(Model):
    """What is wrong with one field."""

    field: str | None = None
    """The field."""
    message: str | None = None
    """What is wrong with it."""
