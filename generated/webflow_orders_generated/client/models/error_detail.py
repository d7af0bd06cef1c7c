# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, text, unfrozen


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class ErrorDetail(Model):
    """What is wrong with one field."""

    field: str | None = None
    """The field."""
    message: str | None = None
    """What is wrong with it."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.

ErrorDetail.FIELDS = {"field": Field("field", text), "message": Field("message", text)}

_new = unfrozen(ErrorDetail)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.field = value if type(value := get("field")) is str or value is None else text(value)
    self.message = value if type(value := get("message")) is str or value is None else text(value)
    self.__class__ = ErrorDetail
    return self


ErrorDetail._read = _read
