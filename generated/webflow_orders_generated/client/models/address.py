# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, OneOf, text, unfrozen

if TYPE_CHECKING:
    from ..models.address_type import AddressType
    from ..models.japan_type import JapanType


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class Address(Model):
    """A postal address. Free text, all of it."""

    type_: AddressType | None = None
    """What the address is for."""
    japan_type: JapanType | None = None
    """How an address in Japan is written; absent or null elsewhere."""
    addressee: str | None = None
    """Who receives it."""
    line1: str | None = None
    """The first line."""
    line2: str | None = None
    """The second line; empty when there is none."""
    city: str | None = None
    """The city."""
    state: str | None = None
    """The state or province; free text."""
    country: str | None = None
    """The country; ISO 3166-1 alpha-2 in every sample."""
    postal_code: str | None = None
    """The postcode."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
_type_ = OneOf("AddressType")
_japan_type = OneOf("JapanType")

Address.FIELDS = {
    "type_": Field("type", _type_),
    "japan_type": Field("japanType", _japan_type),
    "addressee": Field("addressee", text),
    "line1": Field("line1", text),
    "line2": Field("line2", text),
    "city": Field("city", text),
    "state": Field("state", text),
    "country": Field("country", text),
    "postal_code": Field("postalCode", text),
}

_new = unfrozen(Address)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.type_ = _type_(get("type"))
    self.japan_type = _japan_type(get("japanType"))
    self.addressee = value if type(value := get("addressee")) is str or value is None else text(value)
    self.line1 = value if type(value := get("line1")) is str or value is None else text(value)
    self.line2 = value if type(value := get("line2")) is str or value is None else text(value)
    self.city = value if type(value := get("city")) is str or value is None else text(value)
    self.state = value if type(value := get("state")) is str or value is None else text(value)
    self.country = value if type(value := get("country")) is str or value is None else text(value)
    self.postal_code = value if type(value := get("postalCode")) is str or value is None else text(value)
    self.__class__ = Address
    return self


Address._read = _read
