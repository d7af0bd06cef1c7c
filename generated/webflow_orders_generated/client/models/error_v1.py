# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from ..types import Model, model


@model({})
class ErrorV1(Model):
    """What went wrong, in the v1 shape."""

    msg: str
    """A sentence."""
    code: int
    """The HTTP status again."""
    name: str | None = None
    """What kind of error. An open set; these are the published ones."""
    path: str | None = None
    """The path of the request."""
    err: str | None = None
    """Name and sentence."""
    problems: tuple[str, ...] = ()
    """What in particular; with a ValidationError."""
