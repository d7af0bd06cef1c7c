# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING

from ..types import Model, model

if TYPE_CHECKING:
    from ..models.error_detail import ErrorDetail


@model({"external_reference": "externalReference"})
class Error(Model):
    """What went wrong."""

    code: str
    """Webflow's word for it. An open set; these are the published ones."""
    message: str
    """A sentence."""
    external_reference: str | None = None
    """A link to more."""
    details: tuple[str | ErrorDetail, ...] = ()
    """What in particular; often empty."""
