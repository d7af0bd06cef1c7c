# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from ..types import Model, model


@model({})
class Pagination(Model):
    """Which part of the list this page is."""

    limit: int
    """The page size asked for."""
    offset: int
    """How many orders were skipped."""
    total: int
    """How many orders there are in all."""
