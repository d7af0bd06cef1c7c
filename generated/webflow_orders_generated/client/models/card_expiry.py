# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, integer, unfrozen


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class CardExpiry(Model):
    """When a card expires."""

    year: int | None = None
    """Four digits."""
    month: int | None = None
    """1 to 12."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.

CardExpiry.FIELDS = {"year": Field("year", integer), "month": Field("month", integer)}

_new = unfrozen(CardExpiry)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.year = value if type(value := get("year")) is int or value is None else integer(value)
    self.month = value if type(value := get("month")) is int or value is None else integer(value)
    self.__class__ = CardExpiry
    return self


CardExpiry._read = _read
