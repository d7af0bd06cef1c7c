# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING

from ..types import Model, model

if TYPE_CHECKING:
    from ..models.address_type import AddressType
    from ..models.japan_type import JapanType


@model({"type_": "type", "japan_type": "japanType", "postal_code": "postalCode"})
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
