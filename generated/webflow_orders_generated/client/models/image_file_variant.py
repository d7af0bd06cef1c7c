# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from ..types import Model, model


@model({"original_file_name": "originalFileName"})
class ImageFileVariant(Model):
    """A picture in another size."""

    url: str | None = None
    """Where it is."""
    original_file_name: str | None = None
    """The name it was uploaded under."""
    size: float | None = None
    """In bytes."""
    width: int | None = None
    """In pixels."""
    height: int | None = None
    """In pixels."""
