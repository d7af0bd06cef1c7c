# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, Nested, OneOf, text, unfrozen

if TYPE_CHECKING:
    from ..models.card_brand import CardBrand
    from ..models.card_expiry import CardExpiry


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class StripeCard(Model):
    """The card that paid."""

    last4: str | None = None
    """Its last four digits; leading zeros count."""
    brand: CardBrand | None = None
    """Who issued the card."""
    owner_name: str | None = None
    """Whose it is."""
    expires: CardExpiry | None = None
    """When a card expires."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
_brand = OneOf("CardBrand")
_expires = Nested("CardExpiry")

StripeCard.FIELDS = {
    "last4": Field("last4", text),
    "brand": Field("brand", _brand),
    "owner_name": Field("ownerName", text),
    "expires": Field("expires", _expires),
}

_new = unfrozen(StripeCard)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.last4 = value if type(value := get("last4")) is str or value is None else text(value)
    self.brand = _brand(get("brand"))
    self.owner_name = value if type(value := get("ownerName")) is str or value is None else text(value)
    self.expires = _expires(get("expires"))
    self.__class__ = StripeCard
    return self


StripeCard._read = _read
