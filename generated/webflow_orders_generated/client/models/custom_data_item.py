# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, boolean, text, unfrozen


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class CustomDataItem(Model):
    """An additional input of the checkout form; `name`, and what was entered under one of the other three."""

    name: str | None = None
    """The input's label."""
    text_input: str | None = None
    """A line of text."""
    text_area: str | None = None
    """Several lines of text."""
    checkbox: bool | None = None
    """Whether it was ticked."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.

CustomDataItem.FIELDS = {
    "name": Field("name", text),
    "text_input": Field("textInput", text),
    "text_area": Field("textArea", text),
    "checkbox": Field("checkbox", boolean),
}

_new = unfrozen(CustomDataItem)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.name = value if type(value := get("name")) is str or value is None else text(value)
    self.text_input = value if type(value := get("textInput")) is str or value is None else text(value)
    self.text_area = value if type(value := get("textArea")) is str or value is None else text(value)
    self.checkbox = value if type(value := get("checkbox")) is bool or value is None else boolean(value)
    self.__class__ = CustomDataItem
    return self


CustomDataItem._read = _read
