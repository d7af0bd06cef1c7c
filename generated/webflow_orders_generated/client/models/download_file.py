# @generated from openapi.yaml. Do not edit; run `make generate`.
from __future__ import annotations

from ..types import Model, model


@model({})
class DownloadFile(Model):
    """A file that was bought."""

    id: str | None = None
    """The file, 24 hexadecimal digits."""
    name: str | None = None
    """Its name."""
    url: str | None = None
    """Where it is downloaded."""
