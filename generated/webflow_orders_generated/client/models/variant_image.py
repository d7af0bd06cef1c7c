# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING

from ..types import Model, model

if TYPE_CHECKING:
    from ..models.image_file import ImageFile


@model({"file_id": "fileId"})
class VariantImage(Model):
    """The picture of a variant."""

    url: str | None = None
    """Where it is."""
    file: ImageFile | None = None
    """The file behind it."""
    file_id: str | None = None
    """The file, 24 hexadecimal digits."""
    alt: str | None = None
    """The alternative text."""
