# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, text, unfrozen


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class CustomerInfo(Model):
    """Who ordered."""

    full_name: str | None = None
    """The customer's name."""
    email: str | None = None
    """The customer's e-mail address."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.

CustomerInfo.FIELDS = {"full_name": Field("fullName", text), "email": Field("email", text)}

_new = unfrozen(CustomerInfo)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.full_name = value if type(value := get("fullName")) is str or value is None else text(value)
    self.email = value if type(value := get("email")) is str or value is None else text(value)
    self.__class__ = CustomerInfo
    return self


CustomerInfo._read = _read
