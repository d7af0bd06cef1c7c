# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import define
from attrs import field as _attrs_field

from ..types import Field, Model, text


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
