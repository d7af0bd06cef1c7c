# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, Required, integer, unfrozen


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class Pagination(Model):
    """Which part of the list this page is."""

    limit: int
    """The page size asked for."""
    offset: int
    """How many orders were skipped."""
    total: int
    """How many orders there are in all."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
_limit = Required(integer, 0)
_offset = Required(integer, 0)
_total = Required(integer, 0)

Pagination.FIELDS = {
    "limit": Field("limit", _limit),
    "offset": Field("offset", _offset),
    "total": Field("total", _total),
}

_new = unfrozen(Pagination)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.limit = _limit(get("limit"))
    self.offset = _offset(get("offset"))
    self.total = _total(get("total"))
    self.__class__ = Pagination
    return self


Pagination._read = _read
