# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, integer, number, text, unfrozen


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
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
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.

ImageFileVariant.FIELDS = {
    "url": Field("url", text),
    "original_file_name": Field("originalFileName", text),
    "size": Field("size", number),
    "width": Field("width", integer),
    "height": Field("height", integer),
}

_new = unfrozen(ImageFileVariant)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.url = value if type(value := get("url")) is str or value is None else text(value)
    self.original_file_name = (
        value if type(value := get("originalFileName")) is str or value is None else text(value)
    )
    self.size = (
        value if type(value := get("size")) is float or type(value) is int or value is None else number(value)
    )
    self.width = value if type(value := get("width")) is int or value is None else integer(value)
    self.height = value if type(value := get("height")) is int or value is None else integer(value)
    self.__class__ = ImageFileVariant
    return self


ImageFileVariant._read = _read
