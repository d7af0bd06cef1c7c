# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, ListOf, Model, Nested, unfrozen

if TYPE_CHECKING:
    from ..models.extra import Extra
    from ..models.price import Price


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class Totals(Model):
    """How the price came about. Its total need not equal what the customer paid."""

    subtotal: Price | None = None
    """The sum of the items."""
    extras: tuple[Extra, ...] = ()
    """Taxes, shipping and discounts."""
    total: Price | None = None
    """The subtotal and the extras."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
_subtotal = Nested("Price")
_extras = ListOf(Nested("Extra"))
_total = Nested("Price")

Totals.FIELDS = {
    "subtotal": Field("subtotal", _subtotal),
    "extras": Field("extras", _extras),
    "total": Field("total", _total),
}

_new = unfrozen(Totals)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.subtotal = _subtotal(get("subtotal"))
    self.extras = _extras(get("extras"))
    self.total = _total(get("total"))
    self.__class__ = Totals
    return self


Totals._read = _read
