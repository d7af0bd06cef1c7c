# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, ListOf, Model, Nested, integer, number, text, timestamp, unfrozen

if TYPE_CHECKING:
    from ..models.image_file_variant import ImageFileVariant


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
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
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
_variants = ListOf(Nested("ImageFileVariant"))

ImageFile.FIELDS = {
    "size": Field("size", number),
    "original_file_name": Field("originalFileName", text),
    "created_on": Field("createdOn", timestamp),
    "content_type": Field("contentType", text),
    "width": Field("width", integer),
    "height": Field("height", integer),
    "variants": Field("variants", _variants),
}

_new = unfrozen(ImageFile)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.size = (
        value if type(value := get("size")) is float or type(value) is int or value is None else number(value)
    )
    self.original_file_name = (
        value if type(value := get("originalFileName")) is str or value is None else text(value)
    )
    self.created_on = timestamp(get("createdOn"))
    self.content_type = value if type(value := get("contentType")) is str or value is None else text(value)
    self.width = value if type(value := get("width")) is int or value is None else integer(value)
    self.height = value if type(value := get("height")) is int or value is None else integer(value)
    self.variants = _variants(get("variants"))
    self.__class__ = ImageFile
    return self


ImageFile._read = _read
