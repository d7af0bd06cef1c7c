# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, text, unfrozen


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class DownloadFile(Model):
    """A file that was bought."""

    id: str | None = None
    """The file, 24 hexadecimal digits."""
    name: str | None = None
    """Its name."""
    url: str | None = None
    """Where it is downloaded."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.

DownloadFile.FIELDS = {"id": Field("id", text), "name": Field("name", text), "url": Field("url", text)}

_new = unfrozen(DownloadFile)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.id = value if type(value := get("id")) is str or value is None else text(value)
    self.name = value if type(value := get("name")) is str or value is None else text(value)
    self.url = value if type(value := get("url")) is str or value is None else text(value)
    self.__class__ = DownloadFile
    return self


DownloadFile._read = _read
