# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from ..types import Model, model

if TYPE_CHECKING:
    from ..models.image_file_variant import ImageFileVariant


@model({"original_file_name": "originalFileName", "created_on": "createdOn", "content_type": "contentType"})
class ImageFile(Model):
    """A picture's file."""

    size: float | None = None
    """In bytes."""
    original_file_name: str | None = None
    """The name it was uploaded under."""
    created_on: datetime.datetime | None = None
    """When it was uploaded."""
    content_type: str | None = None
    """Its media type."""
    width: int | None = None
    """In pixels."""
    height: int | None = None
    """In pixels."""
    variants: tuple[ImageFileVariant, ...] = ()
    """The same picture in other sizes."""
