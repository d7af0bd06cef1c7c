# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, Nested, text, unfrozen

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
_file = Nested("ImageFile")

VariantImage.FIELDS = {
    "url": Field("url", text),
    "file": Field("file", _file),
    "file_id": Field("fileId", text),
    "alt": Field("alt", text),
}

_new = unfrozen(VariantImage)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.url = value if type(value := get("url")) is str or value is None else text(value)
    self.file = _file(get("file"))
    self.file_id = value if type(value := get("fileId")) is str or value is None else text(value)
    self.alt = value if type(value := get("alt")) is str or value is None else text(value)
    self.__class__ = VariantImage
    return self


VariantImage._read = _read
