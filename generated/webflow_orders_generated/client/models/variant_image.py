# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, Nested, text

if TYPE_CHECKING:
    from ..models.image_file import ImageFile


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
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
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
VariantImage.FIELDS = {
    "url": Field("url", text),
    "file": Field("file", Nested("ImageFile")),
    "file_id": Field("fileId", text),
    "alt": Field("alt", text),
}
