# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, ListOf, Model, Nested, Required, unfrozen

if TYPE_CHECKING:
    from ..models.order import Order
    from ..models.pagination import Pagination


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
class OrderList(Model):
    """One page of orders."""

    orders: tuple[Order, ...] = ()
    """The orders of this page."""
    pagination: Pagination
    """Which part of the list this page is."""
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
_orders = ListOf(Nested("Order"))
_pagination = Required(Nested("Pagination"), {})

OrderList.FIELDS = {"orders": Field("orders", _orders), "pagination": Field("pagination", _pagination)}

_new = unfrozen(OrderList)


def _read(raw: dict[str, Any]) -> Any:
    self, get = _new(), raw.get
    self._raw = raw
    self.orders = _orders(get("orders"))
    self.pagination = _pagination(get("pagination"))
    self.__class__ = OrderList
    return self


OrderList._read = _read
