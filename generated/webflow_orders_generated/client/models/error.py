# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Either, Field, ListOf, Model, Nested, Required, text

if TYPE_CHECKING:
    from ..models.error_detail import ErrorDetail


@define(frozen=True, kw_only=True, repr=False, eq=False, getstate_setstate=False)
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
    additional_properties: dict[str, Any] = _attrs_field(factory=dict)
    """What openapi.yaml does not list, by JSON name."""


# Outside the class, where a field cannot hide a reader of the same name.
Error.FIELDS = {
    "code": Field("code", Required(text, "")),
    "message": Field("message", Required(text, "")),
    "external_reference": Field("externalReference", text),
    "details": Field("details", ListOf(Either(text, Nested("ErrorDetail")))),
}
