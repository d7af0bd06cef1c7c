# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..types import Model, Page, model

if TYPE_CHECKING:
    from ..models.order import Order
    from ..models.pagination import Pagination


@model({})
class OrderList(Page, Model):
    """One page of orders."""

    orders: Sequence[Order]
    """The orders of this page."""
    pagination: Pagination
    """Which part of the list this page is."""

    if TYPE_CHECKING:

        def __iter__(self) -> Iterator[Order]: ...
